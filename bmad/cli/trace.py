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
from bmad.errors import Exit, UsageError
from bmad.model.ids import FINDING_ID_RE
from bmad.pipeline.trace.blame import Here
from bmad.pipeline.trace.trace import trace
from bmad.render.trace import traced
from bmad.wiring import App, open_app


def run(
    query: Annotated[str, typer.Argument(metavar="X", help="What to follow.")],
    rev: Annotated[str | None, typer.Option("--rev", metavar="REV", help="Answer as of this revision.")] = None,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    if FINDING_ID_RE.fullmatch(query):
        query = _story_of(app, query)
    here = Here.at(app.checkout(), app.places)
    report = trace(app.told_history(), app.formats, query, rev, here, app.caches())
    output.noted(report, traced, json=json)
    return Exit.OK


def _story_of(app: App, name: str) -> str:
    """The story that a finding came up in last, or that mends what a scan found, which is told.

    Raises: UsageError where there is none.
    """
    from bmad.pipeline.act.reports.finding import show_finding  # noqa: PLC0415 - the loop, where it is asked

    found = show_finding(app.desk(reading=True), name, app.local_target())
    mending = found.scanned.mended_by if found.scanned is not None else ""
    if not found.stands and not mending:
        raise UsageError(f"{found.id} was found by a scan and is of no story. See: bmad show {found.id}")
    story, what = (found.stands[-1].story, "is a finding in") if found.stands else (mending, "is mended by")
    output.message(f"note: {found.id} {what} {story}, which is followed; see: bmad show {found.id}")
    return story
