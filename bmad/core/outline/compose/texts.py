"""What blocks say in the documents: criteria and requirements' texts, as they stand in the intent."""

import re
from itertools import zip_longest

from bmad.core.outline import labels
from bmad.core.outline.judge import tables
from bmad.core.outline.judge.verdict import Judgement, Part
from bmad.core.outline.read.block import Block, Group, Kind
from bmad.core.outline.read.inline import one_line, unwrapped
from bmad.core.outline.read.names import only_waits
from bmad.core.outline.read.sentences import split
from bmad.core.outline.words.language import Column
from bmad.model.spec import StatementClass

_LEADS = (":", "：", ":**", "：**")
_NAME_WORDS, _NAME = 4, 40
_OUTSIDE = frozenset({StatementClass.NON_GOAL, StatementClass.QUESTION})
"""What stands below a requirement in the intent, and is none of what it asks for."""
_COLUMNS = 2
"""The fewest columns of a table whose cells need their heads to be understood."""
_ENDS = (":", "：", "?", "？")
_LINES = 60
_STOPS = re.compile(r"[.!?](?=\s)|[。！？](?=.)")
_BOLD = re.compile(r"(\*\*|__)(?:(?!\1).){1,90}[.:。：]\1")
"""A label in bold that ends like a sentence."""


