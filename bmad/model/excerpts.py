"""Some items of a document that holds many, or some lines of the lock, as a text of its own."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Excerpt(NamedTuple):
    """Some items of a register or a PRD, and all that stands there beside items."""

    text: str
    pieces: Sequence[str]
    """The whole, cut before each item."""
    kept: Sequence[int]
    """Which of them are in it."""


class Whole(NamedTuple):
    """A whole with other items in it, and on which lines of it, and of the excerpt, these begin."""

    text: str
    lines: Sequence[int]
    own: Sequence[int]

    def line(self, line: int) -> int:
        """The line of the whole that a line of the excerpt is."""
        at = bisect_left(self.own, line + 1) - 1
        return line if at < 0 else line - self.own[at] + self.lines[at]


class LockExcerpt(NamedTuple):
    """The lines of some nodes and of the links up from them, and all lines that are about something else."""

    text: str
    lines: Sequence[str]
    """The whole, without the line end behind the last one."""
