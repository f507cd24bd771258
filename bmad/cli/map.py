"""Hand edits and ids are kept; where the intent and a hand changed the same thing, nothing is written."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import Exit
from bmad.pipeline.map import MapRequest, map_intent
from bmad.render.text import mapping
from bmad.wiring import open_app


def run(
    intent: Annotated[Path, typer.Argument(help="The intent, a Markdown file in this repository.")],
    mapper: Annotated[str, typer.Option("--mapper", help="`outline` needs no model.")] = "outline",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Settle conflicts by keeping what stands.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    request = MapRequest(app.inside(intent), mapper, dry_run, keep)
    report = map_intent(app.workspace, app.formats, app.mapper(mapper), request)
    if json:
        output.json_result(report)
    else:
        output.result(mapping(report, verbose=output.LEVELS.verbose))
    return Exit.OK if report.ok else Exit.USAGE
