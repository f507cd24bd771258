"""Cut the blocks of a document into units: sentences, items with their sub-rules, rows, scenarios.

What yields no unit is context. Units come in the order of the text and never overlap.
"""

import re

from bmad.core.outline.collect import Place, leads
from bmad.core.outline.items import Lists
from bmad.core.outline.judge import Judge
from bmad.core.outline.modality import Level, binding, defines_key_words, plain
from bmad.core.outline.prose import clean
from bmad.core.outline.roles import Role
from bmad.core.outline.sentences import split
from bmad.core.outline.tables import row_unit
from bmad.core.outline.tree import Block, Document, Section, Span
from bmad.core.outline.units import SCENARIO, STEP, STORY, Clause, Kind, Unit, unlabelled
from bmad.model.spec import StatementClass

ASIDE = re.compile(
    r"(?:\*\*|__)?(?:why\b[^:*]{0,60}|independent test|rationale|background|note|example|motivation|status|"
    r"author|date|created|input|feature branch|estimate|reason|priority|owner|context|see also)\s*(?:\*\*|"
    r"__)?\s*[:：]",
    re.IGNORECASE,
)
GHERKIN = re.compile(
    r"^[ \t]*(?:Scenario(?: Outline)?|Example|Szenario|Escenario|Scénario|场景|場景)\s*[:：]", re.MULTILINE
)
GIVEN = re.compile(r"(?:\*\*|__)?(?:Given|GIVEN)\b")
OPENING = frozenset({"given", "angenommen", "dado", "假如"})
FOLLOWING = frozenset({"then", "and", "but", "dann", "und", "entonces", "alors"})
QUOTED_COUNTS = frozenset({Role.REQUIREMENT, Role.GOAL, Role.QUALITY, Role.STORY, Role.CRITERIA})
STORY_HEAD = 400


