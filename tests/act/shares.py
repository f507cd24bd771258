"""Both that machines can share, behind one face: PostgreSQL, and the server in memory that the simulation has."""

import random
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, Protocol

from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.ports.journal import Journal, Notes
from bmad.ports.machines import Machines
from bmad.store.postgres import jobs
from bmad.store.postgres.journal import PostgresJournal
from bmad.store.postgres.machines import PostgresMachines
from bmad.store.postgres.notes import PostgresNotes
from bmad.store.postgres.server import Server
from tests.act import postgres
from tests.act.machines import until
from tests.act.simulation.clockwork import Clockwork
from tests.act.simulation.server import SimServer
from tests.act.simulation.sharing import Link, SharedJournal, SharedMachines, SharedNotes, Wire

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


class Machine:
    """What one machine knows of a server; `epochs` are the stories that it holds."""

    def __init__(self, stories: Machines, journal: Journal, notes: Notes, epochs: dict[str, int]) -> None:
        self.stories, self.journal, self.notes, self.epochs = stories, journal, notes, epochs

    def append(self, seq: int, story: str = "STORY-1") -> None:
        self.journal.append(Entry(story=story, seq=seq, round=1, step="dev", event=Event.WAITS, time=WHEN))


class Share(Protocol):
    """A server, and what a test does to it beside what machines ask."""

    def join(self, name: str, seconds: float = 60) -> Machine: ...

    def expire(self) -> None:
        """The time of every lease has run out."""
        ...

    def kept_until(self) -> float:
        """Until when the only story is held."""
        ...

    def until(self, what: Callable[[], bool]) -> None:
        """Let time go by until something is so."""
        ...

    def empty_queue(self) -> None: ...

    def worker(self) -> int:
        """A worker that is heard of now."""
        ...

    def silence(self, worker: int) -> None:
        """A worker was not heard of for an hour."""
        ...

    def fetch(self, worker: int) -> int:
        """The number of the job that a worker gets."""
        ...

    def sweep(self, worker: int, doing: Collection[int], strange: Collection[int]) -> frozenset[int]: ...

    def close(self) -> None: ...


class PostgresShare:
    def __init__(self) -> None:
        self._address = postgres.server().database()
        self._every: list[Server] = []
        self._own = self.server()

    def server(self) -> Server:
        self._every.append(Server(self._address, "word"))
        return self._every[-1]

    def join(self, name: str, seconds: float = 60) -> Machine:
        server, epochs = self.server(), dict[str, int]()
        stories = PostgresMachines(server, name, epochs, seconds)
        return Machine(stories, PostgresJournal(server, epochs), PostgresNotes(server, epochs), epochs)

    def _do(self, words: Any, *values: Any) -> Any:
        def done(connection: Any) -> Any:
            cursor = connection.execute(words, values)
            return cursor.fetchone() if cursor.description else None

        return self._own.change(done)

    def expire(self) -> None:
        self._do("UPDATE bmad.leases SET until = now() WHERE until IS NOT NULL")

    def kept_until(self) -> float:
        told: datetime = self._do("SELECT until FROM bmad.leases")[0]
        return told.timestamp()

    def until(self, what: Callable[[], bool]) -> None:
        until(what)

    def empty_queue(self) -> None:
        self._do("DELETE FROM procrastinate_jobs")

    def worker(self) -> int:
        return int(self._do("SELECT procrastinate_register_worker_v1()")[0])

    def silence(self, worker: int) -> None:
        late = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1h' WHERE id = %s"
        self._do(late, worker)

    def fetch(self, worker: int) -> int:
        return int(self._do("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", worker)[0])

    def sweep(self, worker: int, doing: Collection[int], strange: Collection[int]) -> frozenset[int]:
        return self._own.change(jobs.Sweep(60, worker, frozenset(doing), frozenset(strange)).through)

    def close(self) -> None:
        for server in self._every:
            server.close()


class SimulatedShare:
    def __init__(self) -> None:
        self._works = Clockwork(random.Random(1))  # noqa: S311 - nothing is drawn that matters
        self.server = SimServer(lambda: self._works.seconds)

    def join(self, name: str, seconds: float = 60) -> Machine:
        link, epochs = Link(Wire(self.server), self._works), dict[str, int]()
        stories = SharedMachines(link, name, epochs, seconds, self._works)
        return Machine(stories, SharedJournal(link, epochs), SharedNotes(link, epochs), epochs)

    def expire(self) -> None:
        for lease in self.server.leases.values():
            lease.until = lease.until and self._works.seconds

    def kept_until(self) -> float:
        [lease] = self.server.leases.values()
        assert lease.until is not None
        return lease.until

    def until(self, what: Callable[[], bool]) -> None:
        assert self._works.wait(what, 3600)

    def empty_queue(self) -> None:
        self.server.jobs.clear()

    def worker(self) -> int:
        return self.server.register()

    def silence(self, worker: int) -> None:
        self.server.workers[worker] -= 3600

    def fetch(self, worker: int) -> int:
        job = self.server.fetch(worker)
        assert job is not None
        return job.number

    def sweep(self, worker: int, doing: Collection[int], strange: Collection[int]) -> frozenset[int]:
        return self.server.sweep(worker, 60, doing, strange)

    def close(self) -> None:
        """Nothing is open."""
