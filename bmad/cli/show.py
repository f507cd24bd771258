"""An unambiguous prefix of an id will do."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.graph import show
from bmad.render.text import shown
from bmad.wiring import open_app


def run(
    name: Annotated[str, typer.Argument(metavar="ID", help="A statement, requirement, epic, story or criterion.")],
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = show(app.workspace, app.formats, name)
    output.told(report, shown, json=json)
    return Exit.OK
