"""Markdown cut into what is merged as one: a heading, a field, a criterion, a list item, a paragraph, a listing.

Units are text, byte for byte: joined, they are the document again.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bmad.model.ids import CRITERION, ID
from bmad.model.markdown import Line, lines

_ITEM = re.compile(rf"(?P<id>{ID}):")
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
    under: list[Line] = []
    heading, item, above = "", "", ""

    def close() -> None:
        if heading or under or not found:
            # A section of a story, or any heading that occurs again, is told apart by the item above it.
            plain = Key("item", item) if item else Key("heading", f"{above}\0{heading.strip()}")
            counts[plain] = counts.get(plain, -1) + 1
            found.append(Part(plain._replace(number=counts[plain]), heading, tuple(_units(under))))

    for line in lines(text):
        if line.heading is None:
            under.append(line)
            continue
        close()
        match = _ITEM.match(line.heading.text)
        heading, item, under = line.text, match["id"] if match else "", []
        above = item or above
    close()
    return found


def _units(under: Iterable[Line]) -> Iterator[Unit]:
    counts: dict[Key, int] = {}
    for body, gap in _cut(under):
        key = _key(body)
        counts[key] = counts.get(key, -1) + 1
        yield Unit(key._replace(number=counts[key]), body, gap)


def _key(body: str) -> Key:
    if field := _FIELD.match(body):
        return Key("field", field["name"])
    if criterion := _CRITERION.match(body):
        return Key("criterion", criterion["id"])
    return Key("text", body)


def _cut(under: Iterable[Line]) -> Iterator[tuple[str, str]]:
    body, gap, listing = "", "", False
    for line, _, fenced, _ in under:
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
