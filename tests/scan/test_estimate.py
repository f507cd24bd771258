"""The estimate of what is left, held against known numbers, against counting, and against made-up captures."""

from itertools import product
from math import comb
from random import Random

import pytest

from bmad.core.scan.estimate import FEW, estimate, interval


@pytest.mark.parametrize(
    ("first", "second", "both", "total"),
    [
        (10, 15, 5, 28.33),  # the turtles that textbooks mark: 11 * 16 / 6 - 1
        (200, 150, 60, 496.56),
        (10, 10, 10, 10),
        (7, 3, 3, 7),
        (1, 1, 1, 1),
    ],
)
def test_the_total_is_chapmans(first: int, second: int, both: int, total: float) -> None:
    told = estimate("correctness", first, second, both)
    assert told.total == pytest.approx(total, abs=0.005)
    assert told.seen == first + second - both
    assert told.total is not None
    assert told.high is not None
    assert told.seen <= told.low <= told.total <= told.high
    assert told.rough is (both < FEW)


def test_the_interval_holds_exactly_the_totals_that_counting_allows() -> None:
    """All ways to draw are counted one by one; 40 is more than any bound here but that of a single overlap."""
    for first, second, both in [(10, 15, 5), (6, 7, 4), (9, 9, 9), (8, 4, 2), (5, 5, 5)]:
        every = range(first + second - both, 400)
        allowed = [total for total in every if _is_allowed(total, first, second, both)]
        assert interval(first, second, both) == (allowed[0], allowed[-1])
        assert allowed == [*range(allowed[0], allowed[-1] + 1)]


def _is_allowed(total: int, first: int, second: int, both: int) -> bool:
    ways = {
        one: comb(first, one) * comb(total - first, second - one)
        for one in range(max(0, first + second - total), min(first, second) + 1)
    }
    below = sum(count for one, count in ways.items() if one <= both)
    above = sum(count for one, count in ways.items() if one >= both)
    return min(below, above) * 40 > comb(total, second)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (4, 0), (0, 3), (6, 5)])
def test_without_an_overlap_there_is_a_least_number_and_no_estimate(first: int, second: int) -> None:
    told = estimate("debt", first, second, 0)
    assert (told.total, told.low, told.high) == (None, first + second, None)


@pytest.mark.parametrize(("first", "second", "both"), [(3, 2, 3), (2, 2, -1)])
def test_numbers_that_cannot_be_are_refused(first: int, second: int, both: int) -> None:
    with pytest.raises(ValueError, match="in common"):
        estimate("debt", first, second, both)


@pytest.mark.parametrize(
    ("number", "one", "other"), [(20, 0.5, 0.5), (40, 0.7, 0.3), (80, 0.6, 0.6), (12, 0.9, 0.2)]
)
def test_the_interval_holds_the_true_number_as_often_as_it_says(number: int, one: float, other: float) -> None:
    random = Random(f"{number} {one} {other}")  # noqa: S311 - made-up captures
    known: dict[tuple[int, int, int], tuple[int, int | None]] = {}
    held, trials = 0, 600
    for _ in range(trials):
        found = [[random.random() < chance for chance in (one, other)] for _ in range(number)]
        first, second = (sum(each[at] for each in found) for at in (0, 1))
        both = sum(map(all, found))
        if (first, second, both) not in known:
            told = estimate("correctness", first, second, both)
            known[first, second, both] = told.low, told.high
        low, high = known[first, second, both]
        held += low <= number and (high is None or number <= high)
    assert held / trials >= 0.95 - 0.02


def test_the_total_is_hardly_biased_where_both_find_half_of_it() -> None:
    random = Random(7)  # noqa: S311 - made-up captures
    totals = []
    for _ in range(500):
        found = [(random.random() < 0.5, random.random() < 0.6) for _ in range(60)]
        first, second = (sum(each[at] for each in found) for at in (0, 1))
        totals.append(estimate("correctness", first, second, sum(map(all, found))).total or 0)
    assert sum(totals) / len(totals) == pytest.approx(60, rel=0.02)


def test_what_both_find_easily_makes_the_estimate_too_low() -> None:
    """The docs say so: half of the defects are found nearly always, half nearly never."""
    random = Random(11)  # noqa: S311 - made-up captures
    totals = []
    for _ in range(200):
        chances = [0.9] * 30 + [0.1] * 30
        found = [(random.random() < chance, random.random() < chance) for chance in chances]
        first, second = (sum(each[at] for each in found) for at in (0, 1))
        totals.append(estimate("correctness", first, second, sum(map(all, found))).total or 0)
    assert sum(totals) / len(totals) < 50


def test_large_numbers_have_an_interval_too() -> None:
    low, high = interval(5000, 4000, 2000)
    assert high is not None
    assert low < 10_000 < high < 10_500
    assert all(interval(first, 3, 1)[1] for first, _ in product((3, 30, 300), "x"))
