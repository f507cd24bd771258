"""A run waits for an account to come back, as long as bmad.yaml lets it."""

from datetime import datetime

from bmad.ports.acting import Desk

_SLICE = 30.0
"""Seconds: a machine that slept is not late by more than that."""


def wait(desk: Desk, until: datetime) -> None:
    """Wait until then; never longer than that is away now, also where the clock is set back meanwhile."""
    most = left = (until - desk.clock.now()).total_seconds()
    while min(left, most) > 0:
        seconds = min(left, most, _SLICE)
        desk.sleep(seconds)
        most -= seconds
        left = (until - desk.clock.now()).total_seconds()
