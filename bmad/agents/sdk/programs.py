"""What the tools run: programs as checks run them, confined, without keys, ended with all that they began."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bmad.agents import environment, processes
from bmad.agents.strays import Strays
from bmad.agents.words import plain
from bmad.model.agents import Fault

_HEAD, _TAIL = 8 << 10, 24 << 10


class BrokenGroundError(Exception):
    """Why nothing more can be run, as the end of a sentence: what was ended did not end."""


class Private(NamedTuple):
    """The folder of a task, which goes with it, and the lock that it is held under."""

    folder: Path
    lease: str


class Grounds(NamedTuple):
    """Where programs run. `temp` and `cache` are theirs to write; `writable` as in `processes.Program`."""

    folder: Path
    temp: Path
    cache: Path
    hold: int
    lease: str
    environ: Mapping[str, str]
    """bmad's own."""
    writable: tuple[Path, ...] | None
    strays: Strays
    stop: threading.Event
    deadline: float
    given: tuple[tuple[str, str], ...] = ()
    """Variables of the task's own."""


class Printed(NamedTuple):
    """Exit code (None: it was not started, or ended by us), what it printed, and what is to be said of its end."""

    exit: int | None
    text: str
    words: str


def run(argv: tuple[str, ...], seconds: float, grounds: Grounds) -> Printed:
    """Run a program. Raises: KeyboardInterrupt where an end is asked for; BrokenGroundError."""
    log = grounds.temp.parent / "printed.log"
    left = max(1.0, grounds.deadline - time.monotonic())
    checks = environment.for_check(grounds.environ, grounds.folder, grounds.lease, grounds.temp, grounds.cache)
    program = processes.Program(
        argv=argv,
        folder=grounds.folder,
        environ={**checks, **dict(grounds.given)},
        log=log,
        timeout=min(seconds, left),
        hold=grounds.hold,
        strays=grounds.strays,
        writable=grounds.writable,
    )
    end = processes.run(program, grounds.stop)
    if end.fault is Fault.ENVIRONMENT:
        raise BrokenGroundError(f"cannot run `{argv[0]}`: it {end.words}")
    return Printed(end.exit, _printed(log), f"It {end.words}." if end.fault else "")


def _printed(log: Path) -> str:
    """The beginning and the end of a log, fit to be shown."""
    try:
        with log.open("rb") as file:
            head = file.read(_HEAD + _TAIL)
            size = file.seek(0, 2)
            if size <= _HEAD + _TAIL:
                return plain(head.decode("utf-8", "replace"))
            file.seek(size - _TAIL)
            tail = file.read(_TAIL)
    except OSError:
        return ""
    first, last = (part.decode("utf-8", "replace") for part in (head[:_HEAD], tail))
    return f"{plain(first)}\n[… {size - _HEAD - _TAIL:,} bytes left out …]\n{plain(last)}"
