"""X is a commit, a range A..B, a file, file:line, file:first-last, or any id; answered at HEAD or --rev.

A file is named from where you stand, or from the top. It is answered for as it stands in the work tree, unless
--rev is given; lines that are not committed are told.
Of each line it is told how sure its story is: `exact` (a record's lines give this very file, or record and trailer
agree), `trailer` (its commit names the story), `record` (a record holds the line), or one of several.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.trace.blame import Here
from bmad.pipeline.trace.trace import trace
from bmad.render.trace import traced
from bmad.wiring import open_app


def run(
    query: Annotated[str, typer.Argument(metavar="X", help="What to follow.")],
    rev: Annotated[str | None, typer.Option("--rev", help="Answer as of this revision.")] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    here = Here(app.checkout().file, app.places)
    report = trace(app.told_history(), app.formats, query, rev, here, app.caches())
    output.noted(report, traced, json=json)
    return Exit.OK
