"""The bench: checks run where only the commit and `setup` have been, and what survived an agent is ended first.

What `setup` makes of files that a story brings decides on no other commit: it runs on what the story builds on, or
on the commit itself and for that alone. What lands has stood its checks the latter way.

Reviewers look there, too: what they run is what a check would run, and not what a developer left beside a commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bmad.core.act.setups import key, sources
from bmad.core.paths import PathClass, classifier
from bmad.model.act import Event
from bmad.model.agents import Fault
from bmad.model.caches import Cache
from bmad.model.quoting import unquoted
from bmad.model.worktrees import Bench, Worktree
from bmad.pipeline.act.journal import bench_of, worktree_hold
from bmad.pipeline.act.step import Case, StopError, failed
from bmad.ports.acting import Hold

SETUP = Cache("setup")
"""The cache of what is set up for checks; no agent, no check and no commit that has not landed writes to it."""


class Stood(NamedTuple):
    """A bench that was set up, under its lock; `alone` where that was done on the very commit."""

    bench: Bench
    hold: Hold
    alone: bool = False


@contextmanager
def bench(case: Case, commit: str) -> Iterator[Stood]:
    """The worker's bench at a commit, set up. Raises: StopError where it cannot be."""
    hold = worktree_hold(case.desk, bench_of(case.slot), "bmad act")
    if hold is None:
        words = "What an earlier check began still works and cannot be ended. End it."
        raise failed(Fault.ENVIRONMENT, words)
    try:
        yield _set_up(case, commit, hold)
    finally:
        hold.release()


@contextmanager
def view(case: Case) -> Iterator[Worktree]:
    """Where reviewers look at a run's head. Raises: StopError where it cannot be."""
    head = case.run.head
    if not case.run.seq:  # a look at a change that is nobody's run: its worktree is new
        tree = case.worktree()
        case.desk.repository.reset(tree, head, case.place(case.run.step()))
        yield tree
        return
    with bench(case, head) as stood:
        yield stood.bench.tree


def anew(case: Case, stood: Stood) -> Stood:
    """The bench as it was before a check ran on it. Raises: StopError where it cannot be."""
    return _set_up(case, stood.bench.commit, stood.hold)


def _set_up(case: Case, commit: str, hold: Hold) -> Stood:
    if not case.settings.setup:
        return Stood(_stand(case, commit, ""), hold)
    common, lands = _sources(case, case.run.base), case.run.is_to_land and commit == case.run.head
    if not lands and not _is_of_its_own(case, commit, common):
        stood = _common(case, commit, common, hold)
        if stood is not None:
            return Stood(stood, hold, alone=_sources(case, commit) == common)
        _note_own(case, common)
    of = _varied(case, commit)
    return Stood(_alone(case, commit, of, common, hold), hold, alone=of == commit)


def _common(case: Case, commit: str, wanted: str, hold: Hold) -> Bench | None:
    """The bench at a commit, with what `setup` makes of what that builds on.

    None where that cannot be set up, or where the commit holds a file that `setup` makes.
    """
    stood = _stand(case, commit, wanted)
    if stood.is_set_up:
        return stood
    base = _stand(case, case.run.base, wanted)
    try:
        case.prepare(base.tree.folder, hold, "verify-setup", SETUP, Fault.UNREADY)
    except StopError as error:
        event, content = error.happened
        if event is not Event.FAILED or getattr(content, "fault", None) is not Fault.UNREADY:
            raise
        return None
    case.desk.repository.seal(base, wanted)
    found = _stand(case, commit, wanted)
    return found._replace(cleared=stood.cleared) if found.is_set_up else None


def _varied(case: Case, commit: str) -> str:
    """The run's head where a commit is a variant of it that is only tried, such as a mutant; else itself."""
    commands, head = case.settings.setup, case.run.head
    same = head and key(commands, case.grounds.files(commit)) == key(commands, case.grounds.files(head))
    return head if same else commit


def _alone(case: Case, commit: str, of: str, spare: str, hold: Hold) -> Bench:
    """The bench at a commit, with what `setup` makes of one. Raises: StopError where that cannot be set up."""
    wanted = _sources(case, of)
    stood = _stand(case, commit, wanted, spare)
    if stood.is_set_up:
        return stood
    made = stood if of == commit else _stand(case, of, wanted, spare)
    case.prepare(made.tree.folder, hold, "verify-setup", SETUP._replace(stays=False), Fault.UNREADY)
    case.desk.repository.seal(made, wanted)
    return _stand(case, commit, wanted, spare)._replace(cleared=stood.cleared)


def _stand(case: Case, commit: str, wanted: str, spare: str = "") -> Bench:
    return case.desk.repository.bench(commit, wanted, spare, case.slot)


def _sources(case: Case, commit: str) -> str:
    """What `setup` can make something of at a commit: all but specification and records, which no story brings."""
    classify = classifier(case.basis.layout, case.settings.gate.governed)
    found = (one for one in case.grounds.entries(commit) if classify(unquoted(one[0])).klass not in _TOLD)
    return sources(case.settings.setup, found)


_TOLD = (PathClass.SPEC, PathClass.RECORD)


def _is_of_its_own(case: Case, commit: str, common: str) -> bool:
    """Whether `setup` surely makes something else of a commit, or was seen not to do without its files."""
    if case.desk.notes.read(_own(case)) == common:
        return True
    commands = case.settings.setup
    return key(commands, case.grounds.files(commit)) != key(commands, case.grounds.files(case.run.base))


def _note_own(case: Case, common: str) -> None:
    case.desk.notes.write(_own(case), common)


def _own(case: Case) -> str:
    return f"{case.run.story}/set-up-alone"
