"""What bmad keeps on one machine, `.bmad`: believed only where it is this repository's own.

It lies in the work tree, where a clone, a checkout or an unpacked archive can put things, too. So nothing in it
counts where git tracks any of it, where a link stands in the place of one of its folders, or where it does not
name the repository by the word that bmad once drew for it and keeps in git's own folder, out of their reach.
"""

import os
import secrets
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bmad.errors import CannotAnswerError

_ID = "id"
_MARK = "repository"
_FOLDERS = ("human", "index", "kept", "logs", "staged", "steps", "worktrees")
_FILES = (
    _MARK,
    ".gitignore",
    "journal.db",
    "journal.db-wal",
    "journal.db-shm",
    "journal.db-journal",
    "search.db",
    "search.db-journal",
)
_BELIEVED = ("human", "index", "journal.db", "search.db", "steps")
_START = "what landed is in git; move it away to start anew"
_CLEANED = "`git clean -fdx` takes that away, also while bmad is at work"
_LONGEST = 200


class LocalState:
    """`folder` is `.bmad`, `shared` bmad's folder among git's own; `tracked` is what git tracks of the first."""

    def __init__(self, folder: Path, shared: Path, tracked: Sequence[str] = ()) -> None:
        self.folder = folder
        self._shared = shared
        self._tracked = tuple(tracked)

    @property
    def identity(self) -> str:
        """The word for the repository; empty where none was drawn yet."""
        return _word(self._shared / _ID)

    @property
    def nowhere(self) -> Path:
        """A folder that is never there."""
        return self._shared / "not-believed"

    def fault(self) -> str:
        """Why nothing in the folder is believed, in sentences that say what to do; empty where it is."""
        if self._tracked:
            more = f" and {len(self._tracked) - 1} more" if len(self._tracked) > 1 else ""
            return (
                f"git tracks {_shown(self._tracked[0])}{more}. What bmad keeps on one machine is believed only "
                "where git does not track it. See where it comes from, and take it out: `git rm -r .bmad`."
            )
        if not os.path.lexists(self.folder):
            return ""
        if self.folder.is_symlink() or not self.folder.is_dir():
            return f"{self.folder} must be a folder, no link or file. Move it aside."
        for name in (*_FOLDERS, *_FILES):
            path = self.folder / name
            sound = path.is_dir() if name in _FOLDERS else path.is_file()
            if os.path.lexists(path) and (path.is_symlink() or not sound):
                kind = "folder" if name in _FOLDERS else "file"
                return f"{path} must be a plain {kind}, and no link. Move it aside."
        return self._foreign()

    def _foreign(self) -> str:
        named = _word(self.folder / _MARK)
        if named == self.identity and named:
            return ""
        held = [name for name in _BELIEVED if os.path.lexists(self.folder / name)]
        if not held and not named:
            return ""
        if named:
            copy = ["cp", str(self.folder / _MARK), str(self._shared / _ID)]
            keep = f"if it is yours and you moved it here: {shlex.join(copy)}"
        else:
            return f"{self.folder} does not say whose it is ({_CLEANED}), and is not believed: {_START}."
        return f"{self.folder} was not begun in this repository, and is not believed: {_START} ({keep})."

    def claim(self) -> None:
        """Make the folder, which ignores itself, and name the repository in it.

        Raises: CannotAnswerError where it is not to be believed, or cannot be written.
        """
        fault = self.fault()
        if fault:
            raise CannotAnswerError(fault)
        if self.identity and _word(self.folder / _MARK) == self.identity:
            return
        try:
            self._shared.mkdir(parents=True, exist_ok=True)
            if not self.identity:
                _draw(self._shared / _ID)
            self.folder.mkdir(exist_ok=True)
            if not (self.folder / ".gitignore").exists():
                _put(self.folder / ".gitignore", "*")
            _put(self.folder / _MARK, self.identity)
        except OSError as error:
            raise CannotAnswerError(
                f"{error.filename or self.folder} cannot be written: {error.strerror}. "
                "Make room on the disk, or make it writable."
            ) from None


def _word(path: Path) -> str:
    """The one word of a small file; empty where there is none, also where a pipe stands."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123 - a descriptor
            return file.read(_LONGEST).decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _draw(path: Path) -> None:
    """Draw a word, once: of two that do so at the same time, the first one's stands."""
    with _fresh(path, secrets.token_hex(16)) as fresh, suppress(FileExistsError):
        os.link(fresh, path)


def _put(path: Path, word: str) -> None:
    with _fresh(path, word) as fresh:
        fresh.replace(path)


@contextmanager
def _fresh(path: Path, word: str) -> Iterator[Path]:
    """A whole file beside another, gone at the end; what a full disk cut short is not left either."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        fresh.write_text(f"{word}\n", encoding="ascii")
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _shown(path: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in path)[:_LONGEST]
