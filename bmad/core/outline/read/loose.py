"""The Markdown that an author meant: marks that an editor escaped, headings that only a number marks."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

_HEADING = re.compile(r"^ {0,3}(?:#{1,6}[ \t]|=+[ \t]*$)", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ESCAPED = re.compile(r"(?P<before> {0,12})(?P<mark>(?:\\#){1,6}|\\#{1,6}|\\[-*+]|\d{1,3}\\[.)])(?=[ \t]+\S)")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(?P<words>\S.{0,79}?)[ \t]*")
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
    return source if _HEADING.search(source) else _headed(source)


def _unescaped(source: str) -> str:
    lines = source.split("\n")
    found = {place: match for place, line in _said(lines) if (match := _ESCAPED.match(line))}
    if len(found) < _FEWEST:
        return source
    for place, match in found.items():
        mark = match["mark"].replace("\\", "")
        lines[place] = f"{match['before']}{mark}{lines[place][match.end() :]}"
    return "\n".join(lines)


def _headed(source: str) -> str:
    """Numbered lines as headings, where most of them have unindented text of their own below them."""
    lines = source.split("\n")
    found = list(_numbered(lines))
    said = [place for place, line in _said(lines) if line.strip()]
    following = dict(zip_longest(said, said[1:], fillvalue=-1))
    depths = dict(found)
    holding = 0
    for line in found:
        after = following[line.place]
        below = depths.get(after, 0)
        holding += after >= 0 and (below > line.depth if below else not lines[after].startswith((" ", "\t")))
    if holding < _FEWEST or 2 * holding <= len(found):
        return source
    for line in found:
        lines[line.place] = f"{'#' * min(line.depth + 1, 6)} {lines[line.place].strip()}"
    first = said[0]
    if first not in depths and _is_short(lines[first]) and following[first] > first + 1:
        lines[first] = f"# {lines[first].strip()}"
    return "\n".join(lines)


def _numbered(lines: list[str]) -> Iterator[_Line]:
    for place, line in _said(lines):
        match = _NUMBERED.fullmatch(line.rstrip("\r"))
        if match and _is_short(match["words"]) and (place == 0 or not lines[place - 1].strip()):
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
