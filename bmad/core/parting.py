"""Two texts that differ, shown from a little before where they part."""

import re
from collections.abc import Sequence

_BEFORE = 3
"""The share of the room, as its divisor, that what both say takes before they part."""


def parting(one: str, other: str, most: int) -> tuple[str, str]:
    """Each on one line of about `most` characters, begun late enough that one sees what it says otherwise.

    Marks and case alone are no difference, where there is another one.
    """
    both = one.split(), other.split()
    words = [[re.sub(r"\W+", "", word).casefold() for word in words] for words in both]
    at = _same(*words) if words[0] != words[1] else _same(*both)
    return _from(both[0], both[1], at, most), _from(both[1], both[0], at, most)


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _from(words: Sequence[str], others: Sequence[str], at: int, most: int) -> str:
    text, start = " ".join(words), len(" ".join(words[:at]))
    if at < len(words) and at < len(others):
        start += _same(words[at], others[at])
    first = start - most // _BEFORE if len(text) > most and start > most // 2 else 0
    if first and (blank := text.find(" ", first, start)) >= 0:
        first = blank + 1
    shown = text[first:]
    cut = f"{shown[: most - 1].rstrip()}…" if len(shown) > most else shown
    return f"…{cut}" if first else cut
