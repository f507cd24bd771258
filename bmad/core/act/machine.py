"""The life of a story as a table: in this state, on this event, under this condition, that state comes next.

The table is all there is to it: the diagram of the documentation is drawn from it, and what is not in it is
refused by name, so that no event is lost. The first row that fits decides; the last one of each state and event
asks for nothing, so that one always fits.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from bmad.errors import UsageError
from bmad.model.act import Event, State

WORKING = (
    State.CREATE,
    State.PLAN,
    State.DEV,
    State.VERIFY,
    State.REVIEW,
    State.TRIAGE,
    State.FIX,
    State.ARBITRATE,
    State.ACCEPT,
    State.LAND,
)
"""The states of a story that is under way."""

RESTING = (State.BLOCKED, State.FAILED, State.CANCELLED)
"""Where a story stays until a person takes it up again; it goes on in the state that it came from."""


class Facts(Protocol):
    """What the conditions ask of a run after the event."""

    @property
    def plan_is_a_persons(self) -> bool: ...

    @property
    def split_is_proposed(self) -> bool:
        """Whether its preparation is a proposal to split it."""
        ...

    @property
    def widening_is_proposed(self) -> bool:
        """Whether its preparation goes beyond the territory that a person stated."""
        ...

    @property
    def review_stands(self) -> bool:
        """Whether the change reads as it did when the review converged."""
        ...

    @property
    def acceptance_stands(self) -> bool: ...

    @property
    def dispute_is_open(self) -> bool: ...

    @property
    def work_is_left(self) -> bool:
        """A check that fails, a confirmed P0 or P1, or a false positive without its mark."""
        ...

    @property
    def rounds_are_left(self) -> bool: ...

    @property
    def stays_weakened(self) -> bool:
        """Whether a fix was told of a test that asks less than it did, and left it so."""
        ...

    @property
    def policy_accepts(self) -> bool: ...

    @property
    def goes_in_circles(self) -> bool:
        """Whether the fix is back at a state of the files that an earlier round had."""
        ...

    @property
    def has_landed(self) -> bool:
        """Whether it stands on `bmad/next` already and one acceptance for all comes at the end."""
        ...

    @property
    def is_unverified(self) -> bool:
        """Whether no check has seen the commit that it is at."""
        ...

    @property
    def landing_lacks_acceptance(self) -> bool:
        """Whether it rested on the way to the target and policy now wants a person's word first."""
        ...


CONDITIONS: Mapping[str, Callable[[Facts], bool]] = {
    "": lambda _: True,
    "a person approves plans": lambda run: run.plan_is_a_persons,
    "a split is proposed": lambda run: run.split_is_proposed,
    "a wider territory is proposed": lambda run: run.widening_is_proposed,
    "review and acceptance stand": lambda run: run.review_stands and run.acceptance_stands,
    "review stands": lambda run: run.review_stands,
    "a dispute is open": lambda run: run.dispute_is_open,
    "work and rounds are left": lambda run: run.work_is_left and run.rounds_are_left,
    "work is left, no rounds": lambda run: run.work_is_left,
    "rounds are left": lambda run: run.rounds_are_left,
    "tests stay weakened": lambda run: run.stays_weakened,
    "policy accepts": lambda run: run.policy_accepts,
    "it goes in circles": lambda run: run.goes_in_circles,
    "it stands on the target": lambda run: run.has_landed,
    "one acceptance at the end": lambda run: run.has_landed,
    "no check has seen it": lambda run: run.is_unverified,
    "it was to land, unaccepted": lambda run: run.landing_lacks_acceptance,
}
"""What a row may ask, in the words of the diagram."""


class Row(NamedTuple):
    """`to` is None where the story goes on in the state that it rested from."""

    state: State
    event: Event
    to: State | None
    when: str = ""


def _converging(state: State, event: Event) -> tuple[Row, ...]:
    """Where a story goes once every finding has its disposition."""
    return (
        Row(state, event, State.ARBITRATE, "a dispute is open"),
        Row(state, event, State.FIX, "work and rounds are left"),
        Row(state, event, State.ARBITRATE, "work is left, no rounds"),
        *((Row(state, event, State.VERIFY, "no check has seen it"),) if state is State.ARBITRATE else ()),
        Row(state, event, State.LAND, "policy accepts"),
        Row(state, event, State.ACCEPT),
    )


