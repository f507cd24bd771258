"""Markdown cut into what is merged as one: a heading, a field, a criterion, a list item, a paragraph, a listing.

Units are text, byte for byte: joined, they are the document again.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bmad.model.ids import CRITERION, ID

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(rf" {{0,3}}#{{1,6}}[ \t]+(?:(?P<id>{ID}):)?")
_FIELD = re.compile(r"- (?P<name>[A-Z][A-Za-z ]{0,30}):(?:[ \t]|$)")
_CRITERION = re.compile(rf"- \*\*(?P<id>{CRITERION})\*\*")
_MARKED = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]|\||>")
"""What begins a unit though no blank line stands before it: an item, a row, a line of a quote."""


class Key(NamedTuple):
    """What makes two units of different texts the same one: an id or a name; else only the text itself does."""

    kind: str
    name: str
    number: int = 0
    """Which of several equal ones in one part."""


class Unit(NamedTuple):
    """`body` ends without line ends, `gap` holds those that follow it."""

    key: Key
    body: str
    gap: str


class Part(NamedTuple):
    """A heading and what stands under it up to the next one; before the first heading `heading` is empty."""

    key: Key
    heading: str
    units: tuple[Unit, ...]


def parts(text: str) -> list[Part]:
    """The parts of a document, in order; keys are unique in it."""
    found: list[Part] = []
    counts: dict[Key, int] = {}
    heading, above = "", ""
    lines: list[tuple[str, bool]] = []

    def close() -> None:
        if heading or lines or not found:
            match = _HEADING.match(heading)
            named = match["id"] if match and match["id"] else heading.strip()
            # A section of a story, or any heading that occurs again, is told apart by the item above it.
            plain = Key("item", named) if match and match["id"] else Key("heading", f"{above}\0{named}")
            counts[plain] = counts.get(plain, -1) + 1
            found.append(Part(plain._replace(number=counts[plain]), heading, tuple(_units(lines))))

    for line, fenced in _lines(text):
        match = None if fenced else _HEADING.match(line)
        if match is None:
            lines.append((line, fenced))
            continue
        close()
        heading, lines = line, []
        above = match["id"] or above
    close()
    return found


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to a listing."""
    fence = ""
    for line in _LINE.findall(text):
        mark = _FENCE.match(line)
        if fence:
            yield line, True
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        else:
            fence = mark[1] if mark else ""
            yield line, bool(mark)


def _units(lines: list[tuple[str, bool]]) -> Iterator[Unit]:
    counts: dict[Key, int] = {}
    for body, gap in _cut(lines):
        key = _key(body)
        counts[key] = counts.get(key, -1) + 1
        yield Unit(key._replace(number=counts[key]), body, gap)


def _key(body: str) -> Key:
    if field := _FIELD.match(body):
        return Key("field", field["name"])
    if criterion := _CRITERION.match(body):
        return Key("criterion", criterion["id"])
    return Key("text", body)


def _cut(lines: list[tuple[str, bool]]) -> Iterator[tuple[str, str]]:
    body, gap, listing = "", "", False
    for line, fenced in lines:
        if not fenced and not line.strip():
            gap += line
            continue
        begins = bool(gap) or fenced != listing or (not fenced and bool(_MARKED.match(line)))
        if begins and (body or gap):
            yield _parted(body, gap)
            body, gap = "", ""
        body += line
        listing = fenced
    if body or gap:
        yield _parted(body, gap)


def _parted(body: str, gap: str) -> tuple[str, str]:
    """The line end of the last line goes to the gap."""
    bare = body.rstrip("\r\n")
    return bare, body[len(bare) :] + gap
