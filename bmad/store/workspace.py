"""The work tree's files: read with every bad input told apart, written all or not at all."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bmad.errors import UsageError
from bmad.model.bounds import MIB
from bmad.model.layout import Layout, is_markdown
from bmad.model.standing import Standing
from bmad.store.locks import FileHold, FileLocks, wait_for_folder
from bmad.store.staging import Stages, most_bytes

WRITE = "write"
"""The lock of all commands that write to a work tree."""
PATIENCE = 60.0
"""Seconds that a command waits for another to end its writing."""


def read_text(path: Path | str, shown: str) -> str:
    """The text of a file.

    Raises: UsageError where it is missing, a folder, binary, not UTF-8, holds NUL or is over its bound.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - one call for what follows, thousands of times
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(f"{shown} is a folder; name a file.")
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{shown} is no regular file.")
        most = most_bytes(shown)
        if status.st_size > most:
            raise UsageError(
                f"{shown} is {status.st_size / MIB:.0f} MiB; bmad reads no more than {most // MIB} MiB of it."
            )
        with open(path, "rb") as stream:  # noqa: PTH123 - as above
            data = stream.read(status.st_size + 1)  # room is made for as much as is asked for, file by file
            if len(data) > status.st_size:
                data += stream.read(most)
    except FileNotFoundError:
        raise UsageError(f"{shown} does not exist.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    return decode(data, shown)


def decode(data: bytes, shown: str) -> str:
    """Bytes of a document as text. Raises: UsageError where they are too many, not UTF-8, or hold NUL."""
    most = most_bytes(shown)
    if len(data) > most:
        raise UsageError(f"{shown} is over {most // MIB} MiB, more than bmad reads of it.")
    nul = data.find(b"\0")
    if nul >= 0:
        raise UsageError(f"{shown} holds a NUL byte at offset {nul}; it is not a text file.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown} is not UTF-8 (line {line}, byte {error.start}); save it as UTF-8.") from None


def writers(own: Path) -> FileLocks:
    """The locks in bmad's folder among git's own files."""
    return FileLocks(own)


class Index(Protocol):
    """Git's index of the work tree."""

    def standing(self) -> Standing: ...

    def content(self, blob: str) -> bytes: ...


def _unheard(_words: str) -> None:
    """Nobody listens."""


class FileWorkspace:
    """The files below one root, by `/`-separated path.

    `private` is a folder that git does not track, for the lock of those who write and what they have under way,
    and `name` the root's among those that share it; without one it is `.bmad`. What is found there is `tell`-ed.
    The `index` is git's: what a sparse checkout leaves out is read from it.
    """

    def __init__(
        self,
        root: Path,
        private: Path | None = None,
        name: str = "",
        tell: Callable[[str], None] = _unheard,
        index: Index | None = None,
    ) -> None:
        self.root = root
        self._private = private
        self._name = name
        self._tell = tell
        self._index = index
        self._standing: Standing | None = None
        self._read: dict[str, str | None] | None = None
        self._away: dict[str, bool] = {}
        self._ways = dict.fromkeys((root, *root.parents, *([private] if private else [])), False)

    def read(self, path: str) -> str | None:
        text = self._text(path)
        if self._read is not None:
            self._read.setdefault(path, text)
        return text

    def _text(self, path: str) -> str | None:
        full = os.path.join(self.root, path)  # noqa: PTH118 - of thousands of files no path object is made
        try:
            is_link = stat.S_ISLNK(os.lstat(full).st_mode)
        except (OSError, ValueError):
            return self._left_out(path)
        if is_link or self._is_away(path.rpartition("/")[0]):
            raise UsageError(f"{path} leads through a symbolic link; bmad reads regular files only.")
        return read_text(full, path)

    def standing(self) -> Standing:
        """What git's index says of the documents, asked once until something is written; nothing without git."""
        if self._standing is None:
            self._standing = Standing() if self._index is None else self._index.standing()
        return self._standing

    def held_lock(self, path: str) -> str | None:
        blob = self.standing().locks.get(path)
        return None if blob is None or self._index is None else decode(self._index.content(blob), path)

    def _left_out(self, path: str) -> str | None:
        """The text of a file that a sparse checkout leaves out, as the index has it."""
        blob = self.standing().left_out.get(path)
        return None if blob is None or self._index is None else decode(self._index.content(blob), path)

    def _absent(self, wanted: Callable[[str], object]) -> list[str]:
        """The paths of some kind that a sparse checkout leaves out."""
        left_out = self.standing().left_out
        return [path for path in left_out if wanted(path) and not os.path.lexists(self.root / path)]

    def _is_away(self, folder: str) -> bool:
        """The same of a folder by its path from the root."""
        if folder not in self._away:
            self._away[folder] = self._leads_away(self.root / folder)
        return self._away[folder]

    def _leads_away(self, folder: Path) -> bool:
        """Whether a folder on the way from the root is a symbolic link; each folder is looked at once."""
        if folder not in self._ways:
            self._ways[folder] = folder.is_symlink() or self._leads_away(folder.parent)
        return self._ways[folder]

    def spec_paths(self, layout: Layout) -> Iterable[str]:
        found: list[str] = []
        for place in layout.places:
            found += [path for path in (place.register, place.prd) if os.path.lexists(self.root / path)]
            for folder in (place.epics, place.stories):
                found += [path for path in self._listed(folder) if layout.kind(path) is not None]
        return sorted([*found, *self._absent(layout.kind)])

    def record_paths(self, layout: Layout) -> Iterable[str]:
        return sorted([*self._listed(layout.records), *self._absent(layout.record)])

    def markdown_in(self, folder: str) -> Iterable[str]:
        def is_there(path: str) -> bool:
            return is_markdown(path) and path.rpartition("/")[0] == folder

        return sorted({*filter(is_there, self._listed(folder)), *self._absent(is_there)})

    def _listed(self, folder: str) -> list[str]:
        """What a folder holds, by path; nothing where it is none. Raises: UsageError where it cannot be read."""
        head = f"{folder}/" if folder else ""
        try:
            return [f"{head}{entry.name}" for entry in os.scandir(self.root / folder)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise UsageError(f"{head or '.'} cannot be read: {error.strerror or error}.") from None

    @contextmanager
    def writing(self, what: str) -> Iterator[Stages]:
        """Hold the lock of all commands that write here, for as long as the context lasts: read, then write in it.

        What a command that died left undone is finished first. `what` tells others who holds the lock.

        Raises: CannotAnswerError saying who holds it, where it is not let go of in time.
        """
        hold = self._hold(what)
        self._standing, self._read = None, {}
        try:
            stages = self._stages(self._place())
            for told in stages.recover():
                self._tell(told)
            yield stages
        finally:
            self._read = None
            hold.release()

    def unfinished(self) -> int:
        """How many files a command that was cut short has still to write here."""
        own = self._place()
        waiting = self._stages(own).waiting()
        return waiting if waiting and not writers(own).is_held(WRITE) else 0

    def _hold(self, what: str) -> FileHold:
        """The lock: beside git's own files, or the folder's own where git is not."""
        for folder in (own := self._place(), own / "staged", own / "aside"):
            if self._leads_away(folder):
                raise UsageError(f"{folder} must be a folder, no link. Move it aside.")
        if self._private is None:
            return wait_for_folder(self.root, PATIENCE)
        return writers(own).wait(WRITE, what, PATIENCE)

    def _place(self) -> Path:
        return self._private or self.root / ".bmad"

    def _stages(self, own: Path) -> Stages:
        return Stages(own / "staged", self._name, self._checked, {} if self._read is None else self._read)

    def _checked(self, path: str) -> Path:
        self._refuse_escape(path)
        if self._absent(path.__eq__):
            raise UsageError(
                f"This is a sparse checkout that leaves {path} out, so it is not written. Take it in: "
                f"git sparse-checkout add {path.rpartition('/')[0] or '/'}"
            )
        return self.root / path

    def _refuse_escape(self, path: str) -> None:
        """A symlink on the way would let a document's path reach outside the repository, or git's own files."""
        if ".git" in path.lower().split("/"):
            raise UsageError(f"{path} is git's own; bmad writes documents only.")
        full = self.root / path
        if ".." in full.parts or full.is_symlink() or self._leads_away(full.parent):
            raise UsageError(f"{path} leads through a symbolic link; bmad writes regular files only.")
