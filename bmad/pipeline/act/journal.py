"""Runs found in the journal and events noted in it, by one runner at a time."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from bmad.core.act.replay import apply
from bmad.core.act.run import Run, entry
from bmad.core.gate.words import listed
from bmad.errors import BmadError, CannotAnswerError, UsageError
from bmad.model.act import Content, Event, Resumed
from bmad.model.agents import HUMAN, Role
from bmad.model.journal import Entry
from bmad.model.layout import Layout
from bmad.ports.acting import Desk, Hold
from bmad.ports.journal import Journal

RUNNER = "runner"
_BENCH = "verify"


def bench_of(slot: int) -> str:
    """The worktree for the checks of a worker, numbered from 1: whoever runs them holds its lock."""
    return _BENCH if slot == 1 else f"{_BENCH}-w{slot}"


WHO = "BMAD_ACTOR, or git's user.name and user.email,"
"""Where it stands who calls."""


@contextmanager
def alone(desk: Desk, what: str) -> Iterator[None]:
    """Hold the runner lock; `what` is the command. Raises: CannotAnswerError saying who holds it."""
    with only(desk, RUNNER, what):
        try:
            yield
        finally:
            for slot in sorted(desk.repository.benches()):
                _clear_bench(desk, slot)


@contextmanager
def at_work(desk: Desk, what: str) -> Iterator[list[str]]:
    """Hold the runner lock to have agents work; what may be left of the last who did and was killed, as sentences.

    Raises: CannotAnswerError saying who holds it.
    """
    with alone(desk, what):
        left = desk.agents.outlived(desk.notes.read(_SINCE) or "")
        desk.notes.write(_SINCE, desk.agents.moment())
        try:
            yield [_OUTLIVED.format(", ".join(left))] if left else []
        finally:
            with suppress(BmadError):
                desk.notes.write(_SINCE, "")


_SINCE = "runner-since"

_OUTLIVED = (
    "the last bmad act was killed while it worked. These began since then, have no parent left, and may be its "
    "agents': process {}. End what is no program of yours"
)


def _clear_bench(desk: Desk, slot: int) -> None:
    """Take a bench away, where it holds nothing that would have to be set up anew; else, and later, it stays."""
    hold = worktree_hold(desk, bench_of(slot), "bmad act")
    if hold is None:
        return
    try:
        with suppress(BmadError):
            desk.repository.clear_bench(slot)
    finally:
        hold.release()


@contextmanager
def only(desk: Desk, lock: str, what: str) -> Iterator[None]:
    """Hold a lock that no agent inherits. Raises: CannotAnswerError saying who holds it."""
    hold = desk.locks.take(lock, what)
    if hold is None:
        holder = desk.locks.holder(lock)
        name = holder.partition(",")[0] or what
        raise CannotAnswerError(f"Another {name} works in this repository ({holder}).")
    try:
        yield
    finally:
        hold.release()


@contextmanager
def held_off(desk: Desk, story: str, what: str) -> Iterator[None]:
    """Keep all from landing a story; on several machines by holding it, as whoever carries it does.

    Raises: CannotAnswerError saying who is at work.
    """
    if desk.together is None:
        with alone(desk, what):
            yield
        return
    machines, common, _ = desk.together
    taken = machines.take(story)
    if taken is None:
        holder = next((one.holder for one in machines.held() if one.story == story), "")
        raise CannotAnswerError(f"A worker is at work on {story} ({holder}). Try again once it lets go of it.")
    try:
        common.hold(story, f"{machines.holder}, epoch {taken.epoch}", again=taken.again)
        with machines.kept(story, lambda: None):
            yield
    finally:
        machines.give(story)


def worktree_hold(desk: Desk, name: str, what: str) -> Hold | None:
    """The lock of a worktree, once all is ended that outlived its runner there; None where it is taken."""
    lock = f"worktree-{name}"
    return desk.locks.take(lock, what) if desk.agents.end_survivors(lock, desk.locks.was_taken_here) else None


class Cleared(NamedTuple):
    """Why a worktree stays, as a sentence; and where that is now which git ignored in it and a person may want."""

    stays: str = ""
    aside: Path | None = None


IGNORED = "setup-ignored.json"
"""The note on what git ignored in a story's worktree once that was set up."""


