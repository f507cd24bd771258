"""Three machines in networks of their own: `sudo python -m tests.act.apart [STORIES] [SECONDS]`.

Each worker is in a network namespace, and reaches PostgreSQL and git's daemon over a bridge alone. One is cut off
in the middle of its work until its story has landed elsewhere, then all are for so many SECONDS (45): what is sent
is lost without a word, as behind a switch that died, so no connection is told that it is over.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bmad.model.act import State
from tests.act import postgres
from tests.act.cluster import at_work, carried, faults, say
from tests.act.machines import Machines, Worker, until

_HERE, _MASK, _PORT = "10.77.0.1", 24, 9419
_BRIDGE = "bmad-br"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def link(number: int, state: str) -> None:
    """Cut a machine off, or let it be reached again."""
    ip("link", "set", f"bmad-v{number}", state)


@contextmanager
def networks(count: int) -> Iterator[None]:
    """A bridge, and so many networks behind it, `bmad-0` and so on."""
    ip("link", "add", _BRIDGE, "type", "bridge")
    try:
        ip("addr", "add", f"{_HERE}/{_MASK}", "dev", _BRIDGE)
        ip("link", "set", _BRIDGE, "up")
        for number in range(count):
            ip("netns", "add", f"bmad-{number}")
            inside = ("-n", f"bmad-{number}")
            ip("link", "add", f"bmad-v{number}", "type", "veth", "peer", "name", "eth0", "netns", f"bmad-{number}")
            ip("link", "set", f"bmad-v{number}", "master", _BRIDGE, "up")
            ip(*inside, "addr", "add", f"10.77.0.{10 + number}/{_MASK}", "dev", "eth0")
            ip(*inside, "link", "set", "eth0", "up")
            ip(*inside, "link", "set", "lo", "up")
        yield
    finally:
        for number in range(count):
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", f"bmad-{number}")
        ip("link", "del", _BRIDGE)


@contextmanager
def daemon(folder: Path) -> Iterator[None]:
    """Git's own server for the repositories of a folder; whoever reaches it may push."""
    words = ["git", "daemon", "--reuseaddr", f"--listen={_HERE}", f"--port={_PORT}", "--export-all"]
    words += ["--enable=receive-pack", f"--base-path={folder}", "--timeout=20", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def main(stories: int, seconds: float) -> int:
    found = postgres.programs()
    assert found is not None, "there is no PostgreSQL here"
    with tempfile.TemporaryDirectory(prefix="bmad-apart-") as folder, networks(3), daemon(Path(folder)):
        server = postgres.Postgres(found, f"{_HERE}/{_MASK}")
        titles = [f"slow {number}" for number in range(stories)]
        machines = Machines(Path(folder), server, titles, 3)
        for title in titles:
            machines.crew.prepare(title)
        machines.begin()
        name = machines.address.partition("///")[2].partition("?")[0]
        for number, worker in enumerate(machines.workers):
            worker.within = ("ip", "netns", "exec", f"bmad-{number}")
            worker.environ = {"BMAD_SERVER": f"postgresql://bmad@{_HERE}:{postgres.PORT}/{name}"}
        try:
            machines.start("--remote", f"git://{_HERE}:{_PORT}/{machines.remote.name}")
            carried(machines, lambda: befall(machines, seconds))
            finish(machines)
        finally:
            machines.end()
        return told(machines, faults(machines))


def befall(machines: Machines, seconds: float) -> None:
    story, worker = at_work(machines)
    number = machines.workers.index(worker)
    link(number, "down")
    say(f"cut {worker.name} off at {story}")
    until(lambda: machines.runs()[story].state is State.DONE, 300)
    link(number, "up")
    until(lambda: f"{story} is another worker's since: left alone" in worker.told, 180)
    say(f"{worker.name} is there again, and left {story} alone")
    at_work(machines)
    for each in range(len(machines.workers)):
        link(each, "down")
    time.sleep(seconds)
    for each in range(len(machines.workers)):
        link(each, "up")
    say(f"all were cut off for {seconds} s")


def finish(machines: Machines) -> None:
    """Wait until all have landed; who watched may have been told that no worker is there, and gone."""
    until(lambda: all(run.state is State.DONE for run in machines.runs().values()), 400)
    for worker in machines.workers:
        if worker.end() != 0:
            say(f"{worker.name} did not end well")


def told(machines: Machines, found: Sequence[str]) -> int:
    workers: Sequence[Worker] = machines.workers
    for worker in workers:
        say(f"--- {worker.name}\n{worker.told}")
    say("\n".join(found) or f"{len(machines.crew.ids)} stories landed, each once")
    return 1 if found else 0


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    sys.exit(main(int(given[0]) if given else 6, given[1] if len(given) > 1 else 45))
