"""Hand edits and ids are kept; where the intent and a hand changed the same thing, nothing is written."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import BmadError, Exit
from bmad.model.reports import MapReport
from bmad.pipeline.map import Mapper, MapRequest, map_intent, was_sorted
from bmad.render.spending import called
from bmad.render.text import mapping
from bmad.wiring import App, open_app

_MAPPER = (
    "Who says what each block is and what belongs together: claude, openai:MODEL, an agent of bmad.yaml. "
    "`outline` needs none; by default it judges what is new, and what a model said before stands."
)

_OUTLINE = "outline"


def run(
    intent: Annotated[Path, typer.Argument(help="The intent, a Markdown file in this repository.")],
    mapper: Annotated[str | None, typer.Option("--mapper", metavar="NAME", help=_MAPPER)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Settle conflicts by keeping what stands.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    request = MapRequest(app.inside(intent), mapper or _OUTLINE, dry_run, keep)
    if mapper is None and was_sorted(app.workspace):
        report = map_intent(app.workspace, app.formats, _remembering(app), request)
    elif request.mapper == _OUTLINE:
        report = map_intent(app.workspace, app.formats, app.outline(), request)
    else:
        report = _asked(app, request)
    if json:
        output.json_result(report)
    else:
        output.result(mapping(report, verbose=output.LEVELS.verbose))
    return Exit.OK if report.ok else Exit.USAGE


def _remembering(app: App) -> Mapper:
    from bmad.pipeline.sorting import remembering  # noqa: PLC0415 - where a model mapped before

    return remembering(app.workspace, app.formats)


def _asked(app: App, request: MapRequest) -> MapReport:
    """Map with the help of a model, before anything is locked: it takes its time."""
    from bmad.pipeline.sorting import ahead, mapper_named  # noqa: PLC0415 - what asks a model is loaded where one is asked

    chosen = mapper_named(app.workspace, app.formats, app, request.mapper, output.message)
    counsel = chosen.counsel
    try:
        drafted = ahead(app.workspace, app.formats, chosen, request.intent)
        report = map_intent(app.workspace, app.formats, drafted, request)
    except BmadError:
        if counsel.spent.calls:
            output.message(called(counsel.name, counsel.spent))
        raise
    return report.model_copy(update={"spent": counsel.spent, "left_out": counsel.left_out})
