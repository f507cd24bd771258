"""What Linux, macOS and WSL have otherwise: the one place that asks which system this is, and what it offers.

Who asks looks here each time (`platforms.LINUX`, not the name imported), so that a test can take a thing away and
see what is done without it.

Where the system has no such thing a function says so by its answer (None, 0, nothing).
What that means for a person is told in `docs/platforms.md`, and by `bmad doctor` in a sentence each (`LACKING`).
"""

import math
import os
import struct
import sys
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ctypes

try:
    import fcntl
except ImportError:  # pragma: no cover - not on the platforms that the tests run on
    fcntl = None  # type: ignore[assignment]
try:
    import resource
except ImportError:  # pragma: no cover - as above
    resource = None  # type: ignore[assignment]

__all__ = ["LACKING", "LINUX", "MACOS", "PROC", "fcntl"]  # what is imported here is for others, too

LINUX = sys.platform.startswith("linux")
"""Linux, and with it WSL."""
MACOS = sys.platform == "darwin"

PROC = "/proc"
"""Where Linux tells of its processes, see proc(5); on macOS there is nothing there."""

_PIECE, _MOST = 1 << 16, 4 << 20
_START_TIME = 19  # field 22 of `stat`, counted from the state; see proc(5)
_DELETED = " (deleted)"
_F_GETPATH = 50  # macOS


class Difference(NamedTuple):
    """A thing that Linux alone has, and what bmad does where it is missing."""

    name: str
    without: str


LACKING = (
    Difference("a look at all processes", "of what an agent leaves behind only its process group is ended"),
    Difference(
        "limits on other processes", "what git may take to judge a history is bounded by time and output alone"
    ),
)
"""What `bmad doctor` says of a system that is not Linux, beside what it says of Landlock."""


def host() -> str:
    """The name of this machine, as `socket.gethostname` has it, without the module that takes long to load."""
    return os.uname().nodename


def system() -> str:
    """The name of this system as a person says it, and its kernel's version."""
    kernel = os.uname()
    name = "macOS, Darwin" if MACOS else kernel.sysname
    return f"{name} {kernel.release}{' (WSL)' if 'microsoft' in kernel.release.lower() else ''}"


@cache
def library() -> "ctypes.CDLL":
    """The C library, for calls of the kernel that Python has no name for."""
    import ctypes  # noqa: PLC0415 - few need it

    return ctypes.CDLL(None, use_errno=True)


def tells() -> bool:
    """Whether this system tells which processes there are."""
    return os.path.isdir(f"{PROC}/self/fd")  # noqa: PTH112 - read by hooks, where pathlib is slow to load


def processes() -> list[int]:
    """All processes; none where the system does not tell."""
    return [int(name) for name in listed(PROC) if name.isdigit()]


def listed(folder: str) -> list[str]:
    """The names in a folder; none where it cannot be read."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, and many of them
    except OSError:
        return []


def told(pid: int | str, name: str) -> bytes:
    """What the system tells of a process, up to 4 MiB; hundreds are read for one look, so by the shortest road.

    Raises: OSError where it is gone, another's, or nothing is told.
    """
    descriptor = os.open(f"{PROC}/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = part = os.read(descriptor, _PIECE)
        while len(part) == _PIECE and len(found) < _MOST:
            part = os.read(descriptor, _PIECE)
            found += part
        return found
    finally:
        os.close(descriptor)


def status(pid: int) -> list[str]:
    """What `/proc/PID/stat` says after the program's name: state, parent, group and so on. Raises: OSError."""
    return told(pid, "stat").rpartition(b")")[2].decode().split()


_BEGUN: dict[int, tuple[tuple[int, int], int]] = {}
"""Of processes that were looked at: which one had the number, by its folder in /proc, and when it began."""
_MOST_KNOWN = 1 << 14


def begun(pid: int) -> int:
    """When a process began, in ticks since the system did; 0 where it is gone or nothing is told.

    It is read once of each: the folder of another one with the same number is another one, and made later.
    """
    with suppress(OSError, IndexError):
        folder = os.stat(f"{PROC}/{pid}")  # noqa: PTH116 - of hundreds, time and again
        which = (folder.st_ino, folder.st_ctime_ns)
        known = _BEGUN.get(pid)
        if known is not None and known[0] == which:
            return known[1]
        if len(_BEGUN) >= _MOST_KNOWN:
            _BEGUN.clear()
        since = int(status(pid)[_START_TIME])
        _BEGUN[pid] = (which, since)
        return since
    return 0


def age(pid: int) -> float:
    """The seconds since a process began; endless where nothing is told."""
    ticks = begun(pid)
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK") if ticks else math.inf


def parent(pid: int) -> int:
    """The parent of a process; 0 where it is gone or nothing is told."""
    with suppress(OSError, IndexError):
        return int(status(pid)[1])
    return 0


def children(pid: int) -> set[int] | None:
    """The children of all threads of a process, the dead ones too; None where the system keeps no list of them.

    Read twice: while it is read, one that is just heard of may hide another, or a thread hand its own on.
    """
    if not os.path.exists(f"{PROC}/{pid}/task/{pid}/children"):  # noqa: PTH110 - as above
        return None
    found: set[int] = set()
    for thread in (*listed(f"{PROC}/{pid}/task"), *listed(f"{PROC}/{pid}/task")):
        with suppress(OSError), open(f"{PROC}/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123 - as above
            found.update(map(int, file.read().split()))
    return found


def handle(pid: int) -> int | None:
    """A descriptor that can be read once a child has ended, and that no other process comes to stand behind.

    None where the system has no such thing, or the process is gone.
    """
    try:
        return os.pidfd_open(pid) if LINUX else None
    except (AttributeError, OSError):  # a kernel before 5.3
        return None


def limit(pid: int, which: str, bounds: tuple[int, int]) -> None:
    """Bound another process by the name of a limit (`RLIMIT_CPU`); nothing where only a process itself can."""
    if LINUX and resource is not None:
        with suppress(OSError, ValueError):
            resource.prlimit(pid, getattr(resource, which), bounds)


def cpu_seconds(pid: int) -> float:
    """What a process took so far, by the clock that Linux keeps of each; 0 elsewhere."""
    if not LINUX:
        return 0.0
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def unread(descriptor: int) -> int:
    """The bytes that came through a pipe and were not read yet. Raises: OSError."""
    import termios  # noqa: PLC0415 - few ask, and not every system has it

    told: bytes = fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", told)[0])


def path_of(descriptor: int) -> str:
    """The path of an open file; empty where this system does not tell."""
    try:
        return os.readlink(f"{PROC}/self/fd/{descriptor}").removesuffix(_DELETED)  # noqa: PTH115 - as above
    except OSError:
        with suppress(OSError, AttributeError, ValueError):
            return os.fsdecode(fcntl.fcntl(descriptor, _F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return ""
