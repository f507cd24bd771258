"""The world of a seed with several machines: one server, one remote, workers, and people who ask and accept."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bmad.core.act.replay import apply
from bmad.core.act.run import Run
from bmad.errors import BmadError
from bmad.git.work.fence import Fence, Refs, Remote
from bmad.model.act import State
from bmad.model.journal import Entry
from bmad.pipeline.act.people.verdicts import cancel
from bmad.pipeline.act.runner import STEPS
from tests.act.simulation.agents import Ills
from tests.act.simulation.backlog import Item, Plan, drawn
from tests.act.simulation.clockwork import Clockwork
from tests.act.simulation.faults import FLEET, Fate, Process
from tests.act.simulation.fleet_invariants import FleetInvariants
from tests.act.simulation.machine import Machine
from tests.act.simulation.remote import Clone, CommonRemote
from tests.act.simulation.repository import MAIN, begun
from tests.act.simulation.server import Mistakes, SimServer

_PEOPLES = 10.0
"""Seconds that a person's command waits for server and remote."""


@dataclass
class FleetMistakes:
    """What may be done wrong on purpose."""

    server: Mistakes = field(default_factory=Mistakes)
    renews: bool = True
    checks_holds: bool = True
    fence: Callable[[Refs, Remote, Callable[[], str]], Fence] = Fence


class Fleet:
    """What `FleetInvariants` looks at; `over` is once its machines are to end."""

    def __init__(self, seed: int, mistakes: FleetMistakes | None = None) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - it is to be the same each time
        self.mistakes = mistakes or FleetMistakes()
        self.plan: Plan = drawn(self.rng, alone=False)
        self.works = Clockwork(self.rng)
        self.fate: Fate | None = Fate(self.rng, FLEET)
        self.ills: Ills | None = Ills(self.rng)
        self.told: Counter[str] = Counter()
        self.created: set[str] = set()
        self.say: Callable[[str], None] = lambda _: None
        self.over = False
        self.pace = self.rng.choice((1.0, 1.0, 30.0))
        """How slow agents and checks are."""
        self.calm_since = 0.0
        self.clones: list[Clone] = []
        self.numbers = count(1)
        self.runs: dict[str, Run] = {}
        self.jobs_lost = self.begun = 0
        self.killed: Counter[str] = Counter()
        """The states in which stories were whose workers were killed."""
        self.ground = begun(self.plan, lambda: self.works.seconds)
        self.base = self.ground.refs[MAIN]
        self.server = SimServer(lambda: self.works.seconds, self.mistakes.server)
        self.server.written = self._written
        self.remote = CommonRemote(self.ground, self.works)
        self.remote.checks_holds = self.mistakes.checks_holds
        self.invariants = FleetInvariants(self)
        self.ground.moved = self.invariants.ref_moved
        self.remote.pushed = self.invariants.pushed
        self.machines = [
            Machine(self, f"machine-{number}") for number in range(1, self.rng.choice((2, 3, 3, 4)) + 1)
        ]
        self.people = Machine(self, "people", _PEOPLES)
        self.works.watch = self.invariants.look

    @property
    def stories(self) -> frozenset[str]:
        return frozenset(one.id for one in self.plan.items)

    def item(self, story: str) -> Item:
        return next(one for one in self.plan.items if one.id == story)

    def state(self, story: str) -> State:
        return self.runs[story].state if story in self.runs else State.BACKLOG

    def _written(self, entry: Entry) -> None:
        run = self.runs.get(entry.story, Run(entry.story))
        self.runs[entry.story] = apply(run, entry)
        what = f"{run.state} {entry.step} {entry.event} -> {self.state(entry.story)}"
        self.say(f"{self.works.seconds:9.1f} {entry.story} {what}")
        self.invariants.appended(entry, run, self.runs[entry.story])

    def calm(self) -> None:
        """Nothing more befalls anybody."""
        self.fate = self.ills = None
        now = self.calm_since = self.works.seconds
        self.server.away, self.remote.away = min(self.server.away, now), min(self.remote.away, now)
        for one in (*self.machines, self.people):
            one.no_server, one.no_remote = min(one.no_server, now), min(one.no_remote, now)
            one.skew = max(one.skew, 0.0)
            one.process.calm()

    def befalls(self, machine: Machine) -> dict[str, Callable[[], bool]]:
        """What others do, and what happens, while a process of a machine makes a call."""
        acts = _Befalls(self, machine)
        return {
            "late": acts.late,
            "clock": acts.clock,
            "moved": acts.moved,
            "worktree": acts.worktree,
            "signal": acts.signal,
            "cancelled": acts.cancelled,
            "survivor": acts.survivor,
            "asleep": acts.asleep,
            "no-server": acts.no_server,
            "no-remote": acts.no_remote,
            "server-ends": acts.server_ends,
            "remote-away": acts.remote_away,
            "job-lost": acts.job_lost,
            "job-doubled": acts.job_doubled,
        }


