"""The server that machines share, in memory: its tables and its queue, each call one transaction by its own clock.

What it refuses, and when, is what PostgreSQL refuses; `tests.act.test_shared_contract` holds both to the same.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from bmad.errors import CannotAnswerError, FencedError, StaleError
from bmad.model.journal import Entry
from bmad.model.machines import Fleet, Held, Taken

DISPATCH, STORY = "dispatch", "story"
_FIRST = 1_000_000_000
_LATE = "{0} is held by another worker since, which went on with it."

Fits = Callable[[Sequence[Held]], bool]


@dataclass
class Lease:
    epoch: int = 0
    holder: str = ""
    until: float | None = None
    territory: tuple[str, ...] | None = None
    lands: bool = False
    rests: str = ""
    again: datetime | None = None


@dataclass
class Job:
    """`lock` is its story, or that it sees what can be worked on; of each lock one waits, and one is done."""

    number: int
    task: str
    lock: str
    priority: int
    doing: bool = False
    worker: int | None = None


@dataclass
class Mistakes:
    """What a server may get wrong, to see that it is seen."""

    appends_unfenced: bool = False
    """Events are written under whatever epoch."""
    believes_late_beats: bool = False
    """Whoever says that it keeps a story has it again."""
    keeps_jobs_of_the_dead: bool = False
    """Jobs that nobody does stay."""
    keeps_the_lane: bool = False
    """Whoever died once it had landed is about to land for good."""
    forgets: bool = False
    """What was acknowledged right before the server ended is gone."""


class UnknownWorkerError(CannotAnswerError):
    """A worker was taken off the list, since it was not heard of."""


@dataclass
class SimServer:
    now: Callable[[], float]
    mistakes: Mistakes = field(default_factory=Mistakes)
    events: list[Entry] = field(default_factory=list)
    leases: dict[str, Lease] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    told: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    workers: dict[int, float] = field(default_factory=dict)
    away: float = 0.0
    """Until when it is away."""
    written: Callable[[Entry], None] = lambda _: None

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._last: dict[str, int] = {}
        self._epochs: dict[tuple[str, int], int | None] = {}
        self._one = threading.RLock()

    # the journal

    def stands(self, entry: Entry, epoch: int | None) -> bool:
        """Whether this very event was written before its writer's connection was cut."""
        found = next((one for one in self.events if (one.story, one.seq) == (entry.story, entry.seq)), None)
        return found == entry and self._epochs[entry.story, entry.seq] == epoch

    def append(self, entry: Entry, epoch: int | None) -> None:
        with self._one:
            if epoch is not None and not self._is_held(entry.story, epoch) and not self.mistakes.appends_unfenced:
                raise FencedError("Another worker holds the story since, and went on with it.")
            if entry.seq != 1 + self._last.get(entry.story, 0):
                raise StaleError(f"Someone else went on with {entry.story}; see: bmad log {entry.story}")
            self.events.append(entry)
            self._last[entry.story] = entry.seq
            self._epochs[entry.story, entry.seq] = epoch
            if epoch is None:
                self._clear(entry.story)
                self.stir()
        self.written(entry)

    def _is_held(self, story: str, epoch: int | None) -> bool:
        return story in self.leases and self.leases[story].epoch == epoch

    def _clear(self, story: str) -> None:
        """What was noted of a story that nobody holds does not hold any more."""
        lease = self.leases.get(story)
        if lease is not None and not self._lives(lease):
            lease.territory, lease.lands, lease.rests, lease.again = None, False, "", None

    def _lives(self, lease: Lease) -> bool:
        return lease.until is not None and lease.until > self.now()

    def beyond(self, known: Mapping[str, int]) -> list[Entry]:
        """What is written after these, story by story."""
        if all(known.get(story, 0) >= last for story, last in self._last.items()):
            return []
        further = [one for one in self.events if one.seq > known.get(one.story, 0)]
        return sorted(further, key=lambda one: (one.story, one.seq))

    def forget(self, events: int) -> None:
        """Lose the last events, as a server does that acknowledges before it writes."""
        for _ in range(min(events, len(self.events))):
            gone = self.events.pop()
            self._last[gone.story] = gone.seq - 1

    # notes

    def write(self, name: str, text: str, epoch: int | None) -> None:
        story = name.partition("/")[0]
        if epoch is not None and not self._is_held(story, epoch):
            raise FencedError(_LATE.format(story))
        self.notes[name] = text

    # leases

    def take(self, story: str, holder: str, seconds: float) -> Taken | None:
        lease = self.leases.get(story)
        if lease is None:
            lease = self.leases[story] = Lease()
        elif self._lives(lease) and lease.holder != holder:
            return None
        again = lease.holder == holder and lease.epoch > 0
        lease.epoch, lease.holder, lease.until = lease.epoch + 1, holder, self.now() + seconds
        lease.lands, lease.rests, lease.again = False, "", None
        return Taken(lease.epoch, again)

    def keep(self, story: str, epoch: int, seconds: float, holder: str) -> bool:
        if self.mistakes.believes_late_beats:
            self.leases[story].epoch, self.leases[story].holder = epoch, holder
        if not self._is_held(story, epoch):
            return False
        self.leases[story].until = self.now() + seconds
        return True

    def give(self, story: str, epoch: int | None, rests: str, again: datetime | None, *, keep: bool) -> None:
        if self._is_held(story, epoch):
            lease = self.leases[story]
            lease.until, lease.lands, lease.rests, lease.again = None, False, rests, again
            lease.territory = lease.territory if keep else None
        self.stir()

    def claim(self, story: str, epoch: int | None, territory: Sequence[str], fits: Fits, *, lands: bool) -> bool:
        others = {name: one for name, one in self.leases.items() if name != story}
        if not fits([self._held(name, one) for name, one in others.items() if _is_placed(one)]):
            return False
        if not self._is_held(story, epoch):
            raise FencedError(_LATE.format(story))
        landing = [one for one in others.values() if one.lands]
        if lands and any(self._lives(one) or self.mistakes.keeps_the_lane for one in landing):
            raise CannotAnswerError("The server cannot be used: two would land at once.")
        for one in others.values():
            one.lands = one.lands and (not lands or self._lives(one))
        self.leases[story].territory, self.leases[story].lands = tuple(territory), lands
        return True

    def another_lands(self, story: str) -> bool:
        return any(one.lands and self._lives(one) for name, one in self.leases.items() if name != story)

    def held(self) -> list[Held]:
        return [self._held(story, self.leases[story]) for story in sorted(self.leases)]

    def _held(self, story: str, one: Lease) -> Held:
        live = self._lives(one)
        return Held(story, one.epoch, one.holder, live, one.territory, one.lands, one.rests, one.again)

    # what is asked for

    def ask(self, stories: Sequence[str], *, named: bool, research: bool) -> None:
        for story in stories:
            self.told[story] = (self.told.get(story, (False, False))[0] or named, research)
            if story in self.leases:
                self.leases[story].rests, self.leases[story].again = "", None
        self.stir()

    def over(self, stories: Collection[str]) -> None:
        for story in stories:
            self.told.pop(story, None)

    # the queue

    def stir(self) -> None:
        self._put(DISPATCH, DISPATCH, _FIRST)

    def put(self, stories: Sequence[tuple[str, int]]) -> None:
        for story, priority in stories:
            self._put(STORY, story, priority)

    def _put(self, task: str, lock: str, priority: int) -> None:
        if not any(one.lock == lock and not one.doing for one in self.jobs.values()):
            number = next(self._numbers)
            self.jobs[number] = Job(number, task, lock, priority)

    def queued(self) -> set[str]:
        return {one.lock for one in self.jobs.values() if one.task == STORY}

    def fleet(self, seconds: float) -> Fleet:
        heard = sum(at > self.now() - seconds for at in self.workers.values())
        stories = [one for one in self.jobs.values() if one.task == STORY]
        doing = sum(one.doing for one in stories)
        dispatching = any(one.task == DISPATCH for one in self.jobs.values())
        return Fleet(heard, len(stories) - doing, doing, dispatching=dispatching)

    def register(self) -> int:
        worker = next(self._numbers)
        self.workers[worker] = self.now()
        return worker

    def beat(self, worker: int) -> None:
        if worker in self.workers:
            self.workers[worker] = self.now()

    def leave(self, worker: int) -> None:
        """A worker is off the list, and its jobs are nobody's."""
        self.workers.pop(worker, None)
        for job in self.jobs.values():
            if job.worker == worker:
                job.worker = None

    @property
    def waits(self) -> Job | None:
        """The next job, the most pressing first; of a lock that somebody has none."""
        taken = {one.lock for one in self.jobs.values() if one.doing}
        free = [one for one in self.jobs.values() if not one.doing and one.lock not in taken]
        return min(free, key=lambda one: (-one.priority, one.number), default=None)

    def fetch(self, worker: int) -> Job | None:
        job = self.waits
        if worker not in self.workers:
            raise UnknownWorkerError("This worker was not heard of for a while.")
        if job is not None:
            job.doing, job.worker = True, worker
        return job

    def finish(self, number: int) -> None:
        if self.jobs.pop(number, None) is None:
            raise CannotAnswerError("There is no such job.")

    def sweep(
        self, worker: int, seconds: float, doing: Collection[int], strange: Collection[int]
    ) -> frozenset[int]:
        """As `jobs.Sweep.through`."""
        for dead in [one for one, at in self.workers.items() if at < self.now() - seconds]:
            self.leave(dead)
        mine = {number for number, job in self.jobs.items() if job.doing and job.worker == worker}
        now = mine - set(doing)
        gone = now & set(strange)
        if not self.mistakes.keeps_jobs_of_the_dead:
            gone |= {number for number, job in self.jobs.items() if job.doing and job.worker is None}
        for number in gone:
            del self.jobs[number]
        self.stir()
        return frozenset(now - set(strange))


def _is_placed(one: Lease) -> bool:
    return one.until is not None or one.territory is not None
