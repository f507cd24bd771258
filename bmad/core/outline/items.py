"""Cut lists into units: an item with its sub-rules, a scenario of steps, or a list with its lead-in."""

import re

from bmad.core.outline.collect import Place, hull, listings
from bmad.core.outline.criteria import LISTING, resolved, stands_alone
from bmad.core.outline.grammar import SUBORDINATE
from bmad.core.outline.judge import QUESTION
from bmad.core.outline.modality import Level, binding, defines_key_words, is_instruction, plain
from bmad.core.outline.prose import clean
from bmad.core.outline.roles import Role
from bmad.core.outline.subrules import BARE, ENDS, SubRules
from bmad.core.outline.tree import Block, Span
from bmad.core.outline.units import CHECKBOX, SCENARIO, STEP, STORY, Clause, Kind, unlabelled
from bmad.model.spec import ACTIONABLE, StatementClass

WHOLE_ITEM = 2600
WHOLE_LIST = 1800
MAX_JOINED = 7
MAX_NAMES = 30
LABEL_WORDS = 5
BOLD_WORDS = 10
HEAD = 300
TOC_LINE = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]{0,200}\]){0,400}\]\(#[^)\s]{0,300}\)")
SPREADING = frozenset(
    {Role.NEUTRAL, Role.REFERENCE, Role.REQUIREMENT, Role.QUALITY, Role.STORY, Role.SUMMARY, Role.GOAL}
)


class Lists(SubRules):
    """Adds the units of lists."""

    def lead_in(self, span: Span, text: str, before: str, block: Block, at: Place) -> None:
        """A sentence that leads into `block`: one unit with it, or a unit that its items share."""
        raw = self.raw(span)
        marked = self.judge.level(raw, at.role)
        told = is_instruction(text) and not self.judge.style.strict and at.role != Role.SUMMARY
        klass = self.judge.classify(raw, text, at.role, item=False, own=at.own)
        if klass is None and at.role == Role.REQUIREMENT and (marked or told):
            klass = StatementClass.REQUIREMENT
        if klass not in ACTIONABLE or not (marked or told):
            self.listed(block, at, lead=text, marked=marked)
            return
        if at.role != Role.GOAL and self._belongs(block):
            self._joined(span, Clause(text, Kind.NORM, marked, before), klass, block, at)
            return
        shared = len(self.units) if marked else -1
        if marked:
            self.add(span, klass, at, [Clause(text, Kind.EXPLAIN, marked, before)])
        first = len(self.units)
        self.listed(block, at, lead=text, marked=marked)
        for unit in self.units[first:]:
            unit.lead = shared
        if marked and len(self.units) == first:
            self.units[shared].clauses[0].kind = Kind.NORM

    def _joined(self, span: Span, head: Clause, klass: StatementClass, block: Block, at: Place) -> None:
        clauses = self.sub_rules(block, head.text, at.role) or [head]
        clauses[0].before = head.before
        clauses[0].level = max(clauses[0].level, head.level)
        doubled = clauses[0] is head or clauses[0].text.startswith(head.text.rstrip(ENDS))
        if stands_alone(head.text) and not doubled:
            clauses.insert(0, head)
        unit = self.add(Span(span.start, block.span.end), klass, at, clauses)
        unit.title = head.text
        unit.listings = list(listings([block]))

    def _belongs(self, block: Block) -> bool:
        """Whether a list is the rest of its lead-in: short, and its items say nothing binding themselves."""
        texts = [self.raw(hull(item)) for item in block.items if item]
        if block.span.end <= block.span.start:
            return False
        if len(block.items) <= MAX_NAMES and all(len(clean(t).split()) <= BARE for t in texts):
            return not any(binding(t) or plain(t) or STORY.match(t) for t in texts)
        if len(block.items) > MAX_JOINED or block.span.end - block.span.start > WHOLE_LIST:
            return False
        own = 0
        for item in block.items:
            first = next((b for b in item if b.kind == "para"), None)
            raw = self.raw(first.span) if first else ""
            text = clean(raw)
            if STORY.match(text) or unlabelled(raw)[0]:
                return False
            own += bool(binding(raw) or plain(raw) or (is_instruction(text) and not self.judge.style.strict))
        return own * 2 <= len(block.items)

    def listed(self, block: Block, at: Place, *, lead: str = "", marked: Level = Level.NONE) -> None:
        """The units of a list; `lead` is the sentence before it, `marked` how strongly that binds."""
        if at.role == Role.VETO or block.span.end <= block.span.start:
            return
        if self._is_toc(block):
            self.toc.append(block.span)
            return
        if self._is_scenario(block):
            self.scenario(block.span, at, " ".join(self._step(item) for item in block.items if item))
            return
        number = next(self.numbers)
        spreads = bool(marked) or self._spreads(block, at.role)
        first = len(self.units)
        for item in block.items:
            if item:
                self._item(item, number, at, spreads=spreads, lead=lead)
        for unit in self.units[first:] if block.ordered else ():
            unit.ordered = unit.ordered or unit.block == number

    def _is_toc(self, block: Block) -> bool:
        firsts = [self.raw(item[0].span) for item in block.items if item and item[0].kind == "para"]
        return len(firsts) > 1 and not any(clean(TOC_LINE.sub("", raw)) for raw in firsts)

    def _is_scenario(self, block: Block) -> bool:
        """Whether each item is one step, the first `Given` or `When`, with a `Then` among them."""
        texts = []
        for item in block.items:
            text = clean(self.raw(item[0].span)[:HEAD]) if item and item[0].kind == "para" else ""
            if not STEP.match(text):
                return False
            texts.append(text)
        return len(texts) > 1 and bool(SCENARIO.match(" ".join(texts))) and not SCENARIO.match(texts[0])

    def _step(self, item: list[Block]) -> str:
        """A step of a scenario with what is listed under it."""
        text = clean(self.raw(item[0].span))
        below = [clean(self.raw(hull(i))) for b in item[1:] if b.kind == "list" for i in b.items if i]
        if below:
            return f"{text.rstrip(':： ')}: {'; '.join(t.rstrip('.;,') for t in below)}"
        return text.rstrip(":： ") + LISTING if any(b.kind == "code" for b in item[1:]) else text

    def _spreads(self, block: Block, role: Role) -> bool:
        """Whether half of a list's items bind, so that the others, their siblings, are rules too."""
        if role not in SPREADING or len(block.items) <= 1:
            return False
        hits = 0
        for item in block.items:
            raw = self.raw(hull(item))
            if self.judge.style.strict:
                hits += bool(binding(raw))
            elif role != Role.SUMMARY:
                hits += bool(plain(raw) or is_instruction(clean(raw[:HEAD])))
        return hits * 2 >= len(block.items)

    def _item(self, item: list[Block], number: int, at: Place, *, spreads: bool, lead: str) -> None:
        """An item as one unit; one that only names a topic, or is too long for one, in its parts."""
        first = item[0]
        if first.kind != "para":
            self._parts(item, number, at, spreads=spreads, lead=lead)
            return
        raw = self.raw(first.span)
        box = CHECKBOX.match(raw)
        start = first.span.start + (box.end() if box else 0)
        text = clean(self.text[start : first.span.end])
        whole = Span(start, hull(item).end)
        label = _is_label(text, raw)
        if any(b.kind == "list" for b in item[1:]) and (label or whole.end - start > WHOLE_ITEM):
            if not label:
                self._one(Span(start, first.span.end), [first], number, at, spreads=spreads, lead=lead)
            self._parts(item[1:], number, at, spreads=spreads, lead="", label=text if label else "")
            return
        self._one(whole, item, number, at, spreads=spreads, lead=lead)

    def _parts(
        self, blocks: list[Block], number: int, at: Place, *, spreads: bool, lead: str, label: str = ""
    ) -> None:
        """The blocks of an item each by itself; a single unit under a label takes it."""
        first = len(self.units)
        for block in blocks:
            if block.kind == "list":
                self.listed(block, at, lead=lead, marked=Level.MUST if spreads else Level.NONE)
            elif block.kind == "para":
                self._one(block.span, [block], number, at, spreads=False, lead="")
        if label and len(self.units) - first == 1:
            self.units[first].label = self.units[first].label or label.rstrip(":：")

    def _one(self, span: Span, item: list[Block], number: int, at: Place, *, spreads: bool, lead: str) -> None:
        raw = self.raw(span)
        if defines_key_words(raw):
            return
        ident, label, offset = unlabelled(self.text[span.start : item[0].span.end])
        head = clean(self.text[span.start + offset : item[0].span.end])
        klass = self.judge.classify(raw, head, at.role, item=True, own=at.own or bool(ident))
        open_role = at.role not in {Role.CONTEXT, Role.USERS, Role.NON_GOAL, Role.QUESTION}
        if klass is None and spreads and open_role and not QUESTION.search(head):
            klass = StatementClass.CONSTRAINT if at.role == Role.QUALITY else StatementClass.REQUIREMENT
        if klass is None:
            return
        clauses = self.clauses(item, span.start + offset, at.role, lead)
        if self.units and self.units[-1].block == number and self.units[-1].listed:
            clauses[0].text = resolved(clauses[0].text, self.units[-1].clauses[0].text)
        unit = self.add(span, klass, at, clauses, number)
        unit.listed, unit.label, unit.ident = True, label, ident
        unit.listings = list(listings(item))
        unit.story = bool(STORY.match(head))


def _is_label(text: str, raw: str) -> bool:
    """An item that only names what its sub-items are about."""
    bare = raw.strip()
    words = text.rstrip(":：").split()
    if bare.startswith(("**", "__")) and bare.rstrip(":：").endswith(("**", "__")) and len(words) <= BOLD_WORDS:
        return not binding(raw)
    if len(words) > LABEL_WORDS or SUBORDINATE.match(text) or text.endswith((".", "。", ",", "?", "？")):
        return False
    return not (binding(raw) or plain(raw) or is_instruction(text))