def clear(desk: Desk, run: Run, what: str, *, serves: bool = False) -> Cleared:
    """Take away the worktree of a story that is done.

    What nobody touched in it `serves` the next story, where no program is left that was ever at work. Where a
    person worked in it, what git ignores there may be theirs, and is kept.
    """
    story = run.story
    hold = worktree_hold(desk, story, what)
    if hold is None:
        return Cleared("something still works in its worktree, which stays until it ends")
    try:
        known = json.loads(desk.notes.read(f"{story}/{IGNORED}") or "{}") if is_by_hand(run) else None
        serves = serves and desk.agents.left_nothing
        aside = desk.repository.remove(story, f"{story}/done", serves=serves, ignored=known)
        desk.repository.forget_kept(story)
    except CannotAnswerError as error:
        return Cleared(str(error))
    finally:
        hold.release()
    return Cleared(aside=aside)


def is_by_hand(run: Run) -> bool:
    """Whether a person did some of the work in the story's worktree; what is submitted they do elsewhere."""
    return not run.submitted and any(one.backend == HUMAN and one.role is not Role.REVIEWER for one in run.works)


def note(desk: Desk, run: Run, event: Event, content: Content) -> Run:
    """Write one event; the run after it.

    Raises: UsageError where it cannot happen now; StaleError where someone else went on in the meantime;
    FencedError where another machine holds the story since.
    """
    if isinstance(content, Resumed):
        readable(content.by, WHO)
    one = entry(run, event, content, desk.clock.now())
    then = apply(run, one)
    if desk.together is not None:
        desk.together.common.publish(run.story)  # what an event names stands where others find it
    desk.journal.append(one)
    desk.tell(one, then.state)
    return then


def heard(journal: Journal, known: dict[str, Run], but: Collection[str] = ()) -> list[tuple[Entry, Run]]:
    """Take what was noted since into known runs; what that was, each with the run after it.

    Of the stories `but` nothing is taken. Raises: CannotAnswerError where the journal cannot be read.
    """
    found = []
    since = {story: run.seq for story, run in known.items()}
    for one in journal.beyond(since) if since else journal.entries():
        if one.story not in but:
            known[one.story] = apply(known.get(one.story) or Run(one.story), one)
            found.append((one, known[one.story]))
    return found


def readable(text: str, what: str) -> str:
    """A person's words, as they are. Raises: UsageError where they were not given as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{what} is not UTF-8, and cannot be noted. Give it as UTF-8.") from None
    return text


def uncommitted(desk: Desk, documents: Layout | None = None) -> list[str]:
    """A sentence on files of people's work trees that no commit holds; with a layout on its documents alone.

    None where git cannot tell, as where one of a person's filters fails: nothing that is done hangs on it.
    """
    try:
        people = desk.repository.snapshot().people
    except CannotAnswerError:
        return []
    places = (name for name in people if not name.startswith("refs/"))
    names = sorted(name for name in places if not name.endswith((": HEAD", ": index")))
    files = [name.removeprefix(f"{desk.repository.home}/") for name in names]
    if documents is not None:
        files = [name for name in files if documents.is_state(name) or _holds(name, documents)]
    return [f"Not committed, and so no part of it: {listed(files)}"] if files else []


def _holds(name: str, documents: Layout) -> bool:
    """Whether a name is that of a new folder, in which documents stand."""
    return name.endswith("/") and any(f"{one}/".startswith(name) for one in documents.folders)


_NO_PERSON = (
    "An agent or a check of this repository asks for that, and only a person decides. Say it from a terminal that "
    "no program of bmad's has started."
)


def see_that_a_person_asks(desk: Desk) -> None:
    """Raises: UsageError where what works here would speak as the person whose account it has."""
    if desk.agents.are_calling:
        raise UsageError(_NO_PERSON)


def person_of(desk: Desk) -> str:
    """Who decides. Raises: UsageError where git does not know, or no person asks."""
    see_that_a_person_asks(desk)
    if not desk.person:
        raise UsageError("It is not known who decides: set git's user.email, or BMAD_ACTOR.")
    return readable(desk.person, WHO)
