"""Calls of git that outlive the bmad that made them: they finish what they began, and the next bmad waits.

Each inherits a shared lock on the repository's own folder, which goes with its last process. So whoever gets the
whole lock knows that no call is under way, and the file that a dead git left locked may be unlocked.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bmad import platforms
from bmad.errors import CannotAnswerError
from bmad.platforms import fcntl

_PATIENCE = 60.0
_PAUSE = 0.01


@contextmanager
def under_way(common: Path | None) -> Iterator[tuple[int, ...]]:
    """What a call in the repository of that folder is to inherit; nothing where there is no folder."""
    if common is None:
        yield ()
        return
    descriptor = os.open(common, os.O_RDONLY)
    try:
        _lock(descriptor, shared=True)
        yield (descriptor,)
    finally:
        os.close(descriptor)


def wait(common: Path, patience: float = _PATIENCE) -> None:
    """Wait until no call is under way. Raises: CannotAnswerError where one does not end, a filter's for one."""
    deadline = time.monotonic() + patience
    descriptor = os.open(common, os.O_RDONLY)
    try:
        while not _lock(descriptor, shared=False):
            if time.monotonic() >= deadline:
                raise CannotAnswerError(
                    f"git still works on what an earlier bmad began in {common}. Let it end, or end it"
                    f"{_named(_holders(common))}."
                )
            time.sleep(_PAUSE)
    finally:
        os.close(descriptor)


def _holders(common: Path) -> list[str]:
    """The processes that have the folder open, as far as this system tells; never this one."""
    found = []
    for pid in sorted(platforms.processes()):
        with suppress(OSError):
            opened = Path(platforms.PROC, str(pid), "fd").iterdir()
            if pid != os.getpid() and any(_leads(one, common) for one in opened):
                found.append(str(pid))
    return found


def _leads(descriptor: Path, to: Path) -> bool:
    """Whether an open file is that one; one that was closed meanwhile is not."""
    with suppress(OSError):
        return descriptor.readlink() == to
    return False


def _named(processes: list[str]) -> str:
    return f": kill {' '.join(processes)}" if processes else ""


def _lock(descriptor: int, *, shared: bool) -> bool:
    """Take the lock, shared or, where nobody has it, whole; False where somebody has. Without locks nobody has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (OSError, AttributeError):
        return True
    return True
