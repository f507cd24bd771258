"""A story that `bmad act` works on shows the journal's state, any other what git says of it.

There a story with a branch, or with commits that change more than its specification, is active, one whose landing
stands is done. `--watch` shows how they stand beside a `bmad act` that works, until Ctrl-C, and disturbs nobody.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.reports import StatusReport
from bmad.pipeline.status.status import Read, status
from bmad.render.board import board
from bmad.wiring import App, open_app


def run(
    watch: Annotated[
        bool, typer.Option("--watch", help="Show how stories stand while agents work, until Ctrl-C.")
    ] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    if watch:
        from bmad.cli import watching  # noqa: PLC0415 - the loop's own needs

        return watching.watch(app, json=json)
    report = look(app)
    output.told(report, board, json=json)
    return Exit.OK


def look(app: App, *, blocks: bool = True) -> StatusReport:
    """The board of a repository; `blocks`: with those of its intent. Raises: as `pipeline.status.status`."""
    checkout = app.checkout()
    read = Read(mapper=app.outline() if blocks else None, person=lambda: app.person)
    if checkout.exists():
        read = Read(app.history(), checkout, app.journal(), app.local_target(), read.mapper, read.person)
    return status(app.workspace, app.formats, read)
