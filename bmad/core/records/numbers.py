"""Which landings of a story its history holds, and the number of the next one. Pure.

A record counts where some version of it reads as a record of its own story and landing, and where it was next in
turn: anything else that ever stood under such a name is junk. It neither closes the story nor can it be written
over, so the next landing goes past it.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple


class Landings(NamedTuple):
    """The landings of a story in a history; `standing` is the latest whose record stands in its tree, or 0."""

    landed: frozenset[int]
    standing: int
    next: int


NONE = Landings(frozenset(), 0, 1)
"""Of a story that never landed."""


def landings(named: Mapping[int, bool], standing: Collection[int]) -> Landings:
    """Out of the numbers that records were ever named by, whether each read as one, and those in the tree now."""
    landed: set[int] = set()
    number = 1
    while number in named:
        if named[number]:
            landed.add(number)
        number += 1
    return Landings(frozenset(landed), max(landed.intersection(standing), default=0), number)
