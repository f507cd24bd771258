"""A run waits for an account to come back, as long as bmad.yaml lets it."""

from datetime import datetime

from bmad.ports.acting import Desk

_SLICE = 30.0
"""Seconds: a machine that slept is not late by more than that."""


def wait(desk: Desk, until: datetime) -> None:
    while (left := (until - desk.clock.now()).total_seconds()) > 0:
        desk.sleep(min(left, _SLICE))
