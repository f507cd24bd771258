"""The first definition keeps its id and what refers to it; the next gets a new one, or goes if it is equal."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.spec.renumber import renumber
from bmad.render.renumbering import renumbered
from bmad.wiring import open_app


def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    report = renumber(app.workspace, app.formats, dry_run=dry_run)
    if json:
        output.json_result(report)
    else:
        output.result(renumbered(report, verbose=output.LEVELS.verbose))
    return Exit.OK if report.ok else Exit.FOUND
