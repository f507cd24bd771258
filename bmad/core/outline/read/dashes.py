"""Tables that Pandoc writes in dashes, simple, multiline and grid: their cells stand by columns of a screen."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from markdown_it.rules_block import StateBlock

from bmad.core.outline.read.inline import one_line
from bmad.core.outline.words.lexicon import columns, folded

NAME = "dashed_table"
MARK = re.compile(r"-{2}[ \t]+-{2}|\+[-=:]{2,}\+")
SIGNS = ("--", "+")
"""What stands in every text with such a table, and signs of which one stands in that."""

_GROUPS = re.compile(r" {0,3}-{2,}(?:[ \t]+-{2,})+[ \t]*")
_BORDER = re.compile(r" {0,3}-{5,}[ \t]*")
_GRID = re.compile(r" {0,3}\+(?:[-=:]{2,}\+){2,}[ \t]*")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]")
_BOLD = re.compile(r"(\*\*|__)\S.*\1")
_APART = re.compile(r"\s{2,}")
_RULED = re.compile(r"[-=:]{2,}")
_CAPTION = re.compile(r"[ \t]{0,3}(?:[Tt]able)?:[ \t]+\S")
_PAIR = 2
"""The fewest cells of a row, and the fewest rows of which the first is the head."""

Cells = list[str]


class Row(NamedTuple):
    """A row by its first line, the line behind it, and its cells."""

    first: int
    last: int
    cells: Cells


class Dashed(NamedTuple):
    """A table: what its columns are called, its rows, and the line behind all of it."""

    head: Cells
    rows: list[Row]
    last: int


def rule(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The rule of markdown-it: one token for a table, which holds it."""
    if state.is_code_block(first) and not (first + 1 < last and _GROUPS.fullmatch(_raw(state, first + 1))):
        return False

    def line(at: int) -> str | None:
        if at >= last or (at > first and state.sCount[at] < state.blkIndent and not state.isEmpty(at)):
            return None
        return _raw(state, at)

    found = table(line, first)
    if found is None or (silent and not _GRID.fullmatch(_raw(state, first))):
        return False
    if not silent:
        token = state.push(NAME, "", 0)
        token.map = [first, found.last]
        token.meta = {"table": found}
        state.line = found.last
    return True


def _raw(state: StateBlock, at: int) -> str:
    """A line, with blanks for the marks of what it stands in."""
    begin, said = state.bMarks[at], state.bMarks[at] + state.tShift[at]
    return (" " * (said - begin) + state.src[said : state.eMarks[at]]).expandtabs(4)


Line = Callable[[int], str | None]


def table(line: Line, first: int) -> Dashed | None:
    """The table that begins at a line; None where none does. `line` gives None behind the last one."""
    raw = line(first) or ""
    after = line(first + 1) or ""
    if _GRID.fullmatch(raw):
        return _captioned(line, _grid(line, first))
    if _BORDER.fullmatch(raw):
        return _captioned(line, _multiline(line, first))
    if _GROUPS.fullmatch(raw):
        return _captioned(line, _below(line, first, [], _closed(line, first + 1), opened=True))
    if raw.strip() and _GROUPS.fullmatch(after):
        return _captioned(line, _below(line, first + 1, [raw], _ended(line, first + 2), opened=False))
    return None


def _captioned(line: Line, found: Dashed | None) -> Dashed | None:
    """The same with the caption that stands below a table."""
    if found is None:
        return None
    at = found.last
    while (raw := line(at)) is not None and not raw.strip():
        at += 1
    if raw is None or not _CAPTION.match(raw):
        return found
    while (line(at) or "").strip():
        at += 1
    return found._replace(last=at)


# -- simple and multiline tables -------------------------------------------------------------------------------


def _multiline(line: Line, first: int) -> Dashed | None:
    at, head = first + 1, []
    while (raw := line(at)) is not None and raw.strip() and not _GROUPS.fullmatch(raw):
        head.append(raw)
        at += 1
    if not head or not raw or not raw.strip():
        return None
    return _below(line, at, head, _closed(line, at + 1), opened=True)


def _closed(line: Line, at: int) -> int:
    """The line that closes a table, -1 where none does."""
    while (raw := line(at)) is not None and not _HEADING.match(raw):
        if _GROUPS.fullmatch(raw) or _BORDER.fullmatch(raw):
            return at
        at += 1
    return -1


def _ended(line: Line, at: int) -> int:
    """The line behind the rows of a table that nothing needs to close."""
    while (raw := line(at)) is not None and raw.strip():
        if _GROUPS.fullmatch(raw) or _BORDER.fullmatch(raw):
            break
        at += 1
    return at


def _below(line: Line, ruler: int, head: Sequence[str], end: int, *, opened: bool) -> Dashed | None:
    """The table of which the columns stand in a line; `end` is the line that its rows end before.

    `opened`: dashes stand above it as well, so that a row may have several lines.
    """
    marks = line(ruler)
    if marks is None or end <= ruler + 1:
        return None
    starts = [match.start() for match in re.finditer(r"-+", marks)]
    said = [line(at) or "" for at in range(ruler + 1, end)]
    cut = _cutter(starts, [*head, *said])
    if cut is None or (not head and any(len(raw.rstrip()) > len(marks.rstrip()) for raw in said)):
        return None
    blank = any(not one.strip() for one in said)
    rows: list[tuple[int, int, list[Cells]]] = []
    apart = True
    for at, raw in enumerate(said, ruler + 1):
        if not raw.strip():
            apart = True
            continue
        cells = cut(raw)
        if apart or not (blank or (opened and not cells[0])):
            rows.append((at, at + 1, [cells]))
        else:
            rows[-1] = (rows[-1][0], at + 1, [*rows[-1][2], cells])
        apart = False
    found = [Row(begin, stop, _joined(lines)) for begin, stop, lines in rows]
    full = sum(sum(map(bool, one.cells)) >= _PAIR for one in found)
    if _PAIR * full < len(found) or (not head and len(found) < _PAIR):
        return None
    closes = _GROUPS.fullmatch(line(end) or "") or _BORDER.fullmatch(line(end) or "")
    names = _joined([cut(one) for one in head]) if head else []
    return _named(names, found, end + bool(closes))


