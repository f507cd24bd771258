"""Three machines, a server and a remote, and what befalls them: `python -m tests.act.cluster [STORIES] [SECONDS]`.

One is killed for good while its agent works; one is stopped, and wakes after its story has landed elsewhere;
the server is stopped as a power loss does it, and the remote is gone, each for so many SECONDS (10). At the end
each story has landed once, each step stands on main once, and whatever was late was refused.
"""

import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bmad.model.act import State
from tests.act import postgres
from tests.act.machines import PASSWORD, Machines, Worker, until
from tests.program import git

_MACHINES = 3


def at_work(machines: Machines, but: Worker | None = None) -> tuple[str, Worker]:
    """A story whose developer is at work now, and its worker."""
    found: list[tuple[str, Worker]] = []

    def look() -> bool:
        for story in machines.crew.ids.values():
            worker = machines.holder(story, State.DEV)
            if worker is not None and worker is not but and worker.lives:
                found.append((story, worker))
        return bool(found)

    until(look, 120)
    return found[0]


def kill_one(machines: Machines) -> str:
    """Kill a worker in the middle of its work, for good; the story that it had."""
    story, worker = at_work(machines)
    worker.send(signal.SIGKILL)
    until(lambda: not worker.lives)
    say(f"killed {worker.name} at {story}")
    return story


def stop_one(machines: Machines) -> tuple[str, Worker]:
    """Stop a worker in the middle of its work, until its story is done by another; then wake it."""
    story, worker = at_work(machines)
    worker.send(signal.SIGSTOP)
    say(f"stopped {worker.name} at {story}")
    until(lambda: machines.runs()[story].state is State.DONE, 180)
    worker.send(signal.SIGCONT)
    until(lambda: f"{story} is another worker's since: left alone" in worker.told, 60)
    say(f"{worker.name} woke up, and left {story} alone")
    return story, worker


def without_server(machines: Machines, seconds: float) -> None:
    at_work(machines)
    machines.postgres.stop()
    time.sleep(seconds)
    machines.postgres.start()
    say(f"the server was away for {seconds} s")


def without_remote(machines: Machines, seconds: float) -> None:
    at_work(machines)
    away = machines.remote.rename(machines.remote.with_name("away.git"))
    time.sleep(seconds)
    away.rename(machines.remote)
    say(f"the remote was away for {seconds} s")


def faults(machines: Machines) -> list[str]:
    """What does not hold at the end, as sentences."""
    ids, runs = machines.crew.ids.values(), machines.runs()
    found = [f"{story} is {runs[story].state}" for story in ids if runs[story].state is not State.DONE]
    landed = Counter(machines.landed())
    found += [f"{story} has landed {landed[story]} times" for story in ids if landed[story] != 1]
    form = "--format=%(trailers:key=Story,valueonly,separator=%x2C) %(trailers:key=Step,valueonly,separator=%x2C)"
    steps = Counter(git("log", "--no-merges", form, "main", "--", "src", cwd=machines.remote).splitlines())
    found += [
        f"{step} stands on main {count} times" for step, count in steps.items() if step.strip() and count > 1
    ]
    told = {worker.name: worker.told for worker in machines.workers}
    for word in ("Traceback", "a fault of its own", PASSWORD):
        found += [f"{word} in what {name} said" for name, words in told.items() if word in words]
    logs = [path for path in machines.folder.rglob("*") if path.is_file() and path.stat().st_size < 1 << 24]
    found += [f"the password is in {path}" for path in logs if PASSWORD.encode() in _content(path)]
    return found


def _content(path: Path) -> bytes:
    with suppress(OSError):
        return path.read_bytes()
    return b""


def carried(machines: Machines, doing: Callable[[], object]) -> None:
    """Do something while `bmad act` watches, and wait until it has seen all that can be done come to its end."""
    watching = threading.Thread(target=machines.act)
    watching.start()
    doing()
    watching.join()


def main(stories: int, seconds: float) -> int:
    with tempfile.TemporaryDirectory(prefix="bmad-cluster-") as folder:
        titles = [f"slow {number}" for number in range(stories)]
        machines = Machines(Path(folder), postgres.server(), titles, _MACHINES)
        for title in titles:
            machines.crew.prepare(title)
        machines.begin()
        try:
            machines.start()
            carried(machines, lambda: befall(machines, seconds))
            for _ in range(stories):  # it ends where the server is away for long; workers go on
                if all(run.state is State.DONE for run in machines.runs().values()):
                    break
                machines.act()
            for worker in machines.workers:
                if worker.lives and worker.end() != 0:
                    say(f"{worker.name} did not end well: {worker.told}")
        finally:
            machines.end()
        found = faults(machines)
        for worker in machines.workers:
            say(f"--- {worker.name}\n{worker.told}")
        say("\n".join(found) or f"{stories} stories landed, each once")
        return 1 if found else 0


def befall(machines: Machines, seconds: float) -> None:
    kill_one(machines)
    stop_one(machines)
    without_server(machines, seconds)
    without_remote(machines, seconds)


def say(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    sys.exit(main(int(given[0]) if given else 8, given[1] if len(given) > 1 else 10))
