"""Why a block asks for nothing by its form, whatever stands around it: a record, a link, what is ticked."""

from bmad.core.outline.judge import blanks, forms, reasons, tables
from bmad.core.outline.judge.facts import Facts
from bmad.core.outline.judge.force import Force, Heard
from bmad.core.outline.judge.headings import STATE, TICKED, Standing
from bmad.core.outline.judge.roles import ASKING, SAYS_DONE, named
from bmad.core.outline.judge.verdict import Verdict
from bmad.core.outline.read.block import Block, Kind, Reading
from bmad.core.outline.read.marks import alone, rank_of
from bmad.core.outline.read.names import key, may_end_with_id, names_in, only_serves, only_waits
from bmad.core.outline.words.language import Column, Rank, Role
from bmad.core.outline.words.lexicon import Lexicon, folded, unfilled

_SIBLINGS, _SHORT, _MANY = 12, 8, 20
_LINE = 200
"""The most characters of a line that names nothing but ids."""


class Voids:
    """Judges blocks by their form; `verdicts` are those of the blocks judged so far."""

    def __init__(
        self,
        reading: Reading,
        words: Lexicon,
        heard: list[Heard],
        places: list[Standing],
        known: Facts,
        verdicts: list[Verdict],
    ) -> None:
        self.reading = reading
        self.blocks = reading.blocks
        self.lexicon = words
        self.heard = heard
        self.standings = places
        self.facts = known
        self.verdicts = verdicts
        self.ranks: dict[int, Rank] = {}
        """Those that the lines of the section at hand give to it, at -1, and to its blocks."""
        self.blank = blanks.blanks(reading, words)
        self.waits, self.serves = only_waits(reading.codes), only_serves(reading.codes)

    def why(self, block: Block, role: Role, shape: tables.Layout | None) -> str:
        """Why a block asks for nothing by its form; empty where it may."""
        if block.index in self.blank:
            return reasons.BLANK
        if (
            why := (shape and self._by_columns(block, shape))
            or self._by_name(block)
            or self._by_words(block, role)
        ):
            return why
        return reasons.BLANK if self.facts.template and blanks.is_guidance(block, self.reading) else ""

    def _by_columns(self, block: Block, shape: tables.Layout) -> str:
        if why := tables.void(block, shape):
            return why
        told = not shape.inputs and shape.at(Column.NAME) < 0
        return reasons.EXAMPLE if told and forms.EXAMPLE.match(tables.said(block, shape)) else ""

    def _by_name(self, block: Block) -> str:
        """Why a line is left by the name that it begins with, or since it names nothing but ids."""
        heard = self.heard[block.index]
        if block.told and not (tables.is_remark(block) and heard.force >= Force.SHOULD):
            return reasons.ABOUT
        name, value = forms.record(block)
        meaning = forms.meaning(name)
        if meaning == Column.PRIORITY and (found := rank_of(value)):
            self.ranks[block.parent if block.parent >= 0 else -1 - block.section] = found
        if block.kind != Kind.ROW and len(block.text) <= _LINE and may_end_with_id(block.text):
            if self.waits.fullmatch(block.text):
                return reasons.DEPENDS
            if self._serves(block):
                return reasons.SERVES
        if meaning or (name and forms.is_record(name) and not self._is_entry(block)):
            return reasons.DEPENDS if meaning == Column.DEPENDS else reasons.ABOUT
        if name and heard.force <= Force.TELLS and self._tells_of(block):
            return reasons.ABOUT
        return reasons.NOTHING if name and folded(value).strip(" .*_") in unfilled() else ""

    def _tells_of(self, block: Block) -> bool:
        """Whether a line with a name and a value is about somebody, or about the document."""
        beside = self.reading.groups[block.group].blocks[:_SIBLINGS]
        person = forms.is_person(block, (self.blocks[one] for one in beside))
        return person or self._is_among_records(block)

    def _names_next(self, block: Block) -> bool:
        """Whether a line holds nothing but the id of the block after it, and its priority."""
        source, rank = alone(block.text) if block.kind == Kind.SENTENCE and not block.source else ("", None)
        if rank:
            self.ranks[block.index + 1] = rank
        return bool(source)

    def _by_words(self, block: Block, role: Role) -> str:
        heard = self.heard[block.index]
        state = block.kind == Kind.SENTENCE and heard.force < Force.SHOULD and forms.is_version(block.text)
        if state or self._names_next(block) or forms.PRESENT.match(block.text):
            return reasons.ABOUT
        link = "://" in block.text and forms.NAMED_LINK.fullmatch(block.text) is not None
        if link and heard.force <= Force.TELLS and not self._in_asking(block):
            return reasons.LINKS
        if block.kind == Kind.ITEM and heard.force < Force.SHOULD and forms.EXAMPLE.match(block.text):
            return reasons.EXAMPLE
        said_done = heard.force < Force.SHOULD and SAYS_DONE.search(block.text)
        if block.kind == Kind.ITEM and (said_done or self._is_marked_done(block)):
            return reasons.DONE
        if block.kind == Kind.ITEM and forms.WEIGHS.match(block.text):
            return reasons.WEIGHS
        if forms.FOOTNOTE.match(block.text) and heard.force < Force.SHOULD:
            return reasons.EXAMPLE
        if self.facts.registers and not block.source and forms.is_meta(block.text, self.lexicon):
            return reasons.ABOUT
        named = block.kind == Kind.ITEM and not block.children and not self._in_asking(block)
        void = forms.void(block, contents=role == Role.CONTENTS)
        return void or (reasons.LINKS if named and forms.is_name(block) else "")

    def is_dropped(self, block: Block) -> bool:
        """Whether an item with an id, or a label, says that it was given up."""
        return bool(block.source or block.label) and "*" in block.text and forms.is_dropped(block.text)

    def _is_marked_done(self, block: Block) -> bool:
        """Whether an item ends with a tick, as others of its list do with a tick or another mark of state."""
        if not TICKED.search(block.text):
            return False
        beside = self.reading.groups[block.group].blocks[:_MANY]
        return sum(STATE.search(self.blocks[index].text) is not None for index in beside) > 1

    def _serves(self, block: Block) -> bool:
        """Whether a block only names stories or requirements of the document, to which something belongs."""
        serves = self.serves.fullmatch(block.text) is not None
        return serves and any(key(name) in self.facts.names for name in names_in(block.text))

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
        if len(block.text.split()) > _SHORT or self._in_asking(block):
            return False
        if block.kind == Kind.ITEM:
            return group.parent < 0 and not self._is_entry(block)
        return (group.labelled and self.verdicts[group.blocks[0]].why == reasons.ABOUT) or self._is_on_card(block)

    def _is_on_card(self, block: Block) -> bool:
        """Whether a line stands in a section of nothing but lines with labels, half of which are records."""
        beside = [self.blocks[one] for one in self.reading.sections[block.section].blocks[: _SIBLINGS + 1]]
        asks = named(block.label).role in ASKING
        if asks or len(beside) > _SIBLINGS or any(one.kind != Kind.SENTENCE or not one.label for one in beside):
            return False
        return 2 * sum(forms.is_record(forms.record(one)[0]) for one in beside) >= len(beside)

    def _in_asking(self, block: Block) -> bool:
        standing = self.standings[block.section]
        return standing.asks and not standing.story and standing.within < 0
