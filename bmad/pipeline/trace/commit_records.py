"""The records that commits bring, for whoever asks of which story commits and lines are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bmad.errors import NewerError, UsageError
from bmad.model.bounds import RECORD
from bmad.model.commits import Change, Commit
from bmad.model.layout import Layout
from bmad.pipeline.status.landed_records import newer
from bmad.ports.files import Formats
from bmad.ports.history import Objects

if TYPE_CHECKING:
    from bmad.model.record import Record

_PLAIN = ("100644", "100755")


def brought(
    objects: Objects,
    formats: Formats,
    commits: Sequence[Commit],
    layout: Layout,
    changes: Mapping[str, Sequence[Change]] | None = None,
) -> dict[str, tuple[Record, ...]]:
    """By commit the records that it adds to its first parent's tree, each where its story and landing say.

    `changes`, where they are known, are all that the commits change against their first parents.
    """
    with_parents = [commit for commit in commits if commit.parents]
    if not with_parents:
        return {}
    folder = layout.records.encode()
    if changes is None:
        trees = objects.commits([commit.parents[0] for commit in with_parents])
        pairs = [(trees[commit.parents[0]].tree, commit.tree) for commit in with_parents]
        within = zip(with_parents, objects.changes_within(pairs, (folder,)), strict=True)
        changes = {commit.id: own for commit, own in within}
    below = folder.rstrip(b"/") + b"/"
    every = {one.id: [own for own in changes[one.id] if own.path.startswith(below)] for one in with_parents}
    added = {name: new for name, own in every.items() if (new := [one for one in own if _is_new(one)])}
    texts = objects.blobs({one.new_blob for new in added.values() for one in new}, RECORD)
    read = {one: _read(formats, one, texts, layout) for new in added.values() for one in new}
    return {name: tuple(found for one in new if (found := read[one]) is not None) for name, new in added.items()}


def speaking(records: Iterable[Record], paths: Iterable[bytes]) -> Mapping[bytes, tuple[str, ...]]:
    """By path the stories whose records speak of it."""
    wanted, found = set(paths), dict[bytes, dict[str, None]]()
    for record in records:
        for entry in record.change:
            if entry.raw in wanted:
                found.setdefault(entry.raw, {})[record.story] = None
    return {path: tuple(stories) for path, stories in found.items()}


def _is_new(change: Change) -> bool:
    return int(change.old_mode, 8) == 0 and change.new_mode in _PLAIN


def _read(formats: Formats, change: Change, texts: Mapping[str, bytes], layout: Layout) -> Record | None:
    """The record of the landing that its path names; None where it is none."""
    try:
        record = formats.record(texts[change.new_blob].decode())
    except NewerError as error:
        raise newer(change.path.decode("utf-8", "surrogateescape"), error) from None
    except (UnicodeDecodeError, UsageError):
        return None
    return record if layout.record_path(record.story, record.landing).encode() == change.path else None
