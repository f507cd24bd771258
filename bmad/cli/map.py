"""Hand edits and ids are kept; where the intent and a hand changed the same thing, nothing is written."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bmad.cli import output
from bmad.cli.output import Json, Repo
from bmad.errors import BmadError, Exit
from bmad.model.map_reports import MapReport, MapsReport
from bmad.pipeline.map.map import intents_to_map, was_sorted
from bmad.pipeline.map.outcome import Mapper, MapRequest
from bmad.pipeline.map.several_intents import map_intents
from bmad.render.mapping import mapping
from bmad.render.spending import called
from bmad.wiring import App, open_app

if TYPE_CHECKING:
    from bmad.pipeline.map.model_questions import Counsel

_INTENT = "The intent: a Markdown file, or a folder of them; by default all that bmad.yaml names."
_MAPPER = (
    "Who says what each block is and what belongs together: claude, openai:MODEL, an agent of bmad.yaml. "
    "`outline` needs none; by default it judges what is new, and what a model said before stands."
)

_OUTLINE = "outline"


def run(
    intent: Annotated[Path | None, typer.Argument(metavar="INTENT", help=_INTENT)] = None,
    mapper: Annotated[str | None, typer.Option("--mapper", metavar="NAME", help=_MAPPER)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Settle conflicts by keeping what stands.")] = False,
    json: Json = False,
    repo: Repo = None,
) -> int:
    app = open_app(repo)
    there, missing = intents_to_map(app.workspace, app.formats) if intent is None else ([app.intent(intent)], [])
    maps = _mapped(app, [MapRequest(path, mapper or "", dry_run, keep) for path in there])
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


class _Chosen(NamedTuple):
    """Who maps one intent, and what a model that is asked for it has spent so far."""

    mapper: Mapper
    request: MapRequest
    counsel: "Counsel | None" = None


def _mapped(app: App, requests: list[MapRequest]) -> list[MapReport]:
    """All of the intents, or none of them."""
    chosen: list[_Chosen] = []
    try:
        for request in requests:
            _choose(app, request, chosen)
        asked = [(one.mapper, one.request) for one in chosen]
        known = app.last_map(keeping=not any(one.dry_run for one in requests))
        reports = map_intents(app.workspace, app.formats, asked, known)
    except BmadError:
        for one in chosen:
            if one.counsel is not None and one.counsel.spent.calls:
                output.message(called(one.counsel.name, one.counsel.spent))
        raise
    return [
        report.model_copy(update={"spent": one.counsel.spent, "left_out": one.counsel.left_out})
        if one.counsel is not None
        else report
        for one, report in zip(chosen, reports, strict=True)
    ]


def _choose(app: App, request: MapRequest, chosen: list[_Chosen]) -> None:
    """Add the mapper that is asked for; without a word, the outline with what a model said before."""
    if request.mapper not in ("", _OUTLINE):
        _ask(app, request, chosen)
        return
    remembers = not request.mapper and was_sorted(app.workspace, app.formats)
    mapper = _remembering(app, request.intent) if remembers else app.outline(keeping=not request.dry_run)
    chosen.append(_Chosen(mapper, request._replace(mapper=_OUTLINE)))


def _remembering(app: App, path: str) -> Mapper:
    from bmad.pipeline.map.model_mapper import remembering  # noqa: PLC0415 - where a model mapped before

    return remembering(app.workspace, app.formats, path)


def _ask(app: App, request: MapRequest, chosen: list[_Chosen]) -> None:
    """Have a model help, before anything is locked: it takes its time."""
    from bmad.pipeline.map.model_mapper import ahead, mapper_named  # noqa: PLC0415 - what asks a model is loaded where one is asked

    asked = mapper_named(app.workspace, app.formats, app, request.mapper, output.message, request.intent)
    chosen.append(_Chosen(asked, request, asked.counsel))
    drafted = ahead(app.workspace, app.formats, asked, request.intent)
    chosen[-1] = chosen[-1]._replace(mapper=drafted)
