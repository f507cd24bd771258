"""Threads of one process, and what they wait for each other with.

Who goes on next is decided in one place: by the system, or by a test that goes through one order after another.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, cast


class Turn(AbstractContextManager[bool], Protocol):
    """A lock that one thread holds at a time."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Whether it was had within `timeout` seconds; -1 is however long it takes."""
        ...

    def release(self) -> None: ...


class Word(Protocol):
    """What threads that hold a turn wait for; they give the turn up meanwhile."""

    def wait(self) -> bool: ...

    def notify_all(self) -> None: ...


class Bell(Protocol):
    """What one thread waits for and others ring; it stays rung until it is cleared."""

    def wait(self, timeout: float | None = None) -> bool: ...

    def set(self) -> None: ...

    def clear(self) -> None: ...


class Thread(Protocol):
    """A thread that has begun."""

    def is_alive(self) -> bool: ...

    def join(self, timeout: float | None = None) -> None: ...


class Threads(Protocol):
    def turn(self) -> Turn: ...

    def word(self, turn: Turn) -> Word: ...

    def bell(self) -> Bell: ...

    def begin(self, work: Callable[[], None], name: str) -> Thread:
        """A thread that works and keeps no process from ending."""
        ...


class SystemThreads:
    """The threads of Python."""

    def turn(self) -> Turn:
        return threading.Lock()

    def word(self, turn: Turn) -> Word:
        return threading.Condition(cast("threading.Lock", turn))

    def bell(self) -> Bell:
        return threading.Event()

    def begin(self, work: Callable[[], None], name: str) -> Thread:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        return thread


SYSTEM = SystemThreads()
