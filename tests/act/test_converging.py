"""Whatever the tempers of developer and reviewer: a story ends within its rounds, and lands nothing unreviewed."""

from collections import Counter

import pytest

from bmad.model.act import State
from bmad.model.agents import Severity
from bmad.model.review import Disposition
from tests.act.converging import ENDS, TEMPERS, Played, main, play, wrong
from tests.act.strategies import finding


@pytest.fixture(scope="module")
def every() -> list[Played]:
    return [play(seed) for seed in range(1500)]


def test_every_pair_ends_within_its_rounds_and_lands_nothing_unreviewed(every: list[Played]) -> None:
    assert [(seed, wrong(one)) for seed, one in enumerate(every) if wrong(one)] == []


def test_every_temper_was_there_and_every_end_was_reached(every: list[Played]) -> None:
    assert {one.end for one in every} == set(ENDS)
    assert {one.pair.developer for one in every} == {one.pair.reviewer for one in every} == set(TEMPERS)
    rounds = Counter(one.told.run.round for one in every)
    assert {1, 2, 3} <= rounds.keys()


def test_two_honest_ones_mostly_come_to_an_end_by_themselves_and_a_stubborn_pair_never_lands(
    every: list[Played],
) -> None:
    pairs = {(one.pair.developer, one.pair.reviewer): Counter[State | None]() for one in every}
    for one in every:
        pairs[one.pair.developer, one.pair.reviewer][one.end] += 1
    good = pairs["honest", "honest"]
    assert good[State.DONE] > sum(good.values()) / 2
    assert pairs["stubborn", "stubborn"][State.DONE] == 0


def test_what_is_wrong_is_seen(every: list[Played]) -> None:
    done = next(one for one in every if one.end is State.DONE)
    assert wrong(done) == []
    one = finding(severity=Severity.P1).model_copy(update={"disposition": Disposition.CONFIRMED})
    told = done.told._replace(run=done.told.run._replace(findings={one.id: one}))
    assert wrong(done._replace(told=told)) == [
        "it landed with work left, a dispute, or a change that nobody reviewed"
    ]
    assert wrong(done._replace(end=None))


def test_the_program_says_how_they_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs", "20"]) == 0
    assert capsys.readouterr().out.startswith("20 runs: ")
