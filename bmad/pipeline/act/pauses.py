"""A run waits for an account to come back, as long as bmad.yaml lets it."""

from collections.abc import Callable
from datetime import datetime

from bmad.ports.acting import Desk

_SLICE = 2.0
"""Seconds: a machine that slept is not late by more than that, and a person waits no longer to be heard."""


def wait(desk: Desk, until: datetime, heard: Callable[[], object] = lambda: None) -> None:
    """Wait until then, or somebody is heard, of whom something else may be done.

    Never longer than that is away now, also where the clock is set back meanwhile.
    """
    most = left = (until - desk.clock.now()).total_seconds()
    while min(left, most) > 0 and not heard():
        seconds = min(left, most, _SLICE)
        desk.sleep(seconds)
        most -= seconds
        left = (until - desk.clock.now()).total_seconds()
