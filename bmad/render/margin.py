"""An intent with its margin: line, class and ids on the left, its own words on the right."""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from unicodedata import east_asian_width

from bmad.model.intent import IntentCoverage, IntentPart, IntentReport, SilentSection
from bmad.render.words import line, plural, visible

NARROW, WIDE = 80, 120
"""Columns: the fewest, and from where on the ids of a block stand side by side."""

_CLASS, _ID = 12, 13
_COLOURS = {"taken": "32", "new": "33", "left": "2"}
_GAPS = 2 + len(" │ ")
_TOKEN = re.compile(r"\s+|\S+")


def annotated(report: IntentReport, *, width: int = NARROW, colour: bool = False) -> str:
    """The whole intent, then what was taken and left of it; rows of at most `width` columns, 80 or more."""
    last = max((part.lines[1] for part in report.parts), default=1)
    table = _Table(max(width, NARROW), len(str(last)), colour=colour)
    files = [(path, list(own)) for path, own in groupby(report.parts, key=_path)]
    rows: list[str] = []
    for path, own in files:
        rows += [*([""] if rows else []), f"{visible(path)}:"] if len(files) > 1 else []
        rows += [row for group in _groups(own) for row in table.rows(group)]
    return "\n".join([*rows, "", *totals(report)])


def _path(part: IntentPart) -> str:
    return part.path


def totals(report: IntentReport) -> Iterator[str]:
    """What was taken and left, and what a person should look at."""
    took, path = report.coverage, visible(report.path)
    yield f"{path}: {counted(took)}"
    if report.reads_as:
        yield unsure(report.reads_as, took, report.path)
    if took.command:
        yield outdated(took, report.gone)
    if not report.mapped:
        yield f"not mapped yet: this is what a map would take. Run: bmad map {path}"
    yield from map(silence, report.silent)


def counted(took: IntentCoverage) -> str:
    """`18 of 24 blocks taken, 6 left (2 under headings that ask)`."""
    new = f", {took.new} new" if took.new else ""
    if took.left is None:
        return f"{plural(took.taken, 'block')} taken{new}; the mapper does not tell what it left"
    asked = f" ({took.left_asked} under headings that ask)" if took.left_asked else ""
    return f"{took.taken} of {plural(took.blocks, 'block')} taken{new}, {took.left} left{asked}"


_KEPT = "a backlog with keys of its own"
_CODE = "text in code blocks"
_DESCRIBES = ("a description", "a technical design")
_FOREIGN = ("a StrictDoc document", "a sphinx-needs document", "a doorstop item")


def unsure(reads_as: str, took: IntentCoverage, path: str) -> str:
    """What kind of text it is, how much was taken of it, and what helps."""
    head = f"This reads as {reads_as}; {took.taken + took.new} of {plural(took.blocks, 'block')} taken"
    if reads_as == _KEPT:
        return f"{head}. Its keys stay as `Source`, and what it calls done is left."
    if reads_as in _FOREIGN:
        return f"{head}. Its fields are not read, its keys neither: map its export as Markdown."
    if reads_as == _CODE:
        return f"{head}. What is fenced, or set in by four blanks, is code to Markdown, of which nothing is taken."
    look = (
        "Most of these stand where neither heading nor words ask for anything: look at them"
        if reads_as in _DESCRIBES
        else "Look at the rest"
    )
    return f"{head}. {look}, or let a model judge it: bmad map {shlex.quote(visible(path))} --mapper NAME"


def silence(section: SilentSection) -> str:
    """The warning about a section that asks and gave nothing."""
    name = f"“{line(section.heading[-1], 60)}”" if section.heading else "the text before the first heading"
    left = f"its {plural(section.left, 'block')} {'was' if section.left == 1 else 'were'} left"
    return f"{visible(section.path)}:{section.line}: warning: {name} asks for something and gave nothing: {left}"


def outdated(took: IntentCoverage, gone: Sequence[str] = ()) -> str:
    """What was edited since it was mapped, and the command that brings it in; `gone` are ids to show."""
    return f"{'; '.join(_changes(took, gone))}. Run: {visible(took.command)}"


