"""The engine that dispatches: a worker of Procrastinate, one job at a time, which outlasts a server that is away.

It gives each job to somebody at least once. A job whose worker is not heard of any more is taken off the queue by
any other worker, and seen again where it is still to be done: it is not given back as it is, for a worker that was
taken for dead would end the same job a second time.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bmad.errors import CannotAnswerError
from bmad.store.postgres import jobs
from bmad.store.postgres.server import Server

if TYPE_CHECKING:
    from procrastinate import JobContext
    from procrastinate.worker import Worker

_POLL = 2.0
"""Seconds after which the queue is looked at, where the server did not tell of a job."""
_AWAY = 1.0
_LONGEST_AWAY = 10.0
_LOOK = 0.1
_BEATS = 3
_TICKS = 2
"""So many times in the time of a lease jobs that nobody does are looked for, and what can be worked on."""


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
        self._doing: set[int] = set()
        """The jobs that are worked on here."""
        self._broken: BaseException | None = None
        """What a duty ended with that it does not tell of: a fault of the program, which ends it."""

    def run(self) -> None:
        """Work off jobs.

        Raises: CannotAnswerError where the server cannot be used at first; what a duty raises.
        """
        from procrastinate.exceptions import ConnectorException  # noqa: PLC0415 - the extra

        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)
        self._server.change(jobs.stir)
        look = _AWAY
        while not self._over.is_set():
            try:
                asyncio.run(self._work())
                look = _AWAY
            except (ConnectorException, CannotAnswerError, self._server.driver.Error) as error:
                if not self._away:
                    self._duties.told(self._fault(error))
                self._away = True
                self._over.wait(look)
                look = min(look * 2, _LONGEST_AWAY)
        if self._broken is not None:
            raise self._broken

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

        # a job whose end cannot be noted is taken off the queue by `_sweep`, or was by another worker
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        app = App(connector=PsycopgConnector(conninfo=self._server.address, min_size=1, max_size=4, timeout=15))
        for name, duty in ((jobs.DISPATCH, self._duties.dispatch), (jobs.STORY, self._duties.story)):
            app.task(name=name, queue=jobs.QUEUE, pass_context=True)(self._done(duty))
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
            watching = [asyncio.create_task(one) for one in (self._stop(worker), self._sweep(worker))]
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                await _ended(watching)

    def _done(self, duty: Callable[..., None]) -> Callable[..., None]:
        """A duty as a task. What it raises would be passed over by the queue, and the job be put there again."""

        def done(context: "JobContext", **words: str) -> None:
            assert context.job.id is not None  # noqa: S101 - it is in the queue
            self._doing.add(context.job.id)
            try:
                duty(**words)
            except BaseException as error:
                self._broken = error
                self._over.set()
                raise
            finally:
                self._doing.discard(context.job.id)

        return done

    async def _stop(self, worker: "Worker") -> None:
        try:
            while not self._over.is_set():  # noqa: ASYNC110 - it is set from a thread, or by a signal
                await asyncio.sleep(_LOOK)
        finally:
            worker.stop()  # type: ignore[no-untyped-call]

    async def _sweep(self, worker: "Worker") -> None:
        """Take jobs off the queue that nobody does any more, and have it seen what can be worked on.

        So what was missed, for whatever reason, is missed for a moment only.
        """
        strange: frozenset[int] = frozenset()
        try:
            while True:
                one = jobs.Sweep(self._seconds, worker.worker_id, frozenset(self._doing), strange)
                strange = await asyncio.to_thread(self._server.change, one.through)
                await asyncio.sleep(self._seconds / _TICKS)
        finally:
            worker.stop()  # type: ignore[no-untyped-call]


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Tasks, cancelled. Raises: what one of them ended with before."""
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, Exception):
            raise found
