"""The work tree's files: read with every bad input told apart, written all or not at all."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from bmad.errors import UsageError
from bmad.model.layout import EPICS, PRD, RECORDS, REGISTER, STORIES, document_kind

MAX_BYTES = 16 << 20
_STAGE = ".bmad/staged"
_READY = "ready.json"


def read_text(path: Path, shown: str) -> str:
    """The text of a file.

    Raises: UsageError where it is missing, a folder, empty, binary, not UTF-8, holds NUL or is over 16 MiB.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{shown} is a folder; name a file.")
        if not path.is_file() and path.exists():
            raise UsageError(f"{shown} is no regular file.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(f"{shown} is {size / (1 << 20):.0f} MiB; bmad reads files of up to 16 MiB.")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{shown} does not exist.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    return decode(data, shown)


def decode(data: bytes, shown: str) -> str:
    """Bytes of a document as text. Raises: UsageError where they are over 16 MiB, not UTF-8, or hold NUL."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"{shown} is over 16 MiB, more than bmad reads.")
    nul = data.find(b"\0")
    if nul >= 0:
        raise UsageError(f"{shown} holds a NUL byte at offset {nul}; it is not a text file.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown} is not UTF-8 (line {line}, byte {error.start}); save it as UTF-8.") from None


class FileWorkspace:
    """The files below one root, by `/`-separated path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ways = dict.fromkeys((root, *root.parents), False)
        self._recover()

    def read(self, path: str) -> str | None:
        full = self.root / path
        if not os.path.lexists(full):
            return None
        if full.is_symlink() or self._leads_away(full.parent):
            raise UsageError(f"{path} leads through a symbolic link; bmad reads regular files only.")
        return read_text(full, path)

    def _leads_away(self, folder: Path) -> bool:
        """Whether a folder on the way from the root is a symbolic link; each folder is looked at once."""
        if folder not in self._ways:
            self._ways[folder] = folder.is_symlink() or self._leads_away(folder.parent)
        return self._ways[folder]

    def spec_paths(self) -> Iterable[str]:
        found = [path for path in (REGISTER, PRD) if os.path.lexists(self.root / path)]
        for folder in (EPICS, STORIES):
            with suppress(FileNotFoundError, NotADirectoryError):
                names = (f"{folder}/{entry.name}" for entry in os.scandir(self.root / folder))
                found += [name for name in names if document_kind(name) is not None]
        return sorted(found)

    def record_paths(self) -> Iterable[str]:
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(f"{RECORDS}/{entry.name}" for entry in os.scandir(self.root / RECORDS))
        return []

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write all files or none.

        The new files are staged under `.bmad/`; a list of them, written last, is the point of no return. What
        a crash then leaves undone is finished by the next command that opens this workspace.
        """
        stage = self.root / _STAGE
        try:
            self._stage(stage, files)
            self._finish(stage)
        except OSError as error:
            if not (stage / _READY).exists():
                shutil.rmtree(stage, ignore_errors=True)
            raise UsageError(
                f"cannot write {error.filename or 'the files'}: {error.strerror}. Nothing was changed."
            ) from None

    def _stage(self, stage: Path, files: Mapping[str, str | None]) -> None:
        for path in files:
            self._refuse_escape(path)
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        ignore = self.root / ".bmad" / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        plan: list[tuple[str | None, str]] = []
        for number, (path, text) in enumerate(sorted(files.items())):
            if text is None:
                plan.append((None, path))
                continue
            with (stage / str(number)).open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            plan.append((str(number), path))
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        ready = stage / f"{_READY}.new"
        ready.write_text(json.dumps(plan), encoding="utf-8")
        ready.replace(stage / _READY)

    def _finish(self, stage: Path) -> None:
        """Move staged files to their places; safe to repeat, since a moved file is no longer staged."""
        for name, path in json.loads((stage / _READY).read_text(encoding="utf-8")):
            self._refuse_escape(str(path))
            target = self.root / path
            if name is None:
                target.unlink(missing_ok=True)
            elif (stage / name).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                (stage / name).replace(target)
        (stage / _READY).unlink()
        shutil.rmtree(stage, ignore_errors=True)

    def _recover(self) -> None:
        stage = self.root / _STAGE
        if (stage / _READY).exists():
            with suppress(OSError, ValueError, TypeError):
                self._finish(stage)

    def _refuse_escape(self, path: str) -> None:
        """A symlink on the way would let a document's path reach outside the repository, or git's own files."""
        if ".git" in path.lower().split("/"):
            raise UsageError(f"{path} is git's own; bmad writes documents only.")
        full = self.root / path
        if ".." in full.parts or full.is_symlink() or self._leads_away(full.parent):
            raise UsageError(f"{path} leads through a symbolic link; bmad writes regular files only.")
