"""Where a claim's quote stands: in the file and lines that it names, or near by, however these were spelt.

A reviewer that reads a diff writes `b/src/x.py`, copies the signs of the diff, counts from the wrong line. None of
that is a reason to lose what it says. But a place that is only a guess is none: what stands several times, and not
near where it was said to stand, has no place.
"""

import posixpath
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.model.answers import Claim
from bmad.model.normal import fold

LONGEST_SPAN = 200
"""Lines; a quote that may stand anywhere in more than that says nothing about its place."""

NEAR = 20
"""Lines from where a claim says that its quote stands, within which the nearest of several is meant."""

_MOST = 200
_LEAST = 8
"""Characters of a quote that tells its file by itself."""

_AT_LINE = re.compile(r":\d+(?:[-:]\d+)?$")
_NUMBERED = re.compile(r"\s*(?:\d+\s?[:|\t→]|\|(?=[-+ ]))")
_FENCE = re.compile(r"```[\w+-]*\n(.*?)\n?```", re.DOTALL)


class Files(NamedTuple):
    """The files that a change is of: their text after and before it, None where there is none.

    `changed` are the paths of the diff, `roots` the folders that a reader may have named paths from, `every` all
    paths after the change.
    """

    after: Callable[[str], str | None]
    before: Callable[[str], str | None]
    changed: Sequence[str] = ()
    roots: Sequence[str] = ()
    every: Callable[[], Iterable[str]] = tuple


class Place(NamedTuple):
    """Where a quote stands; `lines` are the whole lines that it is of, folded.

    `before` where it stands in the file as it was: of a line that the change takes out.
    """

    path: str
    line: int
    end: int
    lines: str
    before: bool = False


class Nowhere(NamedTuple):
    """Why a claim has no place, as a sentence to its reviewer."""

    why: str


class _Text(NamedTuple):
    """The lines of a file that are not blank, folded and joined with blanks."""

    numbers: Sequence[int]
    lines: Sequence[str]
    starts: Sequence[int]
    joined: str
    length: int
    """Of the file, in lines."""


class Places:
    """Finds the places of claims; each file is read once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._texts: dict[tuple[str, bool], _Text | None] = {}

    def place(self, claim: Claim) -> Place | Nowhere:
        """Where the quote stands, else why nowhere."""
        readings = [one for one in _readings(claim.quote) if one.text]
        if not readings:
            return Nowhere("its quote holds no word")
        path = self._spelt(claim.path)
        if path is None:
            named = f"there is no file {claim.path}" if claim.path else "it names no file"
            return self._elsewhere(readings) or Nowhere(named)
        several = 0
        for reading in readings:
            for before in reading.sides:
                found = self._in(path, before, reading.text, claim)
                if isinstance(found, Place):
                    return found
                several = max(several, found)
                if found:
                    break
        if several:
            return Nowhere(f"its quote stands {several} times in {path}, and not near line {claim.line}")
        return Nowhere(f"its quote stands nowhere in {path}")

    def _in(self, path: str, before: bool, quote: str, claim: Claim) -> Place | int:
        """The place in one side of a file, else how often the quote stands in it."""
        text = self._text(path, before)
        if text is None:
            return 0
        first, last = _span(claim, text.length)
        found = list(dict.fromkeys(_occurrences(text, quote)))
        for at in found:
            if first <= at.line and at.end <= last:
                return Place(path, claim.line, last, at.lines, before)
        return _meant(path, found, claim.line, before=before) or len(found)

    def _elsewhere(self, readings: Sequence["_Reading"]) -> Place | None:
        """The one place in the changed files, where a claim names no file that there is."""
        for reading in readings:
            if len(reading.text) < _LEAST:
                continue
            for before in reading.sides:
                texts = [(path, self._text(path, before)) for path in self._files.changed]
                found = [
                    at._replace(path=path, before=before)
                    for path, text in texts
                    if text is not None
                    for at in _occurrences(text, reading.text)
                ]
                if len(found) == 1:
                    return found[0]
        return None

    def _text(self, path: str, before: bool) -> _Text | None:
        key = (path, before)
        if key not in self._texts:
            text = (self._files.before if before else self._files.after)(path)
            self._texts[key] = None if text is None else _folded(text)
        return self._texts[key]

    def _is_there(self, path: str) -> bool:
        return is_plain(path) and any(self._text(path, side) is not None for side in (False, True))

    def _spelt(self, told: str) -> str | None:
        """The path as git spells it; None where no file can be meant, or more than one."""
        for path in _spellings(told, self._files.roots):
            if self._is_there(path):
                return path
        for path in _spellings(told, self._files.roots):
            for paths in (lambda: self._files.changed, self._files.every):
                found = _alike(path, paths())
                if found is not None:
                    return found
        return None


def is_plain(path: str) -> bool:
    """Whether it is a path from the repository's root, spelt in the one way that git spells it."""
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def _spellings(told: str, roots: Sequence[str]) -> Iterator[str]:
    """The paths that may be meant by one, as it stands first."""
    yield told
    raw = told.strip().strip("`'\"").removeprefix("file://")
    if "\\" in raw:
        yield from _quotations(raw, roots)
    bare = raw.replace("\\", "/")
    for path in dict.fromkeys((bare, _AT_LINE.sub("", bare))):
        inside = _below(path, roots)
        plain = posixpath.normpath(inside) if inside else ""
        yield plain.lstrip("/")
        if plain.startswith(("a/", "b/")):
            yield plain[2:]


