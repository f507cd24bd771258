"""What git says of history, as plain values."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.model.commits import Change


class Tips(NamedTuple):
    """The two ends of a range, full commit ids, and the full ref that the base was named by."""

    base: str
    head: str
    target: str | None
    notes: tuple[str, ...] = ()
    """Why the base is what it is, where nobody named one."""


class Touched(NamedTuple):
    """A commit and what it did to some paths, against its first parent."""

    commit: str
    changes: Sequence[Change]


class Conflict(NamedTuple):
    """A conflicted path of a computed merge, and its blobs in the merge base and on both sides."""

    path: bytes
    base: str | None
    ours: str | None
    theirs: str | None


class Merged(NamedTuple):
    """A computed merge: its tree (with conflict marks where there are conflicts) and the conflicts."""

    tree: str
    conflicts: tuple[Conflict, ...]


class Listed(NamedTuple):
    """A file in a tree: six octal digits of mode, and the id of its blob."""

    mode: str
    id: str


class Cut(NamedTuple):
    """A hunk: how many lines of the new file stand before it, how many of the old one go, and those that come."""

    at: int
    gone: int
    added: tuple[bytes, ...]


class FileCuts(NamedTuple):
    """The hunks between two blobs, which may stand under two names; none where they are no text."""

    old: str
    new: str
    cuts: list[Cut]


NOTHING = ""
"""Stands for the content that a file had before there was one."""

Pair = tuple[str, str]
"""The blobs of an old and a new content."""


class Region(NamedTuple):
    """Lines (from 0) of an old content that went, and those of the new one that came in their place."""

    old: int
    gone: int
    new: int
    came: int


class BlameLine(NamedTuple):
    """A line of a file (from 1), the commit that last changed it, its text, and where it stands in that commit."""

    line: int
    commit: str
    text: str
    path: bytes = b""
    at: int = 0
    """Its number there, from 1."""
    older: bool = False
    """Whether the commit is one of those that blame was not to look beyond."""
