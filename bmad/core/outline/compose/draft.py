"""The draft: statements, requirements, epics and stories of what was judged, in the order of the text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from bmad.core.outline import labels
from bmad.core.outline.compose.arrange import arranged
from bmad.core.outline.compose.choice import NO_CHOICE, NO_WORDS, Choice, Words
from bmad.core.outline.compose.coverage import coverage
from bmad.core.outline.compose.depends import Written, acyclic
from bmad.core.outline.compose.epics import epic_sections
from bmad.core.outline.compose.piece import Piece
from bmad.core.outline.compose.pieces import Pieces
from bmad.core.outline.compose.stories import Stories
from bmad.core.outline.compose.texts import Texts
from bmad.core.outline.judge import tables
from bmad.core.outline.judge.headings import title_section
from bmad.core.outline.judge.memory import Memory
from bmad.core.outline.judge.roles import named
from bmad.core.outline.judge.verdict import PRIORITY, Judgement
from bmad.core.outline.read.block import Block, Kind
from bmad.core.outline.read.inline import one_line, plain
from bmad.core.outline.read.names import key, keys, names_in
from bmad.core.outline.words.language import Column, Role
from bmad.model.draft import Draft, DraftBlock, DraftEpic, DraftRequirement, DraftStatement, DraftStory
from bmad.model.markdown import headed
from bmad.model.spec import ACTIONABLE, Priority, StatementClass, Verify

_FRONT_TITLE = re.compile(r"\ufeff?---[ \t]*\r?\n(?:[^\n]{0,500}\n){0,30}?title:\s*(?P<title>[^\n]{1,200})")
_QUALITY = re.compile(r"(?:NFR|NF|QR|QA|NFA|ENF|RNF)[-_.]?\d|NFR", re.IGNORECASE)
_FUNCTION = re.compile(r"(?:FR|F|US|FA|RF|EF)[-_.]?(?:[A-Z]{1,4}[-_.])?\d")


class _Need(NamedTuple):
    """A requirement to be: its block, or the story it is the whole of, and the blocks that are its statements."""

    title: str
    text: str
    block: int
    blocks: tuple[int, ...]


def _titled(text: str) -> str:
    return headed(text) or labels.UNTITLED


def compose(judged: Judgement, choice: Choice = NO_CHOICE, memory: Memory | None = None) -> Draft:
    """The draft of what was judged, with what was chosen where the author's structure leaves it open."""
    composer = _Composer(judged, choice)
    if memory is None:
        return composer.run()
    memory.recall_words(composer.stories.names, composer.texts.cut)
    draft = composer.run()
    memory.keep_words(composer.stories.names, composer.texts.cut)
    return draft


