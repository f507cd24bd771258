"""The Markdown of an intent as parts and nodes, each with character offsets.

Reads markdown-it's block tokens only (inline parsing is off, it is not needed and costs most of the time).
Lines are those of markdown-it: LF, CRLF and CR end one.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bmad.core.outline.read.inline import COMMENT, TAG, blank, plain
from bmad.core.outline.read.loose import marked
from bmad.core.outline.words.lexicon import find_heading, folded
from bmad.model.draft import Span

LINE_END = re.compile(r"\r\n|\n|\r")
FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")
KEY = re.compile(r"[\w\"'-]+\s*[:=]")
BOLD_ONLY = re.compile(
    r"(?:\*\*|__)([^*_\n]{2,90})(?:\*\*|__)[ \t]*[:：]?|(?:\*\*|__)([^*_\n]{2,90})[:：](?:\*\*|__)"
)
SAID = re.compile(r"[.!?。！？]$")
REF_DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,500}\]:")
RAW_HTML = re.compile(r"<(script|style|pre|svg)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
BARE_MARK = re.compile(r"[-*+]|\d{1,9}[.)]|\[[ xX]\]")
MAX_NESTING = 40
PSEUDO = 7
"""The level of a line in bold that stands for a heading."""

_SILENT = frozenset(
    {"inline", "paragraph_close", "heading_close", "tr_close", "th_close", "td_close", "thead_open", "thead_close"}
)
"""Tokens that say nothing which the one before them did not: two of three."""

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
    info: str = ""
    text: str = ""
    """Code without its fences; empty for other kinds."""


@dataclass(slots=True)
class Part:
    """What stands between one heading and the next; `level` 0 is the text before the first heading."""

    title: str
    level: int
    parent: int
    span: Span
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """`leaves` are the spans of prose and code, line by line, in order: what is not in them is structure."""

    text: str
    parts: list[Part]
    leaves: list[Span]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.core.ruler.disable(["inline", "text_join"], ignoreInvalid=True)
    return parser


class _Lines:
    """Offsets of lines; `first` and `last` give the content of a line range without markers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        self.ends: list[int] = []
        for match in LINE_END.finditer(text):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(len(text))

    def raw(self, line: int) -> str:
        return self.text[self.starts[line] : self.ends[line]]

    def content(self, line: int, seen: str) -> Span:
        """Where the trimmed `seen` (markdown-it's idea of the line) stands in the source line."""
        end = self.starts[line] + len(self.raw(line).rstrip())
        seen = seen.strip()
        if self.text.endswith(seen, self.starts[line], end):
            return Span(end - len(seen), end)
        raw = self.raw(line)
        return Span(self.starts[line] + len(raw) - len(raw.lstrip(" \t>")), max(end, self.starts[line]))


def _front_matter(text: str) -> int:
    """Number of lines of the front matter, 0 where there is none."""
    opening = FRONT_MATTER.match(text)
    if opening is None:
        return 0
    close = re.compile(rf"^{re.escape(opening.group(1))}[ \t]*$", re.MULTILINE)
    found = close.search(text.replace("\r\n", " \n").replace("\r", "\n"), opening.end())
    if found is None:
        return 0
    body = text[opening.end() : found.start()]
    if body.strip() and not KEY.match(body.lstrip()):
        return 0
    return len(LINE_END.findall(text[: found.start()])) + 1


def parse(text: str) -> Document:
    """The blocks of `text`; whatever it is, no error: what cannot be parsed stays one empty section."""
    lines = _Lines(text)
    skip = _front_matter(text)
    source = "\n" * skip + text[lines.starts[skip] :] if 0 < skip < len(lines.starts) else text
    if skip >= len(lines.starts):
        source = ""
    if source.startswith("\ufeff"):
        source = " " + source[1:] if source[1:2] not in {"#", "-"} else source[1:]
    try:
        tokens = _parser().parse(marked(source))
    except RecursionError:
        tokens = []
    builder = _Builder(lines)
    builder.build(tokens)
    builder.uncovered(skip)
    return Document(text, builder.parts, sorted(set(builder.leaves)))


