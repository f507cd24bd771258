"""Several machines in one: a bare remote, a server, a person's clone, and workers with homes and clones."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.model.act import Event, State
from bmad.model.journal import Entry
from bmad.model.machines import Fleet, Held
from bmad.store.postgres.journal import PostgresJournal
from bmad.store.postgres.machines import PostgresMachines
from bmad.store.postgres.server import Server
from tests import forking
from tests.act.postgres import Postgres
from tests.act.test_workers import Crew
from tests.program import git

PASSWORD = "s3cr3t-w0rd"  # noqa: S105 - the server asks for none; it must be seen nowhere
LEASE = 2.0
"""Seconds after which a worker that is not heard of is taken for dead."""


class Worker:
    """A machine that carries stories: a process group, a home, a clone."""

    def __init__(self, name: str, machines: "Machines") -> None:
        self.name = name
        self.home = machines.folder / name
        (self.home / "agents").mkdir(parents=True, exist_ok=True)
        self._machines = machines
        self.within: tuple[str, ...] = ()
        """What it is started by: a command that puts it somewhere."""
        self.environ: dict[str, str] = {}
        """What its environment has beside that of the others."""
        self._process: subprocess.Popen[bytes] | forking.Runner | None = None

    @property
    def clone(self) -> Path:
        return self.home / "clone"

    @property
    def word(self) -> str:
        """What others know the clone by, once it is there."""
        file = self.clone / "bmad" / "id"
        return file.read_text(encoding="ascii")[:8] if file.exists() else "not there"

    @property
    def told(self) -> str:
        return (self.home / "out").read_text(encoding="utf-8")

    def start(self, *more: str) -> None:
        own = ("--clone", str(self.clone), "--lease", str(LEASE))
        words = ["worker", *own, *more]
        environ = self._machines.environ | {"HOME": str(self.home), "TMPDIR": str(self.home)} | self.environ
        repo = self._machines.repo
        with (self.home / "out").open("ab") as out:
            if not self.within:
                self._process = forking.begin(words, repo, environ, out=out)
                return
            words = [*self.within, sys.executable, "-m", "bmad", *words]
            self._process = subprocess.Popen(
                words, cwd=repo, env=environ, stdout=out, stderr=out, start_new_session=True
            )

    def send(self, number: int) -> None:
        """To the worker alone: its agents live on, as they would."""
        assert self._process is not None
        self._process.send_signal(number)

    def end(self) -> int:
        """Ask it to end; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None


class Machines:
    """Workers of one repository and one server."""

    def __init__(
        self, folder: Path, postgres: Postgres, titles: Sequence[str], count: int, accept: str = "auto"
    ) -> None:
        self.folder = folder
        self.postgres = postgres
        self.crew = Crew(folder / "person", titles, accept=accept)
        self.repo = self.crew.repo
        self.remote = folder / "remote.git"
        self.address = f"{postgres.database()}&password={PASSWORD}"
        self.environ = self.crew.ground.environ | {"BMAD_SERVER": self.address}
        self.crew.ground.environ = self.environ
        self.code, self.told = -1, ""
        """What the last `bmad act` came to."""
        self.workers = [Worker(f"machine-{number}", self) for number in range(1, count + 1)]

    def begin(self) -> None:
        """Map the backlog, and have the remote hold it."""
        self.crew.begin()
        git("clone", "--quiet", "--bare", str(self.repo), str(self.remote), cwd=self.folder)
        self.crew.ground.git("remote", "add", "origin", str(self.remote))

    def start(self, *more: str) -> None:
        """Start all workers, and wait until each is there."""
        for worker in self.workers:
            worker.start(*more)
        until(lambda: self.fleet().workers == len(self.workers))

    def fleet(self) -> Fleet:
        with closing(Server(self.address, "")) as server:
            return PostgresMachines(server, "test", {}, LEASE).fleet()

    def held(self) -> list[Held]:
        with closing(Server(self.address, "")) as server:
            return PostgresMachines(server, "test", {}, LEASE).held()

    def act(self, *more: str) -> int:
        self.code, self.told = self.crew.ground.bmad("act", *more)
        return self.code

    def journal(self) -> list[Entry]:
        with closing(Server(self.address, "")) as server:
            return PostgresJournal(server, {}).entries()

    def runs(self) -> dict[str, Run]:
        return dict(runs(self.journal()))

    def span(self, title: str) -> tuple[datetime, datetime]:
        """When work began on a story, and when it came to its end."""
        times = [one.time for one in self.journal() if one.story == self.crew.ids[title]]
        return times[0], times[-1]

    def landed(self) -> list[str]:
        """The stories with a record on the remote's main, each as often as a commit brought one."""
        told = git(
            "log",
            "--format=%(trailers:key=Story,valueonly,separator=%x2C)",
            "--diff-filter=A",
            "--",
            "stories/records",
            cwd=self.remote,
        )
        return sorted(line for line in told.splitlines() if line)

    @contextmanager
    def as_machine(self, name: str) -> Iterator[PostgresMachines]:
        """What another machine of that name knows."""
        with closing(Server(self.address, "")) as server:
            yield PostgresMachines(server, name, {})

    def holder(self, story: str, state: State) -> "Worker | None":
        """Who holds a story that is in a state now."""
        run = self.runs().get(story)
        held = {one.story: one for one in self.held() if one.live}
        if run is None or run.state is not state or story not in held:
            return None
        return next((one for one in self.workers if one.word in held[story].holder), None)

    def has(self, story: str, event: Event) -> bool:
        return any(one.story == story and one.event is event for one in self.journal())

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
