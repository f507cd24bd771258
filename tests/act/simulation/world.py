"""The world of a seed: what stays when a process ends, what people do in it, and each process's desk."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from bmad.core.act.replay import apply, runs
from bmad.core.act.run import Run
from bmad.errors import BmadError, CannotAnswerError, StaleError
from bmad.model.act import State
from bmad.model.journal import Entry
from bmad.pipeline.act.people.verdicts import cancel
from bmad.pipeline.act.runner import STEPS
from bmad.ports.acting import Desk
from bmad.store.formats import TextFormats
from tests.act.simulation.agents import Ills, SimAgents, counted
from tests.act.simulation.backlog import Item, Plan, drawn
from tests.act.simulation.clockwork import Clockwork
from tests.act.simulation.faults import Fate, Process
from tests.act.simulation.invariants import Invariants
from tests.act.simulation.locks import Locks, LocksOf
from tests.act.simulation.objects import Archive
from tests.act.simulation.repository import MAIN, SimRepository, begun

PERSON = "Ada <ada@example.org>"
GONE = "The journal was taken away while bmad was at work. What landed is in git: run bmad again."


class Formats(TextFormats):
    """What was parsed once is not parsed again; it is pure."""

    document = lru_cache(maxsize=1 << 12)(TextFormats.document)
    lock = lru_cache(maxsize=64)(TextFormats.lock)
    settings = lru_cache(maxsize=256)(TextFormats.settings)


FORMATS = Formats()


class SimJournal:
    """Fulfils the port; `begun` counts the journals there were, and a process writes to the one that it opened."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._of = world.begun

    def entries(self, story: str | None = None) -> list[Entry]:
        return [one for one in self._world.journal if story in (None, one.story)]

    def beyond(self, known: Mapping[str, int]) -> list[Entry]:
        return [one for one in self._world.journal if one.seq > known.get(one.story, 0)]

    def append(self, entry: Entry) -> None:
        if self._of != self._world.begun:
            raise CannotAnswerError(GONE)
        if entry.seq != 1 + sum(one.story == entry.story for one in self._world.journal):
            raise StaleError(f"Someone else went on with {entry.story}.")
        self._world.append(entry)

    def close(self) -> None:
        """Nothing is open."""


class _Notes:
    def __init__(self, world: "World") -> None:
        self._world = world
        self._of = world.begun

    def read(self, name: str) -> str | None:
        return self._world.notes.get(name)

    def write(self, name: str, text: str) -> None:
        if self._of != self._world.begun:
            raise CannotAnswerError(GONE)
        self._world.note(name, text)


class Library:
    """Fulfils `ports.acting.Library`: it holds nothing that is searched for."""

    def missing(self, blobs: Iterable[str]) -> list[str]:
        del blobs
        return []

    def add(self, texts: Mapping[str, str]) -> None:
        """It stays as it is."""

    def holding(self, words: Sequence[str]) -> Mapping[str, frozenset[str]]:
        return dict.fromkeys(words, frozenset[str]())

    def sizes(self, blobs: Collection[str]) -> Mapping[str, int]:
        return dict.fromkeys(blobs, 100)


