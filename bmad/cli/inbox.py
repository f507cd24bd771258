"""Plans, disputes, acceptances, questions, failures, what keeps stories from beginning: each with what helps."""

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.act.reports.inbox import inbox
from bmad.render.acting import inbox as as_text
from bmad.wiring import open_app


def run(json: Json = False, repo: Repo = None) -> int:
    app = open_app(repo)
    report = inbox(app.desk(reading=True), app.local_target())
    output.told(report, as_text, json=json)
    return Exit.OK
