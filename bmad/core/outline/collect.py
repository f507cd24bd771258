"""What all cutting shares: the text, the units found so far, and small questions about blocks."""

import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from bmad.core.outline.judge import Judge
from bmad.core.outline.modality import Level
from bmad.core.outline.prose import COMMENT, blank
from bmad.core.outline.roles import Role, own_role
from bmad.core.outline.tree import Block, Document, Section, Span
from bmad.core.outline.units import Clause, Kind, Unit
from bmad.model.spec import StatementClass

LEAD_END = re.compile(
    r"(?:[:：,，]|\b(?:to|will|must|shall|should|can|may|the|and|or|is|are)|"
    r"\bfollowing\b[^.]{0,30}\.)\s*[*_]{0,3}\s*$"
)
CLOSED = (".", "。", "!", "！", "?", "？", ")", "”", ";", "；")
MIN_LEAD = 4


class Place(NamedTuple):
    """Where a block stands: its section, the role of that section, and whether the heading itself has it."""

    section: int
    role: Role
    own: bool


class Collector:
    """Holds the units in the order of the text; `toc` are the spans of tables of contents."""

    def __init__(self, document: Document, roles: list[Role], judge: Judge) -> None:
        self.text = document.text
        self.sections = document.sections
        self.roles = roles
        self.judge = judge
        self.units: list[Unit] = []
        self.toc: list[Span] = []
        self.numbers = count()

    def place(self, section: Section) -> Place:
        role = self.roles[section.index]
        return Place(section.index, role, own_role(section.title) == role)

    def raw(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def add(
        self, span: Span, klass: StatementClass, at: Place, clauses: list[Clause], number: int | None = None
    ) -> Unit:
        """Append a unit; without `number` it is alone in its block."""
        block = next(self.numbers) if number is None else number
        raw = self.raw(span)
        if "<!--" in raw:  # comments at the edges are no part of the quote
            kept = COMMENT.sub(blank, raw)
            start = span.start + len(kept) - len(kept.lstrip())
            span = Span(start, max(start, span.start + len(kept.rstrip())))
        unit = Unit(span, klass, at.section, at.role, block, clauses)
        unit.level = max((c.level for c in clauses), default=Level.NONE)
        self.units.append(unit)
        return unit

    def scenario(self, span: Span, at: Place, text: str) -> Unit:
        return self.add(span, StatementClass.REQUIREMENT, at, [Clause(text, Kind.SCENARIO, Level.MUST)])

    def listing(self, span: Span) -> None:
        """Note that the last unit, if it ends where `span` does, is followed by the listing it announces."""
        if self.units and self.units[-1].span.end == span.end:
            self.units[-1].clauses.append(Clause("", Kind.LISTING))


def leads(text: str) -> bool:
    """Whether a sentence is open to a list after it."""
    return bool(LEAD_END.search(text)) or (not text.endswith(CLOSED) and len(text) >= MIN_LEAD)


def listings(blocks: list[Block]) -> Iterator[Block]:
    """The code blocks within blocks, in order."""
    for block in blocks:
        if block.kind == "code":
            yield block
        for item in block.items:
            yield from listings(item)


def hull(item: list[Block]) -> Span:
    """The smallest span around the blocks of an item."""
    spans = [b.span for b in item if b.span.end > b.span.start]
    return Span(spans[0].start, spans[-1].end) if spans else Span(0, 0)
