"""Plans, disputes, acceptances, questions, failures: each with the command that settles it."""

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.act.reports.inbox import inbox
from bmad.render.acting import inbox as as_text
from bmad.wiring import open_app


def run(json: Json = False, repo: Repo = None) -> int:
    report = inbox(open_app(repo).desk(reading=True))
    output.told(report, as_text, json=json)
    return Exit.OK
