"""The draft: statements, requirements, epics and stories of what was judged, in the order of the text."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

from bmad.core.outline import labels
from bmad.core.outline.compose.arrange import arranged
from bmad.core.outline.compose.choice import NO_CHOICE, NO_WORDS, Choice, Words
from bmad.core.outline.compose.coverage import coverage
from bmad.core.outline.compose.depends import Written, acyclic, key, keys
from bmad.core.outline.compose.epics import epic_sections
from bmad.core.outline.compose.pieces import Piece, Pieces
from bmad.core.outline.compose.texts import Texts
from bmad.core.outline.compose.titles import Titles
from bmad.core.outline.judge import reasons, tables
from bmad.core.outline.judge.headings import title_section
from bmad.core.outline.judge.verdict import PRIORITY, Judgement
from bmad.core.outline.read.block import Block, Kind
from bmad.core.outline.read.inline import one_line, plain
from bmad.core.outline.words.language import Column, Role
from bmad.model.draft import Draft, DraftBlock, DraftEpic, DraftRequirement, DraftStatement, DraftStory
from bmad.model.markdown import headed
from bmad.model.spec import ACTIONABLE, Priority, StatementClass, Verify

_FRONT_TITLE = re.compile(r"\ufeff?---[ \t]*\r?\n(?:[^\n]{0,500}\n){0,30}?title:\s*(?P<title>[^\n]{1,200})")
_QUALITY = re.compile(r"(?:NFR|NF|QR|QA|NFA|ENF|RNF)[-_.]?\d|NFR", re.IGNORECASE)
_FUNCTION = re.compile(r"(?:FR|F|US|FA|RF|EF)[-_.]?(?:[A-Z]{1,4}[-_.])?\d")
_NOTED = frozenset({reasons.EXAMPLE, reasons.TELLS, reasons.LEAD, reasons.PAST})
_MOST_NOTES = 12


class _Need(NamedTuple):
    """A requirement to be: its block, or the story it is the whole of, and the blocks that are its statements."""

    title: str
    text: str
    block: int
    blocks: tuple[int, ...]


def _titled(text: str) -> str:
    return headed(text) or labels.UNTITLED


def compose(judged: Judgement, choice: Choice = NO_CHOICE) -> Draft:
    """The draft of what was judged, with what was chosen where the author's structure leaves it open."""
    return _Composer(judged, choice).run()


