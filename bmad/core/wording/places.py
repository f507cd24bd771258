"""Where the characters of a requirement's or criterion's text stand in its document."""

from typing import NamedTuple

from bmad.model.spec import Criterion, Requirement


class Place(NamedTuple):
    """Line and column from 1, and how many characters of that line are meant."""

    line: int
    column: int
    width: int


def place(rows: list[str], item: Requirement | Criterion, start: int, end: int) -> Place:
    """The place of `item.text[start:end]`; what goes on in the next line is marked up to the line's end.

    `rows` are the lines of the document. Where the text is not found there, the place is that of the item.
    """
    text = item.text
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", start)
    line = text[before : len(text) if after < 0 else after]
    first = text.split("\n", 1)[0]
    at = _first_row(rows, item, first)
    row = at + text.count("\n", 0, start)
    if at < 0 or row >= len(rows) or line.rstrip() not in rows[row]:
        return Place(item.line, 1, 0)
    column = rows[row].rindex(line.rstrip()) + start - before
    return Place(row + 1, column + 1, min(end, before + len(line)) - start)


def _first_row(rows: list[str], item: Requirement | Criterion, first: str) -> int:
    """The row, from 0, that the text begins on: behind the heading, or on the criterion's own; -1 without one."""
    wanted = first.rstrip()
    if isinstance(item, Criterion):
        fits = (at for at in range(item.line - 1, len(rows)) if rows[at].rstrip().endswith(wanted))
    else:
        fits = (at for at in range(item.line, len(rows)) if rows[at].strip() == wanted)
    return next(fits, -1)
