"""The Markdown of an intent as parts and nodes, each with character offsets.

markdown-it's block tokens are read; inline parsing is off, since it is not needed and costs most of the time.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt, __version__
from markdown_it.token import Token

from bmad.core.outline.read import dashes
from bmad.core.outline.read.chapters import ForgottenError, Rows, chapters
from bmad.core.outline.read.document import Builder, Chapter, Document, Node
from bmad.core.outline.read.inline import plain
from bmad.core.outline.read.loose import marked
from bmad.core.outline.read.offsets import LINE_END, Lines

FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")
KEY = re.compile(r"[\w\"'-]+\s*[:=]")
MAX_NESTING = 40

PARSER = f"markdown-it-py {__version__}"
"""What reads an intent's Markdown: another one may read it otherwise."""
_SILENT = frozenset(
    {"inline", "paragraph_close", "heading_close", "tr_close", "th_close", "td_close", "thead_open", "thead_close"}
)
"""Tokens that say nothing which the one before them did not: two of three."""

_CONTAINERS = frozenset(
    {
        "list_item_open", "list_item_close", "bullet_list_open", "bullet_list_close", "ordered_list_open",
        "ordered_list_close", "blockquote_open", "blockquote_close",
    }
)  # fmt: skip
_RULES = {
    dashes.NAME: dashes.SIGNS,
    "table": ("|",),
    "code": (" " * 4, "\t"),
    "fence": ("```", "~~~"),
    "blockquote": (">",),
    "hr": ("*", "_", "-"),
    "reference": ("]:",),
    "html_block": ("<",),
    "heading": ("#",),
    "lheading": ("=", "-"),
}
"""Rules of markdown-it, each with signs of which one stands wherever it matches; all are asked at every line."""
_MARKS = {
    dashes.NAME: dashes.MARK,
    "blockquote": re.compile(r"(?:\A|[\r\n])[ \t*+\-\d.)]*>"),
    "hr": re.compile(r"[*_-][ \t]*(?:[\r\n]|\Z)"),
    "lheading": re.compile(r"[=-][ \t]*(?:[\r\n]|\Z)"),
}
"""What stands there as well, where more than such a sign does."""


def _parser(text: str) -> MarkdownIt:
    """A parser that asks only the rules that may match in a text: half of the time goes into those that cannot."""
    return _without(tuple(rule for rule in _RULES if not _may_match(rule, text)))


def _may_match(rule: str, text: str) -> bool:
    mark = _MARKS.get(rule)
    return any(sign in text for sign in _RULES[rule]) and (mark is None or mark.search(text) is not None)


