"""Which lines of one content stand in another: each pair is compared once, and what was found can be kept."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.lines.alike import laid_out, same
from bmad.core.lines.hunks import lines


class Compared(NamedTuple):
    """The blobs of two contents; whether they may differ in their layout."""

    old: str
    new: str
    loosely: bool


TwinRow = tuple[int, int, tuple[int, ...]]
"""A line of the new content (from 0), how many in a row, and those of the old one that the first of them was."""


class Twins:
    """Which lines of an old content those of a new one were; of the next one in a row it is the next ones."""

    def __init__(self, rows: Sequence[TwinRow]) -> None:
        self.rows = rows

    def of(self, at: int) -> tuple[int, ...]:
        """Those that a line was, none where it is new."""
        place = bisect_right(self.rows, at, key=_first) - 1
        if place < 0:
            return ()
        first, length, begun = self.rows[place]
        step = at - first
        return tuple(one + step for one in begun) if step < length else ()


def _first(row: TwinRow) -> int:
    return row[0]


NO_TWINS = Twins(())
Content = Callable[[str], bytes | None]
"""That of a blob; None where it cannot be had."""


class Comparisons:
    """`known` was found before; `content` gives that of a blob."""

    def __init__(
        self, content: Content, known: Mapping[Compared, Sequence[TwinRow]] = MappingProxyType({})
    ) -> None:
        self._content = content
        self._known = known
        self.used: dict[Compared, Sequence[TwinRow]] = {}
        """What was asked for, to be kept."""

    def twins(self, old: str, new: str, *, loosely: bool) -> Twins:
        """Which lines of the new content are some of the old one, in the order that they have there."""
        key = Compared(old, new, loosely)
        if key not in self.used:
            self.used[key] = self._known[key] if key in self._known else _rows(self._compared(key))
        return Twins(self.used[key])

    def _compared(self, key: Compared) -> Mapping[int, tuple[int, ...]]:
        old, new = self._content(key.old), self._content(key.new)
        if old is None or new is None:
            return {}
        if key.loosely:
            return laid_out(old, new)
        return {at: (one,) for at, one in same(unended(old), unended(new)).items()}


def _rows(found: Mapping[int, tuple[int, ...]]) -> list[TwinRow]:
    rows: list[TwinRow] = []
    for at, of in sorted(found.items()):
        if rows:
            first, length, begun = rows[-1]
            if at == first + length and of == tuple(one + length for one in begun):
                rows[-1] = (first, length + 1, begun)
                continue
        rows.append((at, 1, of))
    return rows


def unended(content: bytes) -> list[bytes]:
    """The lines of a file, whatever their ends."""
    return [line.rstrip(b"\r") for line in lines(content)]
