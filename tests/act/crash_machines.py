"""Workers on machines of their own that are killed over one backlog, with the journal in PostgreSQL."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import NamedTuple

from bmad.errors import BmadError
from bmad.model.act import State
from tests.act import postgres
from tests.act.ground import Ground
from tests.act.killed_agent import alive
from tests.act.killing import LIVE, STATES
from tests.act.machines import Machines, Worker, until
from tests.program import git

_SECONDS = 1.0
"""That every agent and check works."""
_LONGEST = 2.5
_HASTE = 0.5
_STARTING = 60.0
_AIMED = 0.8
"""The share of the kills that wait for a worker that has a story; the others hit one that may have none."""


class Killed(NamedTuple):
    """What the kills of workers hit, what was lost and what stands twice."""

    kills: int
    live: int
    states: Counter[str]
    lost: int
    twice: int

    @property
    def missing(self) -> list[str]:
        return [state for state in STATES if not self.states[state]]

    def summary(self) -> str:
        parts = ", ".join(f"{state} {count}" for state, count in sorted(self.states.items()))
        return f"{self.kills} kills, {self.live} of them of live work: {parts}"


class Killers:
    """Kills workers of a fleet, and starts each again; `seen` are all commits that a ref of the remote was at.

    No more than `pace` stories are to land a kill, so that the backlog is not at its end before the kills are.
    """

    def __init__(self, machines: Machines, seed: int, pace: float) -> None:
        self.machines = machines
        self.pace = pace
        self.random = random.Random(seed)  # noqa: S311 - it chooses times
        self.kills = self.live = 0
        self.states: Counter[str] = Counter()
        self.seen: set[str] = set()

    def until_over(self, kills: int) -> None:
        """Kill until there were as many, every state was hit, and live work often enough, or all is done."""
        missing = list(STATES)
        while (self.kills < kills or missing or self.live < LIVE) and not self.is_over():
            self.once(missing if self.kills >= kills else ())
            missing = [state for state in STATES if not self.states[state]]
        for worker in self.machines.workers:
            if not worker.lives:
                worker.start()

    def is_over(self) -> bool:
        known = self.machines.runs()
        return all(one in known and known[one].state is State.DONE for one in self.machines.crew.ids)

    def once(self, aims: Collection[str]) -> None:
        ahead = len(self.machines.landed()) > self.pace * self.kills
        time.sleep(self.random.uniform(0, _HASTE if ahead else _LONGEST))
        if self.random.random() < _AIMED:
            aims = aims or STATES
        worker = self._aimed(aims) or self.random.choice(self.machines.workers)
        if not worker.lives:
            worker.start()
            return
        states = self._at_work(worker)
        live = len(alive(worker.home))
        worker.send(SIGKILL)
        until(lambda: not worker.lives)
        self.kills += 1
        self.live += live > 0
        self.states.update(states if states and (live or "land" in states) else {"between"})
        self.look()
        worker.start()

    def _aimed(self, aims: Collection[str]) -> Worker | None:
        """A worker that has a story in one of some states, where that comes soon."""
        deadline = time.monotonic() + 5
        while aims and time.monotonic() < deadline:
            for worker in self.random.sample(self.machines.workers, len(self.machines.workers)):
                if worker.lives and self._at_work(worker) & set(aims):
                    return worker
            time.sleep(0.05)
        return None

    def _at_work(self, worker: Worker) -> set[str]:
        """The states of the stories that a worker holds."""
        with suppress(BmadError):
            known = self.machines.runs()
            held = [one.story for one in self.machines.held() if one.live and worker.word in one.holder]
            return {str(known[story].state) for story in held if story in known} & set(STATES)
        return set()

    def look(self) -> None:
        told = git("for-each-ref", "--format=%(refname) %(objectname)", cwd=self.machines.remote).splitlines()
        self.seen |= {line.split(" ")[1] for line in told if line.startswith("refs/heads/")}


def killed(folder: Path, stories: int, workers: int, kills: int, seed: int, pace: float) -> Killed:
    """Kill workers over a backlog, let it end, and count. Raises: AssertionError where it does not end."""
    machines = _machines(folder, stories, workers)
    killers = Killers(machines, seed, pace)
    over = threading.Event()
    try:
        for worker in machines.workers:
            worker.start()
        until(lambda: machines.fleet().workers == workers, _STARTING)
        watching = threading.Thread(target=_watched, args=(machines, over.is_set))
        watching.start()
        killers.until_over(kills)
        until(killers.is_over, 900)
        killers.look()
        over.set()
        watching.join()
    finally:
        over.set()
        machines.end()
    return Killed(
        killers.kills, killers.live, killers.states, len(lost(machines, killers.seen)), len(twice(machines))
    )


def _watched(machines: Machines, over: Callable[[], bool]) -> None:
    """`bmad act` again and again: each asks for what can be begun, and watches until it is done."""
    while not over():
        machines.crew.ground.bmad("act")
        time.sleep(0.5)


def _machines(folder: Path, stories: int, workers: int) -> Machines:
    """As many machines, with a backlog and the agents of `killed_agent`."""
    machines = Machines(folder, postgres.server(), ["plain"], workers)
    ground = Ground(folder / "backlog")
    ground.environ |= {"BMAD_SERVER": machines.address}
    ground.make(stories)
    machines.crew.ground, machines.crew.repo, machines.repo = ground, ground.repo, ground.repo
    names = sorted("-".join(path.name.split("-")[:2]) for path in (ground.repo / "stories").glob("STORY-*.md"))
    machines.crew.ids = {name: name for name in names}
    machines.environ = ground.environ
    git("clone", "--quiet", "--bare", str(ground.repo), str(machines.remote), cwd=folder)
    ground.git("remote", "add", "origin", str(machines.remote))
    for worker in machines.workers:
        (worker.home / "seconds").write_text(str(_SECONDS), encoding="utf-8")
        (worker.home / "checks").symlink_to((ground.home / "checks").readlink())
    return machines


def lost(machines: Machines, seen: set[str]) -> set[str]:
    """What a branch of the remote once held and none does any more, and the stories that have not landed."""
    form = "--format=%an %at %B"
    before = set(git("log", "-z", "--no-walk", form, *seen, cwd=machines.remote).split("\0"))
    after = set(git("log", "-z", "--all", form, cwd=machines.remote).split("\0"))
    return (before - after) | (set(machines.crew.ids.values()) - set(machines.landed()))


def twice(machines: Machines) -> list[str]:
    """The landings and the steps that stand on the remote's main more than once."""
    form = "--format=%(trailers:key=Story,valueonly,separator=%x2C) %(trailers:key=Step,valueonly,separator=%x2C)"
    steps = git("log", "--no-merges", form, "main", "--", "src", cwd=machines.remote).splitlines()
    told = Counter([*machines.landed(), *(step for step in steps if step.strip())])
    return [what for what, times in told.items() if times > 1]
