"""The Markdown that an author meant: marks that an editor escaped, headings that only a number marks."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

_HEADING = re.compile(r"^ {0,3}(?:#{1,6}[ \t]|=+[ \t]*$)", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ESCAPED = re.compile(r"(?P<before> {0,12})(?P<mark>(?:\\#){1,6}|\\#{1,6}|\\[-*+]|\d{1,3}\\[.)])(?=[ \t]+\S)")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(?P<words>\S.{0,79}?)[ \t]*")
_BULLET = re.compile(r"[-*+•][ \t]")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]")
_ENDS = ".;:,!?。；：！？"
_FEWEST = 3
"""The fewest lines with such a mark that tell of a habit."""
_WORDS = 10
"""The most words of a heading."""


class _Line(NamedTuple):
    """A line that a number begins as a heading would, by its place, and how deep the number is."""

    place: int
    depth: int


def marked(source: str) -> str:
    """The same lines, each with the mark that it was meant to have before what it says."""
    if "\\" in source:
        source = _unescaped(source)
    return _headed(source, beside=_HEADING.search(source) is not None)


def _unescaped(source: str) -> str:
    lines = source.split("\n")
    found = {place: match for place, line in _said(lines) if (match := _ESCAPED.match(line))}
    if len(found) < _FEWEST:
        return source
    for place, match in found.items():
        mark = match["mark"].replace("\\", "")
        lines[place] = f"{match['before']}{mark}{lines[place][match.end() :]}"
    return "\n".join(lines)


def _headed(source: str, *, beside: bool) -> str:
    """Numbered lines as headings, where most of them have unindented text of their own below them.

    `beside` other headings, where most have an unindented list below them.
    """
    lines = source.split("\n")
    found = list(_numbered(lines, beside=beside))
    if len(found) < _FEWEST:
        return source
    said = [place for place, line in _said(lines) if line.strip()]
    following = dict(zip_longest(said, said[1:], fillvalue=-1))
    depths = dict(found)
    holding = 0
    for line in found:
        after = following[line.place]
        below = depths.get(after, 0)
        own = _BULLET.match(lines[after]) if beside else not lines[after].startswith((" ", "\t"))
        holding += after >= 0 and bool(below > line.depth if below else own)
    if holding < _FEWEST or 2 * holding <= len(found):
        return source
    above = 1
    for place in said:
        if atx := _ATX.match(lines[place]):
            above = len(atx[1])
        elif place in depths:
            lines[place] = f"{'#' * min(depths[place] + above, 6)} {lines[place].strip()}"
    first = said[0]
    titled = beside and any((atx := _ATX.match(lines[place])) and len(atx[1]) == 1 for place in said)
    if not titled and first not in depths and _is_short(lines[first]) and following[first] > first + 1:
        lines[first] = f"# {lines[first].strip()}"
    return "\n".join(lines)


def _numbered(lines: list[str], *, beside: bool) -> Iterator[_Line]:
    for place, line in _said(lines):
        match = _NUMBERED.fullmatch(line.rstrip("\r")) if line[:1].isdigit() else None
        before = lines[place - 1] if place else ""
        apart = not before.strip() or (beside and _BULLET.match(before))
        if match and apart and _is_short(match["words"]):
            yield _Line(place, match["number"].count(".") + 1)


def _is_short(words: str) -> bool:
    bare = words.strip()
    return 0 < len(bare.split()) <= _WORDS and not bare.endswith(tuple(_ENDS))


def _said(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines that stand in no fence, with their places."""
    fenced = False
    for place, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield place, line
