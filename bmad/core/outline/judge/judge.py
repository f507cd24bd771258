"""The verdict on each block: a list, a table, a paragraph is judged as a whole, by heading and by words."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

from dataclasses import replace

from bmad.core.outline.judge import forms, headings, reasons, tables
from bmad.core.outline.judge.documents import Manner, manner, reads_as
from bmad.core.outline.judge.force import Force, Heard, hear
from bmad.core.outline.judge.groups import LEADS, LEFT, Groups
from bmad.core.outline.judge.headings import Standing, finished, named, standings
from bmad.core.outline.judge.verdict import PRIORITY, Judgement, Part, Verdict
from bmad.core.outline.read.block import Block, Group, Kind, Reading
from bmad.core.outline.read.marks import rank_of
from bmad.core.outline.read.names import key, keys, names_in, only_serves, only_waits
from bmad.core.outline.words.language import Column, Rank, Role
from bmad.core.outline.words.lexicon import Lexicon, folded, lexicon
from bmad.model.spec import ACTIONABLE, Priority, StatementClass

SPOKEN = frozenset({Role.CONTEXT, Role.USERS, Role.TEST, Role.GLOSSARY})
"""Those under which a key word in capitals binds nevertheless."""
SILENT = frozenset({Role.CONTENTS, Role.HISTORY, Role.ABOUT, Role.ASIDE})
"""Those under which not even a user story counts."""
OF_ROLE = {
    Role.GOAL: StatementClass.GOAL,
    Role.QUALITY: StatementClass.CONSTRAINT,
    Role.CONSTRAINT: StatementClass.CONSTRAINT,
}
_SIBLINGS, _SHORT = 12, 8
_EXAMPLES = frozenset(["example", "examples", "beispiel", "exemple", "ejemplo", "exemplo", "пример", "例", "示例"])
"""Of the words that open an aside, those that may end a line which leads into it."""


def judge(reading: Reading) -> Judgement:
    """The verdicts on all blocks of an intent; where nothing would be taken, neutral text is read as asking."""
    known = lexicon(reading.codes)
    heard = [hear(block.text, known) for block in reading.blocks]
    places = standings(reading.sections)
    headings.misnamed(reading, places)
    headings.things(reading, places, heard)
    finished(reading, places)
    judged = _Judge(reading, known, heard, places, manner(reading, heard, places))
    found = judged.run()
    if not any(verdict.klass in ACTIONABLE for verdict in found.verdicts):
        again = _Judge(reading, known, heard, places, Manner(), loose=True).run()
        found = again._replace(reads_as=found.reads_as or again.reads_as)
    return found


_OUTSIDE = frozenset({StatementClass.NON_GOAL, StatementClass.QUESTION})
"""What takes all that stands below it with it."""


class _Judge:
    """One pass over the groups of a document."""

    def __init__(
        self,
        reading: Reading,
        known: Lexicon,
        heard: list[Heard],
        places: list[Standing],
        how: Manner,
        *,
        loose: bool = False,
    ) -> None:
        self.reading = reading
        self.blocks = reading.blocks
        self.lexicon = known
        self.heard = heard
        self.standings = places
        self.how = how
        self.loose = loose
        self.verdicts: list[Verdict] = [Verdict(None, why=reasons.TELLS) for _ in reading.blocks]
        self.groups = Groups(reading, heard, places, how, self.verdicts, loose=loose)
        self.outside: dict[int, StatementClass] = {}
        """The blocks below what is out of scope, or still open."""
        self.ranks: dict[int, Rank] = {}
        asides = (phrase.strip(":：") for known in self.lexicon.openers.values() for phrase in known)
        self.examples = tuple(phrase for phrase in asides if phrase in _EXAMPLES)
        self.sources: set[str] = set()
        named_things = (
            *(block.source for block in reading.blocks),
            *(one.heading.source for one in reading.sections),
        )
        self.names = frozenset(one for source in named_things for one in keys(source))
        self.waits, self.serves = only_waits(reading.codes), only_serves(reading.codes)
        self.zero = False
        """Whether the priorities of the table at hand begin with P0."""

    def run(self) -> Judgement:
        for group in self.reading.groups:
            if group.blocks:
                self._group(group)
        told = reads_as(self.reading, self.how, self.standings, loose=self.loose)
        return Judgement(self.reading, self.lexicon, self.standings, self.heard, self.verdicts, self.ranks, told)

    # -- groups --------------------------------------------------------------------------------------------

    def _group(self, group: Group) -> None:
        members = [self.blocks[index] for index in group.blocks]
        role, rank = self.groups.role(group)
        shape = tables.by_values(tables.layout(group.head), members) if group.kind == "table" else None
        self.zero = shape is not None and tables.from_zero(members, shape)
        if self._repeats(members):
            for block in members:
                self.verdicts[block.index] = Verdict(None, why=reasons.REPEATS)
            return
        taken = self.groups.asks(group, members, role, shape)
        field: Verdict | None = None
        for block in members:
            self._inherit(block)
            field = self._field(block) if group.labelled and block.label else field
            verdict = field or self._marked_off(block, role, shape)
            verdict = replace(verdict) if verdict else self._verdict(block, group, role, taken, shape)
            if verdict.klass is not None and verdict.priority is None:
                verdict.priority = self._priority(block, rank, shape)
                verdict.apart = shape is not None and tables.rank(block, shape, zero=self.zero) in PRIORITY
            self.verdicts[block.index] = verdict
            if group.kind == "para" and verdict.why == reasons.ABOUT and block.label:
                field = verdict

    def _inherit(self, block: Block) -> None:
        """What stands below something that is not to be built is not to be built, however far below."""
        above = self.verdicts[block.parent].klass if block.parent >= 0 else None
        if above in _OUTSIDE:
            self.outside[block.index] = above
        elif above is None and block.parent in self.outside:
            self.outside[block.index] = self.outside[block.parent]

    def _repeats(self, members: list[Block]) -> bool:
        """Whether a list only names again what stands above with the same ids."""
        sources = [block.source for block in members if not block.source.isdigit() and block.source]
        known = sum(source in self.sources for source in sources)
        self.sources.update(sources)
        return len(sources) > 1 and known * 2 > len(members)

    def _field(self, block: Block) -> Verdict | None:
        """The verdict on a line of several that each begin with a label, and on what follows it, by the label."""
        if headings.refuses(block.label):
            return Verdict(StatementClass.NON_GOAL)
        own = named(block.label)
        return Verdict(None, why=LEFT[own.role]) if own.pure and own.role in LEFT else None

    # -- blocks --------------------------------------------------------------------------------------------

    def _marked_off(self, block: Block, role: Role, shape: tables.Layout | None) -> Verdict | None:
        """The verdict that an author's own mark, or the form of a block, settles whatever stands around it."""
        if block.struck or block.excluded or forms.mark(block.text) == Rank.WONT:
            return Verdict(StatementClass.NON_GOAL)
        if self.heard[block.index].refused and role not in LEFT and not self._is_lead(block):
            return Verdict(StatementClass.NON_GOAL)
        why = self._void(block, role, shape)
        if why:
            return Verdict(None, why=why)
        if role not in LEFT and forms.is_open(block.text):
            return Verdict(StatementClass.QUESTION)
        return None

    def _is_lead(self, block: Block) -> bool:
        return bool(block.children) or block.text.rstrip("*_ ").endswith(LEADS)

    def _void(self, block: Block, role: Role, shape: tables.Layout | None) -> str:
        """Why a block asks for nothing by its form; empty where it may."""
        if shape and (tables.empty(block) or tables.done(block, shape)):
            return reasons.NOTHING if tables.empty(block) else reasons.DONE
        name, value = forms.record(block)
        meaning = forms.meaning(name)
        if meaning == Column.PRIORITY and (found := rank_of(value)):
            self.ranks[block.parent if block.parent >= 0 else -1 - block.section] = found
        if block.kind != Kind.ROW and len(block.text) < 200 and self.waits.fullmatch(block.text):
            return reasons.DEPENDS
        if self._serves(block):
            return reasons.SERVES
        if meaning or (name and forms.is_record(name) and not self._is_entry(block)):
            return reasons.DEPENDS if meaning == Column.DEPENDS else reasons.ABOUT
        if name and self._is_among_records(block):
            return reasons.ABOUT
        if forms.PRESENT.match(block.text):
            return reasons.ABOUT
        if forms.FOOTNOTE.match(block.text) and self.heard[block.index].force < Force.SHOULD:
            return reasons.EXAMPLE
        return forms.void(block, contents=role == Role.CONTENTS)

    def _serves(self, block: Block) -> bool:
        """Whether a block only names stories or requirements of the document, to which something belongs."""
        if block.kind == Kind.ROW or len(block.text) > 200 or not self.serves.fullmatch(block.text):
            return False
        return any(key(name) in self.names for name in names_in(block.text))

    def _is_entry(self, block: Block) -> bool:
        """Whether an item that is named like a record is one of a list of other things."""
        if block.kind != Kind.ITEM or self._in_asking(block):
            return block.kind == Kind.ITEM
        names = [
            forms.record(self.blocks[index])[0] for index in self.reading.groups[block.group].blocks[:_SIBLINGS]
        ]
        return sum(bool(name) and forms.is_record(name) for name in names) * 2 <= len(names)

    def _is_among_records(self, block: Block) -> bool:
        """Whether a short line with a name and a value stands among records, and asks for nothing by its words."""
        group = self.reading.groups[block.group]
        if (
            self.heard[block.index].force > Force.TELLS
            or len(block.text.split()) > _SHORT
            or self._in_asking(block)
        ):
            return False
        if block.kind == Kind.ITEM:
            return group.parent < 0 and not self._is_entry(block)
        return group.labelled and self.verdicts[group.blocks[0]].why == reasons.ABOUT

    def _in_asking(self, block: Block) -> bool:
        standing = self.standings[block.section]
        return standing.asks and not standing.story and standing.within < 0

    def _verdict(
        self, block: Block, group: Group, role: Role, taken: bool, shape: tables.Layout | None
    ) -> Verdict:
        told = self._by_place(block, role, shape)
        if told is not None:
            return told
        heard = self.heard[block.index]
        if not taken:
            return Verdict(None, why=self._why(heard, role, shape))
        if block.kind == Kind.SENTENCE:
            return self._sentence(block, role, heard)
        if heard.question:
            asked = role in {Role.EDGE, Role.CRITERIA} or self.standings[block.section].asks
            return Verdict(StatementClass.QUESTION) if asked else Verdict(None, why=reasons.QUESTION)
        if self.how.notes and role == Role.NEUTRAL and block.parent < 0 and heard.force < Force.WISH:
            return Verdict(None, why=self._why(heard, role, shape))
        if heard.aside and block.parent < 0 and group.kind == "list" and block.label:
            return Verdict(None, why=reasons.EXAMPLE)
        return self._taken(block, role, heard)

    def _by_place(self, block: Block, role: Role, shape: tables.Layout | None) -> Verdict | None:
        """The verdict by the heading, the list or the column that a block stands in, whatever it says."""
        if shape and (tables.rank(block, shape) == Rank.WONT or headings.refuses(tables.cell(block, 0))):
            return Verdict(StatementClass.NON_GOAL)
        if block.index in self.outside:
            return Verdict(self.outside[block.index], Part.DETAIL)
        if block.kind == Kind.ITEM and headings.refuses(block.label):
            alone = block.children and len(block.text.strip("*_ :：")) <= len(block.label)
            return Verdict(None, why=reasons.LEAD) if alone else Verdict(StatementClass.NON_GOAL)
        if role in {Role.NON_GOAL, Role.QUESTION}:
            klass = StatementClass.NON_GOAL if role == Role.NON_GOAL else StatementClass.QUESTION
            leads = block.kind == Kind.SENTENCE and block.text.rstrip("*_ ").endswith(LEADS)
            return Verdict(None, why=reasons.LEAD) if leads else Verdict(klass)
        story = block.story or (shape is not None and shape.story)
        if story and role not in SILENT:
            return Verdict(StatementClass.REQUIREMENT, Part.STORY)
        if role in LEFT:
            least = Force.SHOULD if role == Role.TEST else Force.MARKED
            binds = role in SPOKEN and self.heard[block.index].force >= least
            return Verdict(StatementClass.REQUIREMENT) if binds else Verdict(None, why=LEFT[role])
        if block.kind == Kind.SCENARIO:
            return Verdict(StatementClass.REQUIREMENT, Part.CRITERION)
        return None

    def _sentence(self, block: Block, role: Role, heard: Heard) -> Verdict:
        if (
            block.text.rstrip("*_ ").endswith(LEADS)
            and not self._completes(block)
            and not self._leads_as_rule(block)
        ):
            return Verdict(None, why=reasons.LEAD)
        if forms.is_label(block) and heard.force <= Force.TELLS and not block.children:
            return Verdict(None, why=reasons.LEAD)
        if self._is_lead(block) and self._shows(block):
            return Verdict(None, why=reasons.EXAMPLE)
        if self._is_preface(block):
            role = Role.SUMMARY
        within = self.standings[block.section].within >= 0
        if block.quoted and heard.force < Force.MARKED:
            return Verdict(None, why=reasons.QUOTED)
        if heard.question:
            klass = StatementClass.QUESTION if role == Role.EDGE else None
            return Verdict(klass, why="" if klass else reasons.QUESTION)
        least = Force.TELLS if role not in {Role.NEUTRAL, Role.DESIGN, Role.SUMMARY} else self.groups.least(role)
        if role == Role.CONSEQUENCES:
            least = Force.SHOULD
        if heard.force < least or heard.force == Force.NONE or (role == Role.SUMMARY and self._introduces(heard)):
            if within and not heard.aside and role == Role.STORIES:
                return self._taken(block, role, heard)
            return Verdict(None, why=self._why(heard, role, None))
        return self._taken(block, role, heard)

    def _shows(self, block: Block) -> bool:
        """Whether a sentence that leads on names an example of it, by its role or by its last word."""
        bare = folded(block.text).strip("*_ :：")
        return named(bare).role == Role.CONTEXT or bare.endswith(self.examples)

    def _introduces(self, heard: Heard) -> bool:
        """Whether a sentence of an introduction only tells what is asked for elsewhere."""
        asks = heard.modal or heard.marked or heard.conditional or heard.force == Force.WISH
        return self.groups.told_elsewhere and not asks

    def _is_preface(self, block: Block) -> bool:
        """Whether a sentence stands under the title of a document whose own headings hold what it asks for."""
        below = self.reading.sections[block.section].children
        return self.standings[block.section].title and any(
            self.standings[index].asks or self.standings[index].epic for index in below
        )

    def _completes(self, block: Block) -> bool:
        """Whether what a sentence leads into is code: then it says by itself what is asked."""
        return bool(block.children) and all(self.blocks[index].kind == Kind.CODE for index in block.children)

    def _leads_as_rule(self, block: Block) -> bool:
        """Whether a sentence that ends with a colon is a rule whose list only completes it."""
        if named(block.text.strip("*_ :：")).pure:
            return False
        heard = self.heard[block.index]
        last = folded(block.text).rstrip(" :：*_").rpartition(" ")[2]
        whole = (
            last not in self.lexicon.words
            and last not in self.lexicon.conditions
            and last not in {"to", "the", "and"}
        )
        return heard.force >= Force.RULE and whole and bool(block.children or heard.force >= Force.SHOULD)

    def _taken(self, block: Block, role: Role, heard: Heard) -> Verdict:
        above = block.parent
        if above >= 0 and self.verdicts[above].klass is not None:
            parent = self.verdicts[above]
            part = Part.CRITERION if role in {Role.CRITERIA, Role.EDGE} else Part.DETAIL
            return Verdict(parent.klass, part)
        if role in {Role.CRITERIA, Role.EDGE}:
            return Verdict(StatementClass.REQUIREMENT, Part.CRITERION)
        if role == Role.CONSEQUENCES and heard.force < Force.SHOULD:
            return Verdict(None, why=reasons.TELLS)
        return Verdict(OF_ROLE.get(role, StatementClass.REQUIREMENT), Part.RULE)

    def _why(self, heard: Heard, role: Role, shape: tables.Layout | None) -> str:
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

    # -- priority ------------------------------------------------------------------------------------------

    def _priority(self, block: Block, rank: Rank | None, shape: tables.Layout | None) -> Priority | None:
        """By a column, a mark at the end, the heading, or the words; None where nothing says it."""
        given = tables.rank(block, shape, zero=self.zero) if shape else None
        given = given or forms.mark(block.text) or rank
        if given and given in PRIORITY:
            return PRIORITY[given]
        return self.heard[block.index].priority
