"""What agents leave behind that bears no mark: it comes to this process as a child that it never started.

On Linux a process may take in the orphans of its descendants (`PR_SET_CHILD_SUBREAPER`, prctl(2)). While programs
run, this one does, so that who forks twice, clears its environment and closes its files is still found: by its
parent. Elsewhere, and where the runner itself was killed, orphans go to the system's first process, unseen.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache

from bmad import platforms

_PR_SET_CHILD_SUBREAPER = 36
_PAUSE = 0.005
_PATIENCE = 5.0
_PARENT = 1  # field 4 of `stat`, counted from the state; see proc(5)

Others = Callable[[], AbstractContextManager[Collection[int]]]
"""Children that others started here; while it is entered they start none."""


class Leases:
    """Under which leases nothing is left of what this process has begun there, as it saw itself."""

    def __init__(self) -> None:
        self._begun: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        """Lease -> how many programs had begun when nothing was left of them, nor of what was there before."""

    def begins(self, lease: str) -> None:
        """A program is about to start under a lease."""
        self._begun[lease] = self.begun(lease) + 1

    def begun(self, lease: str) -> int:
        """How many programs were started under a lease."""
        return self._begun.get(lease, 0)

    def none_left(self, lease: str, number: int | None = None) -> None:
        """Nothing is left of all that was under a lease; or of the program that was so many-th to start there.

        The latter says as much as the former where nothing was left of those before it.
        """
        if number is None or self._gone.get(lease) == number - 1:
            self._gone[lease] = self.begun(lease) if number is None else number

    def are_free(self, lease: str) -> bool:
        """Whether nothing can be left under a lease, but for what another process has begun there."""
        return self._gone.get(lease) == self.begun(lease)


class Strays:
    """The programs of one process, and what they leave; `others` are children that are no programs of agents."""

    def __init__(self, others: Others | None = None) -> None:
        self._others: Others = others or (lambda: nullcontext(()))
        self._lock = threading.Lock()
        self._own: dict[int, int] = {}
        """Process -> when it began, in ticks; of all that `begin` started and `done` was not told of."""
        self._kept: list[Callable[[], Collection[int]]] = []
        self._ending: set[int] = set()
        """Those of them that have ended themselves."""
        self._since = 0
        """When the first of those began that were at work without a break, or left what did not end, up to now."""
        self._left = False
        self.leases = Leases()

    @contextmanager
    def keeping(self, which: Callable[[], Collection[int]]) -> Iterator[None]:
        """Spare, while it is entered, the processes that `which` names: they are to outlive other programs."""
        with self._lock:
            self._kept.append(which)
        try:
            yield
        finally:
            with self._lock:
                self._kept.remove(which)

    def begin(self, start: Callable[[], "subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
        """Start a program. Raises: what `start` raises."""
        with self._lock:
            _take_in(1)
            try:
                child = start()
            except BaseException:
                _take_in(int(bool(self._own)))
                raise
            began = platforms.begun(child.pid)
            self._since = self._since if self._own or self._left else began
            self._own[child.pid] = began
            return child

    @contextmanager
    def still(self) -> Iterator[None]:
        """While it is entered, no program is being started here, nor any other child."""
        with self._lock, self._others():
            yield

    def done(self, child: "subprocess.Popen[bytes]") -> bool:
        """End what a program has left behind, once it has ended itself; whether all of it is gone.

        Whose an orphan is, nobody knows: while others are at work theirs are spared, and the last one ends all.
        """
        with self._lock:
            self._ending.add(child.pid)
            others = self._at_work()
        gone = True if others else self._end()
        with self._lock:
            self._left = not gone
            self._own.pop(child.pid, None)
            self._ending.discard(child.pid)
            _take_in(int(bool(self._own)))
        return gone

    def nothing_left(self) -> bool:
        """Whether no program is at work here, and nothing is left of any that was: not known but on Linux."""
        return platforms.LINUX and platforms.tells() and not (self._own or self._left)

    def _at_work(self) -> bool:
        """Whether another program works that is not only to outlive others."""
        left = [pid for pid in self._own.keys() - self._ending if _status(pid)[:1] not in ([], ["Z"])]
        return bool(left) and not self._outliving().issuperset(left)

    def _outliving(self) -> set[int]:
        return {pid for which in self._kept for pid in which()}

    def _end(self) -> bool:
        deadline = time.monotonic() + _PATIENCE
        before: set[int] | None = None
        while (live := self._ended()) is not None:
            if time.monotonic() >= deadline:
                return False
            if live and live == before:
                time.sleep(_PAUSE)
            before = live
        return True

    def _ended(self) -> set[int] | None:
        """End the children that nobody here started and that are younger than the first program: those that lived.

        None where there is none, not even a dead one. Who forks and ends, over and over, is never where one looks;
        but of the dead each stays until it is heard of here, so that one of the line is always seen. The newest
        come first, and are ended as they are seen.
        """
        found: set[int] | None = None
        with self._lock, self._others() as others:
            spared = {*self._own, *others}
            outliving = cache(self._outliving)
            for pid in _children():
                if pid in spared or platforms.begun(pid) < self._since or pid in outliving():
                    continue
                found = set() if found is None else found
                if not _reaped(pid):
                    _kill(pid)
                    found.add(pid)
        return found


def _take_in(flag: int) -> None:
    """Take orphans in, or no more; where the system knows no such thing it stays as it is."""
    if platforms.LINUX:
        platforms.library().prctl(_PR_SET_CHILD_SUBREAPER, flag, 0, 0, 0)


def _children() -> Iterator[int]:
    """The children of this process, whichever of its threads they belong to; each is looked at when asked for."""
    known = platforms.children(os.getpid())
    if known is not None:
        yield from sorted(known, reverse=True)
        return
    own = [str(os.getpid())]
    pids = sorted(platforms.processes(), reverse=True)
    yield from (pid for pid in pids if _status(pid)[_PARENT : _PARENT + 1] == own)


def _kill(pid: int) -> None:
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def _reaped(pid: int) -> bool:
    """Whether a child has ended; then it is heard of here."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    return True


def _status(pid: int) -> list[str]:
    with suppress(OSError):
        return platforms.status(pid)
    return []
