"""Whether a sentence of prose asks for something: what leads on, introduces, shows or quotes does not."""

from bmad.core.outline.judge import forms, reasons, tables
from bmad.core.outline.judge.force import Force, Heard, hear
from bmad.core.outline.judge.groups import LEADS, Groups
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.judge.roles import named
from bmad.core.outline.judge.verdict import OF_ROLE
from bmad.core.outline.read.block import Block, Kind, Reading
from bmad.core.outline.words.language import Role
from bmad.core.outline.words.lexicon import Lexicon, Says, folded, spaceless

_EXAMPLES = frozenset(["example", "examples", "beispiel", "exemple", "ejemplo", "exemplo", "пример", "例", "示例"])
"""Of the words that open an aside, those that may end a line which leads into it."""
_NEUTRAL = frozenset({Role.NEUTRAL, Role.DESIGN, Role.SUMMARY})
_RULED = frozenset({Role.REQUIREMENT, Role.CONSTRAINT, Role.QUALITY, Role.CRITERIA})
_FEW = 2
_NAME = 4
"""The most words of a name; two signs are one in a script without spaces."""
_CAPTION = 8
"""The most words of a line that names the code below it."""


def is_lead(block: Block) -> bool:
    """Whether something stands below a block, or it ends as what leads into something."""
    return bool(block.children) or _leads(block)


def unasked(heard: Heard, role: Role, shape: tables.Layout | None) -> str:
    """Why a block is left that nothing but its place and its words speak against."""
    if shape is not None and shape.record:
        return reasons.ABOUT
    if role == Role.CONTENTS:
        return reasons.CONTENTS
    if heard.aside:
        return reasons.EXAMPLE
    if heard.question:
        return reasons.QUESTION
    if heard.force == Force.NONE:
        return reasons.PAST
    return reasons.SUMMARY if role == Role.SUMMARY else reasons.TELLS


