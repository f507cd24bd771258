"""Hand edits and ids are kept; where the intent and a hand changed the same thing, nothing is written."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import CannotAnswerError, Exit
from bmad.model.reports import MapReport
from bmad.pipeline.map import MapRequest, map_intent
from bmad.render.spending import called
from bmad.render.text import mapping
from bmad.wiring import App, open_app

_MAPPER = (
    "`outline` needs no model; else who says what each block is: claude, openai:MODEL, an agent of bmad.yaml."
)


def run(
    intent: Annotated[Path, typer.Argument(help="The intent, a Markdown file in this repository.")],
    mapper: Annotated[str, typer.Option("--mapper", help=_MAPPER)] = "outline",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Settle conflicts by keeping what stands.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    request = MapRequest(app.inside(intent), mapper, dry_run, keep)
    if mapper == "outline":
        report = map_intent(app.workspace, app.formats, app.outline(), request)
    else:
        report = _asked(app, request)
    if json:
        output.json_result(report)
    else:
        output.result(mapping(report, verbose=output.LEVELS.verbose))
    return Exit.OK if report.ok else Exit.USAGE


def _asked(app: App, request: MapRequest) -> MapReport:
    """Map with the help of a model, before anything is locked: it takes its time."""
    from bmad.pipeline.sorting import ahead, mapper_named  # noqa: PLC0415 - what asks a model is loaded where one is asked

    chosen = mapper_named(app.workspace, app.formats, app, request.mapper, output.message)
    counsel = chosen.counsel
    try:
        drafted = ahead(app.workspace, app.formats, chosen, request.intent)
    except CannotAnswerError:
        if counsel.spent.calls:
            output.message(called(counsel.name, counsel.spent))
        raise
    report = map_intent(app.workspace, app.formats, drafted, request)
    return report.model_copy(update={"spent": counsel.spent, "left_out": counsel.left_out})
