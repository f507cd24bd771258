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
from bmad.model.ids import FINDING_ID_RE
from bmad.pipeline.trace.blame import Here
from bmad.pipeline.trace.trace import trace
from bmad.render.trace import traced
from bmad.wiring import App, open_app


def run(
    query: Annotated[str, typer.Argument(metavar="X", help="What to follow.")],
    rev: Annotated[str | None, typer.Option("--rev", help="Answer as of this revision.")] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    if FINDING_ID_RE.fullmatch(query):
        query = _story_of(app, query)
    here = Here(app.checkout().file, app.places)
    report = trace(app.told_history(), app.formats, query, rev, here, app.caches())
    output.noted(report, traced, json=json)
    return Exit.OK


def _story_of(app: App, name: str) -> str:
    """The story that a finding came up in last, which is told."""
    from bmad.pipeline.act.reports.finding import show_finding  # noqa: PLC0415 - the loop, where it is asked

    found = show_finding(app.desk(reading=True), name, app.local_target())
    story = found.stands[-1].story
    output.message(f"note: {found.id} is a finding in {story}, which is followed; see: bmad show {found.id}")
    return story