class Sentences:
    """Judges the sentences of a document by their words and by what stands around them."""

    def __init__(
        self, reading: Reading, known: Lexicon, heard: list[Heard], places: list[Standing], groups: Groups
    ) -> None:
        self.reading = reading
        self.blocks = reading.blocks
        self.lexicon = known
        self.heard = heard
        self.standings = places
        self.groups = groups
        asides = (phrase.strip(":：") for phrases in known.openers.values() for phrase in phrases)
        self.examples = tuple(phrase for phrase in asides if phrase in _EXAMPLES)

    def left(self, block: Block, role: Role) -> str:
        """Why a sentence is left; empty where it asks for something."""
        heard = self.heard[block.index]
        if why := self._aside(block, role, heard):
            return why
        if role == Role.STORIES and heard.force < Force.SHOULD and self._is_before_stories(block):
            return reasons.TELLS
        if block.quoted and heard.force < Force.MARKED:
            return reasons.QUOTED
        if heard.question:
            return reasons.QUESTION
        if (role in {Role.DECISION, *OF_ROLE} and _tells_of_us(heard)) or self._is_numbered(block):
            return ""
        if role in _RULED and self._is_rule_of_all(block, heard):
            return ""
        least = self.groups.least(role) if role in _NEUTRAL else Force.TELLS
        if role == Role.CONSEQUENCES:
            least = Force.SHOULD
        if role == Role.NEUTRAL and self._is_prose(block):
            least = max(least, Force.CAN)
        weak = heard.force < least or heard.force == Force.NONE
        if weak or (role == Role.SUMMARY and self._introduces(heard)):
            told = self.standings[block.section].within >= 0 and not heard.aside and role == Role.STORIES
            return "" if told else unasked(heard, role, None)
        return ""

    def _is_prose(self, block: Block) -> bool:
        """Whether a sentence only stands beside what its author gives ids to, or goes on after what was."""
        section = self.reading.sections[block.section]
        beside = self.groups.facts.numbered and not any(self.blocks[one].source for one in section.blocks)
        return beside or self._goes_on_telling(block)

    def _goes_on_telling(self, block: Block) -> bool:
        """Whether the paragraph of a sentence begins with what was done: `A cache was added. So it is …`."""
        first = self.reading.groups[block.group].blocks[0]
        return first != block.index and self.groups.verdicts[first].why == reasons.PAST

    def _is_numbered(self, block: Block) -> bool:
        """Whether a sentence has an id of its own below a heading that asks: then it does, whatever its words."""
        return bool(block.source) and self.standings[block.section].asks

    def _is_rule_of_all(self, block: Block, heard: Heard) -> bool:
        """Whether a sentence says of all things what was so: below a heading that asks, it must be."""
        was = heard.says & Says.PAST and not heard.says & Says.FIRST
        return bool(was) and not heard.aside and forms.EVERY.match(block.text) is not None

    def is_preface(self, block: Block) -> bool:
        """Whether a sentence stands under the title of a document whose own headings hold what it asks for.

        One that only tells may stand under any heading whose own ones are pieces of work.
        """
        here, below = self.standings[block.section], self.reading.sections[block.section].children
        if here.title:
            return any(self.standings[index].asks or self.standings[index].epic for index in below)
        least = Force.SHOULD if here.epic else Force.CAN
        told = self.heard[block.index].force < least and here.within < 0
        return told and here.own and any(self.standings[index].story for index in below)

    def _is_before_stories(self, block: Block) -> bool:
        """Whether a sentence stands before several user stories below one heading, and is none of them."""
        below = self.reading.sections[block.section].blocks
        stories = [one for one in below if self.blocks[one].story]
        return len(stories) > 1 and block.index < stories[0] and not block.source

    def _aside(self, block: Block, role: Role, heard: Heard) -> str:
        """Why a sentence only leads on, names, shows or points; empty where it says something itself."""
        reasoned = role == Role.DECISION and forms.reasons_follow(block)
        ruled = self._leads_as_rule(block) and not (role == Role.CRITERIA and self._leads_into_clauses(block))
        if _leads(block) and not (reasoned or self._completes(block) or ruled):
            return reasons.LEAD
        told = heard.force <= Force.TELLS
        if block.heads and heard.force < Force.SHOULD:
            return reasons.LEAD
        if told and (self._is_caption(block) or (forms.is_label(block) and not block.children)):
            return reasons.LEAD
        if (told and forms.ELSEWHERE.search(block.text)) or (is_lead(block) and self._shows(block)):
            return reasons.EXAMPLE
        return reasons.ASIDE if role == Role.DECISION and forms.DISCARDS.search(block.text) else ""

    def _leads_into_clauses(self, block: Block) -> bool:
        """Whether what a sentence leads into says something by itself: half of its items are more than names."""
        items = [self.blocks[index].text for index in block.children if self.blocks[index].kind == Kind.ITEM]
        long = sum(len(text.split()) > _NAME or (spaceless(text) and len(text) > 2 * _NAME) for text in items)
        return 2 * long >= len(items) > 0

    def _ends_with_verb(self, rest: str, last: str) -> bool:
        """Whether a word of ability only ends a sentence that another one binds: `muss … anzeigen können`."""
        said = self.lexicon.words[last]
        return (
            bool(said & (Says.CAN | Says.MAY))
            and len(rest.split()) > _FEW
            and hear(rest, self.lexicon).force >= Force.SHOULD
        )

    def _shows(self, block: Block) -> bool:
        """Whether a sentence that leads on names an example of it, by its role or by its last word."""
        bare = folded(block.text).strip("*_ :：")
        return named(bare).role == Role.CONTEXT or bare.endswith(self.examples)

    def _introduces(self, heard: Heard) -> bool:
        """Whether a sentence of an introduction only tells what is asked for elsewhere."""
        asks = heard.modal or heard.marked or heard.conditional or heard.force == Force.WISH
        return self.groups.facts.told_elsewhere and not asks

    def _completes(self, block: Block) -> bool:
        """Whether what a sentence leads into is code: then it says by itself what is asked."""
        below = [self.blocks[index] for index in block.children]
        if forms.is_bare_name(block) and self.heard[block.index].force <= Force.TELLS:
            return False
        return bool(below) and all(one.kind == Kind.CODE and not one.picture for one in below)

    def _is_caption(self, block: Block) -> bool:
        """Whether a few words without an end name the code that stands below them."""
        below = {self.blocks[index].kind for index in block.children}
        unended = not block.text.rstrip("*_ ").endswith((*LEADS, ".", "。", "!", "！"))
        return below == {Kind.CODE} and unended and not block.label and len(block.text.split()) <= _CAPTION

    def _leads_as_rule(self, block: Block) -> bool:
        """Whether a sentence that ends with a colon is a rule whose list only completes it."""
        if named(block.text.strip("*_ :：")).pure:
            return False
        heard = self.heard[block.index]
        rest, _, last = folded(block.text).rstrip(" :：*_").rpartition(" ")
        whole = (
            (last not in self.lexicon.words or self._ends_with_verb(rest, last))
            and last not in self.lexicon.conditions
            and last not in {"to", "the", "and"}
        )
        return heard.force >= Force.RULE and whole and bool(block.children or heard.force >= Force.SHOULD)


def _leads(block: Block) -> bool:
    return block.text.rstrip("*_ ").endswith(LEADS)


def _tells_of_us(heard: Heard) -> bool:
    """Whether a sentence only tells what the authors have, use or expect: below limits or decisions it binds."""
    now = heard.says & Says.FIRST and not heard.says & Says.PAST
    return bool(now) and heard.force == Force.NONE and not heard.aside and not heard.question