class Texts:
    """Reads blocks of one document as text."""

    def __init__(self, judged: Judgement) -> None:
        self.judged = judged
        self.blocks = judged.reading.blocks
        self.waits = only_waits(judged.reading.codes)
        self.read: dict[int, str] = {}
        self.under: dict[int, list[Block]] = {}
        self.cut: dict[int, list[str]] = {}
        self.scales: dict[int, tuple[int, ...]] = {}

    def of(self, block: Block) -> str:
        """What a block says, on one line."""
        if block.index not in self.read:
            self.read[block.index] = self._of(block)
        return self.read[block.index]

    def _of(self, block: Block) -> str:
        if block.kind != Kind.ROW:
            return unwrapped(block.text)
        shape = tables.layout(self.judged.reading.groups[block.group].head)
        if shape.story:
            return self._row_story(block, shape)
        return labels.NAMES.join(self.cells(block)) or self.said(block) or unwrapped(block.text)

    def said(self, block: Block) -> str:
        """The cell of a row that carries what it asks for; empty for other blocks."""
        shape = tables.layout(self.judged.reading.groups[block.group].head)
        return unwrapped(tables.said(block, shape)) if block.kind == Kind.ROW else ""

    def cells(self, block: Block, but: str = "") -> list[str]:
        """The cells of a row that no single one says whole, each after its column's head; none of other blocks.

        One that holds no more than `but` is left out, and so is the id that a requirement has beside its text.
        """
        group = self.judged.reading.groups[block.group]
        if block.kind != Kind.ROW or group.card or len(group.head) < _COLUMNS or not any(group.head):
            return []
        shape = tables.layout(group.head)
        told = tables.beside(block, shape)
        scale = self.scale(group)
        known = block.source if self.judged.verdicts[block.index].part == Part.RULE else ""
        if not told and (shape.story or tables.said(block, shape)):
            return []
        return [
            head if place in scale else self._headed(head, cell)
            for place, (head, cell) in enumerate(zip_longest(group.head, block.cells, fillvalue=""))
            if cell and cell not in {but, known} and (not told or place in told)
        ]

    def scale(self, group: Group) -> tuple[int, ...]:
        """The columns of a table that rate its rows by a mark."""
        if group.index not in self.scales:
            rows = [self.blocks[index] for index in group.blocks]
            self.scales[group.index] = tables.scale(rows, len(group.head)) if len(rows) > 1 else ()
        return self.scales[group.index]

    def _headed(self, head: str, cell: str) -> str:
        """A cell after the head of its column."""
        if not head:
            return cell
        return f"{head} {cell}" if head.endswith(_ENDS) else f"{head}{labels.HEADED}{cell}"

    def _row_story(self, block: Block, shape: tables.Layout) -> str:
        """A user story in the cells of a row, each after the head of its column."""
        head = self.judged.reading.groups[block.group].head
        parts = []
        for column in (Column.ROLE, Column.WANT, Column.WHY):
            place = shape.at(column)
            if said := tables.cell(block, place):
                parts.append(f"{head[place]} {said}")
        return labels.CELLS.join(parts)

    def wanted(self, block: Block) -> str:
        """The wish of a user story in a row; empty for other blocks."""
        if block.kind != Kind.ROW:
            return ""
        shape = tables.layout(self.judged.reading.groups[block.group].head)
        return tables.cell(block, shape.at(Column.WANT)) if shape.story else ""

    def name(self, block: Block) -> str:
        """The name that a row has in a column of its own; empty for other blocks."""
        if block.kind != Kind.ROW:
            return ""
        shape = tables.layout(self.judged.reading.groups[block.group].head)
        return tables.cell(block, shape.at(Column.NAME)) if Column.NAME in shape.places else ""

    def below(self, block: Block) -> list[Block]:
        """The blocks taken below a block, in order."""
        if not block.children:
            return []
        if block.index not in self.under:
            self.under[block.index] = self._below(block)
        return self.under[block.index]

    def _below(self, block: Block) -> list[Block]:
        found: list[Block] = []
        waiting = [self.blocks[index] for index in reversed(block.children)]
        while waiting:
            one = waiting.pop()
            verdict = self.judged.verdicts[one.index]
            if verdict.apart or verdict.klass in _OUTSIDE:
                continue
            if verdict.klass is not None and one.kind != Kind.CODE:
                found.append(one)
            waiting.extend(self.blocks[index] for index in reversed(one.children))
        return found

    def whole(self, block: Block) -> str:
        """A block and what is taken below it: the text of a requirement."""
        below = [self.of(one) for one in self.below(block)]
        if not below:
            return self.of(block)
        return "\n".join([self.of(block), "", *(f"{labels.BULLET}{text}" for text in below)])

    def subject(self, block: Block) -> str:
        """What a block and what is taken below it are about: their text, without the heads of columns."""
        return " ".join(self.said(one) or unwrapped(one.text) for one in (block, *self.below(block)))

    def criteria(self, block: Block) -> list[str]:
        """A block as criteria: its sentences, and what is taken below it."""
        below = self.below(block)
        text = self.of(block)
        if not below:
            return self.sentences(block)
        names = not any(map(self.cells, below)) and all(self._is_name(self.of(one)) for one in below)
        if text.rstrip("*_ ").endswith(_LEADS):
            said = [self.of(one) for one in below]
            return [f"{text} {labels.NAMES.join(said)}"] if names else said
        named = block.label and len(text.strip("* :")) <= len(block.label) + 1
        own = [] if named or self._has_fields(block) else self.sentences(block)
        return [*own, *(sentence for one in below for sentence in self.sentences(one))]

    def _has_fields(self, block: Block) -> bool:
        """Whether a block only names what the list below it says."""
        groups = {self.judged.reading.groups[self.blocks[one].group].index for one in block.children}
        return any(self.judged.reading.groups[one].led for one in groups)

    def _is_name(self, text: str) -> bool:
        return len(text.split()) <= _NAME_WORDS and len(text) <= _NAME and not text.endswith((".", "。"))

    def sentences(self, block: Block) -> list[str]:
        """The sentences of a block; a remark stays with the sentence it is about."""
        if block.index not in self.cut:
            self.cut[block.index] = self._sentences(block)
        return self.cut[block.index]

    def _sentences(self, block: Block) -> list[str]:
        text = self.of(block)
        if block.kind == Kind.SCENARIO or block.story or self.cells(block):
            return [text]
        if len(text) < _LINES and not _STOPS.search(text):
            return [text]
        ranges = split(text)
        if len(text) < _LINES and not any(self.waits.fullmatch(text[start:end]) for start, end in ranges):
            return [text]
        found: list[tuple[int, int]] = []
        for start, end in ranges:
            if self.waits.fullmatch(text[start:end]) and len(ranges) > 1:
                continue
            if found and (
                _BOLD.fullmatch(text[slice(*found[-1])])
                or self._leans(text[start:end])
                or text[found[-1][1] - 1] in "?？"
            ):
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return [unwrapped(one_line(text[start:end])) for start, end in found] or [text]

    def _leans(self, sentence: str) -> bool:
        """Whether a sentence only says more of the one before it: an example, or one with a pronoun first."""
        start = sentence.lstrip('*_(“" ').lower()
        first = start.split(maxsplit=1)[0].strip(",.:;") if start else ""
        openers = self.judged.lexicon.openers.get(first, ())
        return first in _PRONOUNS or any(start.startswith(phrase) for phrase in openers) or start[:1] in "（(例如"


_PRONOUNS = frozenset(
    [
        "it",
        "they",
        "this",
        "these",
        "those",
        "that",
        "he",
        "she",
        "its",
        "their",
        "otherwise",
        "however",
        "therefore",
        "thus",
        "hence",
        "so",
        "also",
        "then",
        "e.g",
        "i.e",
        "es",
        "sie",
        "dies",
        "diese",
        "dieser",
        "er",
        "il",
        "elle",
        "ils",
        "elles",
        "cela",
        "ceci",
        "ce",
        "eso",
        "esto",
        "ello",
        "isso",
        "isto",
        "ele",
        "ela",
        "это",
        "он",
        "она",
        "оно",
        "они",
    ]
)
