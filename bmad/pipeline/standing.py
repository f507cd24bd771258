"""The landings whose records stand in a work tree: what only bears a record's name is none."""

from collections.abc import Iterable, Iterator

from bmad.errors import UsageError
from bmad.model.layout import RECORD_RE, record_path
from bmad.model.record import Record
from bmad.ports.files import Formats, Workspace


def standing_records(workspace: Workspace, formats: Formats, only: str | None = None) -> Iterator[Record]:
    """The records that stand here; of one story, where it is named."""
    for path in workspace.record_paths():
        match = RECORD_RE.fullmatch(path)
        if match is None or only not in (None, match[1]):
            continue
        try:
            record = formats.record(workspace.read(path) or "")
        except UsageError:
            continue
        if record_path(record.story, record.landing) == path:
            yield record


def standing_landings(workspace: Workspace, formats: Formats, only: str | None = None) -> dict[str, int]:
    """By story the number of its latest landing that stands here; of one story, where it is named."""
    return latest(standing_records(workspace, formats, only))


def latest(records: Iterable[Record]) -> dict[str, int]:
    """By story the number of its latest landing."""
    found: dict[str, int] = {}
    for record in records:
        found[record.story] = max(record.landing, found.get(record.story, 0))
    return found
