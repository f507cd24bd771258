"""Says at a terminal that a command is still at work, once that has taken a second.

It is drawn on stderr and taken away before anything else is printed. What is quick loads nothing for it.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bmad.cli import output
from bmad.cli.commands import named

if TYPE_CHECKING:
    from rich.progress import Progress

AFTER = 1.0
"""Seconds."""

LONG = {
    "map": "reading the intent",
    "validate": "checking the specification",
    "status": "reading specification and history",
    "gate": "judging the range",
    "report": "following the range to the intent",
    "impact": "following what hangs below",
    "trace": "following history",
    "blame": "following each line through history",
    "coverage": "following each line through history",
    "verify": "reading what ran",
    "scan": "looking through the code",
}
"""The commands that may take long, and what they do meanwhile."""


class _Waiting:
    def __init__(self, words: str) -> None:
        self._words = words
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._over = False
        self._shown: Progress | None = None
        self._timer = threading.Timer(AFTER, self._show)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Take away what was drawn, and draw nothing any more; may be called twice."""
        self._timer.cancel()
        with self._lock:
            self._over = True
            shown, self._shown = self._shown, None
            if shown is not None:
                with suppress(OSError):  # a terminal that is gone
                    shown.stop()

    def _is_over(self) -> bool:
        return self._over

    def _show(self) -> None:
        from bmad.wiring import environ  # noqa: PLC0415 - every command has loaded it by now

        if self._is_over() or not output.is_lively(environ()):
            return
        from rich.console import Console  # noqa: PLC0415 - rich is loaded where it is seen
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        console = Console(stderr=True, force_terminal=True, markup=False, highlight=False, emoji=False)
        text = TextColumn("{task.description}", markup=False)
        progress = Progress(
            SpinnerColumn(), text, TimeElapsedColumn(), console=console, transient=True, redirect_stdout=False
        )
        with self._lock, suppress(OSError):
            if self._is_over():
                return
            self._shown = progress
            progress.add_task(self._words, total=None)
            progress.tasks[0].start_time = progress.get_time() - (time.monotonic() - self._begun)
            progress.start()


@contextmanager
def waiting(arguments: Sequence[str]) -> Iterator[None]:
    """For as long as it lasts a command that may take long says so, until it prints something itself."""
    name = named(arguments)
    if name not in LONG or "--watch" in arguments:
        yield
        return
    one = _Waiting(f"bmad {name}: {LONG[name]}")
    output.LEVELS.before = one.end
    try:
        yield
    finally:
        output.LEVELS.before = None
        one.end()
