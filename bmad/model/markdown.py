"""The little of Markdown that items, answers and merges rest on: headings and fences, by character offset.

Not a Markdown parser: it finds ATX headings outside fenced code (CommonMark 0.31, 4.2 and 4.5), since text
inside a fence is never an item.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

_SCAN = re.compile(
    r"^ {0,3}(?:(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)|(?P<marks>#{1,6})(?P<text>(?:[ \t\r][^\n]*)?))$",
    re.MULTILINE,
)

CLARIFICATION = re.compile(r"\[NEEDS CLARIFICATION(?::[ \t]*([^\]\n]{0,300}))?")
"""An open question, with what it asks."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")


class Heading(NamedTuple):
    """A heading: `start` and `end` are offsets of its line without the line end; `line` counts from 1."""

    level: int
    text: str
    start: int
    end: int
    line: int


class Outline(NamedTuple):
    """The headings of a text in order, and the half-open ranges of its fenced code."""

    headings: list[Heading]
    fences: list[tuple[int, int]]
    open: str = ""
    """The marks of a fence that nothing closes; empty where there is none."""


class Line(NamedTuple):
    """A line with its line end, from offset `start`; `fenced` holds for the marks of a fence, too."""

    text: str
    start: int
    fenced: bool
    heading: Heading | None


def outline(text: str) -> Outline:
    """Find headings and fences in one pass; an unclosed fence reaches to the end of the text."""
    headings: list[Heading] = []
    fences: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    line, counted = 1, 0
    for match in _SCAN.finditer(text):
        start = match.start()
        fence, info, marks, said = match.groups()
        if fence is not None:
            if opened is None:
                if not (fence[0] == "`" and "`" in info):
                    opened = (fence, start)
            elif fence.startswith(opened[0]) and not info.strip():
                fences.append((opened[1], match.end()))
                opened = None
        elif opened is None:
            line += text.count("\n", counted, start)
            counted = start
            headings.append(Heading(len(marks), _title(said), start, match.end(), line))
    if opened is not None:
        fences.append((opened[1], len(text)))
    return Outline(headings, fences, opened[0] if opened else "")


def lines(text: str) -> Iterator[Line]:
    """The lines of a text, which joined are the text again."""
    found = outline(text)
    headings = {heading.start: heading for heading in found.headings}
    start = 0
    for line in _LINE.findall(text):
        yield Line(line, start, within(found.fences, start), headings.get(start))
        start += len(line)


def within(fences: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether a character stands in fenced code; the ranges are sorted and apart."""
    before = bisect_right(fences, offset, key=itemgetter(0))
    return before > 0 and offset < fences[before - 1][1]


def headed(title: str) -> str:
    """A title as it reads once it stands in a heading; empty where nothing of it would be left."""
    while (read := _title(title)) != title:
        title = read
    return title


def _title(text: str) -> str:
    """A heading's text without the marks that close it, which stand behind a blank."""
    text = text.strip(" \t\r")
    if not text or text[-1] != "#":
        return text.strip()
    bare = text.rstrip("#")
    return (bare if not bare or bare[-1] in " \t" else text).strip()
