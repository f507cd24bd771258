"""Who may go on with which story (`ports.machines.Machines`): leases with an epoch, and the queue beside them.

A lease is kept by a thread that says so every third of its time, over a connection of its own. It is another's
only once its time has run out by the server's clock, and whoever takes it raises its epoch: what is written under
an earlier one is refused by the table of events itself.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString

from bmad.errors import CannotAnswerError, FencedError
from bmad.model.machines import Fleet, Held, Taken
from bmad.store.postgres import jobs
from bmad.store.postgres.server import Server

if TYPE_CHECKING:
    from bmad.store.postgres.server import Connection

_FORMER = "SELECT holder, until > now() FROM bmad.leases WHERE story = %s FOR UPDATE"
_TAKE = """
INSERT INTO bmad.leases (story, epoch, holder, until)
VALUES (%(story)s, 1, %(holder)s, now() + %(seconds)s * interval '1s')
ON CONFLICT (story) DO UPDATE SET epoch = leases.epoch + 1, holder = excluded.holder, until = excluded.until,
    lands = false, rests = '', again = NULL
WHERE leases.until IS NULL OR leases.until <= now() OR leases.holder = excluded.holder
RETURNING epoch"""
_KEEP = """
UPDATE bmad.leases SET until = now() + %(seconds)s * interval '1s' WHERE story = %(story)s AND epoch = %(epoch)s"""
_GIVE = """
UPDATE bmad.leases SET until = NULL, lands = false, rests = %(rests)s, again = %(again)s,
    territory = CASE WHEN %(keep)s THEN territory END
WHERE story = %(story)s AND epoch = %(epoch)s"""
_CLAIM = "UPDATE bmad.leases SET territory = %s, lands = %s WHERE story = %s AND epoch = %s"
_NOBODY_LANDS = """
UPDATE bmad.leases SET lands = false WHERE lands AND story <> %s AND (until IS NULL OR until <= now())"""
"""Whoever was about to land, died once it had landed and never let go does not keep others from it."""
_HELD: LiteralString = """
SELECT story, epoch, holder, coalesce(until > now(), false), territory, lands, rests, again FROM bmad.leases"""
_PLACED: LiteralString = f"{_HELD} WHERE (until IS NOT NULL OR territory IS NOT NULL) AND story <> %s"
"""Those that a story has its place beside; the index `leases_placed` holds no others."""
_ANOTHER_LANDS = "SELECT 1 FROM bmad.leases WHERE lands AND until > now() AND story <> %s"
_ASK = """
INSERT INTO bmad.asked (story, named, research) VALUES (%s, %s, %s)
ON CONFLICT (story) DO UPDATE SET named = asked.named OR excluded.named, research = excluded.research"""
_FLEET = """
SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %(seconds)s * interval '1s'),
    count(*) FILTER (WHERE task_name = %(story)s AND status = 'todo'),
    count(*) FILTER (WHERE task_name = %(story)s AND status = 'doing'),
    count(*) FILTER (WHERE task_name = %(dispatch)s AND status IN ('todo', 'doing')) > 0
