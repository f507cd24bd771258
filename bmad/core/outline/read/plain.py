"""Headings, paragraphs, flat lists, tables and fences at the margin, read line by line: most of an intent.

All else, and a list or a paragraph in which something else begins, is markdown-it's to read, up to a line behind
a blank one where something plain begins. What is read here reads there the same.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_WORDS = (
    r"(?:[^\s#>\-+*_\d`~<\[|:=\\\0]|\d+(?![\d.)])|\d+[.)](?=\S)|\*\*?(?=[^\s*])|__?(?=[^\s_])|`(?!``)"
    r"|\[[^\[\]\\]*\](?!:))"
)
"""How a line begins that can be nothing but text."""
_GOES_ON = re.compile(rf"[ \t]*{_WORDS}")
_TEXT = re.compile(_WORDS)
_CLOSES = re.compile(rf"{_WORDS}|#{{1,6}} |`{{3}}|\|")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)([^|]*[^#\s|])\s*")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^`~|]*)")
_RULE = re.compile(r"\| *:?-+:? *(?:\| *:?-+:? *)*\|?")
_ITEM = re.compile(rf"(?:(?P<bullet>[-+*])|(?P<number>\d{{1,9}})(?P<end>[.)])) {{1,4}}(?={_WORDS})")


class Title(NamedTuple):
    """A heading, and the line that it stands in."""

    line: int
    level: int
    title: str


class Text(NamedTuple):
    """A paragraph: its first line, and what each line says."""

    line: int
    said: list[str]


class Items(NamedTuple):
    """A list of which each item is one paragraph, and its first line."""

    line: int
    ordered: bool
    items: list[Text]


class Fence(NamedTuple):
    """Code between fences: the line of the first one, its info, and the lines of the code."""

    line: int
    info: str
    code: Sequence[str]


class Rows(NamedTuple):
    """A table: the line of its head, and the cells of its head and of each row."""

    line: int
    head: list[str]
    rows: list[list[str]]


Plain = Title | Text | Items | Fence | Rows


class PlainReader:
    """Reads what is plain among the lines of a text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def is_blank(self, line: int) -> bool:
        return not self.lines[line].strip(" \t")

    def begins(self, line: int) -> bool:
        """Whether a line closes what stands before it: it is behind a blank one, and begins something plain."""
        return self.is_blank(line - 1) and _CLOSES.match(self.lines[line]) is not None

    def read(self, line: int) -> tuple[Plain, int] | None:
        """What begins at a line where all above is closed, and the line behind it; None where it is not plain."""
        raw = self.lines[line]
        if heading := _HEADING.fullmatch(raw):
            return Title(line, len(heading[1]), heading[2]), line + 1
        if item := _ITEM.match(raw):
            return self._list(line, item)
        if fence := _FENCE.fullmatch(raw):
            return self._fence(line, fence)
        if raw.startswith("|"):
            return self._table(line)
        if _TEXT.match(raw) is None:
            return None
        text, end = self._text(line, raw)
        return (text, end) if self._ends(end) else None

    def _text(self, line: int, first: str) -> tuple[Text, int]:
        """A paragraph as far as nothing else may begin, and the line behind it."""
        said, end = [first], line + 1
        while end < len(self.lines) and _GOES_ON.match(self.lines[end]):
            said.append(self.lines[end])
            end += 1
        return Text(line, said), end

    def _ends(self, line: int) -> bool:
        """Whether a paragraph ends before a line: a list that interrupts it begins with its first number."""
        if line == len(self.lines) or self.is_blank(line) or _HEADING.fullmatch(self.lines[line]):
            return True
        item = _ITEM.match(self.lines[line])
        return item is not None and int(item["number"] or 1) == 1

    def _list(self, line: int, first: re.Match[str]) -> tuple[Plain, int] | None:
        found: re.Match[str] | None = first
        items: list[Text] = []
        begun = line
        while found is not None and _kind(found) == _kind(first):
            text, end = self._text(line, found.string[found.end() :])
            items.append(text)
            line = end
            while line < len(self.lines) and self.is_blank(line):
                line += 1
            found = _ITEM.match(self.lines[line]) if line < len(self.lines) else None
        closed = found is not None or line == len(self.lines) or _HEADING.fullmatch(self.lines[line])
        if closed or (line > end and _CLOSES.match(self.lines[line])):
            return Items(begun, first["number"] is not None, items), line
        return None

    def _fence(self, line: int, opened: re.Match[str]) -> tuple[Plain, int] | None:
        mark = re.escape(opened["mark"][0])
        closes = re.compile(rf" {{0,3}}{mark}{{{len(opened['mark'])},}}[ \t]*")
        for end in range(line + 1, len(self.lines)):
            if closes.fullmatch(self.lines[end]):
                return Fence(line, opened["info"], self.lines[line + 1 : end]), end + 1
        return None

    def _table(self, line: int) -> tuple[Plain, int] | None:
        end = line
        while end < len(self.lines) and self.lines[end].startswith("|"):
            end += 1
        lines = self.lines[line:end]
        if not all(map(_is_row, lines)) or (end < len(self.lines) and not self.is_blank(end)):
            return None
        rows = [_cells(one) for one in lines]
        if (
            len(rows) < 2  # noqa: PLR2004 - head and rule
            or not _RULE.fullmatch(lines[1].rstrip())
            or any(len(one) != len(rows[0]) for one in rows)
        ):
            return None
        return Rows(line, rows[0], rows[2:]), end


def _is_row(line: str) -> bool:
    """Whether a line is a row whose cells are what stands between its bars."""
    return "\\" not in line and line.isprintable()


def _cells(row: str) -> list[str]:
    cells = row.rstrip()[1:].split("|")
    return [one.strip() for one in (cells if cells[-1] else cells[:-1])]


def _kind(item: re.Match[str]) -> str:
    """What the items of one list have in common."""
    return item["bullet"] or item["end"]
