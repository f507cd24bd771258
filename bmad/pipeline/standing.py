"""The landings whose records stand in a work tree: what only bears a record's name is none."""

from bmad.errors import UsageError
from bmad.model.layout import RECORD_RE, record_path
from bmad.ports.files import Formats, Workspace


def standing_landings(workspace: Workspace, formats: Formats, only: str | None = None) -> dict[str, int]:
    """By story the number of its latest landing that stands here; of one story, where it is named."""
    found: dict[str, int] = {}
    for path in workspace.record_paths():
        match = RECORD_RE.fullmatch(path)
        if match is None or only not in (None, match[1]):
            continue
        try:
            record = formats.record(workspace.read(path) or "")
        except UsageError:
            continue
        if record_path(record.story, record.landing) == path:
            found[record.story] = max(record.landing, found.get(record.story, 0))
    return found
