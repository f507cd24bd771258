"""The story's machine: every row fires, what is not in the table is refused, and every story can end."""

import copy
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings

from bmad.core.act.checks import CONFLICTS
from bmad.core.act.diagram import mermaid, renewed, table
from bmad.core.act.machine import CONDITIONS, RESTING, TABLE, WORKING, Row, events, rows
from bmad.errors import UsageError
from bmad.model.act import (
    AcceptedBy,
    Again,
    Cancelled,
    Conflicted,
    Event,
    Extended,
    Failed,
    Landed,
    Moved,
    Rejected,
    Respecified,
    Resumed,
    Ruled,
    State,
    Triaged,
    Unclear,
    Verified,
)
from bmad.model.agents import Fault, Severity
from bmad.model.policy import Policy
from bmad.model.record import CheckRun
from bmad.model.review import Disposition
from tests.act.strategies import (
    CREATED,
    OUTSIDE,
    Step,
    Told,
    checks_failed,
    contents,
    developed,
    explored,
    finding,
    fixed,
    happen,
    journeys,
    passed,
    reviewed,
    ruled,
    started,
    steps,
    tell,
    triaged,
)

PAGE = Path(__file__).parent.parent.parent / "docs" / "machine.md"

CONFIRMED: Final = Disposition.CONFIRMED
FALSE: Final = Disposition.FALSE_POSITIVE
UPHELD: Final = Disposition.UPHELD
LANDED = (Event.LANDED, Landed(commit="l1", record="stories/records/STORY-1.json"))
ACCEPTED = (Event.ACCEPTED, AcceptedBy(by="Ada"))
REJECTED = (Event.REJECTED, Rejected(by="Ada", why="not so"))
MOVED = (Event.MOVED, Moved(base="b1", head="c-moved", tree="t9"))
CLEAN = (CREATED, developed(), passed(), reviewed(), triaged())


def row_of(step: Step) -> Row:
    """The row that a step went by, from where it led."""
    before, after = step.before.run, step.after.run
    fitting = [
        row
        for row in rows(before.state, step.event)
        if (before.rested if row.to is None else row.to) is after.state
    ]
    return next(row for row in fitting if len(fitting) == 1 or CONDITIONS[row.when](after))


def test_every_row_fires_and_every_state_is_reached() -> None:
    """Small runs show all but two: a review that stands where no acceptance does takes a change of policy."""
    rest = (Event.FAILED, Failed(fault=Fault.TIMEOUT, words="It hung."))
    resumed = (Event.RESUMED, Resumed(policy=Policy(accept="story")))
    witness = tell(started("auto"), *CLEAN, MOVED, rest, resumed, passed("h1", "c-moved"))
    assert witness.run.state is State.ACCEPT
    weak = (Event.CHECKS_FAILED, _weakened())
    stubborn = tell(started("auto"), CREATED, developed(), weak, fixed(), weak)
    assert (stubborn.run.state, stubborn.run.round) == (State.ARBITRATE, 2)
    fired = {row_of(step) for step in (*explored(), *steps(witness), *steps(stubborn))}
    assert set(TABLE) - fired == set()
    assert {step.after.run.state for step in explored()} == set(State)


def _weakened() -> Verified:
    _, told = checks_failed()
    assert isinstance(told, Verified)
    return told.model_copy(update={"weakened": ("tests/test_a.py::test_one",)})


def test_one_row_of_each_state_and_event_always_fits() -> None:
    for row in TABLE:
        assert [one.when for one in rows(row.state, row.event)][-1] == ""
        assert [one.when for one in rows(row.state, row.event)].count("") == 1
    assert {row.when for row in TABLE} == set(CONDITIONS)


def test_what_the_table_does_not_know_is_refused_and_changes_nothing() -> None:
    refused = 0
    for told in {step.after.run.state: step.after for step in explored()}.values():
        before = copy.deepcopy(told.run)
        for event in set(Event) - set(events(told.run.state)):
            for content in contents(told.run, event) or (Triaged(),):
                with pytest.raises(UsageError, match=f"`{told.run.state}` knows no event `{event}`"):
                    happen(told, event, content)
                refused += 1
        assert told.run == before
    assert refused > 100


