"""A run waits for an account to come back, as long as bmad.yaml lets it."""

from datetime import datetime

from bmad.pipeline.acting.accounts import Accounts
from bmad.ports.acting import Desk

_SLICE = 30.0
"""Seconds: a machine that slept is not late by more than that."""


def back(desk: Desk, patience: float) -> datetime | None:
    """When the first account is back, where that is worth waiting for: within `patience` seconds; else None."""
    return Accounts(desk).back(patience) if patience > 0 else None


def wait(desk: Desk, until: datetime) -> None:
    while (left := (until - desk.clock.now()).total_seconds()) > 0:
        desk.sleep(min(left, _SLICE))