def _quotations(told: str, roots: Sequence[str]) -> Iterator[str]:
    """The paths that git quotes (`model.quoting`) that may be meant by the inside of the quotes."""
    for path in dict.fromkeys((told, _AT_LINE.sub("", told))):
        inside = _below(path, roots).removeprefix("./")
        yield f'"{inside}"'
        if inside.startswith(("a/", "b/")):
            yield f'"{inside[2:]}"'


def _below(path: str, roots: Sequence[str]) -> str:
    return next((path[len(root) + 1 :] for root in roots if root and path.startswith(f"{root}/")), path)


def _alike(path: str, paths: Iterable[str]) -> str | None:
    """The one path that differs by case alone, else the one that ends with it."""
    folded = path.casefold()
    every = list(paths)
    same = [one for one in every if one.casefold() == folded]
    ends = [one for one in every if one.endswith(f"/{path}")] if path else []
    return next((found[0] for found in (same, ends) if len(found) == 1), None)


class _Reading(NamedTuple):
    """A way to read a quote, folded, and where it may stand: False after the change, True before it."""

    text: str
    sides: tuple[bool, ...] = (False, True)


def _readings(quote: str) -> Iterator[_Reading]:
    """As it stands; out of its fence or quotes; without line numbers; without the signs of a diff."""
    fence = _FENCE.fullmatch(quote.strip())
    bare = fence[1] if fence is not None else quote.strip().strip("`")
    for text in dict.fromkeys((quote, bare)):
        yield _Reading(fold(text))
    lines = [line for line in bare.split("\n") if line.strip()]
    if lines and all(_NUMBERED.match(line) for line in lines):
        lines = [_NUMBERED.sub("", line, count=1) for line in lines]
        yield _Reading(fold("\n".join(lines)))
    if any(line.startswith(("+", "-")) for line in lines):
        added = [line.removeprefix("+") for line in lines if not line.startswith("-")]
        removed = [line.removeprefix("-") for line in lines if not line.startswith("+")]
        yield _Reading(fold("\n".join(added)), (False,))
        yield _Reading(fold("\n".join(removed)), (True,))


def _folded(text: str) -> _Text:
    told = text.split("\n")
    kept = [(number, line) for number, line in enumerate(map(fold, told), 1) if line]
    starts, at = [], 0
    for _, line in kept:
        starts.append(at)
        at += len(line) + 1
    lines = [line for _, line in kept]
    return _Text([number for number, _ in kept], lines, starts, " ".join(lines), len(told))


def _occurrences(text: _Text, quote: str) -> Iterator[Place]:
    """Where a folded quote stands in a file, each time with the whole lines that it is of; without the path."""
    at = text.joined.find(quote)
    for _ in range(_MOST):
        if at < 0:
            return
        first = bisect_right(text.starts, at) - 1
        last = bisect_right(text.starts, at + len(quote) - 1) - 1
        whole = " ".join(text.lines[first : last + 1])
        yield Place("", text.numbers[first], text.numbers[last], whole)
        at = text.joined.find(quote, at + 1)


def _span(claim: Claim, length: int) -> tuple[int, int]:
    """The lines that a claim is about, within its file."""
    end = claim.line if claim.end_line is None else claim.end_line
    if not 0 <= end - claim.line < LONGEST_SPAN:
        end = claim.line
    return claim.line, min(end, length)


def _meant(path: str, found: Sequence[Place], line: int, *, before: bool) -> Place | None:
    """The one place there is, else the nearest one, where one alone is nearest and near."""
    near = sorted(found, key=lambda one: abs(one.line - line))
    if not near:
        return None
    away = [abs(one.line - line) for one in near]
    if len(near) == 1 or (away[0] <= NEAR and away[0] < away[1]):
        return near[0]._replace(path=path, before=before)
    return None
