"""Paths that a story's tasks, notes and criteria name, the tests beside them, and what its kin changed.

Asked are the open stories that have no territory, all of them or those that are named. Each path has what it
follows from: words with their place, a source tree of the architecture, commits of other stories, what `bmad
backfill` holds. What nothing says is not proposed, nor is a whole package. --write puts it into the stories'
documents, to be edited like all else there; a territory that stands is never touched. -v tells what is left.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.spec.territory import TerritoryRequest, territory
from bmad.render.territories import territories
from bmad.wiring import open_app


def run(
    stories: Annotated[
        list[str] | None, typer.Argument(metavar="STORY", help="Stories; an unambiguous prefix will do.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write what is proposed.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    checkout = app.checkout()
    request = TerritoryRequest(
        stories=tuple(stories or ()),
        write=write,
        tracked=checkout.listed(),
        history=app.told_history() if checkout.exists() else None,
        cache=app.proposed(),
    )
    report = territory(app.workspace, app.formats, request)
    output.noted(report, lambda one: territories(one, verbose=output.LEVELS.verbose), json=json)
    return Exit.OK
