"""Which blocks make one story, by the author's own structure."""

import re
from collections.abc import Iterator
from functools import cached_property

from bmad.core.outline.compose.homes import Homeless, homes
from bmad.core.outline.compose.piece import Arrangement, Piece
from bmad.core.outline.compose.served import Home, cited, in_epics, told
from bmad.core.outline.compose.shared import Shelf, words
from bmad.core.outline.compose.texts import Texts
from bmad.core.outline.judge import tables
from bmad.core.outline.judge.force import Force
from bmad.core.outline.judge.verdict import Judgement, Part
from bmad.core.outline.read.block import Block, Kind, Section
from bmad.core.outline.read.names import keys
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import UNSPACED, Says
from bmad.model.spec import ACTIONABLE, Priority, StatementClass

_SOME, _SUBJECT = 0.2, 0.6
_SEVERAL = 2
_LONG = 180
_WHOLE = 20
_ENTRIES = 5
"""A list of so many words, in entries of so many each, and of so many entries, holds a story an entry."""
_MOST_DIGITS = 9
_NUMBER = re.compile(r" (?=[.,)|]*\d)")
"""Where a number follows."""


def _length(text: str) -> int:
    """How long a text is in words; two characters are one where a script has no spaces."""
    return len(text.split()) + len(UNSPACED.findall(text)) // 2


