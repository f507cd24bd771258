"""One machine of a fleet: its clone, its clock, and the worker that runs there, is killed, and is begun again."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from bmad.errors import BmadError, CannotAnswerError
from bmad.git.work.fence import Fence
from bmad.model.machines import Taken
from bmad.pipeline.act.journal import at_work
from bmad.pipeline.act.worker import Shift
from bmad.ports.acting import Desk
from bmad.ports.machines import Together
from bmad.ports.threads import Bell, Thread, Turn, Word
from tests.act.simulation.agents import SimAgents, counted
from tests.act.simulation.backlog import Item
from tests.act.simulation.clockwork import Clockwork
from tests.act.simulation.faults import BrokenError, KilledError, Process
from tests.act.simulation.fleet_invariants import LEASE
from tests.act.simulation.locks import Locks, LocksOf
from tests.act.simulation.objects import Archive
from tests.act.simulation.remote import Clone, RemoteWire, SimOrigin, SimRefs
from tests.act.simulation.repository import HOME, MAIN, Ground, SimRepository
from tests.act.simulation.server import Job, SimServer, UnknownWorkerError
from tests.act.simulation.sharing import Link, SharedJournal, SharedMachines, SharedNotes, Wire
from tests.act.simulation.world import FORMATS, PERSON, Library

if TYPE_CHECKING:
    from tests.act.simulation.fleet import Fleet

_PATIENCE = 600.0
_POLL = 20.0
"""Seconds after which the queue is looked at, where the server did not tell of a job."""
_BEATS, _TICKS = 3, 2
_AWAY, _LONGEST_AWAY = 1.0, 10.0
_NUMBERS = count(1)


class Machine:
    """Fulfils `agents.Room`. `patience` is for how long it waits for server and remote, in seconds."""

    def __init__(self, fleet: "Fleet", name: str, patience: float = _PATIENCE) -> None:
        self.fleet, self.name = fleet, name
        self.works, self.rng, self.plan = fleet.works, fleet.rng, fleet.plan
        self.told, self.created, self.pace = fleet.told, fleet.created, fleet.pace
        self._patience = patience
        self.skew = 0.0
        """How far its clock is off."""
        self.wakes = self.no_server = self.no_remote = 0.0
        """Until when it sleeps, and is cut off."""
        self.late = 0
        """So many of its threads sleep in the middle of something."""
        self.woke = 0.0
        """When the last of them woke up."""
        self.locks = Locks()
        self.notes: dict[str, str] = {}
        self.busy = Counter[str]()
        self.at = ""
        """The story that its worker has."""
        self.process = self.begun()
        self.clone = self.cloned()

    @property
    def ills(self) -> Any:
        return self.fleet.ills

    @property
    def ground(self) -> Ground:
        return self.clone.ground

    def item(self, story: str) -> Item:
        return self.fleet.item(story)

    def cloned(self) -> Clone:
        """A new clone; what was in the one before is gone."""
        self.fleet.clones = [one for one in self.fleet.clones if one is not getattr(self, "clone", None)]
        self.id = f"{self.name}-{next(self.fleet.numbers)}"
        ground = Ground(self.fleet.ground.store.part(), "", lambda: self.works.seconds)
        del ground.refs[MAIN]
        ground.made = 100_000 * next(self.fleet.numbers)
        made = Clone(ground)
        ground.moved = lambda ref, _, new: self.fleet.invariants.seen_in(made, ref, new)
        self.fleet.clones.append(made)
        self.locks, self.notes = Locks(), {}
        return made

    def begun(self, *, calm: bool = False) -> Process:
        """A process of this machine."""
        self.process = Process(None if calm else self.fleet.fate, self.rng, self.fleet.befalls(self))
        self.process.stands_still = self._stand_still
        self.process.dies = self._dies
        self.process.say = lambda words: self.fleet.say(f"{self.name}: {words.strip()}")
        self.busy, self.at = Counter(), ""
        return self.process

    def _stand_still(self) -> None:
        while self.wakes > self.works.seconds:
            self.works.sleep(self.wakes - self.works.seconds)

    def _dies(self) -> None:
        self.fleet.killed.update({str(self.fleet.state(story)) for story in self.busy} or {"between"})

    @property
    def free_since(self) -> float:
        """Since when nothing keeps it from server and remote, or until when something does."""
        away = self.fleet.server.away, self.fleet.remote.away
        return max(self.wakes, self.no_server, self.no_remote, self.woke, *away)

    @property
    def is_hindered(self) -> bool:
        return self.late > 0 or self.free_since > self.works.seconds

    def now(self) -> datetime:
        return self.works.now() + timedelta(seconds=self.skew)

    @contextmanager
    def at_work(self, story: str, process: Process) -> Iterator[None]:
        self.fleet.invariants.works_on(story, process)
        with counted(self.busy, story):
            yield

    def ended(self, process: Process) -> None:
        """Its process is over, of itself or not."""
        self.locks.died(process, lambda: not process.alive and self.rng.random() < 0.7)

    def link(self, process: Process, patience: float) -> Link:
        wire = Wire(self.fleet.server, lambda: self.no_server > self.works.seconds)
        return Link(process.port("server", wire), self.works, patience, lambda: process.stopped)

    def desk(self, process: Process) -> Desk:
        """The world opened anew, in step with the remote."""
        fence = self._fence(process)
        fence.refresh()
        link, epochs = self.link(process, self._patience), dict[str, int]()
        machines = SharedMachines(link, self.id, epochs, LEASE, MachineThreads(self, process))
        machines.took = lambda story, taken: self._took(process, story, taken)
        machines.renews = self.fleet.mistakes.renews

        def port(name: str, one: object) -> Any:
            return process.port(name, one)

        def sleep(seconds: float) -> None:
            self.works.sleep(seconds)
            process.see_that_it_lives()

        return Desk(
            repository=port("repository", SimRepository(self.ground, process.between, fence.land)),
            history=port("history", Archive(self.ground.store)),
            formats=FORMATS,
            journal=port("", self._journal(process, link, epochs)),
            agents=port("agents", SimAgents(self, process, self.rng)),
            locks=port("locks", LocksOf(self.locks, process)),
            notes=port("notes", _OwnNotes(self)),
            library=port("library", Library()),
            clock=self,
            person=PERSON,
            tell=lambda _entry, _state: None,
            sleep=sleep,
            threads=MachineThreads(self, process),
            together=Together(port("", machines), port("", fence), port("", SharedNotes(link, epochs))),
        )

    def _journal(self, process: Process, link: Link, epochs: dict[str, int]) -> SharedJournal:
        journal = SharedJournal(link, epochs)
        journal.wrote = lambda entry, epoch: self.fleet.invariants.may_append(entry, epoch, process)
        return journal

    def _took(self, process: Process, story: str, taken: Taken) -> None:
        self.fleet.invariants.took(story, process)
        self.fleet.say(f"{self.works.seconds:9.1f} {self.name} takes {story}, epoch {taken.epoch}")

    def _fence(self, process: Process) -> Fence:
        wire = RemoteWire(self.fleet.remote, self.clone, process, lambda: self.no_remote > self.works.seconds)
        origin = SimOrigin(
            process.port("remote", wire), self.clone, self.works, self._patience, lambda: process.stopped
        )

        def base() -> str:
            return self.ground.refs[MAIN]

        refs, clone = SimRefs(self.ground, process.between), self.clone
        refs.leaves = lambda ref, old, new: self.fleet.invariants.leaves(clone, ref, old, new)
        return self.fleet.mistakes.fence(refs, origin, base)

    # the worker

    def live(self) -> None:
        """Run a worker, and begin it anew when it has ended, until the fleet is over."""
        while not self.fleet.over:
            process = self.begun(calm=self.fleet.fate is None)
            words = "ended"
            try:
                self._serve(process)
            except KilledError:
                words = "killed"
            except (BmadError, BrokenError, KeyboardInterrupt) as error:
                words = f"ended with {error!r}"
            process.alive = False
            self.ended(process)
            self.fleet.say(f"{self.works.seconds:9.1f} {self.name} {words}")
            if process.loses:
                self.fleet.invariants.goes_with_its_disk(self.clone)
                self.clone = self.cloned()
            self.works.wait(
                lambda: self.fleet.over, self.rng.choice((5, 5, 5, 90, 300)) if words != "ended" else 5
            )

    def _serve(self, process: Process) -> None:
        """As `bmad worker`."""
        shift = Shift(lambda: self.desk(process), lambda words: self.fleet.say(f"{self.name}: {words}"))
        process.ends = shift.end
        with at_work(self.desk(process), "bmad worker"):
            SimEngine(self, process, shift).run()


class _OwnNotes:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def read(self, name: str) -> str | None:
        return self._machine.notes.get(name)

    def write(self, name: str, text: str) -> None:
        self._machine.notes[name] = text


class MachineThreads:
    """The threads of one process: they end with it."""

    def __init__(self, machine: Machine, process: Process) -> None:
        self._machine, self._works, self._process = machine, machine.works, process

    def turn(self) -> Turn:
        return self._works.turn()

    def word(self, turn: Turn) -> Word:
        return self._works.word(turn)

    def bell(self) -> Bell:
        return self._works.bell()

    def begin(self, work: Callable[[], None], name: str) -> Thread:
        def lives() -> None:
            try:
                work()
            except KilledError:
                return
            except BrokenError:  # it ends alone, and what it kept held is another's in time
                self._process.is_whole = False

        return self._works.begin(lives, f"{self._machine.name} {name}")


class SimEngine:
    """Does what `store.postgres.engine` has Procrastinate do: one job at a time, given at least once."""

    def __init__(self, machine: Machine, process: Process, shift: Shift) -> None:
        self._machine, self._works, self._process = machine, machine.works, process
        self._shift = shift
        self._link = machine.link(process, 0)
        self._doing: set[int] = set()

    def run(self) -> None:
        look = _AWAY
        while not self._is_over():
            try:
                self._work()
                look = _AWAY
            except CannotAnswerError:
                self._works.wait(self._is_over, look)
                look = min(look * 2, _LONGEST_AWAY)

    def _is_over(self) -> bool:
        return self._process.stopped or not self._process.alive or self._machine.fleet.over

    def _work(self) -> None:
        link, server = self._link, self._machine.fleet.server
        link.change(SimServer.stir)
        worker = link.change(SimServer.register)
        gone = [False]
        threads = MachineThreads(self._machine, self._process)
        threads.begin(lambda: self._beat(worker, gone), "beat")
        threads.begin(lambda: self._sweep(worker, gone), "sweep")
        try:
            while not self._is_over() and not gone[0]:
                job = link.change(lambda one: one.fetch(worker))
                if job is None:
                    self._works.wait(lambda: self._is_over() or gone[0] or server.waits is not None, _POLL)
                    continue
                self._do(job)
                try:
                    link.change(lambda one, number=job.number: one.finish(number))  # type: ignore[misc]
                except CannotAnswerError:
                    continue  # its end could not be noted: whoever sweeps takes it off the queue
        finally:
            gone[0] = True
        link.change(lambda one: one.leave(worker))

    def _do(self, job: Job) -> None:
        self._doing.add(job.number)
        self._process.calls = 0  # a job comes to its end; a worker need not
        try:
            if job.task == "dispatch":
                self._shift.dispatch()
            else:
                self._machine.at = job.lock
                self._shift.story(job.lock)
        finally:
            self._doing.discard(job.number)
            if self._machine.process is self._process:
                self._machine.at = ""

    def _beat(self, worker: int, gone: list[bool]) -> None:
        while not self._ends(gone, LEASE / _BEATS):
            try:
                self._link.change(lambda one: one.beat(worker))
            except CannotAnswerError:
                continue

    def _sweep(self, worker: int, gone: list[bool]) -> None:
        strange: frozenset[int] = frozenset()
        try:
            while not gone[0] and not self._is_over():
                doing, before = frozenset(self._doing), strange
                strange = self._link.change(
                    lambda one, doing=doing, before=before: one.sweep(worker, LEASE, doing, before)  # type: ignore[misc]
                )
                self._ends(gone, LEASE / _TICKS)
        except (CannotAnswerError, UnknownWorkerError):
            return
        finally:
            gone[0] = True

    def _ends(self, gone: list[bool], seconds: float) -> bool:
        return self._works.wait(lambda: gone[0] or self._is_over(), seconds)


__all__ = ["HOME", "Clockwork", "Machine"]
