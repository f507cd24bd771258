"""What a record says of the lines of a file: from which content its story began, and what it added to that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.lines.hunks import Hunk, read

if TYPE_CHECKING:
    from bmad.model.record import ChangeEntry, Record

_NOTHING = 0


class Place(NamedTuple):
    """A file's path and the id of its blob."""

    path: bytes
    blob: str


class Word(NamedTuple):
    """One record's word on one file; `start` is None where the story made the file.

    `hunks` is None where the record says nothing of lines: an older bmad wrote it, or the file is no text.
    """

    story: str
    start: Place | None
    end: Place
    hunks: tuple[Hunk, ...] | None


def words(record: Record) -> Iterator[Word]:
    """What a record says of each file that stands after its story's work."""
    for entry in record.change:
        if int(entry.new_mode, 8) == _NOTHING:
            continue
        moved, hunks = _told(entry.lines)
        source = entry if moved is None else _gone(record, moved)
        start = Place(source.raw, source.old_blob) if source is not None and int(source.old_mode, 8) else None
        known = hunks if source is not None else None
        yield Word(record.story, start, Place(entry.raw, entry.new_blob), known)


def come_from_nowhere(record: Record) -> list[str]:
    """The paths of files that are said to have moved, and not from one that is gone."""
    told = ((entry.path, _told(entry.lines)[0]) for entry in record.change)
    return [path for path, moved in told if moved is not None and _gone(record, moved) is None]


def _gone(record: Record, number: int) -> ChangeEntry | None:
    """An entry of the change by its number, where it is of a file that is gone."""
    entry = record.change[number] if number < len(record.change) else None
    return entry if entry is not None and int(entry.new_mode, 8) == _NOTHING else None


def _told(lines: str | None) -> tuple[int | None, tuple[Hunk, ...] | None]:
    """The number of the entry that the file has moved from, and its hunks."""
    if lines is None:
        return None, None
    if not lines.startswith("<"):
        return None, read(lines)
    moved, _, hunks = lines[1:].partition(" ")
    return int(moved), read(hunks)


class Chain(NamedTuple):
    """Words each of which goes on from where the one before it ended."""

    start: Place | None
    words: tuple[Word, ...]


def chain(every: Sequence[Word], end: Place) -> Chain:
    """The longest one that leads to an end, each word taken once."""
    left = list(every)
    found: list[Word] = []
    at: Place | None = end
    while at is not None and (word := next((one for one in left if one.end == at), None)) is not None:
        left.remove(word)
        found.append(word)
        at = word.start
    return Chain(at, tuple(reversed(found)))


def tips(every: Sequence[Word], path: bytes) -> list[Place]:
    """Where words on a path end and no other one goes on."""
    begun = {word.start for word in every if word.start != word.end}
    return list(dict.fromkeys(word.end for word in every if word.end.path == path and word.end not in begun))