@given(journeys())
def test_a_journey_only_ever_takes_events_that_its_state_knows(told: Told) -> None:
    for step in steps(told):
        assert row_of(step) in TABLE
        assert step.after.run.seq == step.before.run.seq + 1


HELPFUL = (
    Event.RESUMED,
    Event.STARTED,
    Event.CREATED,
    Event.DEVELOPED,
    Event.PASSED,
    Event.REVIEWED,
    Event.TRIAGED,
    Event.FIXED,
    Event.ACCEPTED,
    Event.LANDED,
)


def helped(told: Told) -> Told:
    """One step towards the end, with everybody of good will."""
    run = told.run
    if run.state is State.ARBITRATE:
        upheld = [name for name, one in run.findings.items() if one.disposition is UPHELD]
        if upheld:
            return happen(told, Event.RULED, Ruled(finding=upheld[0], disposition=CONFIRMED, by="Ada", why="yes"))
        return happen(told, Event.EXTENDED, Extended(by="Ada"))
    event = next(event for event in HELPFUL if event in events(run.state))
    options = contents(run, event)
    return happen(told, event, options[1 if event is Event.TRIAGED and len(options) > 1 else 0])


def to_the_end(told: Told) -> Told:
    for _ in range(60):
        if told.run.state is State.DONE:
            break
        told = helped(told)
    return told


def test_nothing_is_accepted_or_lands_that_no_check_and_no_review_saw() -> None:
    for told in [step.after for step in explored()]:
        run = told.run
        if run.state in (State.ACCEPT, State.LAND):
            assert run.green
            assert not run.work_is_left
            assert run.review_stands
            assert not run.is_unverified
        if run.state is State.LAND:
            assert run.acceptance_stands


def test_every_small_run_can_still_be_done_and_be_cancelled() -> None:
    for told in [step.after for step in explored()][::5]:
        assert to_the_end(told).run.state is State.DONE
        if told.run.state not in (State.DONE, State.CANCELLED):
            assert happen(told, Event.CANCELLED, Cancelled(by="Ada")).run.state is State.CANCELLED


@given(journeys())
def test_every_journey_can_still_be_done(told: Told) -> None:
    assert to_the_end(told).run.state is State.DONE


@given(journeys(without=OUTSIDE | {Event.CANCELLED, Event.FAILED, Event.OUT_OF_BUDGET, Event.UNCLEAR}, longest=60))
@settings(max_examples=200)
def test_without_people_a_story_takes_no_more_rounds_than_policy_says(told: Told) -> None:
    """But for those that were spent on what came to a split, which the story goes on after."""
    split = sum(one.event is Event.SPLIT for one in told.entries)
    assert told.run.round <= told.run.policy.rounds + split


@given(journeys(longest=60))
def test_no_two_visits_of_a_run_have_one_key(told: Told) -> None:
    """Also where a person resumes it, and where the specification changes while it is created."""
    keys = set[str]()
    for step in steps(told):
        run, then = step.before.run, step.after.run
        if step.event is Event.STARTED:
            keys = set()
        if then.state is not run.state or step.event is Event.RESPECIFIED:
            assert then.step() not in keys
            keys.add(then.step())
        else:
            assert then.step() == run.step()


def test_a_step_is_named_after_its_round_and_visit() -> None:
    failed = (Event.FAILED, Failed(fault=Fault.TIMEOUT, words="It hung."))
    told = tell(started(), CREATED, failed, (Event.RESUMED, Resumed()))
    assert told.run.step() == "1/dev.2"
    assert told.run.step("test/unit") == "1/test.2/unit"
    told = tell(developed(), checks_failed(), told=told)
    assert told.run.step() == "2/fix"
    assert tell(fixed(), failed, (Event.RESUMED, Resumed()), told=told).run.step() == "2/verify.2"


def test_what_a_fix_left_in_circles_never_lands_unchecked() -> None:
    """A person's ruling that leaves nothing to mend sends it to the checks, whatever policy accepts."""
    told = tell(started("auto"), CREATED, developed(), passed(), reviewed(finding()), triaged(F_1=FALSE))
    event, content = fixed("t1", F_1="a.py:1")
    told = happen(told, event, content.model_copy(update={"head": "c-other"}))
    assert told.run.state is State.ARBITRATE
    assert tell(ruled(FALSE), told=told).run.state is State.VERIFY