def _changes(took: IntentCoverage, gone: Sequence[str]) -> Iterator[str]:
    if took.gone:
        shown = ", ".join(gone[:3]) + (" …" if len(gone) > 3 else "")  # noqa: PLR2004 - a line
        verb = "stands" if took.gone == 1 else "stand"
        count = plural(took.gone, "statement")
        named = f" ({shown})" if shown else ""
        yield f"edited since it was mapped: {count} of the register no longer {verb} in it{named}"
    if took.new:
        yield f"a map would take {plural(took.new, 'block')} that the register does not hold"


@dataclass
class _Group:
    """Lines of the intent, each with its number, that belong to one block, or to none."""

    part: IntentPart | None
    lines: list[tuple[int, str]]


def _groups(parts: Iterable[IntentPart]) -> Iterator[_Group]:
    """The intent line by line; a block that begins on the line of another gets a row of its own."""
    number = 1
    group = _Group(None, [(1, "")])
    for part in parts:
        if part.state != "structure":
            begun = group.lines.pop() if group.part is None else (number, "")
            if group.lines:
                yield group
            group = _Group(part, [begun])
        first, *more = part.text.split("\n")
        group.lines[-1] = (number, group.lines[-1][1] + first)
        if more and part.state == "structure" and group.part is not None:
            yield group
            group = _Group(None, [])
        for text in more:
            number += 1
            group.lines.append((number, text))
    if group.lines != [(number, "")]:
        yield group


class _Table:
    """Lays groups out in three columns: line, margin, text."""

    def __init__(self, columns: int, digits: int, *, colour: bool) -> None:
        self.digits = digits
        self.margin = _CLASS + _ID * (3 if columns >= WIDE else 1)
        self.room = columns - digits - self.margin - _GAPS
        self.colour = colour

    def rows(self, group: _Group) -> Iterator[str]:
        right = [
            ("" if at else str(number), piece)
            for number, text in group.lines
            for at, piece in enumerate(wrapped(_shown(text), self.room))
        ]
        left = self._cells(group.part) if group.part is not None else []
        size = max(len(left), len(right))
        left += [""] * (size - len(left))
        right += [("", "")] * (size - len(right))
        for cell, (number, text) in zip(left, right, strict=True):
            bar = "│" if group.part is not None else " "
            margin = self._coloured(group.part, f"{cell:<{self.margin}}")
            yield f"{number:>{self.digits}}  {margin} {bar} {text}".rstrip()

    def _cells(self, part: IntentPart) -> list[str]:
        if part.state == "left":
            return wrap(f"left: {part.why or 'the mapper gives no reason'}", self.margin)
        if part.state == "new":
            return [f"{part.klass or '':<{_CLASS}}(new)"]
        ids = " ".join((*part.statements, *part.requirements, *part.stories))
        first, *rest = wrap(ids, self.margin - _CLASS, break_on_hyphens=False) or [""]
        return [f"{part.klass or '':<{_CLASS}}{first}", *(f"{'':<{_CLASS}}{one}" for one in rest)]

    def _coloured(self, part: IntentPart | None, cell: str) -> str:
        if not self.colour or part is None or not cell.strip():
            return cell
        return f"\033[{_COLOURS[part.state]}m{cell}\033[0m"


def _shown(text: str) -> str:
    return visible(text.removeprefix("\ufeff").expandtabs(4).rstrip())


def wrapped(text: str, room: int, *, paths: bool = False) -> list[str]:
    """Text in rows of at most `room` columns, cut at blanks, else between characters; wide ones count twice.

    With `paths` a path that is longer stays whole on a row of its own, to be copied.
    """
    rows, row, used = [], "", 0
    for token in _TOKEN.findall(text):
        whole = columns(token) <= room or (paths and "/" in token and token.isascii())
        for piece in [token] if whole else token:
            size = columns(piece)
            if used and used + size > room:
                rows.append(row.rstrip())
                row, used = "", 0
                if piece.isspace():
                    continue
            row, used = row + piece, used + size
    return [*rows, row.rstrip()]


def columns(text: str) -> int:
    """The columns that a text takes at a terminal."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
