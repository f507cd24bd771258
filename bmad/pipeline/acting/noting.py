"""Runs found in the journal and events noted in it, by one runner at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bmad.core.act.replay import apply, runs
from bmad.core.act.run import Run, entry
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Content, Event
from bmad.ports.acting import Desk

RUNNER = "runner"


@contextmanager
def alone(desk: Desk) -> Iterator[None]:
    """Hold the runner lock. Raises: CannotAnswerError saying who holds it."""
    hold = desk.locks.take(RUNNER, "bmad act")
    if hold is None:
        raise CannotAnswerError(f"Another bmad act works in this repository ({desk.locks.holder(RUNNER)}).")
    try:
        yield
    finally:
        hold.release()


def note(desk: Desk, run: Run, event: Event, content: Content) -> Run:
    """Write one event; the run after it.

    Raises: UsageError where it cannot happen now; StaleError where someone else went on in the meantime.
    """
    one = entry(run, event, content, desk.clock.now())
    then = apply(run, one)
    desk.journal.append(one)
    desk.tell(one, then.state)
    return then


def find_run(desk: Desk, name: str) -> Run:
    """The run of a story by its id or an unambiguous prefix. Raises: UsageError where it names none."""
    return named(runs(desk.journal.entries()), name)


def named(known: Mapping[str, Run], name: str) -> Run:
    """One of some runs by its story's id or an unambiguous prefix. Raises: UsageError where it names none."""
    if name in known:
        return known[name]
    found = [story for story in known if story.startswith(name)]
    if len(found) != 1:
        why = "fits several stories" if found else "names no story that bmad act has begun"
        raise UsageError(f"`{name}` {why}. See: bmad status")
    return known[found[0]]
