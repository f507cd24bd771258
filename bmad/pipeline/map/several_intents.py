"""Several intents mapped as one: each on what the ones before it come to, and all of it written, or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from bmad.model.layout import Layout
from bmad.model.map_reports import MapReport
from bmad.model.standing import Standing
from bmad.pipeline.map.map import map_held, map_intent
from bmad.pipeline.map.outcome import Mapper, MapRequest
from bmad.ports.cache import Kept
from bmad.ports.files import Formats, Workspace, Writer


class Pending:
    """A work tree as it would be once what is held back is written; a workspace, and its own writer."""

    def __init__(self, under: Workspace) -> None:
        self._under = under
        self.files: dict[str, str | None] = {}

    def write(self, files: Mapping[str, str | None]) -> None:
        self.files |= files

    def read(self, path: str) -> str | None:
        return self.files[path] if path in self.files else self._under.read(path)

    def spec_paths(self, layout: Layout) -> Iterable[str]:
        there = set(self._under.spec_paths(layout)) - self.files.keys()
        return sorted(
            there | {path for path, text in self.files.items() if text is not None and layout.kind(path)}
        )

    def markdown_in(self, folder: str) -> Iterable[str]:
        return self._under.markdown_in(folder)

    def standing(self) -> Standing:
        return self._under.standing()

    def held_lock(self, path: str) -> str | None:
        return self._under.held_lock(path)

    def record_paths(self, layout: Layout) -> Iterable[str]:
        return self._under.record_paths(layout)

    @contextmanager
    def writing(self, what: str) -> Iterator[Writer]:
        del what
        yield self


def map_intents(
    workspace: Workspace, formats: Formats, asked: Sequence[tuple[Mapper, MapRequest]], known: Kept | None = None
) -> list[MapReport]:
    """Map intents in order; where one may not be written, none is. `known` is what is kept of the last map of one.

    Raises: as `map_intent`.
    """
    if len(asked) == 1:
        return [map_intent(workspace, formats, *asked[0], known)]
    pending = Pending(workspace)
    if any(request.dry_run for _, request in asked):
        return [map_held(pending, formats, mapper, pending, request) for mapper, request in asked]
    with workspace.writing("bmad map") as writer:
        reports = [map_held(pending, formats, mapper, pending, request) for mapper, request in asked]
        if all(report.ok for report in reports):
            if pending.files:
                writer.write(pending.files)
            return reports
    return [report.model_copy(update={"written": False}) for report in reports]
