"""Rounds, findings by lens, each reviewer's precision, cost, where time went, and what came again."""

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.act.reports.retro import retro
from bmad.pipeline.setup.prices import prices
from bmad.render.retro import retro as as_text
from bmad.wiring import open_app


def run(json: Json = False, repo: Repo = None) -> int:
    app = open_app(repo)
    report = retro(app.desk(reading=True), prices(app.workspace, app.formats))
    output.told(report, as_text, json=json)
    return Exit.OK
