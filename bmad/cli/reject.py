"""The reason becomes a P1 that the developer fixes; a plan goes back to its creation with it."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.act.people.verdicts import reject
from bmad.render.acting import settled
from bmad.wiring import open_app


def run(
    story: Annotated[str, typer.Argument(metavar="STORY", help="The story; an unambiguous prefix will do.")],
    why: Annotated[str, typer.Option("--why", help="What is wrong with it.")],
    json: Json = False,
    repo: Repo = None,
) -> int:
    report = reject(open_app(repo).desk(), story, why)
    output.told(report, settled, json=json)
    return Exit.OK
