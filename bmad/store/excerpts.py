"""Some items of a document that holds many, or some lines of the lock, as a text of its own.

What is made of that goes back into the whole, which else stays byte for byte.
"""

from bisect import bisect_left
from collections.abc import Collection, Container, Mapping, Sequence
from itertools import accumulate

from bmad.model.excerpts import Excerpt, LockExcerpt, Whole
from bmad.store.plain import is_parted

_ITEM, _SECTION = "\n### ", "\n## "
_BEHIND = f"{_SECTION}-\n"
"""Ends what is not last in the whole, either."""


def excerpt(text: str, ids: Container[str]) -> Excerpt | None:
    """The items of these ids; None of a document that is no plain one."""
    if "\r" in text or not is_parted(text):
        return None
    pieces = text.split(_ITEM)
    kept = [at for at, piece in enumerate(pieces[1:], 1) if piece.partition(":")[0] in ids]
    own = set(kept)
    parts = [pieces[0]]
    for at, piece in enumerate(pieces[1:], 1):
        if at in own:
            parts += [_ITEM, piece]
        elif _SECTION in piece:
            parts.append(piece[piece.index(_SECTION) :])
    ended = not kept or kept[-1] < len(pieces) - 1
    return Excerpt("".join([*parts, _BEHIND] if ended else parts), pieces, kept)


def whole(cut: Excerpt, text: str) -> Whole | None:
    """The whole once an excerpt has another text; None where more than its items is another."""
    told = text.split(_ITEM)
    was = cut.text.split(_ITEM)
    if len(told) != len(was) or told[0] != was[0]:
        return None
    pieces = list(cut.pieces)
    for at, one, other in zip(cut.kept, was[1:], told[1:], strict=True):
        before, behind = _parted(one)
        now, rest = _parted(other)
        if rest != behind:
            return None
        pieces[at] = f"{now}{pieces[at][len(before) :]}"
    ends = [*accumulate(piece.count("\n") + 1 for piece in pieces)]
    own = [*accumulate(piece.count("\n") + 1 for piece in told)]
    return Whole(_ITEM.join(pieces), [ends[at - 1] + 1 for at in cut.kept], [end + 1 for end in own[:-1]])


def _parted(piece: str) -> tuple[str, str]:
    """An item, and what stands behind it up to the next one."""
    at = piece.find(_SECTION)
    return (piece, "") if at < 0 else (piece[:at], piece[at:])


def lock_excerpt(text: str, ids: Collection[str], covers: Mapping[str, Collection[str]]) -> LockExcerpt:
    """Of a lock as bmad writes it; of the links of an epic, those to some of what it `covers`.

    A link that no document has any more keeps its line, so one that leads to a node beside these is left there.
    """
    lines = text.removesuffix("\n").split("\n")
    first, last = _from(lines, "link "), _from(lines, "nodf")
    kept = [*lines[: min(first, _from(lines, "node "))], *lines[last:]]
    for name in sorted(ids):
        if name in covers:
            kept += [line for one in covers[name] for line in _with(lines, f"link {name} covers {one} ")]
        else:
            kept += [line for line in _with(lines, f"link {name} ") if line.split(" ", 4)[3] in ids]
        kept += [*_with(lines, f"node {name} "), *_with(lines, f"node {name}/")]
    return LockExcerpt("\n".join([*kept, ""]), lines)


def _from(lines: Sequence[str], start: str) -> int:
    return bisect_left(lines, start)


def _with(lines: Sequence[str], start: str) -> Sequence[str]:
    """The lines that begin so."""
    return lines[_from(lines, start) : _from(lines, f"{start}\U0010ffff")]


def whole_lock(cut: LockExcerpt, before: str, text: str) -> str:
    """The whole lock once the lines of `before` have become those of `text`."""
    was, now = (set(one.split("\n")) for one in (before, text))
    gone = was - now
    return "\n".join([*sorted([*(line for line in cut.lines if line not in gone), *(now - was)]), ""])
