"""The bench: checks run where only the commit and `setup` have been, and what survived an agent is ended first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bmad.core.act.setups import key
from bmad.model.act import Event
from bmad.model.agents import Fault
from bmad.model.worktrees import Bench
from bmad.pipeline.acting.case import Case, StopError, failed
from bmad.pipeline.acting.noting import BENCH, worktree_hold
from bmad.ports.acting import Hold

SETUP = "setup"
"""The cache of what is set up for checks; no agent and no check writes to it."""


class Stood(NamedTuple):
    """A bench that was set up, under its lock."""

    bench: Bench
    hold: Hold


@contextmanager
def bench(case: Case, commit: str) -> Iterator[Stood]:
    """The bench at a commit, set up. Raises: StopError where it cannot be."""
    hold = worktree_hold(case.desk, BENCH, "bmad act")
    if hold is None:
        words = "What an earlier check began still works and cannot be ended. End it."
        raise failed(Fault.ENVIRONMENT, words)
    try:
        yield Stood(_set_up(case, commit, hold), hold)
    finally:
        hold.release()


def anew(case: Case, stood: Stood) -> Stood:
    """The bench as it was before a check ran on it. Raises: StopError where it cannot be."""
    return Stood(_set_up(case, stood.bench.commit, stood.hold), stood.hold)


def _set_up(case: Case, commit: str, hold: Hold) -> Bench:
    """What `setup` makes of a story's own sources decides on no other commit: it runs on what the story builds on.

    Where this cannot be set up, or reads other manifests, it runs on the commit, and for that alone.
    """
    repository, commands, landed = case.desk.repository, case.settings.setup, case.basis.commit
    if not commands:
        return repository.bench(commit, "")
    wanted = key(commands, case.grounds.files(commit))
    alone = f"{wanted} {commit}"
    common = [wanted] if key(commands, case.grounds.files(landed)) == wanted else []
    stood = repository.bench(commit, alone, *common)
    if stood.is_set_up:
        return stood
    if not common or not (found := _landed(case, commit, wanted, hold)).is_set_up:
        found = _made(case, commit, commit, alone, hold)
    return found._replace(cleared=stood.cleared)


def _landed(case: Case, commit: str, wanted: str, hold: Hold) -> Bench:
    """The bench at a commit with what was set up of what that builds on; without, where that cannot be set up."""
    try:
        return _made(case, case.basis.commit, commit, wanted, hold)
    except StopError as error:
        event, content = error.happened
        if event is not Event.FAILED or getattr(content, "fault", None) is not Fault.UNREADY:
            raise
        return case.desk.repository.bench(commit, wanted)


def _made(case: Case, of: str, commit: str, wanted: str, hold: Hold) -> Bench:
    """The bench at a commit, set up anew where it stood at one. Raises: StopError where it cannot be."""
    bench = case.desk.repository.bench(of, wanted)
    case.prepare(bench.tree.folder, hold, "verify-setup", SETUP, Fault.UNREADY)
    case.desk.repository.seal(bench, wanted)
    return case.desk.repository.bench(commit, wanted)
