"""The end of a reading that takes too long or holds too much, whatever it is just about.

A timer of the process's own CPU time looks, in the main thread, at what this thread and its gits have taken.
Elsewhere, or where somebody else measures by that timer, it is looked at when the reading ends: what ran over
never passes.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from bmad.errors import UndecidableError
from bmad.git.budget import Budget
from bmad.model.bounds import GATE_MEMORY, GATE_SECONDS, MIB

OVER_TIME = "To read and judge the range took more than {most} seconds of CPU time. Judge it in parts."
OVER_MEMORY = "To read and judge the range took more than {most} MiB of memory. Judge it in parts."

_LOOK = 0.02
_AGAIN = 2.0
"""CPU seconds until it is said once more, should what was said have been lost in the end of something."""


class _Watch:
    """Looks and remembers."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._start = time.thread_time() + budget.spent
        self._over = ""

    def look(self) -> None:
        """Raises: UndecidableError where there was too much, now or before."""
        if not self._over and time.thread_time() + self._budget.spent - self._start > GATE_SECONDS:
            self._over = OVER_TIME.format(most=GATE_SECONDS)
        if not self._over and self._budget.held > GATE_MEMORY:
            self._over = OVER_MEMORY.format(most=GATE_MEMORY // MIB)
        if self._over:
            raise UndecidableError(self._over)

    def ring(self, _number: int, _frame: FrameType | None) -> None:
        """What the timer calls."""
        try:
            self.look()
        except UndecidableError:
            signal.setitimer(signal.ITIMER_PROF, _AGAIN, _AGAIN)
            raise


@contextmanager
def deadline(budget: Budget) -> Iterator[None]:
    """For as long as the context lasts.

    Raises: UndecidableError at whatever is done just then, and in any case at the end.
    """
    watch = _Watch(budget)
    if not _is_free():
        yield
        watch.look()
        return
    before = signal.signal(signal.SIGPROF, watch.ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_PROF, _LOOK, _LOOK)
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)  # where it rings just here, it does not for a while
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        watch.look()


def _is_free() -> bool:
    """Whether this thread may have signals, and nobody else has the timer."""
    return (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGPROF) is signal.SIG_DFL
        and not any(signal.getitimer(signal.ITIMER_PROF))
    )
