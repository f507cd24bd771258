"""A tree cut into units, each of which one prompt holds whole: by folder, so that what belongs together stays so.

Together the units are all that is looked through, each line in exactly one of them. A unit is known by what is in
it, whatever else the tree holds, so that only what has changed is asked about again.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.core.packs.texts import size

ROOM = 30_000
"""Bytes of the numbered lines of one unit."""

_MARGIN = 6
"""What stands before a line: its number and a `|`."""

_HEADING = 60
"""Bytes that a file takes beside its path and lines."""

_SLACK = 4
"""A part of a file is cut at an empty line within the last quarter of what it may hold."""


class Span(NamedTuple):
    """Lines of a file, counted from 1, and the bytes that they take in a prompt."""

    first: int
    last: int
    bytes: int


class Sheet(NamedTuple):
    """A file that is looked through: the spans into which it is cut, one where it fits into a unit."""

    path: str
    blob: str
    spans: Sequence[Span]


class Piece(NamedTuple):
    """Lines of a file in a unit; `of` is how many lines the file has."""

    path: str
    blob: str
    first: int
    last: int
    of: int

    @property
    def is_whole(self) -> bool:
        return (self.first, self.last) == (1, self.of)


class Unit(NamedTuple):
    """What one call looks through."""

    name: str
    pieces: tuple[Piece, ...]
    bytes: int

    @property
    def id(self) -> str:
        """A hash over paths, contents and lines: 32 hex digits."""
        told = (f"{one.path}\0{one.blob}\0{one.first}\0{one.last}" for one in self.pieces)
        return sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()[:32]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(one.path for one in self.pieces)


def lines_of(text: str) -> list[str]:
    """The lines of a file, as they are counted; what follows the last line end is none."""
    return text.removesuffix("\n").split("\n")


def sheet(path: str, blob: str, text: str, room: int = ROOM) -> Sheet:
    """A file and its spans: together they are the whole file."""
    spans: list[Span] = []
    most = room - _beside(path)
    first, used, gap, at_gap = 1, 0, 0, 0
    for number, line in enumerate(lines_of(text), 1):
        taken = _MARGIN + size(line) + 1
        if used and used + taken > most:
            last = gap if at_gap * _SLACK > most * (_SLACK - 1) else number - 1
            spans.append(Span(first, last, at_gap if last == gap else used))
            first, used = last + 1, used - spans[-1].bytes
            gap = at_gap = 0
        used += taken
        if not line.strip():
            gap, at_gap = number, used
    return Sheet(path, blob, (*spans, Span(first, len(lines_of(text)), used)))


def _beside(path: str) -> int:
    return _HEADING + size(path)


def units(sheets: Sequence[Sheet], room: int = ROOM) -> tuple[Unit, ...]:
    """The units of some files, in the order of their paths."""
    by_path = {one.path: one for one in sheets}
    return tuple(_units("", sorted(by_path), by_path, room))


def _units(folder: str, paths: Sequence[str], sheets: Mapping[str, Sheet], room: int) -> Iterator[Unit]:
    """The units of a folder: its files and those of its folders that fit as a whole, packed in order."""
    packed: list[str] = []
    used = 0
    for group in _groups(folder, paths):
        taken = sum(_taken(sheets[path]) for path in group)
        if packed and taken <= room < used + taken:
            yield _joined(folder, packed, sheets)
            packed, used = [], 0
        if taken <= room:
            packed += group
            used += taken
        elif len(group) == 1 and "/" not in group[0][len(folder) :]:
            yield from _cut(sheets[group[0]])
        else:
            yield from _units(f"{folder}{group[0][len(folder) :].partition('/')[0]}/", group, sheets, room)
    if packed:
        yield _joined(folder, packed, sheets)


def _groups(folder: str, paths: Sequence[str]) -> Iterator[list[str]]:
    """Each file of the folder by itself, and of each folder in it all files."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        name, slash, _ = path[len(folder) :].partition("/")
        groups.setdefault(name + slash, []).append(path)
    yield from groups.values()


def _taken(one: Sheet) -> int:
    return _beside(one.path) + sum(span.bytes for span in one.spans)


def _joined(folder: str, paths: Sequence[str], sheets: Mapping[str, Sheet]) -> Unit:
    pieces = tuple(piece for path in paths for piece in _pieces(sheets[path]))
    several = f"{folder or './'} ({len(paths)} files from {paths[0][len(folder) :]})"
    name = paths[0] if len(paths) == 1 else several
    return Unit(name, pieces, sum(_taken(sheets[path]) for path in paths))


def _cut(one: Sheet) -> Iterator[Unit]:
    for piece, span in zip(_pieces(one), one.spans, strict=True):
        name = f"{one.path} lines {piece.first}-{piece.last}"
        yield Unit(name, (piece,), _beside(one.path) + span.bytes)


def _pieces(one: Sheet) -> list[Piece]:
    return [Piece(one.path, one.blob, span.first, span.last, one.spans[-1].last) for span in one.spans]
