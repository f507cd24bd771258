"""The line to a provider: requests that end at a deadline, and at once where an end is asked for."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
_LOOK = 0.05
_PATIENCE = 2.0


class _StoppedError(Exception):
    """An end was asked for."""


class Line:
    """Runs requests one by one in an event loop of its own, which ends with it."""

    def __init__(self, stop: threading.Event, deadline: float) -> None:
        self._stop = stop
        self._deadline = deadline
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._end_all()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    @property
    def left(self) -> float:
        """Seconds until the deadline; 0 when it is past."""
        return max(0.0, self._deadline - time.monotonic())

    def wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What the work returns, or raises. Raises: TimeoutError; KeyboardInterrupt where an end is asked for."""
        task = self._loop.create_task(work)
        try:
            return self._loop.run_until_complete(self._watched(task))
        except _StoppedError:
            raise KeyboardInterrupt from None
        finally:
            _heed(task)

    def close(self, work: Coroutine[Any, Any, None]) -> None:
        """Let go of a connection, which may not take long, whatever has happened; first of what still uses it."""
        self._end_all()
        with suppress(TimeoutError):
            self._loop.run_until_complete(asyncio.wait_for(work, _PATIENCE))

    def pause(self, seconds: float) -> None:
        """Raises: KeyboardInterrupt where an end is asked for meanwhile."""
        if self._stop.wait(min(seconds, self.left)):
            raise KeyboardInterrupt

    async def _watched(self, task: "asyncio.Task[_T]") -> _T:
        try:
            while True:
                done, _ = await asyncio.wait({task}, timeout=min(_LOOK, self.left))
                if done:
                    return task.result()
                if self._stop.is_set():
                    raise _StoppedError
                if not self.left:
                    raise TimeoutError
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=_PATIENCE)

    def _end_all(self) -> None:
        """End what a signal has left half done."""
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks:
            done, _ = self._loop.run_until_complete(asyncio.wait(tasks, timeout=_PATIENCE))
            for task in done:
                _heed(task)


def _heed(task: "asyncio.Task[Any]") -> None:
    """Take note of what a task raised, which a signal may have done in it, so that asyncio tells nobody."""
    if task.done() and not task.cancelled():
        task.exception()
