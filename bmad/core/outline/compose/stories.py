"""The author's words for one story: its title, narrative, criteria and notes, and where it comes from."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

from textwrap import dedent

from bmad.core.outline import labels
from bmad.core.outline.compose.piece import Piece
from bmad.core.outline.compose.texts import Texts
from bmad.core.outline.compose.titles import MOST, Titles
from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.roles import named
from bmad.core.outline.judge.verdict import Judgement, Part
from bmad.core.outline.read.block import Block, Kind
from bmad.core.outline.read.inline import plain
from bmad.core.outline.words.language import Column
from bmad.core.outline.words.lexicon import columns, folded, spaceless
from bmad.model.spec import StatementClass

_NOTED = frozenset({reasons.EXAMPLE, reasons.TELLS, reasons.LEAD, reasons.PAST})
_MOST_NOTES = 12
_MARKS = "*_:：.–—- "
"""What stands between a label and its text."""


class Stories:
    """Says what the pieces of one document say; every text is the intent's own, or a label."""

    def __init__(self, judged: Judgement, texts: Texts) -> None:
        self.judged = judged
        self.reading = judged.reading
        self.blocks = judged.reading.blocks
        self.sections = judged.reading.sections
        self.texts = texts
        self.titles = Titles(judged.lexicon)
        self.names: dict[int, str] = {}
        self.paths = [tuple(part for part in section.path if part) for section in self.sections]

    def path(self, section: int) -> tuple[str, ...]:
        return self.paths[section]

    def named(self, block: Block) -> str:
        """The title of one block: its label, the name in its row, the wish of its story, or its sentence cut."""
        if block.index not in self.names:
            self.names[block.index] = self._named(block)
        return self.names[block.index]

    def _named(self, block: Block) -> str:
        if block.title:
            return block.title
        if wanted := self.texts.wanted(block):
            return self.titles.sentence(wanted)
        name = plain(self.texts.name(block) or block.label).strip(" :：.")
        text = self.texts.said(block) or self.texts.of(block)
        if block.kind == Kind.ROW and not self.texts.said(block):
            if short := self._short(block):
                return short
            text = labels.CELLS.join(cell for cell in block.cells if cell not in {"", block.source}) or text
        field = columns().whole.get(folded(block.label)) == Column.TEXT
        if field or (self.reading.groups[block.group].labelled and named(block.label).pure):
            name, text = "", text.partition(block.label)[2].lstrip(_MARKS) or text
        if block.story:
            return self.titles.wanted(text) or labels.UNTITLED
        if name and len(name) <= 60 and (not block.label or not self._is_condition(name)):
            return name
        return self.titles.sentence(text) or labels.UNTITLED

    def _short(self, block: Block) -> str:
        """As many cells of a row, after the heads of their columns, as make a title; empty where two do not."""
        cells = [plain(cell) for cell in self.texts.cells(block, but=block.source)]
        most = MOST // 2 if spaceless(block.text) else MOST
        fits = [end for end in range(2, len(cells) + 1) if len(labels.NAMES.join(cells[:end])) <= most]
        return labels.NAMES.join(cells[: fits[-1]]) if fits else ""

    def _is_condition(self, name: str) -> bool:
        return name.split(maxsplit=1)[0].lower() in self.judged.lexicon.conditions

    def _only(self, piece: Piece) -> Block | None:
        """The one requirement of a story whose heading does no more than name it by its id."""
        alone = piece.whole and len(piece.rules) == 1 and not piece.stories
        block = self.blocks[piece.rules[0]] if alone else None
        words = self.sections[piece.section].heading.words
        return block if block and block.source and block.source in words and block.text not in words else None

    def title(self, piece: Piece) -> str:
        if only := self._only(piece):
            return self.named(only)
        if piece.whole and (words := self.sections[piece.section].heading.words):
            return words
        index = [*piece.stories, *piece.rules, *piece.criteria, *piece.given][0]
        return self.named(self.blocks[index])

    def source(self, piece: Piece) -> str:
        if piece.whole:
            only = self._only(piece)
            return only.source if only else self.sections[piece.section].heading.source
        sources = [self.blocks[index].source for index in [*piece.stories, *piece.rules]]
        return sources[0] if len(sources) == 1 else ""

    def _told(self, piece: Piece) -> list[Block]:
        """The sentences of a story section that tell what it is about, where no user story does."""
        if not piece.whole or piece.stories or not (piece.authored and piece.criteria):
            return []
        return [
            self.blocks[index]
            for index in piece.rules
            if self.blocks[index].kind == Kind.SENTENCE and self.blocks[index].section == piece.section
        ]

    def narrative(self, piece: Piece) -> str:
        if piece.stories:
            return "\n\n".join(self.texts.of(self.blocks[index]) for index in piece.stories)
        said = [index for index in piece.rules if self.blocks[index].kind == Kind.SENTENCE or not piece.whole]
        if not said and not piece.whole:
            said = piece.criteria or piece.given
        return self._running(said)

    def _running(self, said: list[int]) -> str:
        """Sentences as running text; a new paragraph where one in the intent lies between them."""
        text = ""
        before = -1
        for index in sorted(said):
            block = self.blocks[index]
            beside = index == before + 1 and self.blocks[before].group == block.group and not block.source
            text += (
                "" if not text else " " if beside and block.kind == Kind.SENTENCE else "\n\n"
            ) + self.texts.of(block)
            before = index
        return text

    def criteria(self, piece: Piece) -> list[str]:
        """The author's criteria, and the rules of a story; its own words where it has no others."""
        told = {block.index for block in self._told(piece)}
        given = [
            index
            for index in piece.given
            if self.judged.verdicts[index].klass == StatementClass.CONSTRAINT or not piece.criteria
        ]
        below = [one for index in piece.stories for one in self.texts.below(self.blocks[index])]
        found = [self.texts.of(one) for one in below]
        rules = piece.rules
        if piece.criteria and not (piece.whole or piece.joined):
            rules = [index for index in rules if self._has_criteria(index)]
        for index in sorted({*rules, *piece.criteria, *given} - told):
            found += self.texts.criteria(self.blocks[index])
        found = found or [self.texts.of(self.blocks[index]) for index in piece.blocks]
        return list(dict.fromkeys(text for text in found if text.strip())) or [self.title(piece)]

    def _has_criteria(self, index: int) -> bool:
        """Whether criteria stand below a requirement in the intent."""
        below = self.texts.below(self.blocks[index])
        return any(self.judged.verdicts[one.index].part == Part.CRITERION for one in below)

    def origin(self, piece: Piece) -> str:
        path = self.path(piece.section)
        return labels.FROM.format(labels.PATH.join(path[1:] or path)) if path else self.title(piece)

    def notes(self, piece: Piece) -> str:
        """Where a story comes from, and what its author added that asks for nothing: examples and remarks."""
        members = set(piece.blocks)
        homes = {self.blocks[index].section for index in members} if piece.whole else set()
        lines = [self.origin(piece)] if self.path(piece.section) else []
        added = 0
        for section in sorted(homes):
            for index in self.sections[section].blocks:
                block, why = self.blocks[index], self.judged.verdicts[index].why
                if added < _MOST_NOTES and block.kind == Kind.CODE:
                    lines.append(self._code(block))
                elif added < _MOST_NOTES and why in _NOTED and not self._is_heading(block):
                    lines.append(self.texts.of(block))
                else:
                    continue
                added += 1
        return "\n\n".join(line for line in lines if line)

    def _is_heading(self, block: Block) -> bool:
        """Whether a line only stands for a heading: `Acceptance criteria:`."""
        return named(block.text.strip("*_ :：")).pure

    def _code(self, block: Block) -> str:
        raw = self.reading.text[block.span.start : block.span.end].replace("\r\n", "\n").replace("\r", "\n")
        if labels.FENCE in raw or block.quoted:
            return ""
        return f"{labels.FENCE}\n{dedent(raw)}\n{labels.FENCE}"
