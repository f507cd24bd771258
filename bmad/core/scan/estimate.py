"""Capture and recapture: from what two reviewers found apart from each other to how many defects there are.

The estimate is Chapman's, `(n1 + 1)(n2 + 1) / (m + 1) - 1` for n1 and n2 found and m of them by both: unlike
n1 * n2 / m it is there for every m, and hardly biased where n1 + n2 reaches the true number. The interval holds
those totals under which an overlap as small, or as large, as the one seen is not rarer than one in forty: the
overlap of independent reviewers has the hypergeometric distribution whatever each one's skill is, so the true
total is in it at least 95 times in 100, for small numbers, too. What both find easily makes the overlap large and
the estimate too low; a shared blind spot does the same.
"""

from collections.abc import Callable, Iterator
from math import exp, lgamma

from bmad.model.scan import Estimate

TAIL = 0.025
"""What each side of the interval leaves out."""

FEW = 7
"""Found by both; with fewer the bias of the estimate itself is felt."""

MOST = 10_000_000
"""Defects; a bound above is none."""


def estimate(lens: str, first: int, second: int, both: int, later: int = 0, *, grave: bool = False) -> Estimate:
    """The estimate for two reviewers who found `first` and `second`, `both` of them in common.

    Raises: ValueError where these cannot be such numbers.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError(f"{both} in common of {first} and {second}")
    seen = first + second - both
    told = Estimate(
        lens=lens, grave=grave, first=first, second=second, both=both, seen=seen, low=seen, later=later
    )
    if not both:
        return told
    total = (first + 1) * (second + 1) / (both + 1) - 1
    low, high = interval(first, second, both)
    return told.model_copy(update={"total": total, "low": low, "high": high, "rough": both < FEW})


def interval(first: int, second: int, both: int, tail: float = TAIL) -> tuple[int, int | None]:
    """The least and the greatest total under which the overlap is not too rare; None: no total is too large."""
    seen = first + second - both
    low = _least(seen, lambda total: _below(total, first, second, both) > tail)
    if low is None:
        return seen, None
    beyond = _least(low, lambda total: _above(total, first, second, both) <= tail)
    return low, None if beyond is None else max(beyond - 1, low)


def _least(start: int, holds: Callable[[int], bool]) -> int | None:
    """The least total from a start on for which it holds, and then goes on holding; None: it is beyond MOST."""
    step, below, above = 1, start - 1, start
    while not holds(above):
        if above > MOST:
            return None
        below, above, step = above, above + step, step * 2
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if holds(middle) else (middle, above)
    return above


def _below(total: int, first: int, second: int, both: int) -> float:
    """The probability that no more than so many are in common: it grows with the total."""
    least = max(0, first + second - total)
    return sum(_chances(total, first, second, range(least, both + 1)))


def _above(total: int, first: int, second: int, both: int) -> float:
    """The probability that no fewer than so many are in common: it falls with the total."""
    return sum(_chances(total, first, second, range(both, min(first, second) + 1)))


def _chances(total: int, first: int, second: int, overlaps: range) -> Iterator[float]:
    every = _ways(total, second)
    for one in overlaps:
        yield exp(_ways(first, one) + _ways(total - first, second - one) - every)


def _ways(of: int, some: int) -> float:
    """The logarithm of the number of ways to take some of many."""
    if not 0 <= some <= of:
        return float("-inf")
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)