def _cutter(starts: Sequence[int], lines: Sequence[str]) -> Callable[[str], Cells] | None:
    """What cuts lines into cells: where a column begins on the screen, or by characters; else by wide gaps."""
    for width in (_width, len):
        cuts = [_cut(raw, starts, width) for raw in lines if raw.strip()]
        if all(one is not None for one in cuts):
            return lambda raw, width=width: _cut(raw, starts, width) or []  # type: ignore[misc]
    split = [_APART.split(raw.strip()) for raw in lines if raw.strip()]
    if all(len(one) == len(starts) for one in split):
        return lambda raw: _APART.split(raw.strip())
    return None


def _width(text: str) -> int:
    """The columns that a text takes on a screen."""
    return sum(0 if combining(sign) else 1 + (east_asian_width(sign) in "WF") for sign in text)


def _cut(raw: str, starts: Sequence[int], width: Callable[[str], int]) -> Cells | None:
    """The cells of a line; None where a word stands across the border of a column."""
    places = _places(raw, width)
    cells: Cells = []
    for begin, end in pairwise([0, *starts[1:], None]):
        left = places.get(begin or 0, len(raw) if (begin or 0) > width(raw) else -1)
        right = len(raw) if end is None or end > width(raw) else places.get(end, -1)
        if left < 0 or right < 0 or (begin and 0 < left < len(raw) and not raw[left - 1].isspace()):
            return None
        cells.append(raw[left:right].strip())
    return cells


def _places(raw: str, width: Callable[[str], int]) -> dict[int, int]:
    """Column of the screen -> where in a line it is."""
    places, column = {0: 0}, 0
    for at, sign in enumerate(raw, 1):
        column += width(sign)
        places[column] = at
    return places


# -- grid tables -----------------------------------------------------------------------------------------------


def _grid(line: Line, first: int) -> Dashed | None:
    lines: list[str] = []
    while (raw := line(first + len(lines))) is not None and raw.strip()[:1] in {"+", "|"}:
        lines.append(raw.rstrip())
    rulers = [at for at, raw in enumerate(lines) if _GRID.fullmatch(raw)]
    if len(rulers) < _PAIR:
        return None
    lines = lines[: rulers[-1] + 1]
    for width in (_width, len):
        ruled = [lines[at] for at in rulers]
        edges = sorted({width(raw[:at]) for raw in ruled for at, sign in enumerate(raw) if sign == "+"})
        found = [_boxes(raw, edges, width) for raw in lines]
        if all(one is not None for one in found):
            break
    else:
        return None
    return _rows(first, lines, [one for one in found if one is not None])


def _boxes(raw: str, edges: Sequence[int], width: Callable[[str], int]) -> Cells | None:
    """What stands in each column of a line of a grid; of a cell over several, it is the first that has it."""
    places = _places(raw, width)
    if places.get(edges[0]) is None or places.get(edges[-1]) != len(raw) - 1:
        return None
    cells, begin = [""] * (len(edges) - 1), edges[0]
    for column, end in enumerate(edges[1:]):
        at = places.get(end, -1)
        if at >= 0 and raw[at] in "|+":
            start = edges.index(begin)
            cells[start] = raw[places[begin] + 1 : at].strip()
            cells[start + 1 : column + 1] = [""] * (column - start)
            begin = end
    return cells


def _rows(first: int, lines: Sequence[str], boxes: Sequence[Cells]) -> Dashed | None:
    """The rows between rulers; one that rules some columns alone begins a row as well."""
    rows: list[tuple[int, int, list[Cells]]] = []
    heads, apart = 0, True
    for at, (raw, cells) in enumerate(zip(lines, boxes, strict=True)):
        said = cells
        if "+" in raw and any(map(_RULED.fullmatch, cells)):
            said = ["" if _RULED.fullmatch(one) else one for one in cells]
            heads = len(rows) if "=" in raw and not heads else heads
            apart = True
        if not any(said) and apart:
            continue
        if apart:
            rows.append((first + at, 0, []))
        rows[-1] = (rows[-1][0], first + at + 1, [*rows[-1][2], said])
        apart = False
    made = [Row(begin, end, _joined(texts)) for begin, end, texts in rows]
    names = _joined([row.cells for row in made[:heads]]) if heads else []
    return _named(names, made[heads:], first + len(lines))


# -- both ------------------------------------------------------------------------------------------------------


def _joined(lines: Sequence[Cells]) -> Cells:
    return [one_line("\n".join(cells)) for cells in zip(*lines, strict=True)]


def _named(head: Cells, rows: list[Row], last: int) -> Dashed | None:
    """A table, of which the first row is the head where it has none and that reads as one."""
    if not head and len(rows) >= _PAIR and _is_head(rows[0].cells):
        head, rows = rows[0].cells, rows[1:]
    return Dashed(head or [""] * len(rows[0].cells), rows, last) if rows else None


def _is_head(cells: Cells) -> bool:
    """Whether a row names columns: all in bold, or most of them known."""
    known = [columns().find(folded(one).replace("-", " ").strip(" *_:")) for one in cells]
    return all(cells) and (all(map(_BOLD.fullmatch, cells)) or _PAIR * sum(map(bool, known)) > len(cells))
