"""The census of a run counts each story once, whatever state it is in."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bmad.core.act.census import census
from bmad.model.act import State
from bmad.model.act_reports import Came, StoryStand
from bmad.model.agents import Fault

STANDS = st.builds(
    StoryStand,
    id=st.text("abc", min_size=1, max_size=4),
    title=st.just(""),
    state=st.sampled_from(State),
    round=st.just(1),
    open_findings=st.just(0),
    waits_for=st.sampled_from(["", "a person"]),
    fault=st.none() | st.sampled_from(Fault),
    until=st.none() | st.just(datetime(2026, 5, 4, tzinfo=UTC)),
    capped=st.sampled_from(["", "run", "story"]),
)


@given(st.lists(STANDS, max_size=30))
def test_it_adds_up_and_calls_nothing_done_that_is_not(stands: list[StoryStand]) -> None:
    landed = {one.id for one in stands[::2]}
    counted = census(stands, landed)
    assert sum(one.count for one in counted) == len(stands)
    done = sum(one.count for one in counted if one.came in (Came.LANDED, Came.DONE))
    assert done == sum(one.state is State.DONE for one in stands)
    failed = sum(one.count for one in counted if one.came in (Came.FAILED, Came.STOPPED, Came.PAUSED))
    assert failed >= sum(one.state is State.FAILED and one.fault is not None for one in stands)
    assert list(counted) == sorted(counted, key=lambda one: (list(Came).index(one.came), one.why))
