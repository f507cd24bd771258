"""What gits may take that read what anybody wrote: CPU seconds of all of them together, and memory of each.

Bounded where the kernel does that for other processes (Linux); elsewhere only output and wall time are.
"""

import math
import os
import signal
from collections.abc import Sequence

from bmad import platforms
from bmad.errors import TooLargeError
from bmad.model.bounds import GATE_MEMORY, GIT_LEAST, GIT_MEMORY

TOO_LONG = "The gits that read the history took more than {seconds} seconds of CPU time. Judge the range in parts."


class Budget:
    """CPU seconds that are left for the gits of one reading, and the memory of it all. Not thread-safe."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._seen: dict[int, float] = {}
        self._idle: dict[int, int] = {}
        """The memory of those that have answered, and were asked nothing since."""
        self.renew()

    def renew(self) -> None:
        """Give as much as at the beginning; what gits that still run have taken until now is not counted again."""
        self._left = float(self.seconds)
        self._before = private_bytes(os.getpid())

    @property
    def spent(self) -> float:
        """CPU seconds that its gits took until now, those that still run among them."""
        running = sum(max(0.0, platforms.cpu_seconds(pid) - seen) for pid, seen in self._seen.items())
        return self.seconds - self._left + running

    @property
    def held(self) -> int:
        """Bytes that this process took since the reading began, and that the running gits have."""
        own = private_bytes(os.getpid()) - self._before
        return max(0, own) + sum(map(self._memory, self._seen))

    def _memory(self, pid: int) -> int:
        known = self._idle.get(pid)
        return private_bytes(pid) if known is None else known

    def bound(self, pid: int) -> None:
        """Let a git take what is left, beyond what it took, before the kernel ends it."""
        most = math.ceil(self._seen.setdefault(pid, 0.0) + max(self._left, 0.0)) + 1
        memory = max(GIT_LEAST, min(GIT_MEMORY, GATE_MEMORY - self.held + self._memory(pid)))
        self._idle.pop(pid, None)
        platforms.limit(pid, "RLIMIT_DATA", (memory, GIT_MEMORY))
        platforms.limit(pid, "RLIMIT_CPU", (most, most + 1))

    def charge(self, pid: int) -> None:
        """Count what a git, or one that has ended and was not waited for, took since it was charged last.

        Raises: TooLargeError where nothing is left.
        """
        now = platforms.cpu_seconds(pid)
        self._left -= max(0.0, now - self._seen.get(pid, 0.0))
        self._seen[pid] = now
        self._idle[pid] = private_bytes(pid)
        if self._left <= 0:
            raise TooLargeError(TOO_LONG.format(seconds=self.seconds))

    def forget(self, pid: int) -> None:
        """A git is gone, and its number may be another's."""
        self._seen.pop(pid, None)
        self._idle.pop(pid, None)

    def ended(self, status: int, words: str, arguments: Sequence[str]) -> TooLargeError | None:
        """Why a git ended, where that was a bound."""
        if status == -signal.SIGXCPU:
            return TooLargeError(TOO_LONG.format(seconds=self.seconds))
        if "memory" in words.lower() or "mmap failed" in words:
            mib = GATE_MEMORY >> 20
            return TooLargeError(
                f"`git {arguments[0]}` asked for more than was left of {mib} MiB of memory ({words}). "
                "Judge the range in parts."
            )
        return None


def private_bytes(pid: int) -> int:
    """The memory that a process has for itself, without files that it maps; 0 where that cannot be seen."""
    try:
        _, resident, shared, *_ = platforms.told(pid, "statm").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * _PAGE


_PAGE = os.sysconf("SC_PAGE_SIZE")
