"""A diff in parts that a prompt can hold. Put together their texts are the diff, byte for byte.

It is cut between files where that will do, else between hunks, else between the lines of a hunk; what goes on in
the middle of a file bears that file's heading before it, for reading. A line longer than a part, and what comes
after `MOST` parts, is shown to nobody, and so is what a binary file holds: that is for a person to look at.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.act.diffs import FILE, Line, margin, path_of, read_lines
from bmad.core.gate.words import printable
from bmad.core.packs.texts import size

MOST = 24
"""Parts that reviewers are shown of one change."""

_HEADING = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_ROOM_FOR_HEADING = 80
_BINARY = ("Binary files ", "GIT binary patch")
_DELETED = "deleted file mode "
_FILTERED = "what it holds is not in the commit: the filter `{}` brings it out"
NOTHING: Mapping[str, str] = MappingProxyType({})


class Piece(NamedTuple):
    """A part of a diff. `lead` is read before its text and no part of the diff; `unshown` says why nobody is."""

    text: str
    lead: str = ""
    paths: tuple[str, ...] = ()
    unshown: str = ""

    @property
    def hash(self) -> str:
        return digest_of(self.text)

    @property
    def bytes(self) -> int:
        return len(_raw(self.text))


class Hidden(NamedTuple):
    """What no reviewer is shown: of which file (empty where of many), which content, and why."""

    path: str
    content: str
    """What tells it from another content of the same file: a hash, or git's own line on it."""
    why: str


def digest_of(text: str) -> str:
    """SHA-256 of a diff's bytes, 64 hex digits."""
    return sha256(_raw(text)).hexdigest()


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def split(diff: str, room: int) -> tuple[Piece, ...]:
    """The parts of a diff; each takes at most `room` bytes as a prompt holds it, its lead counted."""
    packer = _Packer(room)
    for file in _files(diff):
        packer.file(file)
    packer.close()
    pieces = packer.pieces or [Piece("")]
    if len(pieces) <= MOST:
        return tuple(pieces)
    text = "".join(one.text for one in pieces[MOST:])
    paths = tuple(dict.fromkeys(path for one in pieces[MOST:] for path in one.paths))
    why = f"the change has {len(pieces)} parts, and reviewers are shown {MOST}"
    return (*pieces[:MOST], Piece(text, "", paths, why))


def hidden(diff: str, pieces: Iterable[Piece], filtered: Mapping[str, str] = NOTHING) -> tuple[Hidden, ...]:
    """What of a change no reviewer is shown; `filtered` are the paths of which git keeps something else."""
    found = [
        Hidden(one.paths[0] if len(one.paths) == 1 else "", one.hash, one.unshown) for one in pieces if one.unshown
    ]
    for file in _files(diff):
        told = [line.text for line in file.head]
        why = "it is binary" if any(text.startswith(_BINARY) for text in told) else ""
        if file.path in filtered and not any(text.startswith(_DELETED) for text in told):
            why = _FILTERED.format(printable(filtered[file.path]))
        if why:
            index = next((text for text in told if text.startswith("index ")), "")
            found.append(Hidden(file.path, index, why))
    return tuple(found)


class _File(NamedTuple):
    """A file of a diff: its heading, and the lines of its hunks, each with its line end."""

    path: str
    head: tuple[Line, ...]
    hunks: tuple[tuple[Line, ...], ...]


def _files(diff: str) -> Iterator[_File]:
    lines = [one._replace(text=f"{one.text}\n") for one in read_lines(diff)] if diff else []
    if lines and not diff.endswith("\n"):
        lines[-1] = lines[-1]._replace(text=lines[-1].text[:-1])
    starts = [at for at, one in enumerate(lines) if not at or (not one.sign and one.text.startswith(FILE))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield _file(lines[start:end])


def _file(lines: Sequence[Line]) -> _File:
    first = next((at for at, one in enumerate(lines) if one.sign == "@"), len(lines))
    at = [number for number in range(first, len(lines)) if lines[number].sign == "@"]
    hunks = tuple(tuple(lines[start:end]) for start, end in zip(at, [*at[1:], len(lines)], strict=False))
    return _File(path_of(lines[0].text.rstrip("\n")), tuple(lines[:first]), hunks)


def _size(line: Line) -> int:
    """The bytes that a line takes in a prompt, where it bears its number."""
    return size(line.text) + len(margin(line))


class _Open(NamedTuple):
    """What stands before a piece that begins within a file: the file's heading, and where its hunk goes on."""

    head: str = ""
    old: int = 0
    new: int = 0
    """The numbers of the first lines; 0 where it begins with a hunk of its own."""

    @property
    def goes_on(self) -> bool:
        return bool(self.old or self.new)


class _Packer:
    """Fills one piece after the other."""

    def __init__(self, room: int) -> None:
        self.pieces: list[Piece] = []
        self._room = room
        self._begin(_Open())

    def _begin(self, where: _Open) -> None:
        self._open = where
        self._texts: list[str] = []
        self._signs: list[str] = []
        self._paths: dict[str, None] = {}
        self._used = size(where.head) + (_ROOM_FOR_HEADING if where.goes_on else 0)

    def file(self, file: _File) -> None:
        lines = [*file.head, *(line for hunk in file.hunks for line in hunk)]
        whole = sum(map(_size, lines))
        if self._used + whole > self._room:
            self.close()
        if self._used + whole <= self._room:
            self._add(file.path, [line.text for line in lines], whole)
            return
        head = "".join(line.text for line in file.head)
        self._add(file.path, [head], size(head))
        for hunk in file.hunks:
            self._hunk(file.path, head, hunk)
        self.close()

    def _hunk(self, path: str, head: str, hunk: Sequence[Line]) -> None:
        sizes = [_size(line) for line in hunk]
        if self._used + sum(sizes) > self._room and self._texts and "".join(self._texts) != head:
            self.close(_Open(head))
        if self._used + sum(sizes) <= self._room:
            self._add(path, [line.text for line in hunk], sum(sizes))
            self._signs.append("@")
            return
        old, new = _numbers(hunk[0])
        for line, taken in zip(hunk, sizes, strict=True):
            if self._used + taken > self._room and self._texts:
                self.close(_Open(head, old, new) if line.sign != "@" else _Open(head))
            self._add(path, [line.text], taken)
            self._signs.append(line.sign)
            old += line.sign in (" ", "-")
            new += line.sign in (" ", "+")

    def _add(self, path: str, texts: Sequence[str], taken: int) -> None:
        self._texts += texts
        self._paths[path] = None
        self._used += taken

    def close(self, where: _Open | None = None) -> None:
        """End the piece that is open, if it holds anything, and begin the next one."""
        text = "".join(self._texts)
        if text:
            why = ""
            if self._used > self._room:
                why = f"a line of it has {len(text):,} characters, more than a reviewer is shown at once"
            self.pieces.append(Piece(text, self._lead(), tuple(self._paths), why))
        self._begin(where or _Open())

    def _lead(self) -> str:
        head, old, new = self._open
        if not self._open.goes_on:
            return head
        own = self._signs[: self._signs.index("@")] if "@" in self._signs else self._signs
        olds, news = (sum(one in (" ", sign) for one in own) for sign in "-+")
        return f"{head}@@ -{old},{olds} +{new},{news} @@ (goes on)\n"


def _numbers(heading: Line) -> tuple[int, int]:
    match = _HEADING.match(heading.text)
    return (int(match[1]), int(match[2])) if match is not None else (1, 1)
