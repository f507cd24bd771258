"""The journal: one append-only table of events in SQLite, `.bmad/journal.db`. Derived: what landed is in git.

Write-ahead logging with `synchronous=FULL`: an event that was appended is there after a power loss. The primary
key (story, seq) is what makes a step count once: of two that go on with the same story, the second is refused.
Triggers keep the table append-only and each story's events without a gap.
"""

import json
import sqlite3
import threading
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
_TRIGGERS = (
    """
CREATE TRIGGER IF NOT EXISTS events_in_order BEFORE INSERT ON events
WHEN NEW.seq <> 1 + (SELECT ifnull(max(seq), 0) FROM events WHERE story = NEW.story)
BEGIN SELECT RAISE(ABORT, 'not the next event of the story'); END""",
    """
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """
CREATE TRIGGER IF NOT EXISTS events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never removed'); END""",
)
_COLUMNS = "story, seq, round, step, event, content, time"


class SqliteJournal:
    """The journal at a path; the file and its folder are made with the first event. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    def entries(self, story: str | None = None) -> list[Entry]:
        """The events of one story, or of all, in the order in which they were written.

        Raises: CannotAnswerError where the journal cannot be read.
        """
        where, names = ("WHERE story = ?", (story,)) if story is not None else ("", ())
        with self._translated():
            if self._known is None and not self._path.exists():
                return []
            rows = self._open().execute(f"SELECT {_COLUMNS} FROM events {where} ORDER BY rowid", names)  # noqa: S608 - constants
            return [self._entry(row) for row in rows]

    def _entry(self, row: tuple[str, int, int, str, str, str, str]) -> Entry:
        try:
            return _entry(row)
        except (ValueError, TypeError) as error:  # not JSON, no time, an event that nobody knows
            raise CannotAnswerError(self._cannot(error)) from None

    def append(self, entry: Entry) -> None:
        """Write one event durably.

        Raises: StaleError where the story has an event of that number already, or not the one before it;
        CannotAnswerError where the file cannot be written.
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
            connection = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._known = connection
        return self._known

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise CannotAnswerError(f"{self._path} was written by a newer bmad (version {version}); use that one.")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        if version < VERSION:
            connection.execute("BEGIN IMMEDIATE")
            for statement in (_TABLE, *_TRIGGERS, f"PRAGMA user_version={VERSION}", "COMMIT"):
                connection.execute(statement)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as error:
            raise CannotAnswerError(self._cannot(error)) from None

    def _cannot(self, error: Exception) -> str:
        return f"The journal {self._path} cannot be used: {error}. {_advice(error)}"


def _advice(error: Exception) -> str:
    """What to do: only a file that is no journal (any more) is worth losing."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return "Make room on the disk and go on; what was written stands."
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "Another process holds it; try again."
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")) or isinstance(error, OSError):
        return "See that its folder is there and may be written."
    return "What landed is in git; move the file away to start a new journal."


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