class Pieces:
    """The stories of a document, and its requirements that hold for all of them."""

    def __init__(self, judged: Judgement, texts: Texts) -> None:
        self.judged = judged
        self.texts = texts
        self.blocks = judged.reading.blocks
        self.sections = judged.reading.sections
        self.standings = judged.standings
        self.found: dict[tuple[str, int], Piece] = {}
        self.last: dict[int, Piece] = {}
        """The last piece begun in each section."""
        self.everywhere: list[int] = []
        self.guessed: list[int] = []
        """The blocks that were placed by the words that they share with a story."""
        self.listed: dict[int, list[Piece]] = {}
        """The stories that begin with an entry of a list, by the list."""
        self.shelves: dict[int, Shelf] = {}
        self.long: set[int] = set()
        """The lists that are too long for one story, and of which each entry would do for one."""
        self.stop = judged.lexicon.stop

    def run(self) -> Arrangement:
        """All pieces in the order of the text, the blocks that hold for all work, and those placed by likeness."""
        tops = list(self._tops())
        several = self._several(tops)
        labelled = self._labelled()
        beside = self._authored_groups(tops)
        self.long = self._long(tops)
        later: list[Block] = []
        for block in tops:
            if self._waits(block, beside):
                later.append(block)
            else:
                self._place(block, several, labelled)
        self._late(self._as_told(later), labelled)
        pieces = sorted(self.found.values(), key=lambda piece: piece.first)
        return Arrangement(pieces, self.everywhere, tuple(self.guessed))

    def _tops(self) -> Iterator[Block]:
        """The actionable blocks that stand below no other one."""
        for block, verdict in zip(self.blocks, self.judged.verdicts, strict=True):
            if verdict.klass in ACTIONABLE:
                above = -1 if verdict.apart else block.parent
                while above >= 0 and self.judged.verdicts[above].klass not in ACTIONABLE:
                    above = self.blocks[above].parent
                if above < 0:
                    yield block

    def _several(self, tops: list[Block]) -> set[int]:
        """The sections with more than one user story: each of them is a story then."""
        count: dict[int, int] = {}
        for block in tops:
            if self._part(block) == Part.STORY:
                home = self._home(block)
                count[home] = count.get(home, 0) + 1
        return {section for section, stories in count.items() if stories > 1}

    def _labelled(self) -> set[int]:
        """The lists and tables whose entries have ids or labels of their own, most of them."""
        found = set()
        for group in self.judged.reading.groups:
            members = [
                self.blocks[index] for index in group.blocks if self.blocks[index].kind in {Kind.ITEM, Kind.ROW}
            ]
            named = sum(bool(b.source or (b.label and not b.text.startswith("`"))) for b in members)
            if members and named * 2 > len(members):
                found.add(group.index)
        return found

    def _long(self, tops: list[Block]) -> set[int]:
        """The lists of requirements that are too long for one story; their heading is the epic then."""
        lists: dict[int, list[int]] = {}
        for block in tops:
            if block.kind == Kind.ITEM and self._part(block) == Part.RULE:
                lists.setdefault(block.group, []).append(_length(self.texts.whole(block)))
        return {
            group
            for group, words in lists.items()
            if len(words) >= _ENTRIES and sum(words) >= max(_LONG, _WHOLE * len(words))
        }

    def _authored_groups(self, tops: list[Block]) -> set[int] | None:
        """The groups of the author's own stories; None where there are none."""
        found = {block.group for block in tops if self._is_authored(block)}
        return found or None

    def _is_authored(self, block: Block) -> bool:
        return self._part(block) == Part.STORY or self.standings[block.section].within >= 0

    def _part(self, block: Block) -> Part:
        return self.judged.verdicts[block.index].part

    def _home(self, block: Block) -> int:
        within = self.standings[block.section].within
        return within if within >= 0 else block.section

    # -- what is placed at once ----------------------------------------------------------------------------

    def _waits(self, block: Block, beside: set[int] | None) -> bool:
        """Whether a block is placed when all stories are known."""
        standing = self.standings[block.section]
        klass = self.judged.verdicts[block.index].klass
        if standing.within >= 0 and klass == StatementClass.REQUIREMENT:
            return False
        if klass == StatementClass.CONSTRAINT or (klass == StatementClass.GOAL and self._is_aim(block)):
            return True
        if self._part(block) == Part.CRITERION:
            return self._owner(block) is None
        return (
            beside is not None
            and self._part(block) == Part.RULE
            and block.group not in beside
            and standing.role == Role.REQUIREMENT
        )

    def _is_aim(self, block: Block) -> bool:
        """Whether a goal says where to go, and asks for nothing that could be built."""
        return self.judged.heard[block.index].force < Force.RULE and "`" not in block.text

    def _place(self, block: Block, several: set[int], labelled: set[int]) -> None:
        standing = self.standings[block.section]
        home = self._home(block)
        part = self._part(block)
        if standing.within >= 0 and home not in several:
            self._add(self._piece("section", home, home, authored=True), block)
        elif part == Part.STORY:
            alone = home not in several and block.kind == Kind.SENTENCE and not (standing.pure or standing.title)
            key = ("section", home) if alone else ("block", block.index)
            self._add(self._piece(*key, block.section, authored=True), block)
        elif part == Part.CRITERION and (owner := self._owner(block)):
            self._add(self._among(owner, block), block)
        elif standing.within >= 0 and block.section in self.last:
            self._add(self.last[block.section], block)
        else:
            self._rule(block, labelled)

    def _rule(self, block: Block, labelled: set[int], *, gathered: bool = False) -> None:
        """A rule is a story by itself under a heading of mere role, or by its id or label; else its section is.

        Rows are one story with their heading, but for those that may wait.
        """
        standing = self.standings[block.section]
        group = self.judged.reading.groups[block.group]
        bare = standing.pure or standing.title
        if gathered:
            key = ("section", block.section)
        elif group.kind == "para" and not block.source:
            led = bool(block.children)
            key = (
                (("block", block.index) if led else ("group", block.group)) if bare else ("section", block.section)
            )
        elif group.kind == "table" and not bare and (group.card or self._is_must(block)):
            key = ("section", block.section)
        elif (
            bare
            or block.group in labelled
            or block.group in self.long
            or (group.kind == "para" and block.source)
            or self._is_optional(block)
        ):
            key = ("block", block.index)
        else:
            key = ("section", block.section)
        piece = self._piece(*key, block.section)
        own = block.source or block.label or block.group in labelled
        piece.loose = key[0] != "section" and (bare or block.group in self.long) and not own and not gathered
        self._add(piece, block)

    def _is_optional(self, block: Block) -> bool:
        """Whether a column says that a row need not be there, and that others must."""
        group = self.judged.reading.groups[block.group]
        shape = tables.layout(group.head)
        told = tables.obliged(block, shape) == Rank.COULD
        return told and any(self._is_must(self.blocks[one]) for one in group.blocks)

    def _is_must(self, block: Block) -> bool:
        return self.judged.verdicts[block.index].priority in {None, Priority.MUST}

    def _piece(self, kind: str, index: int, section: int, *, authored: bool = False) -> Piece:
        piece = self.found.get((kind, index))
        if piece is None:
            piece = self.found[(kind, index)] = Piece(section, kind == "section", authored)
            if kind == "block":
                self.listed.setdefault(self.blocks[index].group, []).append(piece)
        piece.authored = piece.authored or authored
        self.last[section] = piece
        return piece

    def _add(self, piece: Piece, block: Block) -> None:
        if piece.lead < 0:
            piece.lead = block.index
        match self._part(block):
            case Part.STORY:
                piece.stories.append(block.index)
            case Part.CRITERION:
                piece.criteria.append(block.index)
            case _:
                piece.rules.append(block.index)

    def _owner(self, block: Block) -> Piece | None:
        """The story that a criterion stands below: the last one begun in its section or in one above it."""
        section = block.section
        while section >= 0:
            if section in self.last and (section == block.section or not self.standings[section].title):
                return self.last[section]
            section = self.sections[section].parent
        return None

    def _as_told(self, later: list[Block]) -> list[Block]:
        """Give each story the requirements that its author says it implements; what is left of those that wait.

        Where nothing says so, what a story cites is its; of several epics that do, it is the first one's.
        """
        lines = told(self.judged)
        waiting = {block.index: block for block in later if self._part(block) == Part.RULE}
        named = {one: index for index, block in waiting.items() for one in keys(block.source)}
        homes = {index: piece for piece in self.found.values() for index in piece.blocks}
        stories = {one: piece for piece in self.found.values() for one in keys(self._source(piece))}
        for index, names in lines.items():
            for name in names:
                piece, need = (homes.get(index), named.get(name)) if index in homes else (stories.get(name), index)
                if piece is not None and need in waiting and need not in piece.given:
                    piece.given.append(need)
        said = {need for piece in self.found.values() for need in piece.given}
        above: dict[int, int] = {}
        for index, names in cited(self.judged).items():
            for need in sorted({named[one] for one in names if one in named and index in homes} - said):
                piece = homes[index]
                beside = self.sections[piece.section].parent
                if above.setdefault(need, beside) == beside and need not in piece.given:
                    piece.given.append(need)
        given = {need for piece in self.found.values() for need in piece.given}
        return [block for block in later if block.index not in given]

    def _source(self, piece: Piece) -> str:
        """The id that the author gave to a story: that of its heading, or of the one user story in it."""
        if piece.whole:
            return self.sections[piece.section].heading.source
        return self.blocks[piece.stories[0]].source if len(piece.stories) == 1 else ""

    def _among(self, last: Piece, block: Block) -> Piece:
        """Of the stories that one list holds, the one that a criterion below the list is about: by its words.

        A scenario that shares none with them is a story by itself.
        """
        group = self.blocks[last.lead].group
        peers = self.listed.get(group, ())
        if last.whole or len(peers) < _SEVERAL or block.group == group or self._is_below(block, group):
            return last
        if group not in self.shelves:
            self.shelves[group] = Shelf(words(self._text(piece), self.stop) for piece in peers)
        place, share = self.shelves[group].nearest(words(self.texts.of(block), self.stop))
        self.guessed.append(block.index)
        if share >= _SOME:
            return peers[place]
        return self._piece("block", block.index, block.section) if block.kind == Kind.SCENARIO else last

    def _is_below(self, block: Block, group: int) -> bool:
        """Whether a block stands below an entry of a list."""
        above = block.parent
        while above >= 0 and self.blocks[above].group != group:
            above = self.blocks[above].parent
        return above >= 0

    # -- what is placed when all stories are known ---------------------------------------------------------

    def _late(self, later: list[Block], labelled: set[int]) -> None:
        """Criteria, constraints, goals, and requirements beside the author's stories."""
        if not later:
            return
        pieces = list(self.found.values())
        bags = [words(self._text(piece), self.stop) for piece in pieces]
        shelf = Shelf(bags)
        authored = [index for index, piece in enumerate(pieces) if piece.authored]
        own = {block.index: words(self.texts.subject(block), self.stop) for block in later}
        beside = [
            Homeless(block.index, block.group, own[block.index])
            for block in later
            if self.judged.verdicts[block.index].klass == StatementClass.REQUIREMENT
            and self._part(block) != Part.CRITERION
        ]
        stories = [Home(pieces[index].section, bags[index]) for index in authored]
        found = homes(beside, [one.words for one in stories]) | in_epics(self.judged, beside, stories)
        for block in later:
            bag = own[block.index]
            if self._part(block) == Part.CRITERION:
                scene = self._scene(block)
                titled = words(self.sections[scene].heading.words, self.stop) if scene >= 0 else bag
                self._criterion(block, pieces, shelf.nearest(titled), labelled, scene)
            elif self.judged.verdicts[block.index].klass == StatementClass.REQUIREMENT:
                self.guessed.append(block.index)
                if block.index in found:
                    pieces[authored[found[block.index]]].given.append(block.index)
                else:
                    self._rule(block, labelled, gathered=True)
            else:
                self._everywhere(block, pieces, shelf.nearest(bag), labelled)

    def _criterion(
        self, block: Block, pieces: list[Piece], nearest: tuple[int, float], labelled: set[int], scene: int
    ) -> None:
        """The steps of a scenario under a heading of its own stay together."""
        named = self._named(block)
        if named is not None:
            named.criteria.append(block.index)
            return
        self.guessed.append(block.index)
        if nearest[1] >= (_SUBJECT if scene >= 0 else _SOME):
            pieces[nearest[0]].criteria.append(block.index)
        elif scene >= 0:
            self._add(self._piece("section", scene, scene), block)
        else:
            alone = block.group in labelled and self.standings[block.section].role == Role.EDGE
            key = ("block", block.index) if alone else ("section", block.section)
            self._add(self._piece(*key, block.section), block)

    def _scene(self, block: Block) -> int:
        """The heading of the scenario that a block is a step of; -1 where there is none."""
        section = block.section
        while section >= 0 and self.sections[section].heading.unit != "scenario":
            section = self.sections[section].parent
        return section

    def _named(self, block: Block) -> Piece | None:
        """The story that a criterion names by its heading and number, as `Features 1` does, or by its id."""
        text = block.text.lower()
        for section, title in self._titled_before(text):
            place = text.rfind(f"{title} ")
            number = text[place + len(title) + 1 :].split(" ")[0].strip(".,)|") if place >= 0 else ""
            if number.isdecimal() and len(number) <= _MOST_DIGITS:
                items = [b for b in section.blocks if ("block", b) in self.found]
                if 0 < int(number) <= len(items):
                    return self.found["block", items[int(number) - 1]]
        return None

    def _titled_before(self, text: str) -> list[tuple[Section, str]]:
        """The sections whose headings stand before a number in a text, in order, each with its heading."""
        ends = [match.start() for match in _NUMBER.finditer(text)]
        lengths = self._titles[1] if ends else ()
        before = {text[end - length : end] for end in ends for length in lengths if length <= end}
        found = [(section, title) for title in before for section in self._titles[0].get(title, ())]
        return sorted(found, key=lambda one: one[0].index)

    @cached_property
    def _titles(self) -> tuple[dict[str, list[Section]], frozenset[int]]:
        """The sections by their headings, but for that of the document, and how long these are."""
        titles: dict[str, list[Section]] = {}
        for section in self.sections:
            title = section.heading.words.lower()
            if title and not self.standings[section.index].title:
                titles.setdefault(title, []).append(section)
        return titles, frozenset(map(len, titles))

    def _everywhere(
        self, block: Block, pieces: list[Piece], nearest: tuple[int, float], labelled: set[int]
    ) -> None:
        """A constraint on one story's subject is a criterion of it; one on all work is no story at all."""
        role = self.standings[block.section].role
        if not pieces:
            self._rule(block, labelled)
            return
        if (
            role == Role.GOAL
            or self.judged.verdicts[block.index].klass == StatementClass.GOAL
            or self.judged.heard[block.index].says & Says.EVERYWHERE
            or (block.kind == Kind.ROW and self.texts.scale(self.judged.reading.groups[block.group]))
        ):
            self.everywhere.append(block.index)
            return
        self.guessed.append(block.index)
        if nearest[1] >= _SUBJECT:
            pieces[nearest[0]].given.append(block.index)
        elif role == Role.QUALITY:
            self._rule(block, labelled)
        elif block.label and block.text.startswith("`"):
            self._rule(block, labelled, gathered=True)
        else:
            self.everywhere.append(block.index)

    def _text(self, piece: Piece) -> str:
        title = self.sections[piece.section].heading.words if piece.whole else ""
        return " ".join([title, *(self.texts.subject(self.blocks[index]) for index in piece.blocks)])
