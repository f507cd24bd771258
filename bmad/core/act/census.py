"""The end of a run as a census: each story is counted once, by what came of it."""

from collections import Counter
from collections.abc import Collection, Iterable

from bmad.core.act.accounts import LASTING
from bmad.model.act import State
from bmad.model.act_reports import Came, Counted, StoryStand

_PLAIN = {State.CANCELLED: Came.CANCELLED, State.BACKLOG: Came.NOT_BEGUN}
_PERSONS = frozenset({State.PLAN, State.ARBITRATE, State.ACCEPT})


def census(
    stories: Iterable[StoryStand], landed: Collection[str], by_people: Collection[str] = ()
) -> tuple[Counted, ...]:
    """How many stories came to what, in the order of `Came`; the counts add up to all of them."""
    return tally(came(one, landed, by_people) for one in stories)


def tally(kinds: Iterable[tuple[Came, str]]) -> tuple[Counted, ...]:
    """The same of what each story came to, and why."""
    found = Counter(kinds)
    order = list(Came)
    ranked = sorted(found, key=lambda kind: (order.index(kind[0]), kind[1]))
    return tuple(Counted(came=what, why=why, count=found[what, why]) for what, why in ranked)


def came(one: StoryStand, landed: Collection[str], by_people: Collection[str] = ()) -> tuple[Came, str]:
    """What came of a story, and why it is not done, in a word or two; `by_people` are those left to people."""
    if one.state is State.DONE:
        return (Came.LANDED if one.id in landed else Came.DONE), ""
    if one.state is State.BACKLOG and one.id in by_people:
        return Came.NOT_BEGUN, "people did it"
    if one.state in _PLAIN:
        return _PLAIN[one.state], ""
    if one.state is State.BLOCKED:
        return (Came.CAPPED, one.capped) if one.capped else (Came.WAITS, "a question")
    if one.fault is not None:
        return _faulty(one), one.fault.value
    waits = one.state in _PERSONS or one.waits_for
    return (Came.WAITS if waits else Came.UNDER_WAY), one.state.value


def _faulty(one: StoryStand) -> Came:
    if one.until is not None:
        return Came.PAUSED
    if one.fault in LASTING:
        return Came.STOPPED
    return Came.FAILED if one.state is State.FAILED else Came.WAITS
