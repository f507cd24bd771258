"""Hand edits and ids are kept; where the intent and a hand changed the same thing, nothing is written."""

from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import BmadError, Exit
from bmad.model.reports import MapReport, MapsReport
from bmad.pipeline.map import Mapper, MapRequest, intents_to_map, map_intent, was_sorted
from bmad.render.spending import called
from bmad.render.text import mapping
from bmad.wiring import App, open_app

_INTENT = "The intent: a Markdown file, or a folder of them; by default all that bmad.yaml names."
_MAPPER = (
    "Who says what each block is and what belongs together: claude, openai:MODEL, an agent of bmad.yaml. "
    "`outline` needs none; by default it judges what is new, and what a model said before stands."
)

_OUTLINE = "outline"


def run(
    intent: Annotated[Path | None, typer.Argument(help=_INTENT)] = None,
    mapper: Annotated[str | None, typer.Option("--mapper", metavar="NAME", help=_MAPPER)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Settle conflicts by keeping what stands.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    there, missing = intents_to_map(app.workspace, app.formats) if intent is None else ([app.intent(intent)], [])
    maps = [_mapped(app, MapRequest(path, mapper or "", dry_run, keep)) for path in there]
    ok = all(report.ok for report in maps)
    if not json:
        output.result("\n\n".join(mapping(report, verbose=output.LEVELS.verbose) for report in maps))
        for path in missing:
            output.message(f"{path} is not there yet; write it: bmad brainstorm {path}")
    elif len(maps) + len(missing) == 1:
        output.json_result(maps[0])
    else:
        output.json_result(MapsReport(ok=ok, maps=tuple(maps), missing=tuple(missing)))
    return Exit.OK if ok else Exit.USAGE


def _mapped(app: App, request: MapRequest) -> MapReport:
    """By the mapper that is asked for; without a word, by the outline and by what a model said before."""
    if request.mapper not in ("", _OUTLINE):
        return _asked(app, request)
    remembers = not request.mapper and was_sorted(app.workspace, app.formats)
    mapper = _remembering(app, request.intent) if remembers else app.outline()
    return map_intent(app.workspace, app.formats, mapper, request._replace(mapper=_OUTLINE))


def _remembering(app: App, path: str) -> Mapper:
    from bmad.pipeline.sorting import remembering  # noqa: PLC0415 - where a model mapped before

    return remembering(app.workspace, app.formats, path)


def _asked(app: App, request: MapRequest) -> MapReport:
    """Map with the help of a model, before anything is locked: it takes its time."""
    from bmad.pipeline.sorting import ahead, mapper_named  # noqa: PLC0415 - what asks a model is loaded where one is asked

    chosen = mapper_named(app.workspace, app.formats, app, request.mapper, output.message, request.intent)
    counsel = chosen.counsel
    try:
        drafted = ahead(app.workspace, app.formats, chosen, request.intent)
        report = map_intent(app.workspace, app.formats, drafted, request)
    except BmadError:
        if counsel.spent.calls:
            output.message(called(counsel.name, counsel.spent))
        raise
    return report.model_copy(update={"spent": counsel.spent, "left_out": counsel.left_out})
