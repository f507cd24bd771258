"""From the parts and nodes of an intent to its blocks, in the order of the text."""

from itertools import pairwise, zip_longest

from bmad.core.outline.read.block import Group, Heading, Kind, Reading, Section
from bmad.core.outline.read.chapters import Below, ForgottenError, Into, below, recall
from bmad.core.outline.read.document import PSEUDO, Document, Node, Part
from bmad.core.outline.read.fences import paragraphs
from bmad.core.outline.read.fields import is_fields
from bmad.core.outline.read.gherkin import is_named, scenarios_in, steps_of, story_in
from bmad.core.outline.read.inline import one_line
from bmad.core.outline.read.lines import (
    CODE_ALONE,
    DIRECTIVE,
    LABEL_ONLY,
    PICTURES,
    bare,
    bullets,
    first_dot,
    flat,
    is_marked_line,
    is_set_in,
    pieces,
    trimmed,
)
from bmad.core.outline.read.making import Maker
from bmad.core.outline.read.mappings import Written, set_in, stories
from bmad.core.outline.read.marks import (
    BULLET,
    CHECKBOX,
    CROSSES,
    TICKS,
    heading,
    names_next,
    opening,
)
from bmad.core.outline.read.sentences import split
from bmad.core.outline.read.stories import is_scenario, is_steps, scenarios, story_end
from bmad.core.outline.words.language import Role
from bmad.core.outline.words.lexicon import find_heading
from bmad.model.draft import Span

_ASKED = frozenset({Role.REQUIREMENT, Role.STORIES, Role.CRITERIA, Role.QUALITY, Role.CONSTRAINT, Role.GOAL})
"""Roles of headings below which an author may write what is asked for in a fence."""
_WORK = frozenset({"story", "requirement", "item"})
"""Units of headings that hold one piece of work."""
HEADS = ", "
"""What parts the fields of a story, each after its name."""