@cache
def _without(rules: tuple[str, ...]) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.core.ruler.disable(["inline", "text_join"], ignoreInvalid=True)
    parser.block.ruler.before("table", dashes.NAME, dashes.rule, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.disable(rules)
    return parser


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


def parse(text: str, codes: Sequence[str] = (), rows: Rows | None = None) -> Document:
    """The blocks of `text`; whatever it is, no error: what cannot be parsed stays one empty section.

    Where some of it is remembered, in these languages, that is not parsed. Raises: ForgottenError where that does
    not fit the text, so that it has to be parsed as if nothing were remembered.
    """
    lines = Lines(text)
    skip = _front_matter(text)
    source = "\n" * skip + text[lines.starts[skip] :] if 0 < skip < len(lines.starts) else text
    if skip >= len(lines.starts):
        source = ""
    if source.startswith("\ufeff"):
        source = " " + source[1:] if source[1:2] not in {"#", "-"} else source[1:]
    builder = Builder(lines)
    source = marked(source)
    found = chapters(text, source, lines.starts, codes) if rows is not None else []
    if rows is not None and found:
        fresh = _by_chapters(builder, source, found, rows)
    else:
        fresh = []
        _Walk(builder).tokens(_tokens(source))
    builder.uncovered(skip)
    return Document(text, builder.parts, sorted(set(builder.leaves)), fresh)


def _by_chapters(builder: Builder, source: str, found: list[Chapter], rows: Rows) -> list[Chapter]:
    """Build what stands in chapters; gives those that were read and may be remembered.

    Raises: ForgottenError where one that is remembered begins where no heading is read.
    """
    known = [None, *(rows.row(one.name) for one in found[1:])]
    fresh: list[Chapter] = []
    place = 0
    while place < len(found):
        if (row := known[place]) is not None:
            try:
                builder.recall(found[place], row)
            except (TypeError, ValueError, IndexError):
                raise ForgottenError from None
            place += 1
            continue
        end = next((at for at in range(place, len(found)) if known[at] is not None), len(found))
        fresh += _run(builder, source, found[place : end + 1], is_last=end == len(found))
        place = end
    return fresh


def _run(builder: Builder, source: str, run: list[Chapter], *, is_last: bool) -> list[Chapter]:
    """Build chapters that stand in a row; but for the last ones, the one behind them is the last of the run."""
    begin, end = run[0].begin, len(source)
    if not is_last:
        end = source.find("\n", run[-1].begin) + 1 or end
    tokens = _tokens(source[begin:end])
    for token in tokens:
        if token.map:
            token.map = [line + run[0].first for line in token.map]
    tops = (token for token in tokens if token.type == "heading_open" and not token.level and token.map)
    heads = {token.map[0] for token in tops if token.map and token.markup.startswith("#")}
    if not is_last:
        if run[-1].first not in heads:
            raise ForgottenError
        tokens = tokens[:-_HEADING]
    _Walk(builder).tokens(tokens)
    return [one for one, after in pairwise(run) if one.first and one.first in heads and after.first in heads]


_HEADING = 3
"""Tokens of a heading: as it opens, what it says, as it closes."""


def _tokens(text: str) -> list[Token]:
    try:
        return _parser(text).parse(text)
    except RecursionError:
        return []


class _Walk:
    """One pass over what was read, with the explicit stack of the builder, so that nesting cannot overflow."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.table: Node | None = None

    def tokens(self, tokens: list[Token]) -> None:
        """Build what markdown-it read."""
        for place, token in enumerate(tokens):
            if token.type in _SILENT:
                continue
            if token.type in _CONTAINERS:
                self._container(token)
                continue
            first, last = token.map or (0, 0)
            content = tokens[place + 1].content if place + 1 < len(tokens) else ""
            self._token(token, first, last, content)

    def _token(self, token: Token, first: int, last: int, content: str) -> None:
        build = self.builder
        match token.type:
            case "paragraph_open":
                build.cover(first, last)
                build.paragraph(first, content.split("\n")[: last - first])
            case "tr_open" | "th_open" | "td_open":
                self._cell(token, first, content)
            case "heading_open":
                build.cover(first, last)
                build.heading(first, int(token.tag[1]), content)
            case "fence" | "code_block":
                build.cover(first, last)
                self._code(token, first, last)
            case "html_block":
                build.cover(first, last)
                build.html(first, last)
            case "table_open":
                build.cover(first, last)
                self.table = build.table(first, last)
            case dashes.NAME:
                build.cover(first, last)
                build.dashed(first, token.meta["table"])
            case "hr":
                build.cover(first, last)

    def _container(self, token: Token) -> None:
        """Lists, their items and quotes, as they open and close."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.builder.open_list(ordered=token.type == "ordered_list_open")
            case "list_item_open":
                self.builder.open_item()
            case "list_item_close":
                self.builder.close_item()
            case "bullet_list_close" | "ordered_list_close":
                self.builder.close_list()
            case "blockquote_open":
                self.builder.quotes += 1
            case "blockquote_close":
                self.builder.quotes -= 1

    def _code(self, token: Token, first: int, last: int) -> None:
        body = token.content.split("\n")
        if body and not body[-1]:
            body.pop()
        at = first + 1 if token.type == "fence" else first
        self.builder.code(first, body[: max(last - at, 0)], token.info, token.content, at)

    def _cell(self, token: Token, line: int, content: str) -> None:
        table = self.table
        if table is None:
            return
        if token.type == "th_open":
            table.head.append(_head(content))
        elif token.type == "td_open" and table.rows:
            table.rows[-1][1].append(content)
        elif token.type == "tr_open" and token.map:
            span = self.builder.row(line)
            if table.head:
                table.rows.append((span, []))


def _head(cell: str) -> str:
    return plain(cell).strip("*_ ")
