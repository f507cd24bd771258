"""The journal: one append-only table of events in SQLite, `.bmad/journal.db`. Derived: what landed is in git.

Write-ahead logging with `synchronous=FULL`: an event that was appended is there after a power loss. The primary
key (story, seq) is what makes a step count once: of two that go on with the same story, the second is refused.
Triggers keep the table append-only and each story's events without a gap.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bmad.errors import CannotAnswerError, StaleError, taken_away
from bmad.model.act import Event
from bmad.model.journal import Entry

VERSION = 1
_WAIT = 30.0
_LOOK = 0.01
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
_IDENTITY = "CREATE TABLE IF NOT EXISTS identity (repository TEXT NOT NULL)"
_FOREIGN = (
    "{path} is the journal of another repository, and is not believed here. What landed is in git; move the file "
    "away to start a new journal."
)
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
    """The journal at a path; the file and its folder are made with the first event. Threads may share it.

    It begins with the word for its `repository`, and one that names another is refused; None asks for none. What
    gives the word is asked when it is needed: who watches may be there before it was drawn. The journal is read
    without a trace: the file is opened to be written only once there is something to write.
    """

    def __init__(self, path: Path, repository: str | Callable[[], str] | None = None) -> None:
        self._path = path
        self._named = repository
        self._known: sqlite3.Connection | None = None
        self._file: os.stat_result | None = None
        self._lock = threading.RLock()

    def entries(self, story: str | None = None) -> list[Entry]:
        """The events of one story, or of all, in the order in which they were written.

        Raises: CannotAnswerError where the journal cannot be read.
        """
        where, names = ("WHERE story = ?", (story,)) if story is not None else ("", ())
        question = f"SELECT {_COLUMNS} FROM events {where} ORDER BY rowid"  # noqa: S608 - constants
        return [self._entry(row) for row in self._asked(question, names)]

    @property
    def _repository(self) -> str | None:
        return self._named() if callable(self._named) else self._named

    def beyond(self, known: Mapping[str, int]) -> list[Entry]:
        """The events after the number that is known of each story (0 of any other), story by story.

        Where there are none, only an index is read. Raises: CannotAnswerError where the journal cannot be read.
        """
        last = self._asked("SELECT story, max(seq) FROM events GROUP BY story ORDER BY story", ())
        further = [(story, known.get(story, 0)) for story, seq in last if seq > known.get(story, 0)]
        question = f"SELECT {_COLUMNS} FROM events WHERE story = ? AND seq > ? ORDER BY seq"  # noqa: S608
        return [self._entry(row) for names in further for row in self._asked(question, names)]

    def _asked(self, question: str, names: tuple[str | int, ...]) -> list[Any]:
        with self._translated():
            if self._known is None and not self._path.exists():
                return []
            if self._known is not None or not self._path.is_file():
                return self._open().execute(question, names).fetchall()
            return self._read(question, names)

    def _read(self, question: str, names: tuple[str | int, ...]) -> list[Any]:
        """The answer of a file that is not opened to be written.

        Without a log beside it nobody writes, and it is read as it lies there; again where somebody began then.
        """
        while True:
            before = _mark(self._path)
            log = self._path.with_name(f"{self._path.name}-wal")
            how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
            uri = f"{self._path.absolute().as_uri()}?{how}"
            try:
                with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT, check_same_thread=False)) as connection:
                    rows = self._rows(connection, question, names)
            except sqlite3.OperationalError:
                if os.access(self._path.parent, os.W_OK):
                    raise
                return self._read_copied(log, question, names)
            if how == "mode=ro" or before == _mark(self._path):
                return rows

    def _read_copied(self, log: Path, question: str, names: tuple[str | int, ...]) -> list[Any]:
        """The answer of a copy: with a log that a killed writer left, SQLite must write to read."""
        with tempfile.TemporaryDirectory(prefix="bmad-journal-") as folder:
            copy = Path(folder) / self._path.name
            for path in (log, self._path):
                shutil.copyfile(path, copy.with_name(path.name))
            with closing(sqlite3.connect(copy)) as connection:
                return self._rows(connection, question, names)

    def _rows(self, connection: sqlite3.Connection, question: str, names: tuple[str | int, ...]) -> list[Any]:
        version = self._version(connection)
        if version == 0:
            return []
        self._check(connection)
        return connection.execute(question, names).fetchall()

    def _entry(self, row: tuple[str, int, int, str, str, str, str]) -> Entry:
        try:
            return entry_of(row[:-1], datetime.fromisoformat(row[-1]))
        except (ValueError, TypeError) as error:  # not JSON, no time
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
            self._known, self._file = connection, self._path.stat()
        elif not self._stands():
            raise taken_away(self._path)
        return self._known

    def _stands(self) -> bool:
        """Whether the file that is written to is still the one at its path; into another one nothing is lost."""
        try:
            return self._file is not None and os.path.samestat(self._path.stat(), self._file)
        except FileNotFoundError:
            return False

    def _prepare(self, connection: sqlite3.Connection) -> None:
        fresh = self._version(connection) < VERSION
        if not fresh:
            self._check(connection)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        if fresh:
            self._begin(connection)

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Make the tables in a file that holds none; of two that do so at once, the second finds them."""
        connection.execute("BEGIN IMMEDIATE")
        if self._version(connection) < VERSION:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise CannotAnswerError(_FOREIGN.format(path=self._path))
            for statement in (_TABLE, _IDENTITY, *_TRIGGERS, f"PRAGMA user_version={VERSION}"):
                connection.execute(statement)
            if self._repository is not None:
                connection.execute("INSERT INTO identity (repository) VALUES (?)", (self._repository,))
        else:
            self._check(connection)
        connection.execute("COMMIT")

    def _version(self, connection: sqlite3.Connection) -> int:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise CannotAnswerError(f"{self._path} was written by a newer bmad (version {version}); use that one.")
        return version

    def _check(self, connection: sqlite3.Connection) -> None:
        """Raises: CannotAnswerError where the journal names another repository than it should, or none."""
        if self._repository is None:
            return
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'identity'")
        names = connection.execute("SELECT repository FROM identity").fetchall() if known.fetchone() else []
        if names != [(self._repository,)]:
            raise CannotAnswerError(_FOREIGN.format(path=self._path))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as error:
            raise CannotAnswerError(self._cannot(error)) from None

    def _cannot(self, error: Exception) -> str:
        return f"The journal {self._path} cannot be used: {error}. {_advice(error)}"


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have it keep a log. Of several that begin at once SQLite tells all but one at once that it is locked."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_LOOK)
        else:
            return


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


def _mark(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return (found.st_mtime_ns, found.st_size, found.st_ino)


_EVENTS = frozenset(event.value for event in Event)


def entry_of(columns: tuple[str, int, int, str, str, str], time: datetime) -> Entry:
    """The event of a row: story, number, round, step, event, and its content as JSON.

    Raises: ValueError, TypeError where it is none; CannotAnswerError where another bmad wrote it and it is whole.
    """
    story, seq, number, step, event, content = columns
    if event not in _EVENTS:
        words = (
            f"Event {seq} of {story} (`{event}`) is none that this bmad knows. Another bmad may have written it."
        )
        raise CannotAnswerError(words)
    return Entry(
        story=story,
        seq=seq,
        round=number,
        step=step,
        event=Event(event),
        content=json.loads(content),
        time=time,
    )
