"""What a change adds to one file, line by line, short enough to be kept: hashes of lines, and where they go.

As text a hunk is `AT-GONE:MARKS`: the number of lines of the new file before it, how many lines of the old one it
takes away, and the marks of those that it adds, 16 hex digits each, one after another. Hunks are joined by blanks:
`0-0:8f14e45fceea167a 12-2:`. So a file costs some bytes, and each line 16.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeVar

T = TypeVar("T")
_MARK = 16
_HUNK = re.compile(r"(0|[1-9][0-9]{0,8})-(0|[1-9][0-9]{0,8}):((?:[0-9a-f]{16})*)")


class Hunk(NamedTuple):
    """`at`: lines of the new file before it; `gone`: lines of the old one that it takes away."""

    at: int
    gone: int
    added: tuple[str, ...]
    """The marks of the lines that it adds."""


def mark(line: bytes) -> str:
    """The mark of a line, whatever its ending: the first 64 bits of its SHA-256 as 16 hex digits."""
    return sha256(line.rstrip(b"\r\n")).hexdigest()[:_MARK]


def lines(content: bytes) -> list[bytes]:
    """The lines of a file as git counts them, without their ends."""
    found = content.split(b"\n")
    if not found[-1]:
        found.pop()
    return found


def marks(content: bytes) -> list[str]:
    """The marks of a file's lines."""
    return [mark(line) for line in lines(content)]


def leads(old: Sequence[str], hunks: Iterable[Hunk], new: Sequence[str]) -> bool:
    """Whether the hunks make the one content of the other, both by the marks of their lines."""
    return replayed(old, hunks, lambda _gone, added: added) == list(new)


def written(hunks: Iterable[Hunk]) -> str:
    return " ".join(f"{one.at}-{one.gone}:{''.join(one.added)}" for one in hunks)


def read(text: str) -> tuple[Hunk, ...]:
    """Hunks of text; the empty text has none. Raises: ValueError where it is none of theirs."""
    found = []
    for part in text.split(" ") if text else ():
        match = _HUNK.fullmatch(part)
        if match is None:
            raise ValueError("hunks are written `AT-GONE:MARKS`, joined by blanks")
        added = tuple(match[3][at : at + _MARK] for at in range(0, len(match[3]), _MARK))
        found.append(Hunk(int(match[1]), int(match[2]), added))
    return tuple(found)


def replayed(
    old: Sequence[T], hunks: Iterable[Hunk], new: Callable[[Sequence[T], tuple[str, ...]], Iterable[T]]
) -> list[T] | None:
    """The old lines with the hunks applied; None where they do not fit.

    `new` makes the lines that come of those that a hunk takes away and the marks of those that it adds.
    """
    result: list[T] = []
    left = 0
    for hunk in hunks:
        kept = hunk.at - len(result)
        if kept < 0 or left + kept + hunk.gone > len(old):
            return None
        result.extend(old[left : left + kept])
        left += kept
        result.extend(new(old[left : left + hunk.gone], hunk.added))
        left += hunk.gone
    result.extend(old[left:])
    return result
