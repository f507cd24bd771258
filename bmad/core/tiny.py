"""What a tiny change is (`gate.trivial`): some lines of text in some plain files that stand before and after.

A commit of that lane says `Story: none` and `Trivial: REASON`. It adds, removes, moves and turns no file, so it
brings none that a tool would find; its lines are counted from the contents by the shortest edit that leads from
one to the other; and what it writes can be seen: no controls, no signs without width, no line as long as a page.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.paths import Classified, PathClass, touches
from bmad.core.territory import holds
from bmad.model.commits import Change
from bmad.model.degrees import Trivial
from bmad.model.ends import ends

_TEXT = frozenset({"100644", "100755"})
_POINTER = b"version https://git-lfs.github.com/spec/"
MOST_LINES = 5_000
"""Lines of a file that has tiny changes; more take too long to compare."""
LONGEST = 1_000
"""Bytes of a line that a tiny change writes."""


class Touch(NamedTuple):
    """What a change does to the lines of a file: how many it adds and removes, or why it is not tiny."""

    lines: int
    fault: str = ""


def path_fault(at: Classified, change: Change, lane: Trivial, oracle: tuple[str, ...]) -> str | None:
    """Why a change of a path is not of the lane, whatever its lines are; None where it may be."""
    if at.klass is not PathClass.CODE:
        return "a tiny change is of code alone, and of no governed file, specification, record or knowledge"
    if change.old_mode != change.new_mode or change.new_mode not in _TEXT:
        return "a tiny change adds, removes and turns no file"
    if touches(oracle, change):
        return "the policy names it as truth (`oracle`)"
    return None if holds(lane.paths, at.path) else "gate.trivial of the base does not name it"


def measured(old: bytes, new: bytes, most: int) -> Touch:
    """What leads from one content to another; `most` lines are counted, and one more tells that there are more."""
    if any(one.startswith(_POINTER) for one in (old, new)):
        return Touch(0, "it points to a content that lies elsewhere")
    for one in (old, new):
        if b"\0" in one or not _is_text(one):
            return Touch(0, "it is no text in UTF-8")
    before, after = old.split(b"\n"), new.split(b"\n")
    if max(len(before), len(after)) > MOST_LINES:
        return Touch(0, f"it has more than {MOST_LINES} lines")
    known = set(before)
    for line in after:
        if line not in known and (fault := _unseen(line)):
            return Touch(0, fault)
    return Touch(edits(before, after, most))


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unseen(line: bytes) -> str:
    """Why a line that is written cannot be looked at; empty where it can."""
    if len(line) > LONGEST:
        return f"it writes a line of more than {LONGEST} bytes"
    odd = [sign for sign in line.removesuffix(b"\r").decode() if not sign.isprintable() and sign != "\t"]
    return f"it writes a sign that cannot be seen (U+{ord(odd[0]):04X})" if odd else ""


def edits(old: Sequence[bytes], new: Sequence[bytes], most: int) -> int:
    """The fewest lines to add and remove between two texts; `most` + 1 where it takes more.

    Source: E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986.
    """
    first, last = ends(old, new)
    one, two = old[first : len(old) - last], new[first : len(new) - last]
    if abs(len(one) - len(two)) > most:
        return most + 1
    reached = {1: 0}
    for done in range(most + 1):
        for at in range(-done, done + 1, 2):
            down = at == -done or (at != done and reached[at - 1] < reached[at + 1])
            x = reached[at + 1] if down else reached[at - 1] + 1
            while x < len(one) and 0 <= x - at < len(two) and one[x] == two[x - at]:
                x += 1
            reached[at] = x
            if x >= len(one) and x - at >= len(two):
                return done
    return most + 1
