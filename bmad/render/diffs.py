"""A unified diff for a person: of the documents, since the lock's lines are for bmad alone."""

import re
from collections.abc import Iterator
from itertools import pairwise

from bmad.model.layout import LOCK_SUFFIX
from bmad.render.words import plural

_ROW = re.compile(r"[^\n]*\n|[^\n]+")
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


def of_documents(diff: str) -> str:
    """A diff with a line in the place of what it says of the lock."""
    rows = _ROW.findall(diff)
    starts = [*_starts(rows), len(rows)]
    return "".join(_told(rows[start:end]) for start, end in pairwise(starts))


def _told(rows: list[str]) -> str:
    names = [row[4:].rstrip("\n").partition("/")[2] for row in rows[:2]]
    path = next((name for name in names if name.endswith(LOCK_SUFFIX)), None)
    if path is None:
        return "".join(rows)
    added, removed = (sum(row.startswith(sign) for row in rows[2:]) for sign in "+-")
    return f"{path} changes with it: {plural(added, 'line')} more, {removed} less (bmad -v shows them)\n"


def _starts(rows: list[str]) -> Iterator[int]:
    """The rows that each file begins at. Lines are counted, since one that goes may read as such a row."""
    at = 0
    while at < len(rows):
        yield at
        at += 2
        while at < len(rows) and (hunk := _HUNK.match(rows[at])):
            old, new = (1 if one is None else int(one) for one in hunk.groups())
            at += 1
            while at < len(rows) and (old > 0 or new > 0):
                old -= rows[at][0] in " -"
                new -= rows[at][0] in " +"
                at += 1
