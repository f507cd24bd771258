"""Replay: a fold over the journal, the same for any prefix, any number of times, through JSON and back."""

import json
from typing import Final

import pytest
from hypothesis import given

from bmad.core.act.replay import apply, replay
from bmad.core.act.run import Run
from bmad.errors import UsageError
from bmad.model.act import AcceptedBy, Conflicted, Event, Moved, State
from bmad.model.contents import CONTENT
from bmad.model.journal import Entry
from bmad.model.review import Disposition
from tests.act.strategies import (
    CREATED,
    STORY,
    Told,
    checks_failed,
    developed,
    explored,
    finding,
    fixed,
    journeys,
    passed,
    reviewed,
    ruled,
    started,
    tell,
    triaged,
)

CONFIRMED: Final = Disposition.CONFIRMED
FALSE: Final = Disposition.FALSE_POSITIVE
UPHELD: Final = Disposition.UPHELD
RAISED, FIXED = Disposition.RAISED, Disposition.FIXED
REVIEWING = (started(), CREATED, developed(), passed())


def dispositions(told: Told) -> dict[str, Disposition]:
    return {name: one.disposition for name, one in told.run.findings.items()}


@given(journeys())
def test_replay_of_any_prefix_is_the_fold(told: Told) -> None:
    run = Run(STORY)
    for number, one in enumerate(told.entries, start=1):
        run = apply(run, one)
        assert replay(STORY, told.entries[:number]) == run
    assert run == told.run == replay(STORY, told.entries)


@given(journeys())
def test_a_journal_read_back_from_json_is_the_same_run(told: Told) -> None:
    texts = [one.model_dump_json(exclude_defaults=True) for one in told.entries]
    assert replay(STORY, [Entry.model_validate_json(text) for text in texts]) == told.run


@given(journeys())
def test_a_content_without_its_defaults_is_the_same_content(told: Told) -> None:
    for one in told.entries:
        content = CONTENT[one.event].model_validate(json.loads(json.dumps(one.content)))
        assert content.model_dump(mode="json", exclude_defaults=True) == one.content


def test_small_runs_carry_every_kind_of_event() -> None:
    """What the properties above are worth: no event is left out of what is generated."""
    assert {step.event for step in explored()} == set(Event) == set(CONTENT)


@given(journeys())
def test_an_event_that_is_not_the_next_is_refused(told: Told) -> None:
    for one in told.entries[-1:]:
        with pytest.raises(UsageError, match="skips"):
            apply(told.run, one)
        with pytest.raises(UsageError, match="skips"):
            replay("STORY-2", [one])


def test_a_gap_is_refused() -> None:
    entries = tell(*REVIEWING).entries
    with pytest.raises(UsageError, match="skips from event 1 to 3"):
        replay(STORY, [entries[0], entries[2]])


def test_a_content_that_does_not_read_is_a_sentence() -> None:
    entry = tell(started()).entries[0].model_copy(update={"content": {"policy": {"rounds": 0}}})
    with pytest.raises(UsageError, match=r"Event 1 of STORY-1 \(`started`\) does not read: policy\.rounds"):
        replay(STORY, [entry])


@pytest.mark.parametrize(
    "event", [reviewed(settled="F-9"), reviewed(unsettled="F-9"), reviewed(finding(), settled="F-9")]
)
def test_a_review_cannot_judge_what_nobody_raised(event: tuple[Event, object]) -> None:
    told = tell(*REVIEWING)
    with pytest.raises(UsageError, match="no finding F-9"):
        tell(event, told=told)  # type: ignore[arg-type]
    assert told.run.state is State.REVIEW


def test_triage_and_rulings_name_findings_that_are_there() -> None:
    told = tell(*REVIEWING, reviewed(finding()))
    with pytest.raises(UsageError, match="no finding F-9; there are F-1"):
        tell(triaged(F_9=CONFIRMED), told=told)
    with pytest.raises(UsageError, match="no finding F-9"):
        tell(ruled(CONFIRMED, "F-9"), told=tell(triaged(F_1=UPHELD), told=told))


@pytest.mark.parametrize("to", [RAISED, FIXED])
def test_triage_fixes_nothing(to: Disposition) -> None:
    with pytest.raises(UsageError, match="Triage cannot leave finding F-1"):
        tell(triaged(F_1=to), told=tell(*REVIEWING, reviewed(finding())))


