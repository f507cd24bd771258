"""What `bmad status --watch` shows: the board of `bmad act` at a terminal, else a line for each change."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from bmad.cli import output
from bmad.errors import Exit
from bmad.model.watching import Progress
from bmad.pipeline.act.collecting import collecting
from bmad.pipeline.act.reports.beside import Beside
from bmad.pipeline.act.reports.watch import Show
from bmad.render.live import changes
from bmad.wiring import App

_PAUSE = 1.0
"""Seconds between two looks at the journal."""


def watch(app: App, *, json: bool) -> int:
    """Show how all stories stand until Ctrl-C.

    Raises: UsageError where the policy of the target cannot be read.
    """
    desk = app.desk(reading=True)
    ends = suppress(KeyboardInterrupt)
    with ends, closing(desk.journal), desk.history.read() as objects, _shown(app, json=json) as show:
        beside = Beside(desk, objects, app.local_target(), show)
        with collecting():
            while True:
                time.sleep(_PAUSE)
                beside.again()
    return Exit.OK


@contextmanager
def _shown(app: App, *, json: bool) -> Iterator[Show]:
    if json or not output.is_lively(app.environ, sys.stdout):
        yield _documents if json else _lines(app)
        return
    from bmad.cli.live import Live  # noqa: PLC0415 - rich is loaded where it is seen

    with Live(app.environ, app.clock.now, stderr=False) as live:
        yield live.show


def _documents(progress: Progress) -> None:
    output.json_line(progress)


def _lines(app: App) -> Callable[[Progress], None]:
    before: Progress | None = None

    def tell(progress: Progress) -> None:
        nonlocal before
        for line in changes(before, progress, app.clock.now()):
            output.result(line)
        before = progress
        output.flush()

    return tell
