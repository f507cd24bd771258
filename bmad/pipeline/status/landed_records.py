"""The records of landings in a work tree or a commit: what only bears a record's name is none.

A record that a newer bmad wrote is one, and says what this one cannot read: whoever passed it over would take work
for open that has landed. So nothing is answered from where one stands.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bmad.errors import CannotAnswerError, NewerError, UsageError
from bmad.model.bounds import RECORD
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import Objects

if TYPE_CHECKING:
    from bmad.model.record import Record  # with all of the loop's model, where no record stands

BEFORE = (
    "it was done before bmad came ({}); to have it built anew, take `Done elsewhere` out of {}, and commit that"
)
"""Of a story that its own project calls done, and of which nothing has landed here."""
_PLAIN = frozenset({"100644", "100755"})


def standing_records(
    workspace: Workspace, formats: Formats, layout: Layout, only: str | None = None
) -> "Iterator[Record]":
    """The records that stand here; of one story, where it is named."""
    paths = (path for path in workspace.record_paths(layout) if _is_of(path, only, layout))
    return _read(((path, workspace.read(path) or "") for path in paths), formats, layout)


def committed_records(objects: Objects, formats: Formats, tree: str, layout: Layout) -> "Iterator[Record]":
    """The records that stand in a tree of git's: nobody lands by writing a file."""
    files = objects.files(tree, [layout.records.encode()])
    named = {path.decode("utf-8", "surrogateescape"): at.id for path, at in files.items() if at.mode in _PLAIN}
    blobs = {path: blob for path, blob in named.items() if _is_of(path, None, layout)}
    contents = objects.blobs(blobs.values(), RECORD)
    return _read(((path, contents[blob]) for path, blob in blobs.items()), formats, layout)


def _is_of(path: str, only: str | None, layout: Layout) -> bool:
    name = layout.record(path)
    return name is not None and only in (None, name.story)


def _read(texts: Iterable[tuple[str, str | bytes]], formats: Formats, layout: Layout) -> "Iterator[Record]":
    for path, text in texts:
        try:
            record = formats.record(text if isinstance(text, str) else text.decode())
        except NewerError as error:
            raise newer(path, error) from None
        except (UsageError, UnicodeDecodeError):
            continue
        if layout.record_path(record.story, record.landing) == path:
            yield record


def newer(path: str, error: NewerError) -> CannotAnswerError:
    """Why nothing can be answered from where a record of a newer bmad stands."""
    return CannotAnswerError(f"{path} was written by a newer bmad: {error} Use that one.")


def standing_landings(
    workspace: Workspace, formats: Formats, layout: Layout, only: str | None = None
) -> dict[str, int]:
    """By story the number of its latest landing that stands here; of one story, where it is named."""
    return latest(standing_records(workspace, formats, layout, only))


def closed_stories(
    workspace: Workspace, formats: Formats, layout: Layout, lock: Lock, only: str | None = None
) -> frozenset[str]:
    """The stories that have a record here and were not reopened since; one alone, where it is named."""
    last = standing_landings(workspace, formats, layout, only)
    return frozenset(landing[0] for landing in last.items() if landing not in lock.reopened)


def latest(records: "Iterable[Record]") -> dict[str, int]:
    """By story the number of its latest landing."""
    found: dict[str, int] = {}
    for record in records:
        found[record.story] = max(record.landing, found.get(record.story, 0))
    return found
