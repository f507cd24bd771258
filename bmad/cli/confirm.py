"""Every suspect link from the named nodes up to the intent is confirmed; the lock keeps who and why.

What a model worded on that way (`Proposed by`) may stand from then on, and loses the mark.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.spec.confirm import confirm
from bmad.render.text import confirmation
from bmad.wiring import open_app


def run(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Nodes; an unambiguous prefix will do.")],
    why: Annotated[str, typer.Option("--why", help="Why what changed above still holds.")],
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = confirm(app.workspace, app.formats, ids, app.person, why)
    output.told(report, confirmation, json=json)
    return Exit.OK
