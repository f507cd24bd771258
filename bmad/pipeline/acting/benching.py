"""The bench: checks run where only the commit and `setup` have been, and what survived an agent is ended first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bmad.core.act.setups import key
from bmad.model.agents import Fault
from bmad.model.worktrees import Bench
from bmad.pipeline.acting.case import Case, failed
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
    commands = case.settings.setup
    wanted = key(commands, case.grounds.files(commit)) if commands else ""
    stood = case.desk.repository.bench(commit, wanted)
    if stood.is_set_up or not commands:
        return stood
    case.prepare(stood.tree.folder, hold, "verify-setup", SETUP, Fault.UNREADY)
    case.desk.repository.seal(stood, wanted)
    return case.desk.repository.bench(commit, wanted)._replace(cleared=stood.cleared)
