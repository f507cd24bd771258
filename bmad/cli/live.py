"""Draws a live board over itself, from a thread of its own: that of `bmad act` on stderr.

It is drawn at most four times a second, and only where it differs from what stands there. The last one stays.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live as Region
from rich.text import Text

from bmad.model.watching import Progress
from bmad.render.live import frame

_PAUSE = 0.25
"""Seconds between two looks at whether there is something new."""

_SPANS = 4
"""After so many looks times are told anew."""


class Live:
    """A board that is shown from the first `show` until the end of the `with`."""

    def __init__(self, environ: Mapping[str, str], now: Callable[[], datetime], *, stderr: bool = True) -> None:
        terminal = {name: environ[name] for name in ("TERM", "COLORTERM") if name in environ}
        self._console = Console(
            stderr=stderr, force_terminal=True, markup=False, highlight=False, emoji=False, _environ=terminal
        )
        self._now = now
        self._latest: Progress | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._draw_until_over, name="board", daemon=True)
        self._region: Region | None = None
        self._drawn: Text | None = None
        self._size = (0, 0)
        self._seen: Progress | None = None

    def show(self, progress: Progress) -> None:
        """What to show from now on; from any thread, at once."""
        self._latest = progress

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._thread.join()  # the cursor comes back first
            raise

    def _draw_until_over(self) -> None:
        """All drawing is this thread's, so that no signal ends it in the middle of a line."""
        looks = 0
        with suppress(OSError):  # a terminal that is gone
            try:
                while not self._over.wait(_PAUSE):
                    looks += 1
                    self._draw(anew=looks % _SPANS == 0)
                self._draw(anew=True)
            finally:
                self._end()

    def _draw(self, *, anew: bool) -> None:
        progress, size = self._latest, tuple(self._console.size)
        if progress is None or (not anew and progress is self._seen and size == self._size):
            return
        self._seen = progress
        width, height = size
        text = frame(progress, self._now(), width, height)
        if size != self._size:
            self._begin_anew(first=self._region is None)
            self._size = (width, height)
        elif text == self._drawn:
            return
        self._drawn = text
        if self._region is not None:
            self._region.update(text, refresh=True)

    def _begin_anew(self, *, first: bool) -> None:
        """Where a terminal got another size, it has broken the lines that stood there: they are taken away."""
        self._end()
        if not first:
            self._console.clear()
        self._region = Region(console=self._console, auto_refresh=False, redirect_stdout=False)
        self._region.start()

    def _end(self) -> None:
        if self._region is not None:
            self._region.stop()
