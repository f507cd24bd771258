"""Makes groups and blocks: sentences, items and rows, each with the marks that its author gave it."""

from bmad.core.outline.read.block import Block, Group, Kind, Section
from bmad.core.outline.read.cards import Card, card
from bmad.core.outline.read.document import Document, Node
from bmad.core.outline.read.inline import one_line, plain
from bmad.core.outline.read.lines import in_columns, ranking
from bmad.core.outline.read.marks import STRUCK, cell_id, closing, opening
from bmad.core.outline.read.stories import story_end
from bmad.core.outline.words.language import Column, Rank
from bmad.core.outline.words.lexicon import columns, folded
from bmad.model.draft import Span

_STORY = 20
"""The fewest characters of a cell that tells a user story."""
CELLS = " | "
"""What parts the cells of a row whose own text has more than them."""
LEADS = (":", "：", ":**", "：**", ":*", ":__")


class Maker:
    """Holds what is made of a document; `section` is the one that new blocks stand in."""

    def __init__(self, document: Document, codes: tuple[str, ...]) -> None:
        self.document = document
        self.text = document.text
        self.codes = codes
        self.sections: list[Section] = []
        self.groups: list[Group] = []
        self.blocks: list[Block] = []
        self.section = 0

    def _leads(self, block: int) -> bool:
        return self.blocks[block].heads or self.blocks[block].text.endswith(LEADS)

    def _group(self, kind: str, parent: int, lead: int = -1, head: tuple[str, ...] = ()) -> Group:
        led = lead >= 0 and self._leads(lead)
        group = Group(len(self.groups), kind, self.section, parent, lead, led, head)
        self.groups.append(group)
        return group

    def _add(self, kind: Kind, span: Span, group: Group, text: str) -> Block:
        above = group.lead if group.led or (group.kind == "table" and group.lead >= 0) else group.parent
        block = Block(len(self.blocks), kind, span, self.section, group.index, text, above)
        self.blocks.append(block)
        group.blocks.append(block.index)
        self.sections[self.section].blocks.append(block.index)
        if above >= 0:
            self.blocks[above].children.append(block.index)
        return block

    def _said(self, kind: Kind, span: Span, group: Group, *, quoted: bool) -> Block:
        """A sentence or an item with the marks that its author gave it."""
        raw = self.text[span.start : span.end]
        begun = opening(raw)
        body = raw[begun.offset :] if begun.stripped else raw
        source, end = closing(body) if not begun.source else ("", len(body))
        text = one_line(body[:end], quoted=quoted).strip()
        block = self._add(kind, span, group, text or one_line(raw, quoted=quoted))
        block.source, block.label, block.quoted = begun.source or source, begun.label, quoted
        block.story = story_end(text, self.codes) > 0 or (begun.stripped and not begun.source)
        block.struck = STRUCK.match(block.text) is not None
        return block

    def _table(self, node: Node, parent: int, lead: int) -> None:
        head = tuple(node.head)
        if ranks := ranking(node):
            self._columns(node, ranks, parent, lead)
            return
        if found := card([cells for _, cells in node.rows]):
            self._card(node, found, parent, lead)
            return
        group = self._group("table", parent, lead, head)
        meanings = [columns().find(folded(name).replace("-", " ")) for name in head]
        known = next((i for i, found in enumerate(meanings) if found and found[0] == Column.ID), -1)
        ids = max(known, 0)
        for span, cells in node.rows:
            block = self._row(span, cells, group, quoted=node.quoted)
            block.text = CELLS.join(cells) if node.parted else block.text
            block.source = cell_id(block.cells[ids], named=known >= 0) if ids < len(block.cells) else ""
            said = [cell for cell in block.cells if cell]
            named = block.cells[ids : ids + 1] if block.source else ()
            block.struck = bool(said) and all(STRUCK.match(cell) for cell in named or said)

    def _row(self, span: Span, cells: list[str], group: Group, *, quoted: bool) -> Block:
        raw = one_line(self.text[span.start : span.end])
        block = self._add(Kind.ROW, span, group, raw.strip("| ") or raw)
        block.cells = tuple(one_line(cell).replace("\\|", "|") for cell in cells)
        block.quoted = quoted
        block.story = any(len(cell) > _STORY and story_end(cell, self.codes) for cell in block.cells)
        return block

    def _card(self, node: Node, found: Card, parent: int, lead: int) -> None:
        """The table of one requirement: the row that says it has all values as its cells, others stand below."""
        group = self._group("table", parent, lead, found.names)
        group.card = True
        beside, main = self._group("table", parent), -1
        for place, (span, cells) in enumerate(node.rows):
            if place == found.main:
                block = self._row(span, [values[1] for _, values in node.rows], group, quoted=node.quoted)
                block.source = cell_id(block.cells[found.ids]) if found.ids >= 0 else ""
                main = block.index
                beside = self._group("table", main)
            else:
                self._row(span, cells, beside, quoted=node.quoted).told = main < 0 or place in found.known

    def _columns(self, node: Node, ranks: list[Rank | None], parent: int, lead: int) -> None:
        """A table of which columns say what is out of scope, or what comes first: each cell is an item.

        Beside priorities, or more than one other column, the first names the rows.
        """
        group = self._group("list", parent, lead)
        named = not ranks[0] and (ranks.count(None) > 1 or Rank.MUST in ranks)
        for span, cells in node.rows:
            found = in_columns(self.text, span, cells[: len(ranks)], first=int(named))
            if found is None:
                whole = self._group("table", parent, lead, tuple(node.head))
                self._row(span, cells, whole, quoted=node.quoted).excluded = all(
                    rank == Rank.WONT for rank, cell in zip(ranks[named:], cells[named:], strict=False) if cell
                )
                continue
            for place, where in found:
                block = self._said(Kind.ITEM, where, group, quoted=node.quoted)
                block.excluded, block.rank = ranks[place] == Rank.WONT, node.head[place] if ranks[place] else ""
                block.title = plain(cells[0]) if named else ""