class _Befalls:
    def __init__(self, fleet: Fleet, machine: Machine) -> None:
        self._fleet, self._machine = fleet, machine
        self._rng, self._works = fleet.rng, fleet.works

    def _for(self, most: float) -> float:
        return self._works.seconds + self._rng.choice(
            (self._rng.uniform(0, most / 10), self._rng.uniform(0, most))
        )

    def late(self) -> bool:
        self._machine.late += 1
        self._works.sleep(self._rng.uniform(0, 200))
        self._machine.late -= 1
        self._machine.woke = self._works.seconds
        return True

    def clock(self) -> bool:
        self._machine.skew += self._rng.choice((-3600, -30, 30, 3600))
        return True

    def moved(self) -> bool:
        self._fleet.ground.by_person(f"notes/{self._fleet.ground.made}.md", "A note.\n")
        return True

    def worktree(self) -> bool:
        trees = self._machine.ground.trees
        names = sorted(name for name in trees if not name.startswith("bench-"))
        if names:
            del trees[self._rng.choice(names)]
        return bool(names)

    def signal(self) -> bool:
        process = self._machine.process
        if self._machine is self._fleet.people or process.stopped:
            return False
        process.stopped = True
        process.ends()
        return True

    def cancelled(self) -> bool:
        able = sorted(story for story, run in self._fleet.runs.items() if run.state in STEPS)
        if not able:
            return False
        people = self._fleet.people
        try:
            cancel(people.desk(Process(None, self._rng, {})), self._rng.choice(able), "not now")
        except BmadError:
            return False
        return True

    def survivor(self) -> bool:
        trees = self._machine.locks.survivors()
        for tree in trees:
            tree.files[b"src/late.txt"] = b"half of something\n"
        return bool(trees)

    def asleep(self) -> bool:
        if self._machine is self._fleet.people:
            return False
        self._machine.wakes = self._for(600)
        self._machine.process.see_that_it_lives()
        return True

    def no_server(self) -> bool:
        self._machine.no_server = self._for(900)
        return True

    def no_remote(self) -> bool:
        self._machine.no_remote = self._for(900)
        return True

    def server_ends(self) -> bool:
        self._fleet.server.away = self._for(300)
        if self._fleet.mistakes.server.forgets:
            self._fleet.server.forget(2)
        return True

    def remote_away(self) -> bool:
        self._fleet.remote.away = self._for(300)
        return True

    def job_lost(self) -> bool:
        jobs = self._fleet.server.jobs
        if not jobs:
            return False
        del jobs[self._rng.choice(sorted(jobs))]
        self._fleet.jobs_lost += 1
        return True

    def job_doubled(self) -> bool:
        """A job that somebody has is given to somebody else, too."""
        doing = [one for one in self._fleet.server.jobs.values() if one.doing]
        if not doing:
            return False
        one = self._rng.choice(doing)
        one.doing, one.worker = False, None
        return True
