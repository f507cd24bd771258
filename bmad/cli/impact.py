"""Everything that a change of these nodes makes suspect, with the way there, and the code that was written for it.

The specification is the one in the work tree; commits are those of what is checked out, by their trailers.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.trace.impact import ImpactRequest, impact
from bmad.render.impact import impacted
from bmad.wiring import open_app


def run(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Nodes; an unambiguous prefix will do.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="REV", help="All that differs from the specification there.")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Ask git for the lines as well.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    checkout = app.checkout()
    history = app.history() if checkout.exists() and checkout.head() is not None else None
    report = impact(app.workspace, app.formats, history, ImpactRequest(ids or (), since, lines))
    output.noted(report, impacted, json=json)
    return Exit.OK
