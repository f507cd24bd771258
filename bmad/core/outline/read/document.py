"""The parts and nodes of an intent, built in the order of its lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from bmad.core.outline.read.dashes import Dashed
from bmad.core.outline.read.html import Table, tables
from bmad.core.outline.read.inline import COMMENT, TAG, blank, plain
from bmad.core.outline.read.offsets import Lines
from bmad.core.outline.words.lexicon import find_heading, folded
from bmad.model.draft import Span

BOLD_ONLY = re.compile(
    r"(?:\*\*|__)([^*_\n]{2,90})(?:\*\*|__)[ \t]*[:：]?|(?:\*\*|__)([^*_\n]{2,90})[:：](?:\*\*|__)"
)
SAID = re.compile(r"[.!?。！？]$")
REF_DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,500}\]:")
RAW_HTML = re.compile(r"<(script|style|pre|svg)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
BARE_MARK = re.compile(r"[-*+]|\d{1,9}[.)]|\[[ xX]\]")
_DELIMITER = re.compile(r"\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*")
"""The line below the heads of a table, which some write without any."""
_BAR = re.compile(r"(?<!\\)\|")
PSEUDO = 7
"""The level of a line in bold that stands for a heading."""

Kind = Literal["para", "code", "list", "table"]


@dataclass(slots=True)
class Node:
    """A leaf or a container of the document.

    `para` and `code` are leaves; `items` hold the blocks of a list's items in order; `rows` the cells of a
    table's body rows, `head` those of its head.
    """

    kind: Kind
    span: Span
    ordered: bool = False
    quoted: bool = False
    items: list[list["Node"]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[tuple[Span, list[str]]] = field(default_factory=list)
    parted: bool = False
    """It is a table whose rows hold more than cells and bars: tags, or other cells between the lines of one."""
    info: str = ""
    text: str = ""
    """Code without its fences; empty for other kinds."""


class Known(NamedTuple):
    """What is remembered of the blocks below a heading, and how many characters further on they stand."""

    below: Any
    moved: int


@dataclass(slots=True)
class Part:
    """What stands between one heading and the next; `level` 0 is the text before the first heading.

    Where its blocks are known, it has no nodes.
    """

    title: str
    level: int
    parent: int
    span: Span
    nodes: list[Node] = field(default_factory=list)
    known: Known | None = None

    @property
    def is_bare(self) -> bool:
        return not self.nodes and self.known is None


class Chapter(NamedTuple):
    """`name` tells all that it says; `last` is the line behind it, `begin` where it begins in the text as read."""

    name: str
    first: int
    last: int
    span: Span
    begin: int


@dataclass(slots=True)
class Document:
    """`leaves` are the spans of prose and code, line by line, in order: what is not in them is structure."""

    text: str
    parts: list[Part]
    leaves: list[Span]
    fresh: list[Chapter] = field(default_factory=list)
    """The chapters that were read now, and read the same wherever they stand."""

    def mostly_bare(self, above_others: set[int]) -> set[int]:
        """The parts of which most headings, and several, have nothing below them."""
        count: dict[int, list[int]] = {}
        for index, part in enumerate(self.parts):
            empty = part.is_bare and index not in above_others
            count.setdefault(part.parent, []).append(empty)
        return {parent for parent, empty in count.items() if sum(empty) > 1 and 2 * sum(empty) > len(empty)}


class Builder:
    """Puts nodes where the lists and quotes that are open have them; lines count from 0."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.text = lines.text
        self.parts = [Part("", 0, -1, Span(0, 0))]
        self.leaves: list[Span] = []
        self.seen = bytearray(len(lines.starts))
        self.open: list[tuple[int, int]] = [(0, 0)]
        self.into: list[list[Node]] = [self.parts[0].nodes]
        self.lists: list[Node] = []
        self.quotes = 0

    def cover(self, first: int, last: int) -> None:
        """Note that lines are read, whatever stands in them; `last` is the one behind them."""
        last = min(last, len(self.seen))
        self.seen[first:last] = b"\1" * (last - first)

    def _add(self, node: Node) -> Node:
        node.quoted = self.quotes > 0
        self.into[-1].append(node)
        return node

    def open_list(self, *, ordered: bool) -> None:
        self.lists.append(self._add(Node("list", Span(0, 0), ordered)))

    def close_list(self) -> None:
        whole = self.lists.pop()
        whole.span = _hull([one.span for item in whole.items for one in item if one.span.end > one.span.start])

    def open_item(self) -> None:
        self.lists[-1].items.append([])
        self.into.append(self.lists[-1].items[-1])

    def close_item(self) -> None:
        self.into.pop()

    def heading(self, line: int, level: int, title: str) -> None:
        """A heading inside a list or a quote opens no section."""
        if len(self.into) == 1 and not self.quotes:
            self._open_part(plain(title), level, self.lines.content(line, title))

    def _open_part(self, title: str, level: int, span: Span) -> None:
        while len(self.open) > 1 and self.open[-1][0] >= level:
            self.open.pop()
        part = Part(title, level, self.open[-1][1], span)
        self.open.append((level, len(self.parts)))
        self.parts.append(part)
        self.into = [part.nodes]

    def recall(self, chapter: Chapter, row: Any) -> None:
        """Take over what is remembered of a chapter, as `chapters.keep` has it."""
        at = chapter.span.start
        start, heads, leaves = row
        for title, level, begin, end, below in heads:
            self._open_part(title, level, Span(at + begin, at + end))
            self.parts[-1].known = Known(below, at - start) if below is not None else None
        self.leaves += [Span(at + begin, at + end) for begin, end in leaves]
        self.cover(chapter.first, chapter.last)

    def paragraph(self, first: int, said: Sequence[str]) -> None:
        """A paragraph by its first line, and what its lines say."""
        spans = [self.lines.content(line, one) for line, one in enumerate(said, first)]
        if not spans:
            return
        if len(spans) > 1 and _DELIMITER.fullmatch(self._raw(spans[0])) and self._rows(spans[1:]):
            return
        raw = self.text[spans[0].start : spans[-1].end]
        bold = BOLD_ONLY.fullmatch(raw.strip())
        if bold and _heads(bold.group(1) or bold.group(2)) and len(self.into) == 1 and not self.quotes:
            self._open_part(plain(bold.group(1) or bold.group(2)).rstrip(":："), PSEUDO, _hull(spans))
            return
        if len(spans) > 1 and len(self.into) == 1 and not self.quotes:
            first_line = BOLD_ONLY.fullmatch(self.text[spans[0].start : spans[0].end])
            if first_line and _known(first_line.group(1) or first_line.group(2)):
                self._open_part(plain(first_line.group(1) or first_line.group(2)).rstrip(":："), PSEUDO, spans[0])
                spans = spans[1:]
                raw = self.text[spans[0].start : spans[-1].end]
        if not COMMENT.sub("", raw).strip():
            return
        self._leaf(spans, raw)
        self._add(Node("para", _hull(spans)))

    def _raw(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def _rows(self, spans: list[Span]) -> bool:
        """Whether lines are the rows of a table that has no heads, which is added then."""
        lines = [self._raw(span).strip() for span in spans]
        if not all(line.startswith("|") and line.endswith("|") and len(line) > 1 for line in lines):
            return False
        rows = [(span, _BAR.split(line[1:-1])) for span, line in zip(spans, lines, strict=True)]
        rows = [(span, [cell.strip() for cell in cells]) for span, cells in rows]
        self.leaves.extend(spans)
        self._add(Node("table", _hull(spans), head=[""] * len(rows[0][1]), rows=rows))
        return True

    def _leaf(self, spans: list[Span], raw: str) -> None:
        """Context by default, but for comments inside the prose."""
        if "<!--" not in raw:
            self.leaves.extend(spans)
            return
        kept = COMMENT.sub(blank, raw)
        base = spans[0].start
        for span in spans:
            part = kept[span.start - base : span.end - base]
            if part.strip():
                start = span.start + len(part) - len(part.lstrip())
                self.leaves.append(Span(start, start + len(part.strip())))

    def code(self, first: int, said: Sequence[str], info: str, text: str, at: int) -> None:
        """Code by the line of its first fence, or of itself; `said` is what it says from line `at` on."""
        spans = [self.lines.content(line, one) for line, one in enumerate(said, at) if one.strip()]
        self.leaves.extend(spans)
        span = _hull(spans) if spans else Span(self.lines.starts[first], self.lines.starts[first])
        self._add(Node("code", span, info=info.strip(), text=text))

    def html(self, first: int, last: int) -> None:
        """Comments are structure; what stands between tags is read as paragraphs."""
        start, end = self.lines.starts[first], self.lines.ends[last - 1]
        kept = RAW_HTML.sub(blank, COMMENT.sub(blank, self.text[start:end]))
        at = 0
        for one in tables(kept):
            self._between_tags(kept[at : one.span.start], start + at)
            self._html_table(one, start)
            at = one.span.end
        self._between_tags(kept[at:], start + at)

    def _html_table(self, one: Table, start: int) -> None:
        """A table of HTML; `start` is where the text begins that it was found in."""
        rows = [(Span(start + span.start, start + span.end), cells) for span, cells in one.rows]
        self.leaves += [Span(start + one.span.start, rows[0][0].start), *(span for span, _ in rows)]
        span = Span(start + one.span.start, start + one.span.end)
        self._add(Node("table", span, head=one.head, rows=rows, parted=True))

    def _between_tags(self, kept: str, start: int) -> None:
        kept = TAG.sub(lambda m: "\0" * (m.end() - m.start()), kept)
        for match in re.finditer(r"[^\0]+", kept):
            piece = match.group()
            for part in re.finditer(r"\S[^\n]*(?:\n[ \t]*\S[^\n]*)*", piece):
                raw = part.group().rstrip()
                if raw.strip(">- \t\r\n"):
                    span = Span(
                        start + match.start() + part.start(), start + match.start() + part.start() + len(raw)
                    )
                    self.leaves.append(span)
                    self._add(Node("para", span))

    def dashed(self, first: int, found: Dashed) -> None:
        """A table that stands in dashes."""
        rows = [(self._between(row.first, row.last), row.cells) for row in found.rows]
        inside = {line for row in found.rows for line in range(row.first, row.last)}
        others = (self._between(line, line + 1) for line in range(first, found.last) if line not in inside)
        self.leaves += [one for one in others if any(map(str.isalnum, self.text[one.start : one.end]))]
        self.leaves += [span for span, _ in rows]
        span = Span(self.lines.starts[first], self.lines.ends[found.last - 1])
        self._add(Node("table", span, head=found.head, rows=rows, parted=True))

    def _between(self, first: int, last: int) -> Span:
        """What lines say, without the marks of quotes and the blanks at both ends."""
        raw = self.lines.raw(first)
        start = self.lines.starts[first] + len(raw) - len(raw.lstrip(" \t>").lstrip())
        said = self.text[self.lines.starts[first] : self.lines.ends[last - 1]].rstrip()
        return Span(start, max(start, self.lines.starts[first] + len(said)))

    def table(self, first: int, last: int) -> Node:
        """A table without its rows, which come next."""
        return self._add(Node("table", Span(self.lines.starts[first], self.lines.ends[last - 1])))

    def row(self, line: int) -> Span:
        """A row of the table at hand, by its line."""
        span = self._between(line, line + 1)
        self.leaves.append(span)
        return span

    def uncovered(self, skip: int) -> None:
        """Lines the parser dropped (too deep a nesting) are context, unless they define links."""
        for line in range(skip, len(self.lines.starts)):
            if self.seen[line]:
                continue
            raw = self.lines.raw(line)
            bare = raw.strip(" \t\r\n>\ufeff")
            if bare and not REF_DEFINITION.match(raw) and not BARE_MARK.fullmatch(bare):
                start = self.lines.starts[line] + raw.find(bare)
                self.leaves.append(Span(start, start + len(bare)))


def _heads(title: str) -> bool:
    """Whether a line in bold is a heading: no sentence, but for one that is known as a heading."""
    return not SAID.search(title) or _known(title)


def _known(title: str) -> bool:
    """Whether the words of a heading are known."""
    return find_heading(" ".join(folded(title).strip(" .:?!").replace("-", " ").split())) is not None


def _hull(spans: list[Span]) -> Span:
    """The smallest span around `spans`, which are in order."""
    return Span(spans[0].start, spans[-1].end) if spans else Span(0, 0)
