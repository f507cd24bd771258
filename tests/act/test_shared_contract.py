"""What machines may rely on, held over PostgreSQL and over the simulation's server alike."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bmad.errors import FencedError, StaleError
from bmad.model.machines import Held
from tests.act.shares import PostgresShare, Share, SimulatedShare


@pytest.fixture(params=[PostgresShare, SimulatedShare], ids=["postgres", "simulated"])
def share(request: pytest.FixtureRequest) -> Iterator[Share]:
    one: Share = request.param()
    yield one
    one.close()


def test_a_story_is_held_by_one_until_its_time_has_run_out(share: Share) -> None:
    one, two = share.join("one", 3), share.join("two")
    taken = one.stories.take("STORY-1")
    assert taken is not None
    assert (taken.epoch, taken.again) == (1, False)
    one.append(1)
    with one.stories.kept("STORY-1", lambda: None):
        for _ in range(2):
            kept = share.kept_until()
            share.until(lambda before=kept: share.kept_until() > before)  # type: ignore[misc]
        assert two.stories.take("STORY-1") is None
    share.expire()
    assert two.stories.take("STORY-1") == (2, False)
    with pytest.raises(FencedError):
        one.append(2)
    with pytest.raises(FencedError):
        one.notes.write("STORY-1/1-dev.json", "late")
    with pytest.raises(FencedError):
        one.stories.claim("STORY-1", ["src/**"], lambda _: True, lands=False)
    two.append(2)
    two.notes.write("STORY-1/1-dev.json", "{}")
    assert one.notes.read("STORY-1/1-dev.json") == "{}"


def test_who_slept_is_told_that_another_has_the_story(share: Share) -> None:
    one, two, lost = share.join("one", 1), share.join("two"), threading.Event()
    assert one.stories.take("STORY-1") is not None

    def taken() -> bool:  # one may renew it in between
        share.expire()
        return two.stories.take("STORY-1") is not None

    with one.stories.kept("STORY-1", lost.set):
        share.until(taken)
        share.until(lost.is_set)
    one.stories.give("STORY-1", "what an older one says of it")
    assert [(held.holder, held.live, held.rests) for held in two.stories.held()] == [("two", True, "")]


def test_who_holds_nothing_writes_nothing_as_one_who_does(share: Share) -> None:
    one, two = share.join("one"), share.join("two")
    one.epochs["STORY-1"] = 1
    with pytest.raises(FencedError):
        one.append(1)
    assert two.stories.take("STORY-1") == (1, False)
    two.append(1)
    with pytest.raises(StaleError):
        two.append(1)
    with pytest.raises(StaleError):
        two.append(3)
    share.join("a person").append(2)
    two.append(3)


def test_who_held_it_last_is_known_to_hold_it_again(share: Share) -> None:
    one, two = share.join("one"), share.join("two")
    one.stories.take("STORY-1")
    one.stories.give("STORY-1", keep=True)
    assert one.stories.take("STORY-1") == (2, True)
    assert share.join("one").stories.take("STORY-1") == (3, True), "one that died, and was started again at once"
    share.expire()
    assert two.stories.take("STORY-1") == (4, False)


def test_a_territory_and_the_lane_are_one_storys_at_a_time(share: Share) -> None:
    one, two = share.join("one"), share.join("two")
    for machine, story in ((one, "STORY-1"), (two, "STORY-2")):
        assert machine.stories.take(story) is not None

    def alone(others: Sequence[Held]) -> bool:
        return not any(other.lands for other in others)

    assert one.stories.claim("STORY-1", ["src/**"], alone, lands=True)
    assert not two.stories.claim("STORY-2", ["docs/**"], alone, lands=True)
    assert [one.stories.another_lands(story) for story in ("STORY-1", "STORY-2")] == [False, True]
    one.stories.give("STORY-1", keep=True)
    [first, second] = one.stories.held()
    assert (first.territory, first.lands, first.live) == (("src/**",), False, False)
    assert (second.territory, second.lands, second.live) == (None, False, True)
    assert not two.stories.another_lands("STORY-2")
    beside: list[Held] = []

    def fits(others: Sequence[Held]) -> bool:
        beside.extend(others)
        return True

    assert two.stories.claim("STORY-2", ["docs/**"], fits, lands=True)
    two.stories.take("STORY-1")
    two.stories.give("STORY-1")
    assert two.stories.claim("STORY-2", ["docs/**"], fits, lands=True)
    assert [held.territory for held in beside] == [("src/**",)], "what is over is beside nobody"


def test_whoever_claims_may_look_at_the_journal_meanwhile(share: Share) -> None:
    """What those came to that are dead by then is told there alone."""
    one, two = share.join("one"), share.join("two")
    assert one.stories.take("STORY-1") is not None
    one.append(1)
    assert two.stories.take("STORY-2") is not None

    def fits(others: Sequence[Held]) -> bool:
        return len(two.journal.entries("STORY-1")) == len(others) == 1

    assert two.stories.claim("STORY-2", ["docs/**"], fits, lands=False)


def test_who_died_after_its_landing_keeps_nobody_from_theirs(share: Share) -> None:
    """It noted that it had landed, and came not to letting go of it: nobody takes it again."""
    one, two = share.join("one"), share.join("two")
    for machine, story in ((one, "STORY-1"), (two, "STORY-2")):
        assert machine.stories.take(story) is not None
    assert one.stories.claim("STORY-1", ["src/**"], lambda _: True, lands=True)
    share.expire()
    assert two.stories.take("STORY-2") is not None
    assert two.stories.claim("STORY-2", ["docs/**"], lambda _: True, lands=True)
    assert [held.lands for held in two.stories.held()] == [False, True]


def test_a_persons_word_and_the_job_to_heed_it_are_one_transaction(share: Share) -> None:
    one = share.join("one")
    one.append(1)
    assert one.stories.fleet().dispatching
    share.empty_queue()
    with pytest.raises(StaleError, match="Someone else went on"):
        one.append(1)
    assert not one.stories.fleet().dispatching, "where the one is refused, so is the other"
    assert one.stories.take("STORY-1") is not None
    one.append(2)
    assert not one.stories.fleet().dispatching, "what a worker notes on its way tells nobody"
    one.stories.give("STORY-1")
    assert one.stories.fleet().dispatching


def test_what_is_queued_is_there_once_and_the_most_pressing_comes_first(share: Share) -> None:
    one, two = share.join("one"), share.join("two")
    one.stories.put([("STORY-1", 5), ("STORY-2", 7)])
    two.stories.put([("STORY-1", 5)])
    assert one.stories.queued() == {"STORY-1", "STORY-2"}
    assert (one.stories.fleet().waiting, one.stories.fleet().doing) == (2, 0)
    share.fetch(share.worker())
    assert (one.stories.fleet().waiting, one.stories.fleet().doing) == (1, 1)
    one.stories.put([("STORY-2", 7)])
    assert one.stories.fleet().waiting == 2, "it waits once more while it is done"


def test_a_job_that_nobody_does_is_taken_off_the_queue(share: Share) -> None:
    """That of a worker that is not heard of, and one whose end a worker that lives could not note."""
    one = share.join("one")
    one.stories.put([("STORY-1", 1), ("STORY-2", 2)])
    dead, worker = share.worker(), share.worker()
    share.fetch(dead)
    job = share.fetch(worker)
    share.silence(dead)
    nothing = frozenset[int]()
    assert share.sweep(worker, {job}, nothing) == nothing
    assert one.stories.queued() == {"STORY-1"}, "the other one's is put there again by whoever sees it"
    assert one.stories.fleet().dispatching
    strange = share.sweep(worker, nothing, nothing)
    assert strange == frozenset({job})
    assert one.stories.queued() == {"STORY-1"}, "it may be about to begin"
    assert share.sweep(worker, nothing, strange) == nothing
    assert one.stories.queued() == set()


def test_what_rests_is_looked_at_again_once_somebody_has_asked(share: Share) -> None:
    one = share.join("one")
    one.stories.take("STORY-1")
    later = datetime.now(UTC) + timedelta(hours=1)
    one.stories.give("STORY-1", "its checks have no database", later)
    assert [(held.rests, held.again) for held in one.stories.held()] == [("its checks have no database", later)]
    one.stories.ask(["STORY-1", "STORY-2"], named=True, research=False)
    assert [(held.rests, held.again) for held in one.stories.held()] == [("", None)]
    one.stories.ask(["STORY-1"], named=False, research=True)
    assert one.stories.asked() == {"STORY-1": (True, True), "STORY-2": (True, False)}
    one.stories.over(["STORY-1"])
    assert set(one.stories.asked()) == {"STORY-2"}
