"""Carry stories that `bmad act` asks for, on this machine, until it is ended. Run one for each story at a time.

It has a clone of its own of the remote that all machines work on (by default `origin` of this repository), and
pushes what it does. The server is that of bmad.yaml (`act.server`) or of the variable BMAD_SERVER. Ctrl-C, or
SIGTERM, gives the story back that it carries.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.cli.metrics import served
from bmad.cli.output import Repo
from bmad.errors import Exit
from bmad.pipeline.act.collecting import collecting
from bmad.pipeline.act.journal import at_work
from bmad.pipeline.act.reports.metrics import Meter
from bmad.pipeline.act.worker import Shift
from bmad.render.prometheus import prometheus
from bmad.shared import Patience, worker
from bmad.wiring import open_app

_PATIENCE = 600
"""Seconds for which a server or a remote that is away is waited for before a story is left as it is."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(
    remote: Annotated[
        str | None, typer.Option("--remote", metavar="ADDRESS", help="The remote; by default `origin`.")
    ] = None,
    clone: Annotated[
        Path | None,
        typer.Option("--clone", metavar="FOLDER", help="Where its clone is; no two workers share one."),
    ] = None,
    lease: Annotated[
        float,
        typer.Option(
            "--lease",
            min=1,
            max=3600,
            metavar="SECONDS",
            help="How long it is waited for when it is not heard of.",
        ),
    ] = 60,
    metrics: Annotated[
        str | None,
        typer.Option("--metrics", metavar="[HOST:]PORT", help="Serve numbers for Prometheus; by default nowhere."),
    ] = None,
    repo: Repo = None,
) -> int:
    over = threading.Event()
    patience = Patience(_PATIENCE, _PATIENCE, output.message, over)
    shared = worker(open_app(repo), remote, clone, lease, patience)
    shift = Shift(shared.desk, output.message)
    meter = Meter(*shared.onlooker(), shared.prices())
    with (
        _ended_by_signals(over, shift),
        at_work(shared.desk(), "bmad worker") as left,
        served(metrics, lambda: prometheus(meter.read())) as place,
        collecting(),
    ):
        if place:
            output.message(f"numbers: {place}")
        for words in left:
            output.message(words)
        output.message(f"carries stories of {shared.told}")
        shared.run(shift.dispatch, shift.story, output.message)
    return Exit.OK


@contextmanager
def _ended_by_signals(over: threading.Event, shift: Shift) -> Iterator[None]:
    """The first signal has the story given back, the second ends everything at once."""

    def hear(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        over.set()
        shift.end()

    before = {one: signal.signal(one, hear) for one in _SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
