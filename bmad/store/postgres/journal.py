"""The journal in PostgreSQL: the same table as in SQLite, under the same rules, for many machines at once."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, LiteralString

from bmad.errors import CannotAnswerError, StaleError
from bmad.model.journal import Entry
from bmad.store.journal import entry_of
from bmad.store.postgres import jobs, tables
from bmad.store.postgres.server import Server

if TYPE_CHECKING:
    from bmad.store.postgres.server import Connection

_READ: LiteralString = "SELECT story, seq, round, step, event, content::text, time FROM bmad.events"
_LAST = "SELECT story, max(seq) FROM bmad.events GROUP BY story"
_FURTHER: LiteralString = f"""
{_READ} JOIN unnest(%s::text[], %s::integer[]) AS known (story, last) USING (story)
WHERE seq > last ORDER BY story, seq"""
_CLEAR = """
UPDATE bmad.leases SET territory = NULL, lands = false, rests = '', again = NULL
WHERE story = %s AND (until IS NULL OR until <= now())"""
"""What was noted of a story that nobody holds does not hold any more, once a person has said something."""
_WRITE = (
    "INSERT INTO bmad.events (story, seq, round, step, event, content, time, epoch) "
    "VALUES (%s, %s, %s, %s, %s, %s::json, %s, %s)"
)
_TAKEN = "23505"
"""The SQLSTATE of a key that is there already."""
_SAME = "SELECT event, content::text, time, epoch FROM bmad.events WHERE story = %s AND seq = %s"


class PostgresJournal:
    """`epochs` are the leases that are held here, story -> epoch; a story's events are written under its own."""

    def __init__(self, server: Server, epochs: Mapping[str, int]) -> None:
        self._server = server
        self._epochs = epochs

    def entries(self, story: str | None = None) -> list[Entry]:
        """The events of one story, or of all, in the order in which they were written.

        Raises: CannotAnswerError where the journal cannot be read.
        """

        def read(connection: "Connection") -> list[tuple[Any, ...]]:
            if story is None:
                return connection.execute(f"{_READ} ORDER BY number").fetchall()
            return connection.execute(f"{_READ} WHERE story = %s ORDER BY seq", [story]).fetchall()

        nothing: list[tuple[Any, ...]] = []
        return [self._entry(row) for row in self._server.ask(read, nothing)]

    def beyond(self, known: Mapping[str, int]) -> list[Entry]:
        """The events after the number that is known of each story (0 of any other), story by story.

        Raises: CannotAnswerError where the journal cannot be read.
        """

        def read(connection: "Connection") -> list[tuple[Any, ...]]:
            last = connection.execute(_LAST).fetchall()
            further = {story: known.get(story, 0) for story, seq in last if seq > known.get(story, 0)}
            asked = [list(further), list(further.values())]
            return connection.execute(_FURTHER, asked).fetchall() if further else []

        nothing: list[tuple[Any, ...]] = []
        return [self._entry(row) for row in self._server.ask(read, nothing)]

    def append(self, entry: Entry) -> None:
        """Write one event durably.

        Where a person's command does, it is seen what can be worked on: that job is put in the same transaction.

        Raises: StaleError where the story has an event of that number already, or not the one before it;
        FencedError where the lease that it is written under is another's since;
        CannotAnswerError where the server cannot be used.
        """
        content = json.dumps(entry.content, ensure_ascii=False, separators=(",", ":"))
        epoch = self._epochs.get(entry.story)
        where = (entry.story, entry.seq, entry.round, entry.step)
        tries = 0

        def write(connection: "Connection") -> None:
            nonlocal tries
            tries += 1
            if tries > 1 and self._stands(connection, entry, (content, epoch)):
                return  # it was written before the connection was cut
            try:
                connection.execute(_WRITE, [*where, entry.event.value, content, entry.time, epoch])
            except self._server.driver.Error as error:
                if error.sqlstate not in (tables.NOT_NEXT, _TAKEN):
                    raise
                words = f"Someone else went on with {entry.story}; see: bmad log {entry.story}"
                raise StaleError(words) from None
            if epoch is None:
                connection.execute(_CLEAR, [entry.story])
                jobs.stir(connection)

        self._server.change(write)

    def close(self) -> None:
        self._server.close()

    def _stands(self, connection: "Connection", entry: Entry, told: tuple[str, int | None]) -> bool:
        row = connection.execute(_SAME, [entry.story, entry.seq]).fetchone()
        return row == (entry.event.value, told[0], entry.time, told[1])

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        try:
            return entry_of(row[:-1], row[-1])
        except (ValueError, TypeError) as error:
            raise CannotAnswerError(f"The journal in {self._server.where} cannot be read: {error}.") from None
