"""The jobs of Procrastinate, put into its queue within a transaction of bmad's own.

There are two kinds: to see what can be worked on (one at a time, and at most one that waits), and to carry a story
(likewise, of each). What is in the queue is only ever a hint: whoever gets a job looks at the journal.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bmad.store.postgres.server import Connection

QUEUE = "bmad"
DISPATCH = "bmad.dispatch"
STORY = "bmad.story"
FIRST = 1_000_000_000
"""The priority of seeing what can be worked on: before all work."""

_WAITS = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo' FOR SHARE"
_TRIES = 5
_DOING = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %s"
_ABANDONED = (
    "DELETE FROM procrastinate_jobs WHERE status = 'doing' AND (worker_id IS NULL OR id = ANY(%s::bigint[]))"
)
"""A job has no worker any more once its own was taken off the list."""


class Sweep(NamedTuple):
    """What one worker takes off the queue since nobody does it.

    A worker of which nothing was heard for `seconds` is taken for dead. Of its own jobs a `worker` knows what it
    is `doing`; what is `strange` was not that at its last look, either: its end could not be noted, as where the
    server went away at that moment, and it would stay there for as long as the worker lives.
    """

    seconds: float
    worker: int | None
    doing: frozenset[int]
    strange: frozenset[int]

    def through(self, connection: "Connection") -> frozenset[int]:
        """Look once, and have it seen what can be worked on; what is strange now."""
        connection.execute("SELECT procrastinate_prune_stalled_workers_v1(%s)", [self.seconds])
        rows = connection.execute(_DOING, [self.worker]).fetchall()
        strange = {row[0] for row in rows} - self.doing
        connection.execute(_ABANDONED, [list(strange & self.strange)])
        stir(connection)
        return frozenset(strange - self.strange)


def stir(connection: "Connection") -> None:
    """Have it seen what can be worked on, once this transaction has ended well.

    Where that is about to happen anyway, it is kept from beginning before then: else it would miss this.
    """
    _put(connection, DISPATCH, {}, DISPATCH, FIRST)


def put(connection: "Connection", stories: Sequence[tuple[str, int]]) -> None:
    """Queue stories, each with its priority."""
    for story, priority in stories:
        _put(connection, STORY, {"story": story}, story, priority)


def queued(connection: "Connection") -> set[str]:
    """The stories that wait for a worker, or have one."""
    asked = "SELECT lock FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing')"
    return {row[0] for row in connection.execute(asked, [STORY]).fetchall()}


def _put(connection: "Connection", task: str, words: dict[str, Any], lock: str, priority: int) -> None:
    from procrastinate import SyncPsycopgConnector, exceptions, jobs, manager  # noqa: PLC0415 - the extra

    job = jobs.Job(
        id=None,
        queue=QUEUE,
        task_name=task,
        task_kwargs=words,
        lock=lock,
        queueing_lock=lock,
        priority=priority,
    )
    for _ in range(_TRIES):
        if connection.execute(_WAITS, [lock]).fetchone() is not None:
            return
        try:
            with connection.transaction():
                manager.JobManager(SyncPsycopgConnector()).defer_job(job, connection=connection)
        except exceptions.AlreadyEnqueued:
            continue
        return
