"""The engine that dispatches: a worker of Procrastinate, one job at a time, which outlasts a server that is away.

It gives each job to somebody at least once. A job whose worker is not heard of any more is taken off the queue by
any other worker, and seen again where it is still to be done: it is not given back as it is, for a worker that was
taken for dead would end the same job a second time.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from bmad.store.postgres import jobs
from bmad.store.postgres.server import Server

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.worker import Worker

_POLL = 2.0
"""Seconds after which the queue is looked at, where the server did not tell of a job."""
_AWAY = 1.0
_LONGEST_AWAY = 10.0
_LOOK = 0.1
_BEATS = 3
_TICKS = 2
"""So many times in the time of a lease jobs of dead workers are looked for, and what can be worked on."""


class Duties(NamedTuple):
    """What is done for the jobs; each is called in a thread of its own, one at a time."""

    dispatch: Callable[[], None]
    story: Callable[[str], None]
    told: Callable[[str], None]
    """Is told what the one who runs the worker should know."""


class Engine:
    """Runs until `over` is set; a worker of which nothing was heard for `seconds` is taken for dead."""

    def __init__(self, server: Server, seconds: float, duties: Duties, over: threading.Event) -> None:
        self._server = server
        self._seconds = seconds
        self._duties = duties
        self._over = over
        self._away = False

    def run(self) -> None:
        """Work off jobs. Raises: CannotAnswerError where the server cannot be used at first."""
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)
        self._server.change(jobs.stir)
        look = _AWAY
        while not self._over.is_set():
            try:
                asyncio.run(self._work())
                look = _AWAY
            except Exception as error:  # noqa: BLE001 - whatever the engine ends with, it is begun again
                if not self._away:
                    self._duties.told(self._fault(error))
                self._away = True
                self._over.wait(look)
                look = min(look * 2, _LONGEST_AWAY)

    def _fault(self, error: Exception) -> str:
        """Why the engine is begun anew; the connector's own words hide those of the driver."""
        cause: Any = error.__cause__ or error
        words = (str(cause).strip().splitlines() or [type(cause).__name__])[0].strip().removesuffix(".")
        if isinstance(cause, self._server.driver.IntegrityError):
            return "this worker was not heard of for a while, and begins anew"
        return f"the server ({self._server.where}) is away, and is waited for: {words}"

    async def _work(self) -> None:
        from procrastinate import App, PsycopgConnector  # noqa: PLC0415 - the extra
        from procrastinate.worker import Worker  # noqa: PLC0415

        # a job that another worker took off the queue cannot be ended: that is no fault, and is told otherwise
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        app = App(connector=PsycopgConnector(conninfo=self._server.address, min_size=1, max_size=4, timeout=15))
        app.task(name=jobs.DISPATCH, queue=jobs.QUEUE)(self._duties.dispatch)
        app.task(name=jobs.STORY, queue=jobs.QUEUE)(self._duties.story)
        async with app.open_async():
            if self._away:
                self._duties.told("works again")
            self._away = False
            worker = Worker(
                app,
                queues=[jobs.QUEUE],
                concurrency=1,
                delete_jobs="always",
                fetch_job_polling_interval=_POLL,
                install_signal_handlers=False,
                update_heartbeat_interval=self._seconds / _BEATS,
                stalled_worker_timeout=self._seconds,
            )
            watching = [asyncio.create_task(one) for one in (self._stop(worker), self._sweep(app, worker))]
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.gather(*watching, return_exceptions=True)

    async def _stop(self, worker: "Worker") -> None:
        while not self._over.is_set():  # noqa: ASYNC110 - it is set from a thread, or by a signal
            await asyncio.sleep(_LOOK)
        worker.stop()  # type: ignore[no-untyped-call]

    async def _sweep(self, app: "App", worker: "Worker") -> None:
        """Take jobs of workers off the queue that are not heard of, and have it seen what can be worked on.

        So what was missed, for whatever reason, is missed for a moment only.
        """
        from procrastinate.jobs import Status  # noqa: PLC0415

        try:
            while True:
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._seconds):
                    with suppress(Exception):  # another worker was quicker
                        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
                await app.job_manager.prune_stalled_workers(self._seconds)
                await asyncio.to_thread(self._server.change, jobs.stir)
                await asyncio.sleep(self._seconds / _TICKS)
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - the server is away, and the engine is begun anew
            worker.stop()  # type: ignore[no-untyped-call]
