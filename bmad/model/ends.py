"""How far two texts, or two lists of anything, are the same from either end: what differs lies between."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def ends(one: Sequence[T], other: Sequence[T]) -> tuple[int, int]:
    """How much is the same at the beginning, and how much of what is left at the end.

    Found by halving, so that what is alike is compared as a whole, and not piece by piece.
    """
    if type(one) is not type(other):  # a list equals no tuple
        one, other = list(one), list(other)
    least = min(len(one), len(other))
    head = _most(least, lambda low, high: one[low:high] == other[low:high])
    own, its = len(one), len(other)
    tail = _most(least - head, lambda low, high: one[own - high : own - low] == other[its - high : its - low])
    return head, tail


def _most(most: int, is_same: Callable[[int, int], bool]) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_same(low, middle) else (low, middle - 1)
    return low
