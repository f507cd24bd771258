"""Groups older commits by pull request, merge, key of a tracker, scope or path, with their own words as titles.

What is proposed is kept in your own cache folder; `bmad trace` and `bmad blame` then say of an older line what it
may have been a part of: proposed, before adoption, never traced. No gate counts it.
"""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.model.layout import POLICY
from bmad.pipeline.trace.backfill import MOST, backfill
from bmad.render.backfill import backfilled
from bmad.wiring import open_app


def run(
    most: Annotated[int, typer.Option("--most", min=1, help="How many commits to look at, the latest.")] = MOST,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = backfill(app.told_history(), app.formats, app.proposed(), most, app.workspace.read(POLICY))
    output.told(report, lambda one: backfilled(one, verbose=output.LEVELS.verbose), json=json)
    return Exit.OK