class Reader(Maker):
    """Walks the nodes once; `parent` is the block that what follows is nested in."""

    def __init__(self, document: Document, codes: tuple[str, ...]) -> None:
        super().__init__(document, codes)
        self.told: list[Below | None] = []
        """What stands below each heading, where it is to be remembered."""
        self.asked: bool | None = None

    def run(self) -> Reading:
        above_others = {part.parent for part in self.document.parts}
        bare = self.document.mostly_bare(above_others)
        for index, part in enumerate(self.document.parts):
            above = self.sections[part.parent].path if part.parent >= 0 else ()
            path = (*above, part.title) if part.title else above
            self.sections.append(
                Section(index, part.title, part.level, part.parent, path, self._heading(part), part.span)
            )
            if part.parent >= 0:
                self.sections[part.parent].children.append(index)
            self.section = index
            self._below(part)
            if part.is_bare and index not in above_others:
                self._heading_alone(part, asked=part.parent in bare)
        return Reading(self.text, self.sections, self.groups, self.blocks, self.document.leaves, self.codes)

    def _below(self, part: Part) -> None:
        """What stands below a heading. Raises: ForgottenError where that is known below other headings alone."""
        self.asked = None
        groups, blocks = len(self.groups), len(self.blocks)
        if part.known is not None:
            into = Into(self.sections[self.section], self.groups, self.blocks)
            asks = recall(part.known.below, self.text, part.known.moved, into)
            if asks is not None and asks != self._asks(self.section):
                raise ForgottenError
        self._nodes(part.nodes, -1)
        is_told = bool(self.document.fresh and part.nodes)
        own = (self.groups[groups:], self.blocks[blocks:])
        self.told.append(below(self.asked, *own, self.text) if is_told else None)

    def _heading(self, part: Part) -> Heading:
        code = self.text.startswith("`", part.span.start) and part.span.end > part.span.start
        return heading(part.title)._replace(code=code)

    def _heading_alone(self, part: Part, *, asked: bool) -> None:
        """A heading that nothing stands below says itself what its author numbered or named as a piece of work.

        `asked`: nothing stands below most beside it, so that they are what a heading above them may ask for.
        """
        said = self.sections[self.section].heading
        known = find_heading(bare(said.words)) is not None
        asks = said.unit in _WORK or (asked and self._asks(part.parent))
        if said.words and not known and part.level < PSEUDO and asks:
            block = self._add(Kind.SENTENCE, part.span, self._group("para", -1), said.words)
            block.source = said.source

    def _nodes(self, nodes: list[Node], parent: int, *, item: bool = False) -> None:
        """Blocks of sibling nodes; a paragraph's last sentence leads into the list or table after it.

        Code is an item's where it stands in one, else that of the sentence before it.
        """
        last = -1
        literal, named = False, ""
        for node, after in zip_longest(nodes, nodes[1:]):
            if literal and node.kind == "para" and is_set_in(self.text, node.span.start):
                self._code(node, parent)
                continue
            literal = not item and node.kind == "para" and DIRECTIVE.match(self.text, node.span.start) is not None
            lead, last = last, -1
            match node.kind:
                case "para" if lead >= 0 and self._leads(lead) and CODE_ALONE.fullmatch(self._raw(node)):
                    self._code(node, lead)
                case "para" if after and after.kind == "list" and is_marked_line(self._raw(node)):
                    last = self._heading_line(node, parent)
                case "para" if after and after.kind == "para" and (source := names_next(self._raw(node))):
                    self._add(Kind.SENTENCE, node.span, self._group("para", parent), one_line(self._raw(node)))
                    named = source
                case "para":
                    last = self._paragraph(node, parent, named)
                    named = ""
                case "list":
                    self._list(node, parent, lead)
                case "table":
                    self._table(node, parent, lead)
                case _:
                    self._code(node, parent if item or lead < 0 else lead)

    def _raw(self, node: Node) -> str:
        return self.text[node.span.start : node.span.end]

    # -- groups and blocks ---------------------------------------------------------------------------------

    def _paragraph(self, node: Node, parent: int, source: str = "") -> int:
        """The last sentence of a paragraph, where it leads on, else -1; `source` is an id that stands above."""
        raw = self._raw(node)
        if BULLET.match(raw):
            self._bullets(node, raw, parent)
            return -1
        if at := first_dot(raw):
            before, begin = len(raw[:at].rstrip(" \t\r\n>")), node.span.start
            lead = self._paragraph(Node("para", Span(begin, begin + before), quoted=node.quoted), parent, source)
            self._bullets(
                Node("para", Span(begin + at, node.span.end), quoted=node.quoted), raw[at:], parent, lead
            )
            return -1
        group = self._group("para", parent)
        if is_scenario(raw, self.codes):
            span = Span(node.span.start + len(raw) - len(raw.lstrip()), node.span.end)
            block = self._add(Kind.SCENARIO, span, group, one_line(raw, quoted=node.quoted))
            block.quoted = node.quoted
            return -1
        for start, end in pieces(raw, node.span.start, self.codes):
            piece = self.text[start:end]
            whole = story_end(piece, self.codes) and not any(
                story_end(self.text[a:b], self.codes) for a, b in split(piece, start)[:1]
            )
            for left, right in [(start, end)] if whole else self._sentences(piece, start):
                inner = self.text[left:right].lstrip(" \t\r\n>") if node.quoted else self.text[left:right]
                if inner:
                    self._said(Kind.SENTENCE, Span(right - len(inner), right), group, quoted=node.quoted)
        group.labelled = sum(bool(self.blocks[index].label) for index in group.blocks) > 1
        if source and group.blocks:
            self.blocks[group.blocks[0]].source = self.blocks[group.blocks[0]].source or source
        return group.blocks[-1] if group.blocks else -1

    def _sentences(self, piece: str, start: int) -> list[tuple[int, int]]:
        """The sentences of a piece; a bold label with an id stays with the sentence after it."""
        found = split(piece, start)
        if len(found) > 1 and piece.startswith(("**", "__")):
            first = self.text[slice(*found[0])]
            if LABEL_ONLY.fullmatch(first) and opening(first).source:
                return [(found[0][0], found[1][1]), *found[2:]]
        return found

    def _bullets(self, node: Node, raw: str, parent: int, lead: int = -1) -> None:
        """What begins with a mark that stands for a bullet."""
        group = self._group("list", parent, lead)
        for left, right in pairwise([*bullets(raw), len(raw)]):
            found = BULLET.match(raw, left)
            kept = trimmed(raw[:right])
            if found is None or len(kept) <= found.end():
                continue
            span = Span(node.span.start + found.end(), node.span.start + len(kept))
            block = self._said(Kind.ITEM, span, group, quoted=node.quoted)
            block.ticked = True if found.group("mark") in TICKS else None
            block.excluded = found.group("mark") in CROSSES

    def _list(self, node: Node, parent: int, lead: int) -> None:
        items = [item for item in node.items if item]
        firsts = [
            self.text[item[0].span.start : item[0].span.end] if item[0].kind == "para" else "" for item in items
        ]
        if is_steps(firsts, self.codes):
            self._steps(items, firsts, parent, lead)
            return
        group = self._group("list", parent, lead)
        group.led = group.led or (self._is_name(lead) and is_fields(firsts))
        for item in items:
            self._item(item, group, node)

    def _is_name(self, lead: int) -> bool:
        """Whether a sentence is all that a paragraph says, and has an id: what it names may have fields below."""
        return (
            lead >= 0 and bool(self.blocks[lead].source) and len(self.groups[self.blocks[lead].group].blocks) == 1
        )

    def _heading_line(self, node: Node, parent: int) -> int:
        """The block of a line with a mark that stands for the heading of the list below it."""
        raw = self._raw(node)
        found = BULLET.match(raw)
        start = found.end() if found else 0
        span = Span(node.span.start + start, node.span.start + len(raw.rstrip()))
        block = self._said(Kind.SENTENCE, span, self._group("para", parent), quoted=node.quoted)
        block.heads = True
        return block.index

    def _item(self, item: list[Node], group: Group, node: Node) -> None:
        first = item[0]
        if first.kind != "para":
            self._nodes(item, group.parent)
            return
        raw = self.text[first.span.start : first.span.end]
        box = CHECKBOX.match(raw)
        mark = BULLET.match(raw, box.end() if box else 0)
        start = first.span.start + (mark.end() if mark else box.end() if box else 0)
        if start >= first.span.end:
            return
        block = self._said(Kind.ITEM, Span(start, first.span.end), group, quoted=node.quoted)
        block.ordered = node.ordered
        if box:
            block.ticked = box.group("tick") != " "
        if mark:
            block.excluded = mark.group("mark") in CROSSES
            block.ticked = True if mark.group("mark") in TICKS else block.ticked
        self._nodes(item[1:], block.index, item=True)

    def _steps(self, items: list[list[Node]], firsts: list[str], parent: int, lead: int) -> None:
        """A list of steps as scenarios."""
        group = self._group("steps", parent, lead)
        for members in scenarios(firsts, self.codes):
            inner = [node for index in members for node in items[index]]
            spans = [node.span for node in flat(inner) if node.span.end > node.span.start]
            span = Span(spans[0].start, max(one.end for one in spans))
            text = " ".join(one_line(self.text[one.start : one.end]) for one in spans)
            self._add(Kind.SCENARIO, span, group, text)

    def _code(self, node: Node, parent: int) -> None:
        raw = self.text[node.span.start : node.span.end]
        if not raw.strip():
            return
        if not node.quoted and (found := stories(code := set_in(self.text, node.span), node.info)):
            self._stories(found, node.span.end - len(code), parent)
            return
        self.asked = self._asks(self.section)
        if self.asked and (written := paragraphs(raw, node.span.start, node.info, self.codes)):
            for span in written:
                self._paragraph(Node("para", span, quoted=node.quoted), parent)
            return
        group = self._group("code", parent)
        named = is_named(node.info)
        scenes = scenarios_in(raw, named=named)
        if not scenes:
            if named and is_scenario(raw, self.codes):
                self._add(Kind.SCENARIO, node.span, group, one_line(raw, quoted=node.quoted))
                return
            block = self._add(Kind.CODE, node.span, group, one_line(raw))
            block.quoted = node.quoted
            block.picture = node.info.split(" ")[0].lower().strip("{}") in PICTURES
            return
        if story := story_in(raw[: scenes[0].start], self.codes):
            span = Span(node.span.start + story.start, node.span.start + story.end)
            self._add(Kind.SENTENCE, span, group, one_line(self.text[span.start : span.end])).story = True
        for begin, end in scenes:
            self._scenario(raw[begin:end], node.span.start + begin, group)

    def _stories(self, found: list[Written], start: int, parent: int) -> None:
        """Stories that stand as mappings from `start` on, each with its criteria below it."""
        for one in found:
            span = Span(start + one.span.start, start + one.span.end)
            story = self._add(Kind.SENTENCE, span, self._group("para", parent), HEADS.join(one.parts))
            story.story, story.source, story.title, story.rank = True, one.source, one.title, one.rank
            group = self._group("list", story.index)
            for said in one.below:
                kind = Kind.SCENARIO if said.steps else Kind.ITEM
                below = self._add(kind, Span(start + said.span.start, start + said.span.end), group, said.text)
                below.told, below.cells = said.told, tuple(said.text.split(": ", 1)) if said.told else ()

    def _asks(self, at: int) -> bool:
        """Whether the nearest heading that says what stands below it says that it is what is asked for."""
        while at >= 0:
            part = self.document.parts[at]
            found = find_heading(bare(self.sections[at].heading.words or part.title))
            if found is not None:
                return found[0] in _ASKED
            at = part.parent
        return False

    def _scenario(self, raw: str, start: int, group: Group) -> None:
        """One scenario of a Gherkin block: its name is its title, its steps are its text."""
        span = Span(start + len(raw) - len(raw.lstrip(" \t>")), start + len(raw.rstrip()))
        title, steps = steps_of(self.text[span.start : span.end])
        if steps and span.end > span.start:
            self._add(Kind.SCENARIO, span, group, steps).title = title
