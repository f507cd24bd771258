"""What an item of a list says: its sentences and its sub-rules as clauses."""

import re

from bmad.core.outline.collect import Collector, leads
from bmad.core.outline.criteria import stands_alone
from bmad.core.outline.grammar import parsed
from bmad.core.outline.modality import binding, is_instruction, plain
from bmad.core.outline.prose import clean
from bmad.core.outline.roles import Role
from bmad.core.outline.sentences import split
from bmad.core.outline.tree import Block
from bmad.core.outline.units import SCENARIO, STORY, Clause, Kind

BARE = 5
BARE_LENGTH = 60
PHRASE = 12
LIST_LEAD = re.compile(r"[:：]\s*[*_]*$|\bfollowing\b|如下|以下")
WHOLE = 1200
ALTERNATIVES = re.compile(r"\b(?:one of|either|any of|some of|at least one)\b|之一|任[一意何]", re.IGNORECASE)
ENDS = ":：., "
STORY_HEAD = 400


class SubRules(Collector):
    """Reads the blocks of an item, however deep (the parser bounds the depth)."""

    def clauses(self, item: list[Block], start: int, role: Role, lead: str) -> list[Clause]:
        """The clauses of an item's blocks from `start` on; `lead` goes with the first."""
        found: list[Clause] = []
        for block in item:
            if block.kind == "para":
                self._prose(block, start, role, lead, found)
            elif block.kind == "list":
                self._below(block, role, lead, found)
            elif block.kind == "code":
                found.append(Clause("", Kind.LISTING))
        return found or [Clause("", Kind.LISTING)]

    def _prose(self, block: Block, start: int, role: Role, lead: str, found: list[Clause]) -> None:
        begin = max(start, block.span.start)
        ranges = split(self.text[begin : block.span.end], begin)
        if begin == start and STORY.match(clean(self.text[begin : begin + STORY_HEAD])):
            ranges = [(begin, block.span.end)]
        for left, right in ranges:
            raw = self.text[left:right]
            text = clean(raw)
            kind = Kind.SCENARIO if SCENARIO.match(text) else self.judge.kind(raw, text, role)
            before = found[-1].text if found else ""
            found.append(Clause(text, kind, self.judge.level(raw, role), before, "" if found else lead))

    def _below(self, block: Block, role: Role, lead: str, found: list[Clause]) -> None:
        """A nested list: it completes the sentence above it, or stands beside it."""
        above = _stacked(found[-1]) if found else lead
        if not found or not (leads(above) or not above.endswith((".", "。", "!", ";"))):
            found.extend(self.sub_rules(block, "", role))
            return
        inner = self.sub_rules(block, above, role)
        if inner and inner[0].text.startswith(above.rstrip(ENDS)):
            inner[0].before, inner[0].lead = found[-1].before, found[-1].lead
            found[-1:] = inner
        elif inner and stands_alone(above):
            found.extend(inner)
        elif inner:
            inner[0].level = max(inner[0].level, found[-1].level)
            inner[0].before = found[-1].before
            found[-1:] = inner

    def sub_rules(self, block: Block, lead: str, role: Role) -> list[Clause]:
        """The clauses of a list's items, each made whole by the lead-in where it needs one."""
        found: list[Clause] = []
        for item in block.items:
            if not item:
                continue
            inner = self.clauses(item, item[0].span.start, role, "")
            inner[0].lead = f"{lead} {inner[0].lead}".strip() if inner[0].lead else lead
            inner[0].before = inner[0].before or lead
            found.extend(inner)
        return _enumerated(found, lead)


def _enumerated(found: list[Clause], lead: str) -> list[Clause]:
    """Bare names, and alternatives of one rule ("one of the following"), as one clause with their lead-in."""
    if len(found) <= 1 or not lead or not LIST_LEAD.search(lead):
        return found
    either = ALTERNATIVES.search(lead) and sum(len(c.text) for c in found) < WHOLE
    names = sum(map(_is_name, found))
    listed = names * 2 > len(found) and all(_is_name(c) or _is_phrase(c) for c in found)
    if not either and not listed:
        return found
    text = f"{lead.rstrip(ENDS)}: {'; '.join(c.text.rstrip(';,.') for c in found if c.text)}"
    return [Clause(text, found[0].kind, max(c.level for c in found))]


def _is_name(clause: Clause) -> bool:
    text = clause.text
    if not text or len(text.split()) > BARE or len(text) >= BARE_LENGTH or text.endswith((".", "。")):
        return False
    return not (clause.kind == Kind.SCENARIO or is_instruction(text) or binding(text) or plain(text))


def _is_phrase(clause: Clause) -> bool:
    """An option said in more words than its neighbours, yet no sentence."""
    text = clause.text.rstrip(";,. ")
    if not text or len(text.split()) > PHRASE or clause.kind == Kind.SCENARIO or binding(text) or plain(text):
        return False
    return parsed(text) is None and not is_instruction(text)


def _stacked(clause: Clause) -> str:
    """A clause under its own lead-in, where that is a condition."""
    return f"{clause.lead} {clause.text}" if clause.lead.endswith((",", "，")) else clause.text
