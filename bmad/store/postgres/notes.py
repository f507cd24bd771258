"""Notes of steps in PostgreSQL: what a step left behind, for whoever goes on with the story, on any machine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bmad.errors import FencedError
from bmad.store.postgres.server import Server

if TYPE_CHECKING:
    from bmad.store.postgres.server import Connection

_STANDS = "SELECT 1 FROM bmad.leases WHERE story = %s AND epoch = %s FOR SHARE"
_WRITE = (
    "INSERT INTO bmad.notes (name, text) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET text = excluded.text"
)


class PostgresNotes:
    """Texts by name, `STORY-…/1-dev.json`; those of a story are written under the lease that is held of it."""

    def __init__(self, server: Server, epochs: Mapping[str, int]) -> None:
        self._server = server
        self._epochs = epochs

    def read(self, name: str) -> str | None:
        def found(connection: "Connection") -> str | None:
            row = connection.execute("SELECT text FROM bmad.notes WHERE name = %s", [name]).fetchone()
            return None if row is None else str(row[0])

        return self._server.ask(found, None)

    def write(self, name: str, text: str) -> None:
        """Raises: FencedError where another holds the story since; CannotAnswerError as `Server.change`."""
        story = name.partition("/")[0]
        epoch = self._epochs.get(story)

        def written(connection: "Connection") -> None:
            if epoch is not None and connection.execute(_STANDS, [story, epoch]).fetchone() is None:
                raise FencedError(f"{story} is held by another worker since, which went on with it.")
            connection.execute(_WRITE, [name, text])

        self._server.change(written)
