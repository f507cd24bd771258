"""The worktree as the tools see it: regular files and folders below it, never through a link, never `.git`.

Each step of a path is opened within the folder before it, so that what changes meanwhile leads nowhere else.
"""

import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

MOST = 2 << 20
"""Bytes of a file that is read or written."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PERMISSIONS = 0o777


class OutsideError(Exception):
    """Why a path is not read or written, as a sentence."""


class Entry(NamedTuple):
    """An entry of a folder; `kind` is `folder`, `file`, `link` or `other`, `size` in bytes of a file."""

    name: str
    kind: str
    size: int


class Tree:
    """The files below a folder; paths are named from there, with `/`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        """Raises: OutsideError."""
        *folders, name = self._parts(path, least=1)
        with self._folder(folders, path) as folder, _explained(path):
            descriptor = os.open(name, _FILE, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise OutsideError(f"{path} is no regular file.")
                if status.st_size > MOST:
                    raise OutsideError(f"{path} is over {MOST >> 20} MiB; look into it with `search` or `run`.")
                return file.read(MOST)

    def exists(self, path: str) -> bool:
        """Whether anything is there. Raises: OutsideError where it may not be looked at."""
        *folders, name = self._parts(path, least=1)
        try:
            with self._folder(folders, path) as folder:
                os.stat(name, dir_fd=folder, follow_symlinks=False)
        except (FileNotFoundError, MissingError):
            return False
        return True

    def entries(self, path: str) -> list[Entry]:
        """What a folder holds, by name; `""` or `.` is the worktree. Raises: OutsideError."""
        with self._folder(self._parts(path), path) as folder, _explained(path), os.scandir(folder) as found:
            entries = [_entry(one) for one in found if not _is_git(one.name)]
        return sorted(entries)

    def write(self, path: str, content: bytes) -> None:
        """Write a file anew, with the folders that it needs; none is ever half written. Raises: OutsideError."""
        if len(content) > MOST:
            raise OutsideError(f"{path} would be over {MOST >> 20} MiB.")
        *folders, name = self._parts(path, least=1)
        with self._folder(folders, path, make=True) as folder, _explained(path):
            mode = _mode(folder, name, path)
            beside = f".bmad-{secrets.token_hex(8)}"
            try:
                with os.fdopen(os.open(beside, _NEW, 0o666, dir_fd=folder), "wb") as file:
                    file.write(content)
                    if mode is not None:
                        os.fchmod(file.fileno(), mode)
                os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(beside, dir_fd=folder)
                raise

    def inside(self, path: str) -> str:
        """A path as it is named from the worktree on, empty for that itself. Raises: OutsideError."""
        return "/".join(self._parts(path))

    def _parts(self, path: str, least: int = 0) -> list[str]:
        """The names of a path, from the worktree on. Raises: OutsideError where it leads out or into `.git`."""
        inside = path.removeprefix(f"{self._root}/") if path != str(self._root) else ""
        parts = [part for part in inside.split("/") if part not in ("", ".")]
        if inside.startswith("/") or ".." in parts or "\0" in inside:
            raise OutsideError(f"{path} is not in the worktree; name it from there, such as `src/a.py`.")
        if any(_is_git(part) for part in parts):
            raise OutsideError(f"{path} is git's own; it is neither read nor written here.")
        if len(parts) < least:
            raise OutsideError(f"`{path}` names no file.")
        return parts

    @contextmanager
    def _folder(self, parts: list[str], path: str, *, make: bool = False) -> Iterator[int]:
        """A folder by its names, opened; those that are missing are made. Raises: OutsideError."""
        with _explained(path):
            opened = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts:
                with _explained(path):
                    if make:
                        with suppress(FileExistsError):
                            os.mkdir(part, dir_fd=opened)
                    below = os.open(part, _FOLDER, dir_fd=opened)
                os.close(opened)
                opened = below
            yield opened
        finally:
            os.close(opened)


class MissingError(OutsideError):
    """There is nothing at a path."""


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """What the system says, as a sentence. Raises: OutsideError, MissingError."""
    try:
        yield
    except FileNotFoundError:
        raise MissingError(f"There is no {path}.") from None
    except (IsADirectoryError, NotADirectoryError):
        raise OutsideError(
            f"{path} is not what you take it for: a folder, a file or a link stands there."
        ) from None
    except OSError as error:
        link = error.errno in _LINKS
        words = "leads over a symbolic link, and links are not followed" if link else error.strerror or str(error)
        raise OutsideError(f"{path}: {words}.") from None
    except ValueError as error:
        raise OutsideError(f"{path}: {error}.") from None


_LINKS = (40, 62)
"""ELOOP on Linux and on macOS."""


def _mode(folder: int, name: str, path: str) -> int | None:
    """The permissions of what stands there, None where nothing does. Raises: OutsideError on no regular file."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OutsideError(f"{path} is no regular file, and only such are written.")
    return stat.S_IMODE(status.st_mode) & _PERMISSIONS


def _entry(found: "os.DirEntry[str]") -> Entry:
    if found.is_symlink():
        return Entry(found.name, "link", 0)
    if found.is_dir(follow_symlinks=False):
        return Entry(found.name, "folder", 0)
    if found.is_file(follow_symlinks=False):
        with suppress(OSError):
            return Entry(found.name, "file", found.stat(follow_symlinks=False).st_size)
    return Entry(found.name, "other", 0)


def _is_git(name: str) -> bool:
    """Whether a name is `.git` to some file system: without case, hidden characters, dots or blanks at its end."""
    seen = "".join(char for char in name if unicodedata.category(char) != "Cf").casefold()
    return seen.rstrip(" .") in (".git", "git~1") or seen.startswith(".git:")
