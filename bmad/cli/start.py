"""The branch is `bmad/STORY-…`, made at the present commit; with --here the present one is bound to the story."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.setup.start import StartRequest, start
from bmad.render.text import started
from bmad.wiring import open_app


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="A story; an unambiguous prefix will do.")],
    here: Annotated[bool, typer.Option("--here", help="Stay on the present branch.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = start(app.workspace, app.formats, app.checkout(), StartRequest(story, here))
    output.told(report, started, json=json)
    return Exit.OK