class _Composer:
    def __init__(self, judged: Judgement, choice: Choice) -> None:
        self.judged = judged
        self.choice = choice
        self.reading = judged.reading
        self.blocks = self.reading.blocks
        self.sections = self.reading.sections
        self.texts = Texts(judged)
        self.stories = Stories(judged, self.texts)
        self.written = Written(judged.lexicon, self.reading.text)
        self.taken = [block for block in self.blocks if judged.verdicts[block.index].klass is not None]
        self.number = {block.index: place for place, block in enumerate(self.taken)}
        self.needs: list[_Need] = []
        self.beside: dict[int, int] = {}

    def run(self) -> Draft:
        made = Pieces(self.judged, self.texts).run()
        pieces, everywhere, _ = arranged(made, self.choice, self.judged)
        own = [self._needed(piece) for piece in pieces]
        common = {self._add(self._need(self.blocks[index])) for index in everywhere}
        title = self._title()
        epics, epic_of = self._epics(pieces, own, title)
        sources = self._sources(pieces, own)
        waits = acyclic(self._chosen_waits([self._waits(piece, sources) for piece in pieces], pieces))
        return Draft(
            title=title,
            statements=tuple(map(self._statement, self.taken)),
            requirements=tuple(
                self._requirement(need, everywhere=number in common) for number, need in enumerate(self.needs)
            ),
            epics=epics,
            stories=tuple(
                self._story(piece, epic_of[place], own[place], waits[place]) for place, piece in enumerate(pieces)
            ),
            coverage=coverage(len(self.reading.text), self.reading.leaves, [block.span for block in self.taken]),
            blocks=tuple(map(self._block, self.blocks)),
            reads_as=self.judged.reads_as,
        )

    # -- statements and blocks -----------------------------------------------------------------------------

    def _title(self) -> str:
        index = title_section(self.sections)
        if index >= 0 and self.sections[index].title:
            return self.sections[index].title
        front = _FRONT_TITLE.match(self.reading.text)
        if front:
            return plain(front.group("title").strip(" \t\r\"'"))
        first = next((section.title for section in self.sections if section.title), "")
        return labels.INTENT if named(first).pure else first or labels.INTENT

    def _statement(self, block: Block) -> DraftStatement:
        klass = self.judged.verdicts[block.index].klass
        return DraftStatement(
            span=block.span,
            klass=klass or StatementClass.REQUIREMENT,
            under=self._under(block),
            title=_titled(self.stories.named(block)),
            source=block.source,
        )

    def _under(self, block: Block) -> tuple[str, ...]:
        """The headings above a block; one that says itself what is asked for stands not below itself."""
        path = self.stories.path(block.section)
        return path[:-1] if block.span == self.sections[block.section].span else path

    def _block(self, block: Block) -> DraftBlock:
        verdict = self.judged.verdicts[block.index]
        return DraftBlock(
            block.span,
            self._under(block),
            self.number.get(block.index, -1),
            verdict.why,
            self._asks(block),
            self.judged.said.get(block.index),
        )

    def _asks(self, block: Block) -> bool:
        """Whether the heading above a block asks; what stands above the stories of an epic leads into them."""
        standing = self.judged.standings[block.section]
        return standing.asks and not (standing.epic and self.sections[block.section].children)

    # -- requirements --------------------------------------------------------------------------------------

    def _needed(self, piece: Piece) -> list[int]:
        """The requirements of a story: one where its author wrote it as one, else one for each rule."""
        if (piece.authored and piece.whole) or not (piece.rules or piece.stories):
            own = [self._as_one(piece)] if piece.stories or piece.rules or piece.criteria else []
        else:
            own = self._each(piece)
        return [*map(self._add, own), *map(self._given, piece.given)]

    def _given(self, index: int) -> int:
        """The requirement that stands beside the stories; several of them may implement it."""
        if index not in self.beside:
            self.beside[index] = self._add(self._need(self.blocks[index]))
        return self.beside[index]

    def _add(self, need: _Need) -> int:
        self.needs.append(need)
        return len(self.needs) - 1

    def _need(self, block: Block, criteria: tuple[int, ...] = ()) -> _Need:
        below = [one.index for one in self.texts.below(block)]
        return _Need(
            self.stories.named(block), self.texts.whole(block), block.index, (block.index, *below, *criteria)
        )

    def _as_one(self, piece: Piece) -> _Need:
        members = sorted({*piece.stories, *piece.rules, *piece.criteria})
        said = piece.stories or piece.rules or piece.criteria
        text = "\n\n".join(self.texts.whole(self.blocks[index]) for index in said)
        blocks: dict[int, None] = {}
        for index in members:
            blocks[index] = None
            blocks.update((one.index, None) for one in self.texts.below(self.blocks[index]))
        return _Need(self.stories.title(piece), text, said[0], tuple(blocks))

    def _each(self, piece: Piece) -> list[_Need]:
        """One requirement a rule; a criterion goes with the rule before it."""
        rules = sorted([*piece.stories, *piece.rules])
        beside: dict[int, list[int]] = {}
        for index in piece.criteria:
            before = [rule for rule in rules if rule < index]
            below = [one.index for one in self.texts.below(self.blocks[index])]
            beside.setdefault(before[-1] if before else rules[0], []).extend([index, *below])
        return [self._need(self.blocks[rule], tuple(beside.get(rule, ()))) for rule in rules]

    def _requirement(self, need: _Need, *, everywhere: bool) -> DraftRequirement:
        block = self.blocks[need.block]
        verdict = self.judged.verdicts[need.block]
        source = block.source or self._heading_source(block)
        words = self.choice.needs.get(need.block, NO_WORDS)
        return DraftRequirement(
            title=_titled(words.title or need.title),
            text=need.text,
            functional=self._functional(source, block, everywhere=everywhere),
            priority=self._priority(need, verdict.priority),
            verify=Verify.INSPECTION if everywhere and not any(c.isdigit() for c in need.text) else Verify.TEST,
            statements=tuple(self.number[index] for index in sorted(set(need.blocks))),
            source=source,
            everywhere=everywhere,
            proposed_by=words.by,
        )

    def _heading_source(self, block: Block) -> str:
        """The id of the story section that a block says first; empty for the others."""
        within = self.judged.standings[block.section].within
        return self.sections[within].heading.source if within >= 0 else ""

    def _functional(self, source: str, block: Block, *, everywhere: bool) -> bool:
        if source and _QUALITY.match(source):
            return False
        if source and _FUNCTION.match(source):
            return True
        role = self.judged.standings[block.section].role
        return not everywhere and role not in {Role.QUALITY, Role.CONSTRAINT}

    def _priority(self, need: _Need, given: Priority | None) -> Priority:
        ranks = self.judged.ranks
        block = self.blocks[need.block]
        found = ranks.get(need.block) or ranks.get(-1 - block.section)
        within = self.judged.standings[block.section].within
        if found is None and within >= 0:
            found = ranks.get(-1 - within)
        return PRIORITY.get(found, given or Priority.MUST) if found else given or Priority.MUST

    # -- stories and epics ---------------------------------------------------------------------------------

    def _story(self, piece: Piece, epic: int, own: list[int], waits: tuple[int, ...]) -> DraftStory:
        words = self.choice.stories.get(piece.lead, NO_WORDS)
        criteria = dict.fromkeys([*self.stories.criteria(piece), *words.criteria])
        return DraftStory(
            title=_titled(words.title or self.stories.title(piece)),
            epic=epic,
            requirements=tuple(own),
            depends_on=waits,
            narrative=words.narrative or self.stories.narrative(piece) or self.stories.origin(piece),
            criteria=tuple(criteria),
            notes=self.stories.notes(piece),
            source=self.stories.source(piece),
            proposed_by=words.by,
        )

    def _epics(
        self, pieces: list[Piece], own: list[list[int]], title: str
    ) -> tuple[tuple[DraftEpic, ...], list[int]]:
        """The epics in the order of their first story, and the epic of each story."""
        members: dict[tuple[int, int], list[int]] = {}
        sections = epic_sections(pieces, self.sections, self.judged.standings)
        for place, (piece, section) in enumerate(zip(pieces, sections, strict=True)):
            members.setdefault((section, self.choice.epics.get(piece.lead, -1)), []).append(place)
        epic_of = [0] * len(pieces)
        for number, places in enumerate(members.values()):
            for place in places:
                epic_of[place] = number
        epics = [
            replace(
                self._epic(section, self._head(first, pieces[places[0]]), title, alone=len(members) == 1),
                requirements=tuple(dict.fromkeys(need for place in places for need in own[place])),
            )
            for (section, first), places in members.items()
        ]
        return tuple(epics), epic_of

    def _head(self, chosen: int, first: Piece) -> Words:
        """The title of an epic that no heading names: chosen words, else that of its first story."""
        if chosen < 0:
            return NO_WORDS
        return self.choice.heads.get(chosen) or Words(self.stories.title(first))

    def _epic(self, section: int, words: Words, title: str, *, alone: bool) -> DraftEpic:
        heading = self.sections[section].heading.words or self.sections[section].title if section else title
        standing = self.judged.standings[section]
        if alone and section and standing.own and standing.pure and standing.rank is None:
            heading = title or heading  # such a heading has no subject of its own, and the document is all of it
        return DraftEpic(
            title=_titled(words.title or heading or title),
            text=labels.FROM.format(labels.PATH.join(self.stories.path(section)[-2:])) if section else "",
            requirements=(),
            proposed_by=words.by,
        )

    # -- dependencies --------------------------------------------------------------------------------------

    def _sources(self, pieces: list[Piece], own: list[list[int]]) -> dict[str, int]:
        """The story of each name that the author gave to a story or a requirement."""
        found: dict[str, int] = {}
        for place, piece in enumerate(pieces):
            names = [
                self.stories.source(piece),
                *(self.blocks[self.needs[need].block].source for need in own[place]),
            ]
            for name in names:
                for one in keys(name):
                    found.setdefault(one, place)
        return found

    def _waits(self, piece: Piece, sources: dict[str, int]) -> tuple[int, ...]:
        names: list[str] = []
        for index in self._around(piece):
            block = self.blocks[index]
            if self.written.phrase is not None or self.written.behind is not None:
                names += self.written.names(one_line(self.reading.text[block.span.start : block.span.end]))
            if block.kind == Kind.ROW:
                shape = tables.layout(self.reading.groups[block.group].head)
                names += names_in(tables.cell(block, shape.at(Column.DEPENDS)))
        return tuple(sources[key(name)] for name in names if key(name) in sources)

    def _chosen_waits(self, written: list[tuple[int, ...]], pieces: list[Piece]) -> list[tuple[int, ...]]:
        """What each story waits for: as its author wrote, else as was chosen."""
        place = {piece.lead: at for at, piece in enumerate(pieces)}
        chosen = [
            tuple(place[lead] for lead in self.choice.after.get(piece.lead, ()) if lead in place)
            for piece in pieces
        ]
        return [own or other for own, other in zip(written, chosen, strict=True)]

    def _around(self, piece: Piece) -> list[int]:
        """The blocks of a story and those left below them or under its heading."""
        found: dict[int, None] = {}
        for index in piece.blocks:
            found[index] = None
            found.update((one, None) for one in (*self.blocks[index].children, *self._after(index)))
        if piece.whole:
            found.update((one, None) for one in self.sections[piece.section].blocks)
        return list(found)

    def _after(self, index: int) -> Iterator[int]:
        """The sentences of a paragraph that stand after a block and ask for nothing themselves."""
        group = self.blocks[index].group
        for one in range(index + 1, len(self.blocks) if self.blocks[index].kind == Kind.SENTENCE else 0):
            if self.blocks[one].group != group or self.judged.verdicts[one].klass in ACTIONABLE:
                return
            yield one
