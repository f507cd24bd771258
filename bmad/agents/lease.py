"""Who works under a lock, and the ending of it.

A program carries the lease of its lock in two ways: the inherited descriptor, and the variable `BMAD_LEASE` in its
environment. What leaves its process group, its session and its parents still has one of the two, unless it set out
to drop both: then it is found as a child that nobody here has started (`strays`). Where there is no `/proc` only
the process group is known.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from bmad import platforms
from bmad.agents.environment import LEASE
from bmad.platforms import fcntl

_PAUSE = 0.02
_DELETED = " (deleted)"


@contextmanager
def lent(hold: int) -> Iterator[int]:
    """A descriptor to hand on that keeps the lock of an open one as well, and can neither free nor write that.

    A lock belongs to an opening of its file: who inherits the holder's own could unlock it. So both share it, each
    by an opening of its own. Raises: OSError where somebody else has taken it.
    """
    fcntl.flock(hold, fcntl.LOCK_SH | fcntl.LOCK_NB)
    again = f"{platforms.PROC}/self/fd/{hold}" if platforms.tells() else platforms.path_of(hold)
    descriptor = os.open(again, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


Still = Callable[[], AbstractContextManager[object]]
"""While it is entered, this process starts no other: one that was just forked has all descriptors for a moment."""


def end(lease: str, group: int | None, grace: float, patience: float = 5.0, still: Still = nullcontext) -> bool:
    """End all that carries the lease or is of the process group; whether all of it is gone.

    SIGTERM first and up to `grace` seconds, then SIGKILL again and again for up to `patience` seconds. Where other
    threads start programs meanwhile, `still` keeps them from it while signals are sent.
    """
    if not platforms.tells():
        return group is None or _end_group(group, grace)
    if not carriers(lease, group):
        return True
    _signal_all(lease, group, signal.SIGTERM, still)
    if _gone_within(lease, group, grace):
        return True
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        _signal_all(lease, group, signal.SIGKILL, still)
        if _gone_within(lease, group, _PAUSE):
            return True
    return False


def kill_group(group: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a whole process group at once; nothing where there is none left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def carriers(lease: str, group: int | None) -> list[int]:
    """The processes that carry the lease or are of the group; never this one or one that it runs in.

    With a group, whose leader is still there or has not been reaped, those that are older than it are passed over
    unseen: to look into every process takes long where there are hundreds.
    """
    marker = os.fsencode(f"{LEASE}={lease}")
    spared, since = _own(), 0 if group is None else platforms.begun(group)
    young = [
        pid for pid in platforms.processes() if pid not in spared and (not since or platforms.begun(pid) >= since)
    ]
    return [pid for pid in young if _carries(pid, lease, marker, group)]


def is_within(folder: Path, environ: Mapping[str, str]) -> bool:
    """Whether this process, or one that it runs in, bears the lease of a lock in a folder."""
    marker = os.fsencode(f"{LEASE}={folder}{os.sep}")
    if environ.get(LEASE, "").startswith(f"{folder}{os.sep}"):
        return True
    return any(_marked(pid, marker, begins=True) for pid in _own() - {1})


def free(path: Path) -> bool:
    """Whether nobody holds a lock; for systems that do not tell who does."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _gone_within(lease: str, group: int | None, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        if not carriers(lease, group):
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)


def _end_group(group: int, grace: float) -> bool:
    """End a process group unseen, where nothing tells which processes there are."""
    kill_group(group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    with suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(_PAUSE)
    kill_group(group)
    return True


def _signal_all(lease: str, group: int | None, number: signal.Signals, still: Still) -> None:
    if group is not None:
        kill_group(group, number)
    marker = os.fsencode(f"{LEASE}={lease}")
    with still():
        for pid in carriers(lease, group):
            with suppress(OSError):
                _signal(pid, number, lease, marker, group)


def _signal(pid: int, number: signal.Signals, lease: str, marker: bytes, group: int | None) -> None:
    """Signal a process that still carries the lease at a second look.

    The second look is through a handle that no other process can come to stand behind.
    """
    handle = platforms.handle(pid)
    if handle is None:
        if _carries(pid, lease, marker, group):
            os.kill(pid, number)
        return
    try:
        if _carries(pid, lease, marker, group):
            signal.pidfd_send_signal(handle, number)
    finally:
        os.close(handle)


def _carries(pid: int, lease: str, marker: bytes, group: int | None) -> bool:
    try:
        if group is not None and os.getpgid(pid) == group:
            return not _is_dead(pid)
    except OSError:
        return False
    return bool(lease) and (_marked(pid, marker) or _holds(pid, lease))


def _is_dead(pid: int) -> bool:
    """Whether it has ended and only waits for its parent to hear of it."""
    try:
        return platforms.status(pid)[0] in ("Z", "X")
    except (OSError, IndexError):
        return True


def _marked(pid: int, marker: bytes, *, begins: bool = False) -> bool:
    """Whether the variable stands in its environment; or whether one `begins` so."""
    try:
        told = platforms.told(pid, "environ").split(b"\0")
    except OSError:
        return False
    return any(one.startswith(marker) for one in told) if begins else marker in told


def _holds(pid: int, lease: str) -> bool:
    """Whether it has the lock open as its holder does; who only looks at the file has another opening of it."""
    folder = f"{platforms.PROC}/{pid}/fd/"
    for name in platforms.listed(folder):
        try:
            where = os.readlink(folder + name)  # noqa: PTH115 - hundreds of them
            if where.removesuffix(_DELETED) == lease and b"\nlock:" in platforms.told(pid, f"fdinfo/{name}"):
                return True
        except OSError:
            continue
    return False


def _own() -> set[int]:
    """The process of this very program and those that it runs in."""
    found = {1, os.getpid()}
    pid = os.getppid()
    while pid > 1 and pid not in found:
        found.add(pid)
        pid = platforms.parent(pid)
    return found