def test_a_persons_word_lets_the_files_go_back() -> None:
    told = tell(started(), CREATED, developed("t1"), checks_failed(), fixed("t2"), checks_failed())
    assert tell(fixed("t1"), told=told).run.state is State.ARBITRATE
    told = tell(fixed("t1"), (Event.EXTENDED, Extended(by="Ada")), fixed("t2"), told=told)
    assert told.run.state is State.VERIFY
    assert tell(checks_failed(), fixed("t1"), told=told).run.state is State.ARBITRATE


def test_a_dispute_over_a_small_thing_is_a_persons_too() -> None:
    raised = reviewed(finding(severity=Severity.P2))
    told = tell(started(), CREATED, developed(), passed(), raised, triaged(F_1=UPHELD))
    assert told.run.state is State.ARBITRATE
    extended = tell((Event.EXTENDED, Extended(by="Ada")), told=told)
    assert extended.run.state is State.ARBITRATE, "more rounds settle no dispute"
    assert tell(ruled(CONFIRMED), told=told).run.state is State.ACCEPT


def test_rounds_that_the_checks_used_up_are_extended_by_a_person() -> None:
    told = tell(started(rounds=1), CREATED, developed(), checks_failed())
    assert told.run.state is State.ARBITRATE
    told = tell((Event.EXTENDED, Extended(by="Ada", why="look at the clock")), told=told)
    assert (told.run.state, told.run.round, told.run.words) == (State.FIX, 2, ("look at the clock",))
    assert tell(fixed(), checks_failed(), told=told).run.state is State.ARBITRATE


def test_a_moved_target_needs_neither_review_nor_acceptance_again() -> None:
    told = tell(started(), *CLEAN, ACCEPTED, MOVED)
    assert tell(passed("h1", "c-moved"), told=told).run.state is State.LAND
    assert tell(passed("h2", "c-moved"), told=told).run.state is State.REVIEW


def test_a_conflict_is_a_round_on_top_of_what_it_conflicts_with() -> None:
    conflicted = (Event.CONFLICTED, Conflicted(base="b1", paths=("a.py",)))
    told = tell(started(rounds=1), *CLEAN, ACCEPTED, conflicted)
    assert (told.run.state, told.run.round, told.run.base, told.run.conflicts) == (State.FIX, 2, "b1", ("a.py",))
    told = tell(fixed("t2"), passed("h2", "c-t2"), told=told)
    assert (told.run.state, told.run.conflicts) == (State.REVIEW, ())


def test_a_conflict_is_one_until_no_marks_of_it_are_left() -> None:
    """What a fix left marks in is no work to build on: the next one joins it with the target again."""
    conflicted = (Event.CONFLICTED, Conflicted(base="b1", paths=("a.py",)))
    marked = checks_failed(CheckRun(round=2, name=CONFLICTS, ok=False))
    told = tell(started(), *CLEAN, ACCEPTED, conflicted, fixed("t2"), marked)
    assert (told.run.state, told.run.conflicts, told.run.unjoined) == (State.FIX, ("a.py",), ())
    settled = CheckRun(round=3, name=CONFLICTS, ok=True)
    told = tell(fixed("t3"), checks_failed(settled), told=told)
    assert (told.run.state, told.run.conflicts) == (State.FIX, ()), "another check failed, that is all"


@pytest.mark.parametrize("accept", ["story", "end"])
def test_a_policy_that_changes_during_a_rest_lands_nothing_unaccepted(accept: str) -> None:
    told = tell(started("auto"), *CLEAN, (Event.FAILED, Failed(fault=Fault.REFUSED, words="The gate refuses.")))
    assert told.run.rested is State.LAND
    policy = Policy.model_validate({"accept": accept})
    told = tell((Event.RESUMED, Resumed(by="Ada", policy=policy)), told=told)
    assert told.run.state is State.ACCEPT
    assert tell(ACCEPTED, LANDED, told=told).run.state is State.DONE


