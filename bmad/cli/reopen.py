"""Land the lock it writes before the new work: the gate counts it once it stands in the base."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.spec.reopen import reopen
from bmad.render.gate import reopening
from bmad.wiring import open_app


def run(
    story: Annotated[str, typer.Argument(metavar="ID", help="The story; an unambiguous prefix will do.")],
    why: Annotated[str, typer.Option("--why", help="Why it is taken up again.")],
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = reopen(app.workspace, app.formats, story, app.person, why)
    output.told(report, reopening, json=json)
    return Exit.OK
