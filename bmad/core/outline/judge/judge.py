"""The verdict on each block: a list, a table, a paragraph is judged as a whole, by heading and by words."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from bmad.core.outline.judge import forms, headings, reasons, tables
from bmad.core.outline.judge.documents import CODED, DESCRIPTION, DESIGN, Manner, is_design, manner, reads_as
from bmad.core.outline.judge.facts import Facts, facts
from bmad.core.outline.judge.force import Force, Heard
from bmad.core.outline.judge.groups import LEADS, Groups
from bmad.core.outline.judge.headings import Standing, finished, standings
from bmad.core.outline.judge.memory import Memory
from bmad.core.outline.judge.repeats import leave_repeats
from bmad.core.outline.judge.roles import named, refuses
from bmad.core.outline.judge.sentences import Sentences, is_lead, unasked
from bmad.core.outline.judge.verdict import LEFT, OF_ROLE, PRIORITY, Judgement, Part, Verdict
from bmad.core.outline.judge.voids import Voids
from bmad.core.outline.read.block import Block, Group, Kind, Reading, Section
from bmad.core.outline.read.marks import rank_of
from bmad.core.outline.remembered import Judged
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import Lexicon, lexicon
from bmad.model.spec import ACTIONABLE, Priority, StatementClass

SPOKEN = frozenset({Role.CONTEXT, Role.ENDING, Role.USERS, Role.TEST, Role.GLOSSARY})
"""Those under which a key word in capitals binds nevertheless."""
SILENT = frozenset({Role.CONTENTS, Role.HISTORY, Role.ABOUT, Role.ASIDE, Role.RESEARCH})
"""Those under which not even a user story counts."""
_MANY, _FENCES = 20, 3


def judge(reading: Reading, memory: Memory | None = None) -> Judgement:
    """The verdicts on all blocks of an intent; where nothing would be taken, neutral text is read as asking.

    What is remembered of its sections is not judged again, and what is new is added to that.
    """
    memory = memory or Memory(reading, None)
    words = lexicon(reading.codes)
    heard = memory.heard(words)
    places = standings(reading.sections)
    headings.misnamed(reading, places)
    headings.things(reading, places, heard)
    headings.closing(reading, places)
    headings.undecided(reading, places, heard)
    finished(reading, places)
    how = manner(reading, heard, places)
    found = _Judge(reading, words, heard, places, facts(reading, places, how), memory).run()
    if not any(verdict.klass in ACTIONABLE for verdict in found.verdicts):
        loose = facts(reading, places, Manner(), loose=True)
        again = _Judge(reading, words, heard, places, loose, memory).run()
        found = again._replace(reads_as=found.reads_as or again.reads_as)
    return found


_OUTSIDE = frozenset({StatementClass.NON_GOAL, StatementClass.QUESTION})
"""What takes all that stands below it with it."""


class _Judge:
    """One pass over the groups of a document, section by section; none is judged by another one's verdicts."""

    def __init__(
        self,
        reading: Reading,
        words: Lexicon,
        heard: list[Heard],
        places: list[Standing],
        known: Facts,
        memory: Memory,
    ) -> None:
        self.reading = reading
        self.blocks = reading.blocks
        self.lexicon = words
        self.heard = heard
        self.standings = places
        self.facts = known
        self.how = known.how
        self.memory = memory
        memory.told(known, places)
        self.verdicts: list[Verdict] = [Verdict(None, why=reasons.TELLS) for _ in reading.blocks]
        self.groups = Groups(reading, heard, places, known, self.verdicts)
        self.voids = Voids(reading, words, heard, places, known, self.verdicts)
        self.sentences = Sentences(reading, words, heard, places, self.groups)
        self.outside: dict[int, StatementClass] = {}
        """The blocks below what is out of scope, or still open."""
        self.firsts = memory.firsts
        self.open = [word for word in forms.OPEN_WORDS if word in reading.text]
        self.weak = 0
        """How many blocks were taken for want of a reason to leave them."""
        self.zero = False
        """Whether the priorities of the table at hand begin with P0."""

    def run(self) -> Judgement:
        ranks: dict[int, Rank] = {}
        weak = 0
        for at, groups in groupby(self.reading.groups, attrgetter("section")):
            section = self.reading.sections[at]
            if not section.blocks:
                continue
            found = self.memory.judged(section) or self._section(section, groups)
            first = section.blocks[0]
            self.verdicts[first : first + len(section.blocks)] = found.verdicts
            ranks |= {first + place if place >= 0 else -1 - at: rank for place, rank in found.ranks.items()}
            weak += found.weak
        self._finished()
        leave_repeats(self.reading, self.standings, self.verdicts, ranks)
        told = reads_as(self.reading, self.how, self.standings, loose=self.facts.loose)
        taken = self._taken_count()
        coded = sum(block.kind == Kind.CODE for block in self.blocks)
        mostly = coded >= max(_FENCES, taken + 1) or (not taken and 2 * coded > len(self.blocks))
        told = told or (CODED if mostly else "")
        if not told and taken >= _MANY // 2 and is_design(self.reading) and 2 * self._asked_count() < taken:
            told = DESIGN
        told = told or (DESCRIPTION if 2 * weak >= max(_MANY, taken) else "")
        return Judgement(self.reading, self.lexicon, self.standings, self.heard, self.verdicts, ranks, told)

    def _section(self, section: Section, groups: Iterable[Group]) -> Judged:
        """What becomes of the blocks below one heading."""
        self.voids.ranks, self.weak = {}, 0
        for group in groups:
            if group.blocks:
                self._group(group)
        first = section.blocks[0]
        ranks = {index - first if index >= 0 else -1: rank for index, rank in self.voids.ranks.items()}
        found = Judged([self.verdicts[index] for index in section.blocks], ranks, self.weak)
        self.memory.keep(section, found)
        return found

    def _finished(self) -> None:
        """A story of which all else is ticked as done is done."""
        parts: dict[int, list[Block]] = {}
        for block in self.blocks:
            story = self.standings[block.section].within
            if story >= 0:
                parts.setdefault(story, []).append(block)
        for blocks in parts.values():
            taken = [block for block in blocks if self.verdicts[block.index].klass is not None]
            told = all(self.verdicts[block.index].part == Part.STORY for block in taken)
            if told and any(self.verdicts[block.index].why == reasons.DONE for block in blocks):
                for block in taken:
                    self.verdicts[block.index] = Verdict(None, why=reasons.DONE)

    # -- groups --------------------------------------------------------------------------------------------

    def _group(self, group: Group) -> None:
        members = [self.blocks[index] for index in group.blocks]
        role, rank = self.groups.role(group)
        shape = tables.by_values(tables.layout(group.head), members) if group.kind == "table" else None
        self.zero = shape is not None and tables.from_zero(members, shape)
        if self._repeats(members, role) or self._names_sections(group, members):
            for block in members:
                self.verdicts[block.index] = Verdict(None, why=reasons.REPEATS)
            return
        taken = self.groups.asks(group, members, role, shape)
        field: Verdict | None = None
        for block in members:
            self._inherit(block)
            field = self._field(block) if group.labelled and block.label else field
            verdict = field or self._marked_off(block, role, shape)
            verdict = verdict or self._verdict(block, group, role, taken, shape)
            if verdict.klass is not None and verdict.priority is None:
                ranked = shape is not None and tables.rank(block, shape, zero=self.zero) in PRIORITY
                apart = ranked or (
                    shape is not None and not group.led and not block.source.isdigit() and bool(block.source)
                )
                verdict = verdict._replace(priority=self._priority(block, rank, shape), apart=apart)
            self.verdicts[block.index] = verdict
            self.weak += self._is_weak(block, verdict, role, shape)
            if group.kind == "para" and verdict.why == reasons.ABOUT and block.label:
                field = verdict

    def _is_weak(self, block: Block, verdict: Verdict, role: Role, shape: tables.Layout | None) -> bool:
        """Whether a block was taken for want of a reason to leave it: neither heading nor column nor words ask."""
        asks = role not in {Role.NEUTRAL, Role.DESIGN, Role.SUMMARY} or (shape is not None and shape.asks)
        told = verdict.part in {Part.RULE, Part.DETAIL} and self.heard[block.index].force <= Force.TELLS
        return verdict.klass == StatementClass.REQUIREMENT and told and not asks

    def _taken_count(self) -> int:
        return sum(verdict.klass in ACTIONABLE for verdict in self.verdicts)

    def _asked_count(self) -> int:
        """How many of the blocks taken a heading or their words ask for."""
        taken = [block for block in self.blocks if self.verdicts[block.index].klass in ACTIONABLE]
        asks = (self.standings[one.section].asks or self.heard[one.index].force >= Force.SHOULD for one in taken)
        return sum(asks)

    def _inherit(self, block: Block) -> None:
        """What stands below something that is not to be built is not to be built, however far below."""
        above = self.verdicts[block.parent].klass if block.parent >= 0 else None
        if above in _OUTSIDE:
            self.outside[block.index] = above
        elif above is None and block.parent in self.outside:
            self.outside[block.index] = self.outside[block.parent]

    def _repeats(self, members: list[Block], role: Role) -> bool:
        """Whether a list only names again what stands above with the same ids.

        Parts of one piece of work do not: their numbers begin anew in each (`AC1`).
        """
        named = [block for block in members if not block.source.isdigit() and block.source]
        firsts = [self.firsts[block.source] for block in named]
        if role in {Role.CRITERIA, Role.EDGE} or (named and self.standings[named[0].section].story):
            return False
        known = sum(
            first is not block and forms.names_again(block.text, first.text)
            for block, first in zip(named, firsts, strict=True)
        )
        return len(named) > 1 and known * 2 > len(members)

    def _names_sections(self, group: Group, members: list[Block]) -> bool:
        """Whether each item of a list only names sections of this document that ask, beside numbers."""
        if group.kind != "list" or len(members) < 2 or members[0].children or not self.facts.titles:
            return False
        return all(forms.only_names(block, self.facts.titles) for block in members)

    def _field(self, block: Block) -> Verdict | None:
        """The verdict on a line of several that each begin with a label, and on what follows it, by the label."""
        if refuses(block.label):
            return Verdict(StatementClass.NON_GOAL)
        own = named(block.label)
        return Verdict(None, why=LEFT[own.role]) if own.pure and own.role in LEFT else None

    # -- blocks --------------------------------------------------------------------------------------------

    def _marked_off(self, block: Block, role: Role, shape: tables.Layout | None) -> Verdict | None:
        """The verdict that an author's own mark, or the form of a block, settles whatever stands around it."""
        if block.struck or block.excluded or forms.mark(block.text) == Rank.WONT or self.voids.is_dropped(block):
            return Verdict(StatementClass.NON_GOAL)
        if self.heard[block.index].refused and role not in LEFT and not is_lead(block):
            return Verdict(StatementClass.NON_GOAL)
        why = self.voids.why(block, role, shape)
        if why:
            return Verdict(None, why=why)
        if role not in LEFT and forms.is_open(block.text, self.open):
            return Verdict(StatementClass.QUESTION)
        return None

    def _verdict(
        self, block: Block, group: Group, role: Role, taken: bool, shape: tables.Layout | None
    ) -> Verdict:
        told = self._by_place(block, role, shape)
        if told is not None:
            return told
        heard = self.heard[block.index]
        if not taken:
            return Verdict(None, why=unasked(heard, role, shape))
        if block.kind == Kind.SENTENCE:
            return self._sentence(block, role, heard)
        if heard.question:
            asked = role in {Role.EDGE, Role.CRITERIA} or self.standings[block.section].asks
            return Verdict(StatementClass.QUESTION) if asked else Verdict(None, why=reasons.QUESTION)
        if (
            self.how.notes
            and role in {Role.NEUTRAL, Role.SUMMARY}
            and block.parent < 0
            and heard.force < Force.WISH
        ):
            return Verdict(None, why=unasked(heard, Role.NEUTRAL, shape))
        if group.led and heard.force < Force.SHOULD and forms.reasons_follow(self.blocks[group.lead]):
            return Verdict(None, why=reasons.EXAMPLE)
        if heard.aside and block.parent < 0 and group.kind == "list" and block.label:
            return Verdict(None, why=reasons.EXAMPLE)
        return self._taken(block, role, heard)

    def _by_place(self, block: Block, role: Role, shape: tables.Layout | None) -> Verdict | None:
        """The verdict by the heading, the list or the column that a block stands in, whatever it says."""
        if shape and (tables.rank(block, shape) == Rank.WONT or refuses(tables.cell(block, 0))):
            return Verdict(StatementClass.NON_GOAL)
        if block.index in self.outside:
            return Verdict(self.outside[block.index], Part.DETAIL)
        if block.kind == Kind.ITEM and refuses(block.label):
            alone = block.children and len(block.text.strip("*_ :：")) <= len(block.label)
            return Verdict(None, why=reasons.LEAD) if alone else Verdict(StatementClass.NON_GOAL)
        if role in {Role.NON_GOAL, Role.QUESTION}:
            return self._set_aside(block, role)
        story = block.story or (shape is not None and shape.story)
        if story and role not in SILENT:
            return Verdict(StatementClass.REQUIREMENT, Part.STORY)
        if role in LEFT:
            least = Force.SHOULD if role == Role.TEST else Force.MARKED
            heard = self.heard[block.index]
            binds = role in SPOKEN and heard.force >= least
            if role == Role.USERS and heard.modal and heard.force >= Force.SHOULD:
                binds = binds or forms.is_of_system(block.text, self.lexicon)
            return Verdict(StatementClass.REQUIREMENT) if binds else Verdict(None, why=LEFT[role])
        if block.kind == Kind.SCENARIO:
            return Verdict(StatementClass.REQUIREMENT, Part.CRITERION)
        return None

    def _set_aside(self, block: Block, role: Role) -> Verdict:
        """The verdict on what stands under a heading of what is not wanted, or open; an answer binds."""
        if block.kind == Kind.SENTENCE and block.text.rstrip("*_ ").endswith(LEADS):
            return Verdict(None, why=reasons.LEAD)
        if role == Role.QUESTION and forms.ANSWERED.search(block.text):
            return Verdict(StatementClass.CONSTRAINT, priority=Priority.MUST)
        return Verdict(StatementClass.NON_GOAL if role == Role.NON_GOAL else StatementClass.QUESTION)

    def _sentence(self, block: Block, role: Role, heard: Heard) -> Verdict:
        role = Role.SUMMARY if self.sentences.is_preface(block) else role
        why = self.sentences.left(block, role)
        if why == reasons.QUESTION and role == Role.EDGE:
            return Verdict(StatementClass.QUESTION)
        return Verdict(None, why=why) if why else self._taken(block, role, heard)

    def _taken(self, block: Block, role: Role, heard: Heard) -> Verdict:
        above = block.parent
        if above >= 0 and self.verdicts[above].klass is not None:
            parent = self.verdicts[above]
            part = Part.CRITERION if forms.accepts(block, role) else Part.DETAIL
            return Verdict(parent.klass, part)
        if forms.accepts(block, role):
            return Verdict(StatementClass.REQUIREMENT, Part.CRITERION)
        if role == Role.CONSEQUENCES and heard.force < Force.SHOULD:
            return Verdict(None, why=reasons.TELLS)
        return Verdict(OF_ROLE.get(role, StatementClass.REQUIREMENT), Part.RULE)

    # -- priority ------------------------------------------------------------------------------------------

    def _priority(self, block: Block, rank: Rank | None, shape: tables.Layout | None) -> Priority | None:
        """By a column, a mark at the end, the heading, or the words; None where nothing says it."""
        given = tables.rank(block, shape, zero=self.zero) if shape else None
        given = given or rank_of(block.rank) or forms.mark(block.text) or forms.mark(block.label) or rank
        if given and given in PRIORITY:
            return PRIORITY[given]
        return self.heard[block.index].priority