def test_c_work_that_puts_the_reviewed_lines_elsewhere_is_reviewed_and_accepted_again() -> None:
    """The hunks have no line numbers in them, so that a rebase keeps them; a fix may move them, too."""
    moved = tell(started(), *CLEAN, ACCEPTED, MOVED, checks_failed(head="c-moved"))
    assert moved.run.state is State.FIX
    assert tell(fixed("t2"), passed("h1", "c-t2"), told=moved).run.state is State.REVIEW
    again = tell(fixed("t2"), passed("h1", "c-t2"), reviewed(), triaged(), told=moved)
    assert again.run.state is State.ACCEPT
    assert tell((Event.AGAIN, Again(by="Ada")), passed("h1", "c-moved"), told=moved).run.state is State.LAND


def test_what_stands_on_next_is_not_done_because_policy_changed() -> None:
    told = tell(started("end"), CREATED, (Event.FAILED, Failed(fault=Fault.TIMEOUT, words="x")))
    told = tell((Event.RESUMED, Resumed(policy=Policy(accept="auto"))), *CLEAN[1:], LANDED, told=told)
    assert told.run.state is State.ACCEPT
    assert tell((Event.ACCEPTED, AcceptedBy(by="Ada", onto="m1")), told=told).run.landed == "m1"


def test_a_rejection_at_the_end_is_a_landing_of_its_own() -> None:
    told = tell(started("end"), *CLEAN, LANDED, REJECTED)
    run = told.run
    assert (run.state, run.landing, run.base, run.landed) == (State.FIX, 2, "l1", "")
    told = tell(fixed("t2"), passed("h2", "c-t2"), reviewed(hunks="h2"), triaged(), told=told)
    assert told.run.state is State.LAND


def test_a_new_specification_after_landing_on_next_is_a_landing_of_its_own() -> None:
    told = tell(started("end"), *CLEAN, LANDED, (Event.RESPECIFIED, Respecified(spec="s1")))
    assert (told.run.state, told.run.landing, told.run.landed) == (State.CREATE, 2, "")


def test_a_new_specification_while_it_is_created_is_a_step_of_its_own() -> None:
    told = tell(started(rounds=2), (Event.RESPECIFIED, Respecified(spec="s1")))
    assert (told.run.step(), told.run.allowed) == ("2/create", 3)


def test_a_new_specification_forgets_findings_but_no_persons_word() -> None:
    told = tell(started(), *CLEAN, REJECTED, fixed("t2"), passed("h2"), reviewed(finding(), hunks="h2"))
    told = tell(triaged(F_1=CONFIRMED), (Event.RESPECIFIED, Respecified(spec="s1")), told=told)
    assert [one.lens for one in told.run.findings.values()] == ["person"]
    demanded = tell(started(), *CLEAN, REJECTED, (Event.RESPECIFIED, Respecified(spec="s1"))).run
    assert [one.disposition for one in demanded.findings.values()] == [CONFIRMED]


def test_a_resumed_story_goes_on_where_it_was() -> None:
    asked = tell(started(), (Event.UNCLEAR, Unclear(question="Which one?")))
    assert (asked.run.state, asked.run.waits_for) == (State.BLOCKED, "Which one?")
    told = tell((Event.RESUMED, Resumed(why="The first.")), told=asked)
    assert (told.run.state, told.run.words, told.run.step()) == (State.CREATE, ("The first.",), "1/create.2")
    twice = tell((Event.CANCELLED, Cancelled(by="Ada")), (Event.RESUMED, Resumed()), told=asked)
    assert twice.run.state is State.CREATE
    never = tell((Event.CANCELLED, Cancelled(by="Ada")), (Event.RESUMED, Resumed()))
    assert never.run.state is State.BACKLOG


def test_a_story_that_is_started_again_begins_anew() -> None:
    told = tell(started("auto"), *CLEAN, LANDED, started("auto", landing=2))
    assert told.run.state is State.CREATE
    assert (told.run.landing, told.run.round, told.run.step(), told.run.landed) == (2, 1, "1/create", "")


def test_the_picture_shows_every_state_and_the_page_is_in_step() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run: python -m bmad.core.act.diagram"
    assert all(f" {state}" in mermaid() for state in State)
    assert all(f"`{event}`" in table() for event in Event)
    assert all(f"| `{state}` |" in page for state in (*WORKING, *RESTING))


def test_a_page_without_marks_is_no_page() -> None:
    with pytest.raises(UsageError, match="generated: picture"):
        renewed("# The machine\n")