class Cutter(Lists):
    """Walks sections in order and collects units; `loose` are the sections where plain prose counts."""

    def __init__(
        self, document: Document, roles: list[Role], judge: Judge, loose: frozenset[int] = frozenset()
    ) -> None:
        super().__init__(document, roles, judge)
        self.judges = (judge, Judge(judge.style, lenient=True))
        self.loose = loose

    def run(self) -> list[Unit]:
        for section in self.sections:
            self._section(section)
        return self.units

    def _section(self, section: Section) -> None:
        at = self.place(section)
        self.judge = self.judges[section.index in self.loose]
        blocks = section.blocks
        place = 0
        while place < len(blocks):
            block = blocks[place]
            following = blocks[place + 1] if place + 1 < len(blocks) else None
            if block.kind == "para":
                place += self._steps(blocks, place, at) or 1 + self._paragraph(block, following, at)
                continue
            if block.kind == "list":
                self.listed(block, at)
                if following and following.kind == "code" and self.raw(block.span).endswith((":", "：")):
                    self.listing(block.span)
            elif block.kind == "table":
                self._table(block, at)
            elif block.kind == "code":
                self._code(block, at)
            place += 1

    def _steps(self, blocks: list[Block], place: int, at: Place) -> int:
        """How many paragraphs from `place` on are one Given/When/Then scenario, taken as one unit."""
        if at.role in {Role.VETO, Role.NON_GOAL, Role.CONTEXT, Role.SUMMARY}:
            return 0
        texts: list[str] = []
        for block in blocks[place:]:
            text = clean(self.raw(block.span)) if block.kind == "para" else ""
            word = STEP.match(text)
            if word is None or word.group("word").lower() in (OPENING if texts else FOLLOWING):
                break
            texts.append(text)
        if not texts or not SCENARIO.match(" ".join(texts)):
            return 0
        span = Span(blocks[place].span.start, blocks[place + len(texts) - 1].span.end)
        if len(texts) == 1:
            marked = at.role in {Role.CRITERIA, Role.STORY} or GIVEN.match(self.raw(span))
            if not marked or len(split(self.raw(span))) > 1:
                return 0
        self.scenario(span, at, " ".join(texts))
        return len(texts)

    def _paragraph(self, block: Block, following: Block | None, at: Place) -> bool:
        """Units of a paragraph; whether the list after it was taken with it."""
        raw = self.raw(block.span)
        if at.role == Role.VETO or defines_key_words(raw):
            return False
        if STORY.match(clean(raw[:STORY_HEAD])) and at.role != Role.CONTEXT:
            clause = Clause(clean(raw), Kind.NORM, Level.MUST)
            self.add(block.span, StatementClass.REQUIREMENT, at, [clause]).story = True
            return False
        if not binding(raw) and (ASIDE.match(raw) or (block.quoted and at.role not in QUOTED_COUNTS)):
            return False
        number = next(self.numbers)
        ranges = [Span(*r) for r in split(raw, block.span.start)]
        before = ""
        for span in ranges:
            text = clean(self.raw(span))
            last = span is ranges[-1] and following is not None
            if last and following and following.kind == "list" and leads(text):
                self.lead_in(span, text, before, following, at)
                return True
            self._sentence(span, Clause(text, Kind.DECL, before=before), number, at)
            if last and following and following.kind == "code" and text.endswith((":", "：")):
                self.listing(span)
            before = text
        return False

    def _sentence(self, span: Span, clause: Clause, number: int, at: Place) -> None:
        """A sentence as a unit; an example goes with the sentence before it."""
        raw = self.raw(span)
        if self.judge.kind(raw, clause.text, at.role) != Kind.EXAMPLE or binding(raw):
            self._judged(span, clause, number, at)
            return
        previous = self.units[-1] if self.units else None
        if previous and previous.block == number and previous.clauses[-1].text == clause.before:
            previous.clauses.append(Clause(clause.text, Kind.EXAMPLE, before=clause.before))
            previous.span = Span(previous.span.start, span.end)
        elif plain(raw) and not self.judge.style.strict:
            self._judged(span, clause, number, at)

    def _judged(self, span: Span, clause: Clause, number: int, at: Place) -> None:
        raw = self.raw(span)
        klass = self.judge.classify(raw, clause.text, at.role, item=False, own=at.own)
        if klass is None:
            return
        ident, label, offset = unlabelled(raw)
        clause.text = clean(raw[offset:]) if offset else clause.text
        kind = self.judge.kind(raw, clause.text, at.role)
        clause.kind = Kind.DECL if kind in {Kind.EXPLAIN, Kind.EXAMPLE} else kind
        clause.level = self.judge.level(raw, at.role)
        unit = self.add(span, klass, at, [clause], number)
        unit.label, unit.ident = label, ident

    def _table(self, block: Block, at: Place) -> None:
        if at.role == Role.VETO:
            return
        number = next(self.numbers)
        for span, cells in block.rows:
            made = row_unit(block.head, cells, self.raw(span), at.role, self.judge, own=at.own)
            if made is None:
                continue
            klass, clause, label, ident = made
            unit = self.add(span, klass, at, [clause], number)
            unit.listed, unit.label, unit.ident = True, label, ident

    def _code(self, block: Block, at: Place) -> None:
        """Scenarios of a Gherkin block, one unit each."""
        named = block.info.split(" ")[0].lower() in {"gherkin", "feature", "cucumber"}
        if at.role in {Role.VETO, Role.CONTEXT} or not named:
            return
        raw = self.raw(block.span)
        starts = [m.start() for m in GHERKIN.finditer(raw)] or ([0] if STEP.match(raw.lstrip()) else [])
        if not starts:
            return
        for begin, end in zip(starts, [*starts[1:], len(raw)], strict=True):
            part = raw[begin:end]
            left = block.span.start + begin + len(part) - len(part.lstrip())
            span = Span(left, block.span.start + begin + len(part.rstrip()))
            lines = [line.strip(" \t>") for line in self.raw(span).splitlines()]
            name = lines[0].partition(":")[2].strip() if GHERKIN.match(lines[0]) else ""
            steps = [line for line in lines[bool(name) :] if line and not line.startswith(("@", "#", "|"))]
            if steps:
                text = ", ".join(s.rstrip(",.") for s in steps) + "."
                self.scenario(span, at, text).label = name