def test_triage_does_not_undo_a_persons_ruling() -> None:
    told = tell(*REVIEWING, reviewed(finding()), triaged(F_1=UPHELD), ruled(CONFIRMED))
    told = tell(fixed(), passed("h2", "c-t2"), reviewed(finding(claim="still"), hunks="h2"), told=told)
    assert (dispositions(told), told.run.findings["F-1"].ruled_by) == ({"F-1": CONFIRMED}, "Ada")
    with pytest.raises(UsageError, match="F-1 is settled"):
        tell(triaged(F_1=UPHELD), told=told)


def test_a_review_is_of_what_the_checks_saw() -> None:
    with pytest.raises(UsageError, match="saw another change"):
        tell(reviewed(hunks="h2"), told=tell(*REVIEWING))


def test_a_fix_is_judged_by_the_reviewer() -> None:
    told = tell(*REVIEWING, reviewed(finding()), triaged(F_1=CONFIRMED), fixed(), passed("h2", "c-t2"))
    assert dispositions(told) == {"F-1": CONFIRMED}
    settled = tell(reviewed(hunks="h2", settled="F-1"), triaged(), told=told)
    assert (settled.run.state, dispositions(settled)) == (State.ACCEPT, {"F-1": FIXED})
    unsettled = tell(reviewed(hunks="h2", unsettled="F-1"), triaged(), told=told)
    assert (unsettled.run.state, dispositions(unsettled)) == (State.FIX, {"F-1": CONFIRMED})


def test_what_was_fixed_and_is_found_unsettled_is_open_again() -> None:
    told = tell(*REVIEWING, reviewed(finding(), finding("F-2")), triaged(F_1=CONFIRMED, F_2=CONFIRMED), fixed())
    told = tell(passed("h2"), reviewed(hunks="h2", settled="F-1", unsettled="F-2"), triaged(), told=told)
    told = tell(fixed("t3"), passed("h3"), reviewed(hunks="h3", settled="F-2", unsettled="F-1"), told=told)
    assert dispositions(told) == {"F-1": CONFIRMED, "F-2": FIXED}
    assert tell(triaged(), told=told).run.state is State.FIX


def test_a_false_positive_needs_a_mark_that_the_reviewer_lets_stand() -> None:
    told = tell(*REVIEWING, reviewed(finding()), triaged(F_1=FALSE))
    assert told.run.state is State.FIX
    told = tell(fixed("t2", F_1="a.py:3"), passed("h2"), told=told)
    assert tell(reviewed(hunks="h2", settled="F-1"), triaged(), told=told).run.state is State.ACCEPT
    again = tell(reviewed(hunks="h2", unsettled="F-1"), triaged(), told=told)
    assert (again.run.state, again.run.findings["F-1"].mark) == (State.FIX, "")


def test_a_false_alarm_is_not_raised_twice() -> None:
    told = tell(*REVIEWING, reviewed(finding()), triaged(F_1=FALSE), fixed("t2", F_1="a.py:3"), passed("h2"))
    told = tell(reviewed(finding(claim="in other words"), hunks="h2"), triaged(), told=told)
    assert (told.run.state, dispositions(told)) == (State.ACCEPT, {"F-1": FALSE})


def test_only_a_false_positive_gets_a_mark() -> None:
    told = tell(*REVIEWING, reviewed(finding()), triaged(F_1=CONFIRMED), fixed("t2", F_1="a.py:3", F_9="b.py:1"))
    assert told.run.findings["F-1"].mark == ""
    assert list(told.run.findings) == ["F-1"]


def test_failed_checks_keep_their_words_for_the_fix() -> None:
    run = tell(started(), CREATED, developed(), checks_failed()).run
    assert (run.green, run.failing, run.work_is_left) == (False, ("tests failed",), True)


def test_a_fix_of_a_conflict_is_reviewed_even_where_it_reads_as_before() -> None:
    """What a conflict was settled to, only a review sees: the same hunks may stand on another base now."""
    landing = tell(*REVIEWING, reviewed(), triaged(), (Event.ACCEPTED, AcceptedBy(by="ada")))
    assert landing.run.state is State.LAND
    joined = tell((Event.CONFLICTED, Conflicted(base="c-new", paths=("a.py",))), fixed(), told=landing)
    assert tell(passed(head="c-t2"), told=joined).run.state is State.REVIEW
    moved = tell((Event.MOVED, Moved(base="c-new", head="c-t2", tree="t2")), told=landing)
    assert tell(passed(head="c-t2"), told=moved).run.state is State.LAND, "the twin: a clean rebase keeps it"
