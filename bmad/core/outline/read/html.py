"""Tables that an author wrote in HTML: rows of cells, without the tags in them."""

import re
from typing import NamedTuple

from bmad.model.draft import Span

_ROW = re.compile(
    r"<tr(?:\s[^<>]*)?>(?P<cells>.*?)(?:</tr\s*>|(?=<tr[\s>])|(?=</(?:table|tbody|thead))|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_CELL = re.compile(
    r"<t(?P<kind>[hd])(?P<attributes>\s[^<>]*)?>(?P<said>.*?)(?:</t[hd]\s*>|(?=<t[hd][\s>])|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|code|em|i|kbd|mark|s|samp|small|span|strong|sub|sup|tt|u|var)(?:\s[^<>]*)?>", re.IGNORECASE
)
_SET = re.compile(r"<(?:table|img|h[1-6]|p|div|picture|video|iframe|pre)[\s/>]", re.IGNORECASE)
"""What stands in the cells of a table that only sets a page."""
_SPANS = re.compile(r"(?:col|row)span\s*=\s*[\"']?(?!1\b)\d", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:\s|</?(?:table|thead|tbody|tfoot|colgroup|col|tr)(?:\s[^<>]*)?/?>)*", re.IGNORECASE)
_BOLD = re.compile(r"\s*<(b|strong)>.*</\1>\s*", re.DOTALL | re.IGNORECASE)
_FEWEST = 2
"""The fewest columns and rows of a table that says something by them."""


class Table(NamedTuple):
    """A table by its place, its heads, and its rows, each with its place."""

    span: Span
    head: list[str]
    rows: list[tuple[Span, list[str]]]


class _Row(NamedTuple):
    span: Span
    cells: list[str]
    heads: bool


def tables(raw: str) -> list[Table]:
    """The tables of a piece of HTML; none where they only set the page, or their cells span several."""
    if "<t" not in raw.lower():
        return []
    found: list[list[_Row]] = []
    last = -1
    for match in _ROW.finditer(raw):
        row = _row(match)
        if row is None:
            last = -1
            continue
        if last < 0 or not _BETWEEN.fullmatch(raw, last, match.start()):
            found.append([])
        found[-1].append(row)
        last = match.end()
    return [table for rows in found if (table := _table(rows)) is not None]


def _row(match: re.Match[str]) -> _Row | None:
    cells = list(_CELL.finditer(match["cells"]))
    if len(cells) < _FEWEST or any(
        _SPANS.search(one["attributes"] or "") or _SET.search(one["said"]) for one in cells
    ):
        return None
    start = match.start("cells")
    heads = all(one["kind"] in "hH" or _BOLD.fullmatch(one["said"]) for one in cells)
    said = [" ".join(_TAG.sub(" ", _INLINE.sub("", one["said"])).split()) for one in cells]
    return _Row(Span(start + cells[0].start(), start + cells[-1].end()), said, heads)


def _table(rows: list[_Row]) -> Table | None:
    head = rows[0].cells if rows[0].heads else []
    body = rows[1:] if head else rows
    if not body or (not head and len(body) < _FEWEST) or len({len(row.cells) for row in rows}) > 1:
        return None
    span = Span(rows[0].span.start, rows[-1].span.end)
    return Table(span, head or [""] * len(rows[0].cells), [(row.span, row.cells) for row in body])