class World:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - it is to be the same each time
        self.plan: Plan = drawn(self.rng)
        self.works = Clockwork(self.rng)
        self.fate: Fate | None = Fate(self.rng)
        self.ills: Ills | None = Ills(self.rng)
        self.told: Counter[str] = Counter()
        """What agents did, by what went wrong."""
        self.pace = 1.0
        self.killed_in: Counter[str] = Counter()
        """The states that stories at work were in when their process was killed."""
        self.say: Callable[[str], None] = lambda _: None
        self.late = 0
        """So many threads sleep in the middle of something."""
        self.begun = 0
        self.journal: list[Entry] = []
        self.runs: dict[str, Run] = {}
        self.notes: dict[str, str] = {}
        self.restored = 0
        """So many times an older journal was put in the place of the last one."""
        self._forgets = 0
        """So many of its last events the next process does not find."""
        self._replaced: list[tuple[int, str, str | None]] = []
        """Of each note the length of the journal when it was written, its name, and what it had said before."""
        self.locks = Locks()
        self.created: set[str] = set()
        self.busy = Counter[str]()
        """The stories of which agents or checks are at work, and how many."""
        self.ground = begun(self.plan, lambda: self.works.seconds)
        self.base = self.ground.refs[MAIN]
        self.invariants = Invariants(self)
        self.ground.moved = self.invariants.ref_moved
        self.ground.worked = self.invariants.worked
        self.works.watch = self.invariants.nobody_holds_a_worker_in_vain
        self.process = self.start()

    @property
    def stories(self) -> frozenset[str]:
        return frozenset(one.id for one in self.plan.items)

    def item(self, story: str) -> Item:
        return next(one for one in self.plan.items if one.id == story)

    def append(self, entry: Entry) -> None:
        run = self.runs.get(entry.story, Run(entry.story))
        self.journal.append(entry)
        self.runs[entry.story] = apply(run, entry)
        what = f"{run.state} {entry.step} {entry.event} -> {self.state(entry.story)}"
        self.say(f"{self.works.seconds:9.1f} {entry.story} {what}")
        self.invariants.appended(entry, run, self.runs[entry.story])

    def state(self, story: str) -> State:
        return self.runs[story].state if story in self.runs else State.BACKLOG

    @contextmanager
    def at_work(self, story: str, process: Process) -> Iterator[None]:
        """Somebody works on a story."""
        del process
        self.invariants.begins(story)
        with counted(self.busy, story):
            yield

    def start(self, *, calm: bool = False) -> Process:
        """Begin a process; without faults where it is calm."""
        acts: dict[str, Callable[[], bool]] = {
            "late": self._late,
            "clock": self._clock,
            "moved": self._moved,
            "rewound": self._rewound,
            "dirty": self._dirty,
            "worktree": self._worktree,
            "state": self._state,
            "signal": self._signal,
            "cancelled": self._cancelled,
            "survivor": self._survivor,
        }
        self.process = Process(None if calm else self.fate, self.rng, acts)
        self.process.dies, self.process.restores = self._dies, self._restores
        self.process.unheard = self.invariants.unheard
        self.process.journal, self.process.say = self.begun, self.say
        self.busy = Counter()
        self._restore()
        self.invariants.process_began()
        return self.process

    def _restores(self) -> None:
        self._forgets = self.rng.choice((1, 2, 3, 4, self.rng.randint(5, 20)))

    def _restore(self) -> None:
        """Put an older journal in the place of this one; sometimes the notes are as old, as in one database."""
        forgets, self._forgets = min(self._forgets, len(self.journal)), 0
        if not forgets:
            return
        self.restored += 1
        for gone in self.journal[-forgets:]:
            self.say(f"  forgotten: {gone.story} {gone.step} {gone.event}")
        del self.journal[-forgets:]
        self.runs = runs(self.journal)
        while self._replaced and self._replaced[-1][0] > len(self.journal):
            _, name, before = self._replaced.pop()
            if self.rng.random() < 0.5:
                self.notes.pop(name) if before is None else self.notes.update({name: before})
        self.invariants.journal_restored()

    def note(self, name: str, text: str) -> None:
        self._replaced.append((len(self.journal), name, self.notes.get(name)))
        self.notes[name] = text

    def _dies(self) -> None:
        self.killed_in.update({str(self.state(story)) for story in self.busy} or {"between"})

    def ended(self) -> None:
        """The process is over, of itself or not."""
        self.locks.died(self.process, lambda: not self.process.alive and self.rng.random() < 0.7)
        if not self.process.alive:
            self.works.leave()

    def desk(self, process: Process) -> Desk:
        def port(name: str, one: object) -> Any:
            return process.port(name, one)

        return Desk(
            repository=port("repository", SimRepository(self.ground, process.between)),
            history=port("history", Archive(self.ground.store)),
            formats=FORMATS,
            journal=port("journal", SimJournal(self)),
            agents=port("agents", SimAgents(self, process, self.rng)),
            locks=port("locks", LocksOf(self.locks, process)),
            notes=port("notes", _Notes(self)),
            library=port("library", Library()),
            clock=port("clock", self.works),
            person=PERSON,
            tell=lambda _entry, _state: None,
            sleep=self.works.sleep,
            threads=self.works,
        )

    def _late(self) -> bool:
        self.late += 1
        self.works.sleep(self.rng.uniform(1, 4000))
        self.late -= 1
        return True

    def _clock(self) -> bool:
        self.works.skew += self.rng.choice((-90000, -3600, -30, 30, 3600, 90000))
        return True

    def _moved(self) -> bool:
        self.ground.by_person(f"notes/{self.ground.made}.md", "A note.\n")
        return True

    def _rewound(self) -> bool:
        tip = self.ground.refs[MAIN]
        parents = self.ground.store.commits[tip].parents
        if tip == self.base or not parents:
            return False
        self.invariants.takes_back(tip, parents[0])
        self.ground.put(MAIN, parents[0])
        return True

    def _dirty(self) -> bool:
        self.ground.dirty += self.rng.randint(1, 3)
        return True

    def _worktree(self) -> bool:
        names = sorted(name for name in self.ground.trees if not name.startswith("bench-"))
        if not names:
            return False
        del self.ground.trees[self.rng.choice(names)]
        return True

    def _state(self) -> bool:
        """`.bmad` is taken away: the journal and all notes."""
        self.begun += 1
        self.journal, self.runs, self.notes, self._replaced = [], {}, {}, []
        self.invariants.journal_gone()
        return True

    def _signal(self) -> bool:
        self.process.asked.append(2)
        return True

    def _cancelled(self) -> bool:
        able = [story for story, run in self.runs.items() if run.state in STEPS]
        if not able:
            return False
        by = Process(None, self.rng, {})
        try:
            cancel(self.desk(by), self.rng.choice(sorted(able)), "not now")
        except BmadError:
            return False
        finally:
            self.locks.died(by, lambda: True)
        return True

    def _survivor(self) -> bool:
        trees = self.locks.survivors()
        for tree in trees:
            tree.files[b"src/late.txt"] = b"half of something\n"
        return bool(trees)