_WAY = (
    Row(State.BACKLOG, Event.STARTED, State.CREATE),
    Row(State.BACKLOG, Event.CANCELLED, State.CANCELLED),
    Row(State.DONE, Event.STARTED, State.CREATE),
    Row(State.DONE, Event.CANCELLED, State.CANCELLED),
    Row(State.CANCELLED, Event.STARTED, State.CREATE),
    Row(State.CANCELLED, Event.PAID, State.CANCELLED),
    Row(State.CREATE, Event.CREATED, State.PLAN, "a person approves plans"),
    Row(State.CREATE, Event.CREATED, State.DEV),
    Row(State.CREATE, Event.UNCLEAR, State.BLOCKED),
    Row(State.CREATE, Event.RESEARCHED, State.CREATE),
    Row(State.CREATE, Event.SPLIT_PROPOSED, State.PLAN, "a person approves plans"),
    Row(State.CREATE, Event.SPLIT_PROPOSED, State.CREATE),
    Row(State.CREATE, Event.SPLIT, State.BACKLOG),
    Row(State.CREATE, Event.WIDENING_PROPOSED, State.PLAN),
    Row(State.PLAN, Event.ACCEPTED, State.CREATE, "a split is proposed"),
    Row(State.PLAN, Event.ACCEPTED, State.CREATE, "a wider territory is proposed"),
    Row(State.PLAN, Event.ACCEPTED, State.DEV),
    Row(State.PLAN, Event.REJECTED, State.CREATE),
    Row(State.DEV, Event.MOVED, State.DEV),
    Row(State.DEV, Event.TESTED, State.DEV),
    Row(State.DEV, Event.DEVELOPED, State.VERIFY),
    Row(State.VERIFY, Event.PASSED, State.LAND, "review and acceptance stand"),
    Row(State.VERIFY, Event.PASSED, State.ACCEPT, "review stands"),
    Row(State.VERIFY, Event.PASSED, State.REVIEW),
    Row(State.VERIFY, Event.CHECKS_FAILED, State.ARBITRATE, "tests stay weakened"),
    Row(State.VERIFY, Event.CHECKS_FAILED, State.FIX, "rounds are left"),
    Row(State.VERIFY, Event.CHECKS_FAILED, State.ARBITRATE),
    Row(State.REVIEW, Event.REVIEWED, State.TRIAGE),
    *_converging(State.TRIAGE, Event.TRIAGED),
    Row(State.FIX, Event.FIXED, State.ARBITRATE, "it goes in circles"),
    Row(State.FIX, Event.FIXED, State.VERIFY),
    Row(State.FIX, Event.AGAIN, State.VERIFY),
    *_converging(State.ARBITRATE, Event.RULED),
    Row(State.ARBITRATE, Event.EXTENDED, State.ARBITRATE, "a dispute is open"),
    Row(State.ARBITRATE, Event.EXTENDED, State.FIX),
    Row(State.ARBITRATE, Event.AGAIN, State.VERIFY),
    Row(State.ACCEPT, Event.ACCEPTED, State.DONE, "it stands on the target"),
    Row(State.ACCEPT, Event.ACCEPTED, State.LAND),
    Row(State.ACCEPT, Event.REJECTED, State.FIX),
    Row(State.LAND, Event.LANDED, State.ACCEPT, "one acceptance at the end"),
    Row(State.LAND, Event.LANDED, State.DONE),
    Row(State.LAND, Event.MOVED, State.VERIFY),
    Row(State.LAND, Event.UNPROVEN, State.VERIFY),
    Row(State.LAND, Event.CONFLICTED, State.FIX),
    Row(State.LAND, Event.REJECTED, State.FIX),
)

_ANYWHERE = tuple(
    row
    for state in WORKING
    for row in (
        Row(state, Event.FAILED, State.FAILED),
        Row(state, Event.OUT_OF_BUDGET, State.BLOCKED),
        Row(state, Event.CANCELLED, State.CANCELLED),
        Row(state, Event.RESPECIFIED, State.CREATE),
        Row(state, Event.WAITS, state),
    )
)

_RESTING = tuple(
    row
    for state in RESTING
    for row in (
        Row(state, Event.RESUMED, State.ACCEPT, "it was to land, unaccepted"),
        Row(state, Event.RESUMED, None),
        *((Row(state, Event.CANCELLED, State.CANCELLED),) if state is not State.CANCELLED else ()),
    )
)

TABLE = (*_WAY, *_ANYWHERE, *_RESTING)

_ROWS = {
    (one.state, one.event): tuple(row for row in TABLE if (row.state, row.event) == (one.state, one.event))
    for one in TABLE
}

_EVENTS = {state: tuple(event for one, event in _ROWS if one is state) for state in State}


def rows(state: State, event: Event) -> tuple[Row, ...]:
    """The rows of an event in a state, in order. Raises: UsageError where it cannot happen there."""
    if (state, event) not in _ROWS:
        raise UsageError(f"A story in state `{state}` knows no event `{event}`.")
    return _ROWS[state, event]


def following(state: State, event: Event, run: Facts, rested: State) -> State:
    """The state that comes next; `rested` is the one that a resting story goes on in.

    Raises: UsageError where the event cannot happen in the state.
    """
    row = next(row for row in rows(state, event) if CONDITIONS[row.when](run))
    return rested if row.to is None else row.to


def events(state: State) -> tuple[Event, ...]:
    """The events that a state knows, each once, in the table's order."""
    return _EVENTS[state]
