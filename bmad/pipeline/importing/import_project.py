"""`bmad import`: read another project, and have its parts mapped as intents; all of it is written, or nothing."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from bmad.core.importing.drafting import drafted
from bmad.core.importing.readers import reader_of
from bmad.core.importing.reporting import Drawn, reported
from bmad.core.importing.source import Project, Reader
from bmad.errors import UsageError
from bmad.model.importing import ImportReport
from bmad.model.layout import POLICY, Layout
from bmad.model.map_reports import MapReport
from bmad.pipeline.importing.placing import Placed, placed
from bmad.pipeline.map.map import map_held
from bmad.pipeline.map.outcome import MapRequest
from bmad.pipeline.map.several_intents import Pending
from bmad.pipeline.spec.work_tree import layout_here, read_intent
from bmad.ports.files import Formats, Sources, Workspace, Writer

_MOST = 20_000


class ImportRequest(NamedTuple):
    """`source` is the path of a file or a folder among the sources; "" is all. `shown` is as it was typed."""

    source: str
    shown: str
    format: str | None = None
    dry_run: bool = False
    keep: bool = False
    inside: bool = True
    """Whether the sources are the repository's own files, so that they can be quoted where they stand."""


class _Read(NamedTuple):
    reader: Reader
    project: Project
    texts: dict[str, str]


def import_project(
    workspace: Workspace, formats: Formats, sources: Sources, request: ImportRequest
) -> ImportReport:
    """Import what lies at the source.

    Raises: UsageError where it is no format that is read, or a file of it cannot be read.
    """
    layout = layout_here(workspace, formats)
    found = _read(sources, request, layout if request.inside else None)
    if request.dry_run:
        return _imported(workspace, formats, None, found, request)
    with workspace.writing("bmad import") as writer:
        return _imported(workspace, formats, writer, found, request)


def _read(sources: Sources, request: ImportRequest, layout: Layout | None) -> _Read:
    """Read the project; what bmad itself has written here is none of it."""
    paths = sources.below(request.source, _MOST)
    if layout is not None:
        paths = [path for path in paths if not layout.is_state(path) and layout.record(path) is None]
    reader, wanted = reader_of(request.format, paths, request.shown)
    texts = {path: sources.read(path) for path in wanted}
    project = reader.read(texts)
    if not any(part.stories or part.requirements for part in project.parts):
        raise UsageError(f"{request.shown} holds no story and no requirement that could be taken.")
    if not request.inside and any(part.copy is None for part in project.parts):
        raise UsageError(
            f"{request.shown} lies outside of this repository; put it inside: its documents are the intent, "
            "and are quoted where they stand."
        )
    return _Read(reader, project, texts)


def _imported(
    workspace: Workspace, formats: Formats, writer: Writer | None, found: _Read, request: ImportRequest
) -> ImportReport:
    pending = Pending(workspace)
    places = placed(pending, formats, found.project.parts, found.texts)
    origin = f"`{found.reader.name}` from `{request.shown}`"
    drawn = [_drawn(pending, one) for one in places]
    maps = [_map(pending, formats, one, request, origin) for one in zip(places, drawn, strict=True)]
    files = {path: text for path, text in pending.files.items() if text != workspace.read(path)}
    ok = all(report.ok for report in maps)
    if ok and files and writer is not None:
        writer.write(files)
    written = ok and bool(files) and writer is not None
    maps = [report.model_copy(update={"written": written and report.written}) for report in maps]
    report = reported(found.project, drawn, found.texts)
    return report.model_copy(
        update={
            "ok": ok,
            "format": found.reader.name,
            "source": request.shown,
            "written": written,
            "files": tuple(sorted(files)) if ok else (),
            "maps": tuple(maps),
            "notes": tuple(_notes(files, found.project)) if written else (),
        }
    )


def _drawn(pending: Pending, one: Placed) -> Drawn:
    intent = read_intent(pending, one.place)
    return Drawn(intent, drafted(one.part, intent))


def _map(
    pending: Pending, formats: Formats, one: tuple[Placed, Drawn], request: ImportRequest, origin: str
) -> MapReport:
    placed, drawn = one
    asked = MapRequest(placed.place.intent, "import", request.dry_run, request.keep, origin)
    return map_held(pending, formats, lambda _: drawn.draft, pending, asked)


_LISTED = (
    "next: commit bmad.yaml alone (`Policy: why` as its last line) and land that first, then the rest; "
    "where bmad is adopted with it, all of it may be one commit"
)
_NEXT = "next: look through it with git diff and bmad status, then commit it"


_OPEN = "then: bmad territory proposes what each open story may touch"


def _notes(files: Collection[str], project: Project) -> Iterator[str]:
    """What to do once it is written."""
    yield _LISTED if POLICY in files else _NEXT
    if any(not story.done for part in project.parts for story in part.stories):
        yield _OPEN
