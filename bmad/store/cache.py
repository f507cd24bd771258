"""What can be computed again, kept between runs in the user's own cache folder.

No clone or checkout brings it there: it stands outside of every repository, in a folder that nobody else may
write, and what is found otherwise is left alone. Agents that bmad confines cannot write it. Losing it costs
nothing but time.
"""

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

MOST = 64 << 20
_KEPT = 12


class FileCache:
    """Contents by key, the latest `entries` of them; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, entries: int = _KEPT) -> None:
        self._folder = folder
        self._entries = entries

    def load(self, key: str) -> bytes | None:
        """What was kept under a key; None where there is nothing that only this user can have written."""
        if self._folder is None:
            return None
        try:
            if not _is_own(self._folder.lstat(), stat.S_ISDIR):
                return None
            with os.fdopen(os.open(self._file(key), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                told = os.fstat(file.fileno())
                return file.read() if _is_own(told, stat.S_ISREG) and told.st_size <= MOST else None
        except OSError:
            return None

    def keep(self, key: str, content: bytes) -> None:
        """Keep a content; where that cannot be, nothing is."""
        if self._folder is None or len(content) > MOST:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_own(self._folder.lstat(), stat.S_ISDIR):
                return
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(self._file(key))
            every = sorted(self._folder.iterdir(), key=lambda one: one.lstat().st_mtime, reverse=True)
            for old in every[self._entries :]:
                old.unlink()

    def _file(self, key: str) -> Path:
        assert self._folder is not None  # noqa: S101 - looked at by both callers
        return self._folder / hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _is_own(told: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether it is of a kind, this user's, and nobody else may write it."""
    return is_kind(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & 0o022


def cache_folder(environ: Mapping[str, str], away_from: Path, name: str) -> Path | None:
    """The folder for one kind of things; None where there is none, or it lies where it should not."""
    named, home = environ.get("XDG_CACHE_HOME", ""), environ.get("HOME", "")
    if named.startswith("/"):
        folder = Path(named)
    elif home.startswith("/"):
        folder = Path(home) / ".cache"
    else:
        return None
    return None if folder.resolve().is_relative_to(away_from.resolve()) else folder / "bmad" / name


def code_digest(folders: Iterable[Path], *libraries: str) -> str:
    """What a computation is bound to that is kept: code below folders, libraries, the Python that runs it."""
    code = hashlib.sha256("\0".join([sys.version, *libraries]).encode())
    for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
        code.update(file.read_bytes())
    return code.hexdigest()
