"""The journal: one append-only table of events in SQLite, `.bmad/journal.db`. Derived: what landed is in git.

Write-ahead logging with `synchronous=FULL`: an event that was appended is there after a power loss. The primary
key (story, seq) is what makes a step count once: of two that go on with the same story, the second is refused.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bmad.errors import CannotAnswerError, StaleError
from bmad.model.act import Entry, Event

VERSION = 1
_WAIT = 30.0
_TABLE = """
CREATE TABLE IF NOT EXISTS events (
    story TEXT NOT NULL,
    seq INTEGER NOT NULL,
    round INTEGER NOT NULL,
    step TEXT NOT NULL,
    event TEXT NOT NULL,
    content TEXT NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (story, seq)
)"""
_COLUMNS = "story, seq, round, step, event, content, time"


class SqliteJournal:
    """The journal at a path; the file and its folder are made with the first event."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: sqlite3.Connection | None = None

    def entries(self, story: str | None = None) -> list[Entry]:
        """The events of one story, or of all, in the order in which they were written.

        Raises: CannotAnswerError where the journal cannot be read.
        """
        if self._known is None and not self._path.exists():
            return []
        where, names = ("WHERE story = ?", (story,)) if story is not None else ("", ())
        with self._translated():
            rows = self._open().execute(f"SELECT {_COLUMNS} FROM events {where} ORDER BY rowid", names)  # noqa: S608 - constants
            return [_entry(row) for row in rows]

    def append(self, entry: Entry) -> None:
        """Write one event durably.

        Raises: StaleError where the story has an event of that number already; CannotAnswerError where the file
        cannot be written.
        """
        values = (
            entry.story,
            entry.seq,
            entry.round,
            entry.step,
            entry.event.value,
            json.dumps(entry.content, ensure_ascii=False, separators=(",", ":")),
            entry.time.isoformat(),
        )
        with self._translated():
            try:
                self._open().execute(f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
            except sqlite3.IntegrityError:
                raise StaleError(f"Someone else went on with {entry.story}; see: bmad log {entry.story}") from None

    def close(self) -> None:
        if self._known is not None:
            self._known.close()
            self._known = None

    def _open(self) -> sqlite3.Connection:
        if self._known is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                connection.close()
                raise CannotAnswerError(
                    f"{self._path} was written by a newer bmad (version {version}); use that one."
                )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            if version < VERSION:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version={VERSION}")
            self._known = connection
        return self._known

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            raise CannotAnswerError(
                f"The journal {self._path} cannot be used: {error}. What landed is in git; move the file away to "
                "start a new journal."
            ) from None


def _entry(row: tuple[str, int, int, str, str, str, str]) -> Entry:
    story, seq, number, step, event, content, time = row
    return Entry(
        story=story,
        seq=seq,
        round=number,
        step=step,
        event=Event(event),
        content=json.loads(content),
        time=datetime.fromisoformat(time),
    )
