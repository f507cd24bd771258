"""Several reviewers of one change at once: each under a lock of its own, all else one after the other.

Only while an agent works do others have their turn, so what bmad itself does meanwhile needs no further care. What
comes of it is handed over in the order of the jobs, whichever ended first. A job that comes to nothing keeps
further ones from beginning, and lets those that are at work end: what they say is noted and not asked for again.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from bmad.model.agents import HUMAN, Role
from bmad.pipeline.act.step import Case, StopError
from bmad.ports.acting import Hold

T = TypeVar("T")

_LOOK = 0.2
"""Seconds; a signal is heard of in between, too."""


class Job(NamedTuple, Generic[T]):
    """A step that its calls bear, or begin with, and what has them made."""

    step: str
    do: Callable[[Case], T]


def together(case: Case, jobs: Sequence[Job[T]], others: Sequence[Case] = ()) -> list[T]:
    """What each job comes to, `act.reviewers` of them at once, where no agent of the role could disturb another.

    `others` are the same case with other agents in the role, whom some of the jobs ask.

    Raises: what a job raised, of several the first that is no mere stop, else the first.
    """
    with ExitStack() as stack:
        seats = _seats(case, stack, len(jobs)) if all(map(_are_held, others)) else []
        if len(seats) > 1:
            return _Round(case, jobs).through(seats)
    return [job.do(case) for job in jobs]


def _seats(case: Case, stack: ExitStack, count: int) -> list[Hold]:
    """Locks under that of the worktree, one for each that works at once; none where each works in its turn."""
    most = min(count, case.settings.act.reviewers)
    if most < 2 or not _are_held(case):  # noqa: PLR2004 - one alone needs none
        return []
    seats: list[Hold] = []
    for number in range(1, most + 1):
        seat = case.desk.locks.take(
            f"worktree-{case.run.story}+{number}", f"reviewer {number} of {case.run.story}"
        )
        if seat is not None:
            stack.callback(seat.release)
            seats.append(seat)
    return seats


def _are_held(case: Case) -> bool:
    """Whether the kernel keeps each of the reviewers from writing to the worktree that all of them read."""
    chain = case.chain(Role.REVIEWER)
    return case.desk.agents.confines and all(
        agent.use != HUMAN and case.confines(name, agent) for name, agent in chain
    )


class _Round(Generic[T]):
    """The jobs of one step, and what has come of each."""

    def __init__(self, case: Case, jobs: Sequence[Job[T]]) -> None:
        self._case = case
        self._jobs = jobs
        self._turn = case.turn or case.desk.threads.turn()
        self._begun = 0
        self._came: dict[int, T] = {}
        self._raised: dict[int, BaseException] = {}

    def through(self, seats: Sequence[Hold]) -> list[T]:
        """Have all of them done. Raises: what one of them raised; KeyboardInterrupt once all have ended."""
        desk, name = self._case.desk, self._case.run.story
        agents = desk.agents
        try:
            with agents.interrupts() as asked:
                threads = [desk.threads.begin(partial(self._work, seat), f"{name} reviewer") for seat in seats]
                with self._case.waiting():
                    for thread in threads:
                        while thread.is_alive():
                            if asked:
                                agents.stop()
                            thread.join(_LOOK)
        finally:
            self._case.purse.arrange(self._case.run.story, [job.step for job in self._jobs])
        if self._raised:
            raise self._gravest()
        return [self._came[at] for at in range(len(self._jobs))]

    def _work(self, seat: Hold) -> None:
        with self._turn:
            case = replace(self._case, hold=seat, turn=self._turn)
            while self._begun < len(self._jobs) and not self._raised:
                at, self._begun = self._begun, self._begun + 1
                try:
                    self._came[at] = self._jobs[at].do(case)
                except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
                    self._raised[at] = error

    def _gravest(self) -> BaseException:
        ordered = [self._raised[at] for at in sorted(self._raised)]
        return next((one for one in ordered if not isinstance(one, StopError)), ordered[0])
