"""A document that was read before, read again after an edit: only the items around what differs are looked at.

An item's heading closes what stands before it, so those before the first line that differs, and those behind the
last one, say what they said. What is no plain case (a fault, a mark of a merge) is left to be read whole.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bmad.model.bounds import PARTS
from bmad.model.ends import ends
from bmad.model.ids import Kind
from bmad.model.markdown import outline
from bmad.model.spec import AnyItem, Document, Epic, Ref, Requirement, Statement, Story
from bmad.model.unmerged import first_mark
from bmad.store.documents import normalised, parse

_MARK = "[NEEDS CLARIFICATION"
_HEAD = "- Intent: `-`"
"""What stands before the items of a register, and may before those of a PRD."""


class _Between(NamedTuple):
    """The items before and behind what differs, and the lines that are read again, from 1."""

    before: int
    behind: int
    first: int
    last: int


def reread(text: str, kind: Kind, old: str, stood: Document) -> Document | None:
    """The document with another text, as `parse` reads it; None where it has to be read whole.

    `stood` is what `old` was read as, with the same kind.
    """
    if text == old:
        return stood
    text = normalised(text)
    if kind.has_file or stood.findings or stood.clarifications or not _is_plain(text):
        return None
    now = text.split("\n")
    found = _between([item.line for item in stood.items], normalised(old).split("\n"), now)
    if found is None:
        return None
    piece = "\n".join([_HEAD, *now[found.first - 1 : found.last]])
    again = parse(stood.path, piece, kind)
    if again.findings or outline(piece).open:
        return None
    behind = stood.items[found.behind :]
    moved = found.last + 1 - behind[0].line if behind else 0
    items = (
        *stood.items[: found.before],
        *[_moved(item, found.first - 2) for item in again.items],
        *([_moved(item, moved) for item in behind] if moved else behind),
    )
    return replace(stood, items=items, seen=len(items), read=len(items))


def _is_plain(text: str) -> bool:
    headings = sum(text.count(f"\n{' ' * blanks}#") for blanks in range(4))
    return _MARK not in text and headings < PARTS and first_mark(text) is None


def _between(places: Sequence[int], old: list[str], now: list[str]) -> _Between | None:
    """What lies between two items that stand as they did; None where what differs is not so bounded."""
    alike, tail = ends(old, now)
    before = bisect_right(places, alike) - 1
    behind = bisect_right(places, len(old) - tail)
    if before < 0:
        return None
    last = places[behind] - 1 + len(now) - len(old) if behind < len(places) else len(now)
    return _Between(before, behind, places[before], last)


def _moved(item: AnyItem, lines: int) -> AnyItem:
    """An item that stands so many lines further down."""
    line = item.line + lines
    match item:
        case Requirement():
            return replace(item, line=line, traces=tuple([_further(ref, lines) for ref in item.traces]))
        case Statement():
            return replace(item, line=line)
        case Epic() | Story():
            raise TypeError(item.id)


def _further(ref: Ref, lines: int) -> Ref:
    return ref._replace(line=ref.line + lines)
