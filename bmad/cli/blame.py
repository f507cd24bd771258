"""FILE may end in :LINE or :FIRST-LAST; it is as it stands in the work tree, unless --rev is given.

Of each line it is told how sure its story is: `exact` (a record's lines give this very file, or record and trailer
agree), `trailer` (its commit names the story), `record` (a record holds the line), or one of several.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.trace.blame import BlameRequest, Here, blame
from bmad.render.trace import blamed
from bmad.wiring import open_app


def run(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, from where you stand or from the top.")],
    rev: Annotated[str | None, typer.Option("--rev", metavar="REV", help="Answer as of this revision.")] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    here = Here.at(app.checkout(), app.places)
    request = BlameRequest(file, rev, here, app.caches())
    report = blame(app.told_history(), app.formats, request)
    output.noted(report, blamed, json=json)
    return Exit.OK
