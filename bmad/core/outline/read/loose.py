"""The Markdown that an author meant: marks that an editor escaped, headings without a mark, or not deep enough."""

import re
import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from bmad.core.outline.words.language import Role
from bmad.core.outline.words.lexicon import find_heading, folded

_HEADING = re.compile(r"^ {0,3}(?:#{1,6}[ \t]|=+[ \t]*$)", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ESCAPED = re.compile(r"(?P<before> {0,12})(?P<mark>(?:\\#){1,6}|\\#{1,6}|\\[-*+]|\d{1,3}\\[.)])(?=[ \t]+\S)")
_HEADED_ITEM = re.compile(r"^(?P<mark>(?:[-*+]|\d{1,3}[.)])[ \t]+)#{1,6}[ \t]+\S", re.MULTILINE)
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(?P<words>\S.{0,79}?)[ \t]*")
_BULLET = re.compile(r"[-*+•][ \t]")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]")
_SET_IN = " " * 4
_REST = 8
"""One in so many lines may stand at the margin of a document that is set in."""
_POINT = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)、]|[一二三四五六七八九十]{1,3}、)[ \t]*\S")
_ENDS = ".;:,!?。；：！？"
_FEWEST = 3
"""The fewest lines with such a mark that tell of a habit."""
_WORDS = 10
"""The most words of a heading."""


_NUMBERED_HEADING = re.compile(
    r"^ {0,3}#{1,6}[ \t]+(?:\*\*)?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?[ \t]+\S", re.MULTILINE
)
_ID_LINE = re.compile(r"^[A-Z]{1,5}[-_.]?\d{1,4}[ \t]?[:.)–—-][ \t]*\S", re.MULTILINE)
_ENTRY = re.compile(
    r"[ \t]*(?:[-*+]|\d{1,2}(?:\.\d{1,2})*[.)]?)[ \t]+\[?(?P<words>[^\]\n]{2,80}?)(?:\].*)?[ \t\r]*$"
)
_NUMBER = re.compile(r"^\d{1,2}(?:\.\d{1,2})*[.)]?[ \t]+")


class _Line(NamedTuple):
    """A line that a number begins as a heading would, by its place, and how deep the number is."""

    place: int
    depth: int


def marked(source: str) -> str:
    """The same lines, each with the mark that it was meant to have before what it says."""
    if "\\" in source:
        source = _unescaped(source)
    source = _listed(_named(_nested(_set_out(_unlisted(source)))))
    return _headed(source, beside=_HEADING.search(source) is not None)


def _unlisted(source: str) -> str:
    """Items that begin with a heading, and all that is set in below them, from the margin: `- ## 1. Purpose`."""
    if not _HEADED_ITEM.search(source):
        return source
    lines = source.split("\n")
    begins = {place: match.end("mark") for place, line in _said(lines) if (match := _HEADED_ITEM.match(line))}
    width = 0
    for place, line in enumerate(lines):
        width = begins.get(place, 0 if line[:1].strip() else width)
        own = len(line) - len(line.lstrip(" \t"))
        lines[place] = line[width if place in begins else min(width, own) :]
    return "\n".join(lines)


def _set_out(source: str) -> str:
    """The lines from the margin of a document of which all but a title or so is set in.

    Set in by four blanks, all of it would be one listing.
    """
    lines = source.split("\n")
    said = [line for line in lines if line.strip()]
    inner = [line for line in said if _is_set_in(line)]
    if len(inner) < _FEWEST or len(said) - len(inner) > max(_FEWEST, len(said) // _REST):
        return source
    if not any(_POINT.match(line) for line in inner) or any(
        _FENCE.match(line) or _ATX.match(line) for line in said
    ):
        return source
    whole = iter(textwrap.dedent("\n".join(inner)).split("\n"))
    return "\n".join(next(whole) if _is_set_in(line) else line for line in lines)


def _is_set_in(line: str) -> bool:
    return line.startswith((_SET_IN, "\t")) and not line.isspace()


def _nested(source: str) -> str:
    """Headings whose numbers alone say that they stand below another: `## 5 Printing`, then `## 5.1 Receipts`."""
    heads = [match for match in _NUMBERED_HEADING.finditer(source) if "." in match["number"]]
    if len(heads) < _FEWEST:
        return source
    lines = source.split("\n")
    levels: dict[str, int] = {}
    more, base = 0, 0
    for place, line in _said(lines):
        atx = _ATX.match(line)
        if atx is None:
            continue
        level = len(atx[1])
        found = _NUMBERED_HEADING.match(line)
        if found:
            above = levels.get(found["number"].rpartition(".")[0], 0)
            more, base = max(above + 1 - level, 0) if above else 0, level
            levels[found["number"]] = level + more
        elif level < base:
            more = 0
        if more:
            lines[place] = f"{'#' * min(level + more, 6)}{line.lstrip(' ')[level:]}"
    return "\n".join(lines)


def _named(source: str) -> str:
    """Lines that are known as headings, right above several that begin with an id, as headings."""
    if len(_ID_LINE.findall(source)) < _FEWEST:
        return source
    lines = source.split("\n")
    above = 1
    for place, line in _said(lines):
        if atx := _ATX.match(line):
            above = len(atx[1])
        below = lines[place + 1 : place + 3]
        apart = not place or not lines[place - 1].strip()
        if apart and len(below) > 1 and all(map(_ID_LINE.match, below)) and _is_short(line) and _is_heading(line):
            lines[place] = f"{'#' * min(above + 1, 6)} {line.strip()}"
    return "\n".join(lines)


def _listed(source: str) -> str:
    """Lines that stand alone and that the contents of the document list, as headings."""
    lines = source.split("\n")
    listed: set[str] = set()
    level, inside = 0, False
    said = list(_said(lines))
    for _, line in said:
        if atx := _ATX.match(line):
            bare = _bare(line)
            inside = find_heading(bare) == (Role.CONTENTS, bare)
            level = len(atx[1]) if inside or bare in listed else level
        elif inside and (entry := _ENTRY.match(line)):
            listed.add(_bare(entry["words"]))
    if not listed:
        return source
    alone = [
        place
        for place, line in said
        if line[:1].isalpha() and _bare(line) in listed and not any(one.strip() for one in _beside(lines, place))
    ]
    if len(alone) < _FEWEST:
        return source
    for place in alone:
        lines[place] = f"{'#' * level} {lines[place].strip()}"
    return "\n".join(lines)


def _beside(lines: list[str], place: int) -> list[str]:
    return [*lines[max(place - 1, 0) : place], *lines[place + 1 : place + 2]]


def _bare(line: str) -> str:
    """The words of a heading, or of a line that names one, as they are looked up."""
    return " ".join(folded(_NUMBER.sub("", line.strip(" #*_:.\t\r"))).replace("-", " ").split())


def _is_heading(line: str) -> bool:
    found = find_heading(_bare(line))
    return found is not None and found[1] == _bare(line)


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
        if not line[:1].isdigit():
            continue
        match = _NUMBERED.fullmatch(line.rstrip("\r"))
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
        if ("```" in line or "~~~" in line) and _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield place, line