class _Builder:
    """One pass over the tokens with an explicit stack, so that nesting cannot overflow."""

    def __init__(self, lines: _Lines) -> None:
        self.lines = lines
        self.text = lines.text
        self.parts = [Part("", 0, -1, Span(0, 0))]
        self.leaves: list[Span] = []
        self.seen = bytearray(len(lines.starts))
        self.open: list[tuple[int, int]] = [(0, 0)]
        self.into: list[list[Node]] = [self.parts[0].nodes]
        self.lists: list[Node] = []
        self.quotes = 0
        self.table: Node | None = None

    def build(self, tokens: list[Token]) -> None:
        for place, token in enumerate(tokens):
            if token.type in _SILENT:
                continue
            content = tokens[place + 1].content if place + 1 < len(tokens) else ""
            match token.type:
                case "paragraph_open":
                    self._paragraph(token, content)
                case "tr_open" | "th_open" | "td_open":
                    self._cell(token, content)
                case "heading_open":
                    self._heading(token, content)
                case "fence" | "code_block":
                    self._code(token)
                case "html_block":
                    self._html(token)
                case "table_open":
                    self._table(token)
                case "hr":
                    self._cover(token)
                case _:
                    self._container(token)

    def _container(self, token: Token) -> None:
        """Lists, their items and quotes, as they open and close."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                block = Node("list", Span(0, 0), token.type == "ordered_list_open", self.quotes > 0)
                self.into[-1].append(block)
                self.lists.append(block)
            case "list_item_open":
                self.lists[-1].items.append([])
                self.into.append(self.lists[-1].items[-1])
            case "list_item_close":
                self.into.pop()
            case "bullet_list_close" | "ordered_list_close":
                block = self.lists.pop()
                inner = [b.span for item in block.items for b in item if b.span.end > b.span.start]
                block.span = _hull(inner)
            case "blockquote_open":
                self.quotes += 1
            case "blockquote_close":
                self.quotes -= 1

    def _cover(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, 0)
        last = min(last, len(self.lines.starts))
        for line in range(first, last):
            self.seen[line] = 1
        return first, last

    def _heading(self, token: Token, title: str) -> None:
        self._cover(token)
        nested = len(self.into) > 1 or self.quotes > 0
        if nested or not token.map:  # a heading inside a list or a quote opens no section
            return
        self._open_part(plain(title), int(token.tag[1]), self.lines.content(token.map[0], title))

    def _open_part(self, title: str, level: int, span: Span) -> None:
        while len(self.open) > 1 and self.open[-1][0] >= level:
            self.open.pop()
        part = Part(title, level, self.open[-1][1], span)
        self.open.append((level, len(self.parts)))
        self.parts.append(part)
        self.into = [part.nodes]

    def _paragraph(self, token: Token, content: str) -> None:
        first, last = self._cover(token)
        spans = [self.lines.content(first + i, line) for i, line in enumerate(content.split("\n"))][: last - first]
        if not spans:
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
        self.into[-1].append(Node("para", _hull(spans), quoted=self.quotes > 0))

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

    def _code(self, token: Token) -> None:
        first, last = self._cover(token)
        fenced = token.type == "fence"
        body = token.content.split("\n")
        if body and not body[-1]:
            body.pop()
        offset = first + 1 if fenced else first
        spans = [
            self.lines.content(offset + i, line)
            for i, line in enumerate(body)
            if line.strip() and offset + i < last
        ]
        self.leaves.extend(spans)
        span = _hull(spans) if spans else Span(self.lines.starts[first], self.lines.starts[first])
        block = Node("code", span, quoted=self.quotes > 0, info=token.info.strip(), text=token.content)
        self.into[-1].append(block)

    def _html(self, token: Token) -> None:
        """Comments are structure; what stands between tags is read as paragraphs."""
        first, last = self._cover(token)
        start, end = self.lines.starts[first], self.lines.ends[last - 1]
        kept = RAW_HTML.sub(blank, COMMENT.sub(blank, self.text[start:end]))
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
                    self.into[-1].append(Node("para", span, quoted=self.quotes > 0))

    def _table(self, token: Token) -> None:
        first, last = self._cover(token)
        self.table = Node(
            "table", Span(self.lines.starts[first], self.lines.ends[last - 1]), quoted=self.quotes > 0
        )
        self.into[-1].append(self.table)

    def _cell(self, token: Token, content: str) -> None:
        table = self.table
        if table is None:
            return
        if token.type == "th_open":
            table.head.append(plain(content).strip("*_ "))
        elif token.type == "td_open" and table.rows:
            table.rows[-1][1].append(content)
        elif token.type == "tr_open" and token.map:
            line = token.map[0]
            raw = self.lines.raw(line)
            begin = self.lines.starts[line] + len(raw) - len(raw.lstrip(" \t>").lstrip())
            span = Span(begin, max(begin, self.lines.starts[line] + len(raw.rstrip())))
            self.leaves.append(span)
            if table.head:
                table.rows.append((span, []))

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
