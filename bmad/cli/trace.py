"""X is a commit, a range A..B, a file, file:line, file:first-last, or any id; answered at HEAD or --rev."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.trace import trace
from bmad.render.trace import traced
from bmad.wiring import open_app


def run(
    query: Annotated[str, typer.Argument(metavar="X", help="What to follow.")],
    rev: Annotated[str | None, typer.Option("--rev", help="Answer as of this revision.")] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = trace(app.history(), app.formats, query, rev)
    for note in report.notes:
        output.message(f"note: {note}")
    output.told(report, traced, json=json)
    return Exit.OK
