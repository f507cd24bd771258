"""An index of texts by the words in them: SQLite's FTS5, each text once by the id of its blob.

It is derived, and costs what is new alone: what cannot be read is made anew, and where nothing can be written it
lasts as long as the process. What it holds never tells how files are ranked: it only says which blobs hold a word.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_TEXTS = """
CREATE TABLE IF NOT EXISTS texts (number INTEGER PRIMARY KEY, blob TEXT UNIQUE NOT NULL, size INTEGER NOT NULL)"""
_PAGES = """
CREATE VIRTUAL TABLE IF NOT EXISTS pages USING fts5(
    words, content='', detail=none, tokenize='porter unicode61 remove_diacritics 2'
)"""
_PLAIN = "CREATE TABLE IF NOT EXISTS pages (words)"
"""What stands for it where SQLite has no FTS5: nothing is found by words then."""

_VERSION = 1
_IN_MEMORY = ":memory:"
_MOST = 200_000
"""Texts of an index; one that holds more is begun anew."""

_PATIENCE = 5.0
"""Seconds to wait for another process that writes to it."""


class SqliteLibrary:
    """`file` may lie in a folder that is not there: then, and where it cannot be written, it is held in memory."""

    def __init__(self, file: Path, *, reading: bool = False) -> None:
        """Who is only `reading` makes no file."""
        self._file = file
        self._reading = reading
        self._opened: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._held_sizes: dict[str, int] = {}
        """Characters of texts that it held when it was last looked through: what it holds it keeps."""

    def missing(self, blobs: Iterable[str]) -> list[str]:
        """Those of the blobs whose text it does not hold, in their order."""
        wanted = dict.fromkeys(blobs)
        if not wanted.keys() <= self._held_sizes.keys():
            self._held_sizes = dict(self._rows("SELECT blob, size FROM texts"))
        return [blob for blob in wanted if blob not in self._held_sizes]

    def add(self, texts: Mapping[str, str]) -> None:
        """Lay down texts by their blobs."""
        with self._lock:
            try:
                self._write(texts)
            except sqlite3.Error:  # a full disk, or somebody who writes for long: go on without the file
                self.close()
                self._opened = _begun(_IN_MEMORY)
                self._write(texts)

    def _write(self, texts: Mapping[str, str]) -> None:
        connection = self._connection()
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for blob, text in texts.items():
                told = (blob, len(text))
                row = connection.execute("INSERT OR IGNORE INTO texts (blob, size) VALUES (?, ?)", told)
                if row.rowcount:
                    connection.execute("INSERT INTO pages (rowid, words) VALUES (?, ?)", (row.lastrowid, text))

    def holding(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        """A word -> the blobs of which the text holds it; words are compared by their stems."""
        asked = "SELECT blob, size FROM texts WHERE number IN (SELECT rowid FROM pages WHERE pages MATCH ?)"
        return {word: self._held(asked, word) for word in words if word.isalnum()}

    def _held(self, asked: str, word: str) -> frozenset[str]:
        """Nothing where FTS5 takes the word for several or for none, or this SQLite has no FTS5."""
        try:
            return frozenset(blob for blob, _ in self._rows(asked, f'"{word}"'))
        except sqlite3.OperationalError:
            return frozenset()

    def sizes(self, blobs: Collection[str]) -> dict[str, int]:
        """The characters of each of the blobs that it holds."""
        self.missing(blobs)
        return {blob: self._held_sizes[blob] for blob in blobs if blob in self._held_sizes}

    def close(self) -> None:
        self._held_sizes = {}
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _rows(self, asked: str, *values: str) -> list[tuple[str, int]]:
        with self._lock:
            try:
                return self._connection().execute(asked, values).fetchall()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:  # damaged: what it held is gone, and laid down again
                self._forget()
                return []

    def _forget(self) -> None:
        self.close()
        with suppress(OSError):
            self._file.unlink()
        self._opened = _begun(_IN_MEMORY)

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> sqlite3.Connection:
        if self._reading and not self._file.is_file():
            return _begun(_IN_MEMORY)
        for _ in range(2):
            try:
                return _begun(str(self._file))
            except sqlite3.OperationalError:  # it cannot be opened, or somebody writes for long
                break
            except sqlite3.DatabaseError:  # damaged, or of another version
                with suppress(OSError):
                    self._file.unlink()
        return _begun(_IN_MEMORY)


def _begun(place: str) -> sqlite3.Connection:
    """An index that can be asked. Raises: sqlite3.Error."""
    connection = sqlite3.connect(place, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("another version")
        connection.execute(_TEXTS)
        connection.execute(_PAGES if place != _IN_MEMORY or _has_fts5(connection) else _PLAIN)
        connection.execute(f"PRAGMA user_version={_VERSION}")
        (held,) = connection.execute("SELECT count(*) FROM texts").fetchone()
        if held > _MOST:
            raise sqlite3.DatabaseError("too large")
        connection.execute("SELECT rowid FROM pages LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _has_fts5(connection: sqlite3.Connection) -> bool:
    options = connection.execute("SELECT name FROM pragma_module_list WHERE name = 'fts5'")
    return options.fetchone() is not None