FROM procrastinate_jobs"""
_ONE_AT_A_TIME = 0x626D636C
_BEATS = 3
"""So many times in the time of a lease it is kept."""


class PostgresMachines:
    """`holder` says who this is, and is no other's; a lease lasts `seconds`."""

    def __init__(self, server: Server, holder: str, epochs: dict[str, int], seconds: float = 60) -> None:
        self._server = server
        self._holder = holder
        self._epochs = epochs
        self._seconds = seconds

    @property
    def holder(self) -> str:
        return self._holder

    def take(self, story: str) -> Taken | None:
        values = {"story": story, "holder": self._holder, "seconds": self._seconds}

        def taken(connection: "Connection") -> Taken | None:
            former = connection.execute(_FORMER, [story]).fetchone()
            row = connection.execute(_TAKE, values).fetchone()
            return None if row is None else Taken(row[0], former is not None and former[0] == self._holder)

        found = self._server.change(taken)
        if found is not None:
            self._epochs[story] = found.epoch
        return found

    @contextmanager
    def kept(self, story: str, lost: Callable[[], None]) -> Iterator[None]:
        """Raises: at its end what nobody has foreseen, if something of that befell the keeping."""
        over, server = threading.Event(), self._server.another()
        unforeseen: list[Exception] = []
        values = {"story": story, "epoch": self._epochs[story], "seconds": self._seconds}

        def keep() -> None:
            while not over.wait(self._seconds / _BEATS):
                try:
                    stands = server.change(lambda connection: connection.execute(_KEEP, values).rowcount)
                except CannotAnswerError:  # a server that is away takes nobody's lease
                    continue
                except Exception as error:  # noqa: BLE001 - raised once the story is no longer at work
                    unforeseen.append(error)
                    continue
                if not stands and not over.is_set():
                    lost()
                    return

        thread = threading.Thread(target=keep, name=f"lease of {story}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            server.close()
        if unforeseen:
            raise unforeseen[0]

    def give(self, story: str, rests: str = "", again: datetime | None = None, *, keep: bool = False) -> None:
        values = {"story": story, "rests": rests, "again": again, "keep": keep, "epoch": self._epochs.get(story)}

        def given(connection: "Connection") -> None:
            connection.execute(_GIVE, values)
            jobs.stir(connection)

        self._server.change(given)
        self._epochs.pop(story, None)

    def claim(
        self, story: str, territory: Sequence[str], fits: Callable[[Sequence[Held]], bool], *, lands: bool
    ) -> bool:
        """Raises: FencedError where another holds the story since."""

        def claimed(connection: "Connection") -> bool:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
            if not fits(_held(connection.execute(_PLACED, [story]).fetchall())):
                return False
            epoch = self._epochs.get(story)
            if lands:
                connection.execute(_NOBODY_LANDS, [story])
            if not connection.execute(_CLAIM, [list(territory), lands, story, epoch]).rowcount:
                raise FencedError(f"{story} is held by another worker since, which went on with it.")
            return True

        return self._server.change(claimed)

    def another_lands(self, story: str) -> bool:
        def found(connection: "Connection") -> bool:
            return connection.execute(_ANOTHER_LANDS, [story]).fetchone() is not None

        return self._server.ask(found, otherwise=False)

    def held(self) -> list[Held]:
        def found(connection: "Connection") -> list[Held]:
            return _held(connection.execute(f"{_HELD} ORDER BY story").fetchall())

        nothing: list[Held] = []
        return self._server.ask(found, nothing)

    def ask(self, stories: Iterable[str], *, named: bool, research: bool) -> None:
        names = list(stories)

        def asked(connection: "Connection") -> None:
            for story in names:
                connection.execute(_ASK, [story, named, research])
            clear = "UPDATE bmad.leases SET rests = '', again = NULL WHERE story = ANY(%s)"
            connection.execute(clear, [names])
            jobs.stir(connection)

        self._server.change(asked)

    def asked(self) -> dict[str, tuple[bool, bool]]:
        def found(connection: "Connection") -> dict[str, tuple[bool, bool]]:
            rows = connection.execute("SELECT story, named, research FROM bmad.asked").fetchall()
            return {story: (named, research) for story, named, research in rows}

        nothing: dict[str, tuple[bool, bool]] = {}
        return self._server.ask(found, nothing)

    def over(self, stories: Collection[str]) -> None:
        gone = "DELETE FROM bmad.asked WHERE story = ANY(%s)"
        self._server.change(lambda connection: connection.execute(gone, [list(stories)]))

    def put(self, stories: Sequence[tuple[str, int]]) -> None:
        self._server.change(lambda connection: jobs.put(connection, stories))

    def queued(self) -> set[str]:
        nothing: set[str] = set()
        return self._server.ask(jobs.queued, nothing)

    def fleet(self) -> Fleet:
        values = {"seconds": 2 * self._seconds, "story": jobs.STORY, "dispatch": jobs.DISPATCH}

        def told(connection: "Connection") -> Fleet:
            row = connection.execute(_FLEET, values).fetchone()
            return Fleet(*row) if row is not None else Fleet(0, 0, 0, dispatching=False)

        return self._server.ask(told, Fleet(0, 0, 0, dispatching=False))


def _held(rows: Iterable[tuple[Any, ...]]) -> list[Held]:
    return [Held._make((*row[:4], tuple(row[4]) if row[4] is not None else None, *row[5:])) for row in rows]