class _Composer:
    def __init__(self, judged: Judgement, choice: Choice) -> None:
        self.judged = judged
        self.choice = choice
        self.reading = judged.reading
        self.blocks = self.reading.blocks
        self.sections = self.reading.sections
        self.texts = Texts(judged)
        self.titles = Titles(judged.lexicon)
        self.written = Written(judged.lexicon)
        self.taken = [block for block in self.blocks if judged.verdicts[block.index].klass is not None]
        self.number = {block.index: place for place, block in enumerate(self.taken)}
        self.needs: list[_Need] = []

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
        return next((section.title for section in self.sections if section.title), labels.INTENT)

    def _path(self, section: int) -> tuple[str, ...]:
        return tuple(part for part in self.sections[section].path if part)

    def _statement(self, block: Block) -> DraftStatement:
        klass = self.judged.verdicts[block.index].klass
        return DraftStatement(
            span=block.span,
            klass=klass or StatementClass.REQUIREMENT,
            under=self._path(block.section),
            title=_titled(self._named(block)),
            source=block.source,
        )

    def _block(self, block: Block) -> DraftBlock:
        verdict = self.judged.verdicts[block.index]
        return DraftBlock(
            block.span,
            self._path(block.section),
            self.number.get(block.index, -1),
            verdict.why,
            self.judged.standings[block.section].asks,
            self.judged.said.get(block.index),
        )

    def _named(self, block: Block) -> str:
        """The title of one block: its label, the name in its row, the wish of its story, or its sentence cut."""
        if block.title:
            return block.title
        if wanted := self.texts.wanted(block):
            return self.titles.sentence(wanted)
        name = plain(self.texts.name(block) or block.label).strip(" :：.")
        text = self.texts.of(block)
        if block.story:
            return self.titles.wanted(text) or labels.UNTITLED
        if name and len(name) <= 60 and (not block.label or not self._is_condition(name)):
            return name
        return self.titles.sentence(text) or labels.UNTITLED

    def _is_condition(self, name: str) -> bool:
        return name.split(maxsplit=1)[0].lower() in self.judged.lexicon.conditions

    # -- requirements --------------------------------------------------------------------------------------

    def _needed(self, piece: Piece) -> list[int]:
        """The requirements of a story: one where its author wrote it as one, else one for each rule."""
        given = [self._need(self.blocks[index]) for index in piece.given]
        if (piece.authored and piece.whole) or not (piece.rules or piece.stories):
            own = [self._as_one(piece)] if piece.stories or piece.rules or piece.criteria else []
        else:
            own = self._each(piece)
        return [self._add(need) for need in [*own, *given]]

    def _add(self, need: _Need) -> int:
        self.needs.append(need)
        return len(self.needs) - 1

    def _need(self, block: Block, criteria: tuple[int, ...] = ()) -> _Need:
        below = [one.index for one in self.texts.below(block)]
        return _Need(self._named(block), self.texts.whole(block), block.index, (block.index, *below, *criteria))

    def _as_one(self, piece: Piece) -> _Need:
        members = sorted({*piece.stories, *piece.rules, *piece.criteria})
        said = piece.stories or piece.rules or piece.criteria
        text = "\n\n".join(self.texts.whole(self.blocks[index]) for index in said)
        blocks: dict[int, None] = {}
        for index in members:
            blocks[index] = None
            blocks.update((one.index, None) for one in self.texts.below(self.blocks[index]))
        return _Need(self._piece_title(piece), text, said[0], tuple(blocks))

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
        if _QUALITY.match(source):
            return False
        if _FUNCTION.match(source):
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

    def _piece_title(self, piece: Piece) -> str:
        if piece.whole and (words := self.sections[piece.section].heading.words):
            return words
        index = [*piece.stories, *piece.rules, *piece.criteria, *piece.given][0]
        return self._named(self.blocks[index])

    def _source(self, piece: Piece) -> str:
        if piece.whole:
            return self.sections[piece.section].heading.source
        sources = [self.blocks[index].source for index in [*piece.stories, *piece.rules]]
        return sources[0] if len(sources) == 1 else ""

    def _story(self, piece: Piece, epic: int, own: list[int], waits: tuple[int, ...]) -> DraftStory:
        words = self.choice.stories.get(piece.lead, NO_WORDS)
        criteria = dict.fromkeys([*self._criteria(piece), *words.criteria])
        return DraftStory(
            title=_titled(words.title or self._piece_title(piece)),
            epic=epic,
            requirements=tuple(own),
            depends_on=waits,
            narrative=words.narrative or self._narrative(piece) or self._from(piece),
            criteria=tuple(criteria),
            notes=self._notes(piece),
            source=self._source(piece),
            proposed_by=words.by,
        )

    def _told(self, piece: Piece) -> list[Block]:
        """The sentences of a story section that tell what it is about, where no user story does."""
        if not piece.whole or piece.stories or not (piece.authored and piece.criteria):
            return []
        return [
            self.blocks[index]
            for index in piece.rules
            if self.blocks[index].kind == Kind.SENTENCE and self.blocks[index].section == piece.section
        ]

    def _narrative(self, piece: Piece) -> str:
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

    def _criteria(self, piece: Piece) -> list[str]:
        """The author's criteria, and the rules of a story; its own words where it has no others."""
        told = {block.index for block in self._told(piece)}
        given = [
            index
            for index in piece.given
            if self.judged.verdicts[index].klass == StatementClass.CONSTRAINT or not piece.criteria
        ]
        below = [one for index in piece.stories for one in self.texts.below(self.blocks[index])]
        found = [self.texts.of(one) for one in below]
        rules = [] if piece.criteria and not (piece.whole or piece.joined) else piece.rules
        for index in sorted({*rules, *piece.criteria, *given} - told):
            found += self.texts.criteria(self.blocks[index])
        found = found or [self.texts.of(self.blocks[index]) for index in piece.blocks]
        return list(dict.fromkeys(text for text in found if text.strip())) or [self._piece_title(piece)]

    def _from(self, piece: Piece) -> str:
        path = self._path(piece.section)
        return labels.FROM.format(labels.PATH.join(path[1:] or path)) if path else self._piece_title(piece)

    def _notes(self, piece: Piece) -> str:
        """Where a story comes from, and what its author added that asks for nothing: examples and remarks."""
        members = set(piece.blocks)
        homes = {self.blocks[index].section for index in members} if piece.whole else set()
        lines = [self._from(piece)] if self._path(piece.section) else []
        added = 0
        for section in sorted(homes):
            for index in self.sections[section].blocks:
                block, why = self.blocks[index], self.judged.verdicts[index].why
                if added < _MOST_NOTES and block.kind == Kind.CODE:
                    lines.append(self._code(block))
                elif added < _MOST_NOTES and why in _NOTED:
                    lines.append(self.texts.of(block))
                else:
                    continue
                added += 1
        return "\n\n".join(line for line in lines if line)

    def _code(self, block: Block) -> str:
        raw = self.reading.text[block.span.start : block.span.end].replace("\r\n", "\n").replace("\r", "\n")
        if labels.FENCE in raw or block.quoted:
            return ""
        return f"{labels.FENCE}\n{dedent(raw)}\n{labels.FENCE}"

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
            self._epic(section, self._head(first, pieces[places[0]]), title).model_copy(
                update={"requirements": tuple(need for place in places for need in own[place])}
            )
            for (section, first), places in members.items()
        ]
        return tuple(epics), epic_of

    def _head(self, chosen: int, first: Piece) -> Words:
        """The title of an epic that no heading names: chosen words, else that of its first story."""
        if chosen < 0:
            return NO_WORDS
        return self.choice.heads.get(chosen) or Words(self._piece_title(first))

    def _epic(self, section: int, words: Words, title: str) -> DraftEpic:
        heading = self.sections[section].heading.words or self.sections[section].title if section else title
        return DraftEpic(
            title=_titled(words.title or heading or title),
            text=labels.FROM.format(labels.PATH.join(self._path(section)[-2:])) if section else "",
            requirements=(),
            proposed_by=words.by,
        )

    # -- dependencies --------------------------------------------------------------------------------------

    def _sources(self, pieces: list[Piece], own: list[list[int]]) -> dict[str, int]:
        """The story of each name that the author gave to a story or a requirement."""
        found: dict[str, int] = {}
        for place, piece in enumerate(pieces):
            names = [self._source(piece), *(self.blocks[self.needs[need].block].source for need in own[place])]
            for name in names:
                for one in keys(name):
                    found.setdefault(one, place)
        return found

    def _waits(self, piece: Piece, sources: dict[str, int]) -> tuple[int, ...]:
        names: list[str] = []
        for index in self._around(piece):
            block = self.blocks[index]
            names += self.written.names(one_line(self.reading.text[block.span.start : block.span.end]))
            if block.kind == Kind.ROW:
                shape = tables.layout(self.reading.groups[block.group].head)
                names += self.written.names(tables.cell(block, shape.at(Column.DEPENDS)), all_of_it=True)
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
