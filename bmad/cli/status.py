"""States are derived: a story with commits or a branch is active, one with a record is done."""

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.status import status
from bmad.render.board import board
from bmad.wiring import open_app


def run(json: Json = False, repo: Repo = None) -> int:
    app = open_app(repo)
    checkout = app.checkout()
    known = checkout.exists()
    report = status(app.workspace, app.formats, app.history() if known else None, checkout if known else None)
    if json:
        output.json_result(report)
    else:
        output.result(board(report))
    return Exit.OK
