"""Threads that take turns as one hand decides, in a time of their own (`ports.threads.Threads`).

One thread works at a time. Each that waits says for what, and until when at the most; whoever goes on next is
drawn among those that can. Where none can, the clock goes to the first moment at which one does; where there is no
such moment, nobody ever goes on.
"""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bmad.ports.threads import Turn

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)


class DeadlockError(BaseException):
    """Every thread waits for another."""


class _Seat:
    """A thread, what it waits for, and until when."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.go = threading.Semaphore(0)
        self.ready: Callable[[], bool] | None = None
        self.until: float | None = None
        self.over = False
        self.is_left = False
        """Whether its process has ended before it."""


class Clockwork:
    """`watch` is called whenever a thread gives way, before another goes on."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.seconds = 0.0
        self.skew = 0.0
        """How far the clock on the wall is off."""
        self.switches = 0
        self.watch: Callable[[], None] = lambda: None
        self._main = _Seat("main")
        self._seats = [self._main]
        self._now = self._main
        self._stuck: BaseException | None = None

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds + self.skew)

    def sleep(self, seconds: float) -> None:
        self.wait(None, seconds)

    def wait(self, ready: Callable[[], bool] | None, timeout: float | None = None) -> bool:
        """Give way until something holds, or seconds are over; whether it holds."""
        me = self._now
        me.ready, me.until = ready, None if timeout is None else self.seconds + max(timeout, 0.0)
        self._give_way(me)
        me.ready = me.until = None
        return ready is None or ready()

    def _give_way(self, me: _Seat) -> None:
        self.switches += 1
        try:
            self.watch()
            to = self._next()
        except BaseException as error:  # noqa: BLE001 - told where the run was begun
            self._stuck = self._stuck or error
            to = self._main
        if to is not me:
            self._now = to
            to.go.release()
            if not me.over:
                me.go.acquire()
        if self._stuck is not None and me is self._main:
            stuck, self._stuck = self._stuck, None
            raise stuck

    def _next(self) -> _Seat:
        seats = [one for one in self._seats if not one.over]
        able = [one for one in seats if self._can(one)]
        if not able:
            ends = [one.until for one in seats if one.until is not None]
            if not ends:
                raise DeadlockError(", ".join(one.name for one in seats))
            self.seconds = max(self.seconds, min(ends))
            able = [one for one in seats if self._can(one)]
        return able[0] if len(able) == 1 else self._rng.choice(able)

    def _can(self, seat: _Seat) -> bool:
        timed_out = seat.until is not None and seat.until <= self.seconds
        waits = seat.ready is not None or seat.until is not None
        return not waits or timed_out or (seat.ready is not None and seat.ready())

    @property
    def who(self) -> str:
        """The thread that is about to give way."""
        return self._now.name

    @property
    def names(self) -> list[str]:
        """Of the threads that have not ended, and whose process has not."""
        return [one.name for one in self._seats if not one.over and not one.is_left]

    def leave(self) -> None:
        """The process of all threads but the main one has ended."""
        for one in self._seats:
            one.is_left = one is not self._main

    def begin(self, work: Callable[[], None], name: str) -> "SimThread":
        seat = _Seat(name)

        def run() -> None:
            seat.go.acquire()
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - as a thread's own is told, and ends nobody else
                self._stuck = self._stuck or error
            seat.over = True
            self._seats.remove(seat)
            self._give_way(seat)

        self._seats.append(seat)
        threading.Thread(target=run, name=name, daemon=True).start()
        return SimThread(self, seat)

    def turn(self) -> "SimTurn":
        return SimTurn(self)

    def word(self, turn: Turn) -> "SimWord":
        return SimWord(self, turn)

    def bell(self) -> "SimBell":
        return SimBell(self)


class SimThread:
    def __init__(self, works: Clockwork, seat: _Seat) -> None:
        self._works, self._seat = works, seat

    def is_alive(self) -> bool:
        return not self._seat.over

    def join(self, timeout: float | None = None) -> None:
        self._works.wait(lambda: self._seat.over, timeout)


class SimTurn(Turn):
    def __init__(self, works: Clockwork) -> None:
        self._works = works
        self.held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: ARG002
        if not self._works.wait(lambda: not self.held, None if timeout < 0 else timeout):
            return False
        self.held = True
        return True

    def release(self) -> None:
        assert self.held
        self.held = False

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class SimWord:
    def __init__(self, works: Clockwork, turn: Turn) -> None:
        self._works, self._turn = works, turn
        self._told = 0

    def wait(self) -> bool:
        before = self._told
        self._turn.release()
        self._works.wait(lambda: self._told > before)
        return self._turn.acquire()

    def notify_all(self) -> None:
        self._told += 1


class SimBell:
    def __init__(self, works: Clockwork) -> None:
        self._works = works
        self._rung = False

    def wait(self, timeout: float | None = None) -> bool:
        return self._works.wait(lambda: self._rung, timeout)

    def set(self) -> None:
        self._rung = True

    def clear(self) -> None:
        self._rung = False
