"""File locks by name, one holder each: `flock` on `<folder>/<name>.held`.

A lock belongs to the open file, not to the process: whoever inherits the descriptor keeps it, and it goes with the
last process that has it open, however that ends. Nothing is ever unlinked, so no two holders see two files.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bmad import platforms
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.layout import HELD
from bmad.platforms import fcntl

_ABOUT = 1 << 12
_PAUSE = 0.01
_PAUSES = (0.003, 0.01, 0.03)
"""The seconds between tries of a lock: who only looks whether it is held has it for a moment (`is_held`)."""

T = TypeVar("T")
_AS_IT_IS = os.O_NOFOLLOW | os.O_NONBLOCK
"""Follows no link, and does not wait where a pipe stands."""


class FileHold:
    """A lock that is held. Its descriptor is not inherited by itself: hand it on with `pass_fds`."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self.path = path

    def fileno(self) -> int:
        return self._descriptor

    def release(self) -> None:
        """Let go of it; a child that has the descriptor still holds it. May be called twice."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class FileLocks:
    """`folder` lies among git's own files, which no `git clean` takes away; it is made with the first lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, name: str, about: str) -> FileHold | None:
        """Take a lock, or None where it is held.

        Raises: CannotAnswerError where this system or folder has no such locks.
        """
        path = self._path(name)
        if fcntl is None:
            raise CannotAnswerError("This system has no `flock`; run bmad on Linux, macOS or WSL.")
        _refuse_other(path)
        try:
            descriptor = _tried(lambda: _locked(path))
        except OSError as error:
            raise CannotAnswerError(
                f"The lock {path} cannot be taken: {error.strerror or error}. Make the folder writable."
            ) from None
        if descriptor is None:
            return None
        _write_about(descriptor, about)
        return FileHold(descriptor, path)

    def wait(self, name: str, about: str, patience: float) -> FileHold:
        """Take a lock once it is free. Raises: CannotAnswerError where it is not within `patience` seconds."""
        return _wait(lambda: self.take(name, about), lambda: self.holder(name), patience)

    def is_held(self, name: str) -> bool:
        """Whether somebody holds the lock now, or has lent it; nothing is written to find out."""
        try:
            descriptor = os.open(self._path(name), os.O_RDONLY | _AS_IT_IS)
        except OSError:
            return False
        try:
            return not _tried(lambda: _is_free(descriptor))
        except (OSError, AttributeError):
            return False
        finally:
            os.close(descriptor)

    def holder(self, name: str) -> str:
        """Who took it last: what it does, its process, its machine and since when; empty where nobody did."""
        data = _about(self._path(name))
        try:
            return f"{data['what']}, process {data['pid']} on {data['host']} since {data['since']}"
        except KeyError:
            return ""

    def was_taken_here(self, name: str) -> bool:
        """Whether this process was the last to take a lock."""
        about = _about(self._path(name))
        return (about.get("pid"), about.get("host")) == (os.getpid(), platforms.host())

    def _path(self, name: str) -> Path:
        if not name or "/" in name or "\0" in name:
            raise UsageError(f"`{name}` is no name of a lock: it is one part of a path.")
        return self.folder / f"{name}{HELD}"


def wait_for_folder(folder: Path, patience: float) -> FileHold:
    """The lock of a folder itself, which leaves nothing in it.

    Raises: CannotAnswerError where it is not free within `patience` seconds.
    """

    def take() -> FileHold | None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except (OSError, AttributeError):
            os.close(descriptor)
            raise CannotAnswerError(f"{folder} cannot be locked. Run bmad where `flock` works.") from None
        return FileHold(descriptor, folder)

    return _wait(take, lambda: "", patience)


def _wait(take: Callable[[], FileHold | None], holder: Callable[[], str], patience: float) -> FileHold:
    deadline = time.monotonic() + patience
    while (hold := take()) is None:
        if time.monotonic() >= deadline:
            raise CannotAnswerError(
                f"Another command is writing here ({holder() or 'it does not say which'}). "
                "Let it end, and run this again."
            )
        time.sleep(_PAUSE)
    return hold


def _refuse_other(path: Path) -> None:
    """Raises: CannotAnswerError where something else stands where a lock or its folder should."""
    for place, kind, sound in ((path.parent, "folder", Path.is_dir), (path, "file", Path.is_file)):
        if os.path.lexists(place) and (place.is_symlink() or not sound(place)):
            raise CannotAnswerError(
                f"The lock {path} cannot be taken: {place} must be a plain {kind}, and no link. Move it aside."
            )


def _tried(get: Callable[[], T | None]) -> T | None:
    """What is got, at the last of some tries: who only looks holds a lock for a moment, too."""
    for pause in _PAUSES:
        if (got := get()) is not None:
            return got
        time.sleep(pause)
    return get()


def _is_free(descriptor: int) -> bool | None:
    """True where it could be locked now, which keeps it locked for as long as the file is open; else None."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return True


def _locked(path: Path) -> int | None:
    """The descriptor of the locked file that stands at path now; None where someone else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _AS_IT_IS, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands_at(descriptor, path):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _stands_at(descriptor: int, path: Path) -> bool:
    """Whether nobody put another file there between open and lock."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _about(path: Path) -> dict[str, object]:
    """What the last one to take a lock said about itself; nothing where that cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _AS_IT_IS)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            data = json.loads(file.read(_ABOUT))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _write_about(descriptor: int, about: str) -> None:
    """Say who holds it; a full disk takes the words, not the lock."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    data = {"pid": os.getpid(), "host": platforms.host(), "since": since, "what": about[:1000]}
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(data).encode() + b"\n", 0)
