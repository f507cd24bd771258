"""Writes that happen whole or not at all: staged in a folder that git does not track, then moved into place.

Each write has a stage of its own. A list of the moves, written last, is the point of no return; what a crash then
leaves undone is finished by the next command that writes, under the lock of all that do. Every move is bound to
what it replaces: where that is no longer there, somebody has written by hand since, and their text stays.
"""

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bmad.errors import CannotAnswerError, UsageError
from bmad.model.bounds import FILE, LOCK, MIB
from bmad.model.layout import LOCK_SUFFIX

_READY = "ready.json"
_NUMBER = re.compile(r"[0-9]{1,9}")
_NAMES = 5
_EACH = 64
"""Up to so many files are synced each by itself; more with all that the system has to write."""
_HASH = re.compile(r"[0-9a-f]{64}")


def most_bytes(path: str) -> int:
    """How much is read of a file, and so written into it; a lock has several lines for each statement."""
    return LOCK.one if path.endswith(LOCK_SUFFIX) else FILE.one


Checked = Callable[[str], Path]
"""The full path of a document; raises UsageError where it leads out of the work tree or into git's files."""


class _Move(NamedTuple):
    """`staged` is a file of the stage (None removes); `was` and `new` are the hashes before and after, or None."""

    path: str
    target: Path
    staged: str | None
    was: str | None
    new: str | None


class Stages:
    """The stages of one work tree in `folder`; `root` tells it from others that share the folder.

    Whoever calls holds the lock of those who write, and has in `read` what each document was when it was read: an
    editor heeds no lock.
    """

    def __init__(self, folder: Path, root: str, checked: Checked, read: dict[str, str | None]) -> None:
        self.folder = folder
        self._root = root
        self._checked = checked
        self._read = read

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write all the files (None removes one), or none.

        Raises: UsageError where a path is none to write to, a text could not be read again, or the disk takes
        nothing more; CannotAnswerError where a hand changed a file since it was read.
        """
        _refuse_unreadable(files)
        targets = {path: self._checked(path) for path in sorted(files)}
        stage = self.folder / secrets.token_hex(8)
        try:
            told = self._finish(stage, self._stage(stage, files, targets), fresh=True)
        except CannotAnswerError:
            shutil.rmtree(stage, ignore_errors=True)
            raise
        except OSError as error:
            words = f"cannot write {error.filename or 'the files'}: {error.strerror}."
            if (stage / _READY).exists():
                raise UsageError(f"{words} What is left to write is written by the next command.") from None
            shutil.rmtree(stage, ignore_errors=True)
            raise UsageError(f"{words} Nothing was changed.") from None
        if told:
            raise CannotAnswerError(" ".join(told))
        self._read.update(files)

    def _stage(self, stage: Path, files: Mapping[str, str | None], targets: Mapping[str, Path]) -> list[_Move]:
        stage.mkdir(parents=True)
        if not (self.folder.parent / ".gitignore").exists():
            (self.folder.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        each = len(files) <= _EACH
        moves = []
        for number, (path, target) in enumerate(targets.items()):
            text, was = files[path], _hash(target)
            if path in self._read and was != _hash_of(self._read[path]):
                raise CannotAnswerError(
                    f"{path} was changed while this command worked. Nothing was written; run it again."
                )
            if text is None:
                moves.append(_Move(path, target, None, was, None))
                continue
            data = text.encode()
            _write(stage / str(number), data, sync=each)
            moves.append(_Move(path, target, str(number), was, _hash_of(text)))
        if not each:
            os.sync()
        plan = [(move.path, *move[2:]) for move in moves]
        ready = stage / f"{_READY}.new"
        _write(ready, json.dumps({"root": self._root, "moves": plan}).encode(), sync=True)
        ready.replace(stage / _READY)
        return moves

    def recover(self) -> list[str]:
        """Finish what commands that died had begun, and take away what they had not; what came of it, told."""
        told: list[str] = []
        for stage in self._all():
            if not os.path.lexists(stage / _READY):
                shutil.rmtree(stage, ignore_errors=True)
                continue
            try:
                moves = self._moves(stage)
            except (OSError, ValueError, UsageError) as error:
                told.append(f"{stage} is no write of bmad's and is left alone ({error}); remove it.")
                continue
            if moves is not None:
                told += self._recovered(stage, moves)
        return told

    def _recovered(self, stage: Path, moves: list[_Move]) -> list[str]:
        try:
            told = self._finish(stage, moves)
        except OSError as error:
            raise UsageError(
                f"cannot write {error.filename or 'a file'}, which a command that was cut short had begun: "
                f"{error.strerror}. Make room on the disk, or make it writable, and run this again."
            ) from None
        names = ", ".join(move.path for move in moves[:_NAMES]) + (" …" if len(moves) > _NAMES else "")
        return [f"Finished what a command that was cut short had begun to write: {names}.", *told]

    def waiting(self) -> int:
        """How many files a command that died, or one that works now, has still to write here."""
        total = 0
        for stage in self._all():
            with suppress(OSError, ValueError, UsageError):
                total += len(self._moves(stage) or [])
        return total

    def _all(self) -> list[Path]:
        try:
            return sorted(path for path in self.folder.iterdir() if path.is_dir() and not path.is_symlink())
        except OSError:
            return []

    def _moves(self, stage: Path) -> list[_Move] | None:
        """The moves of a stage, every word of them checked; None where they are another root's.

        Raises: ValueError or UsageError where they are not as bmad writes them.
        """
        data: Any = json.loads((stage / _READY).read_text(encoding="utf-8"))
        match data:
            case {"root": str(root), "moves": [*entries]}:
                return [self._move(stage, entry) for entry in entries] if root == self._root else None
        raise ValueError("it is no list of moves")

    def _move(self, stage: Path, entry: Any) -> _Move:
        match entry:
            case [str(path), None, str() | None as was, None]:
                move = _Move(path, self._checked(path), None, was, None)
            case [str(path), str(staged), str() | None as was, str(new)] if _NUMBER.fullmatch(staged):
                move = _Move(path, self._checked(path), staged, was, new)
            case _:
                raise ValueError("it holds what is no move")
        if any(one is not None and not _HASH.fullmatch(one) for one in (move.was, move.new)):
            raise ValueError("a hash is 64 digits")
        if move.staged is not None and (stage / move.staged).is_symlink():
            raise ValueError("a staged file is no link")
        return move

    def _finish(self, stage: Path, moves: list[_Move], *, fresh: bool = False) -> list[str]:
        """Move what is staged into place; safe to repeat. What was written over by hand since stays as it is."""
        told = []
        for move in moves:
            target = move.target
            at = _hash(target)
            if at == move.new:
                continue
            if at != move.was:
                told.append(self._aside(stage, move))
            elif move.staged is None:
                target.unlink(missing_ok=True)
            elif not fresh and _hash(stage / move.staged) != move.new:
                told.append(f"What was staged for {move.path} is not what a command staged; it stays as it is.")
            else:
                if not target.parent.is_dir():
                    target.parent.mkdir(parents=True)
                _put(stage / move.staged, target)
        (stage / _READY).unlink()
        shutil.rmtree(stage, ignore_errors=True)
        return told

    def _aside(self, stage: Path, move: _Move) -> str:
        """Keep what would have overwritten a hand's work, and say so."""
        begun = f"{move.path} was changed by hand after a command had begun to write it."
        if move.staged is None or not (stage / move.staged).is_file():
            return f"{begun} It stays as it is."
        kept = self.folder.parent / "aside" / stage.name / move.staged
        kept.parent.mkdir(parents=True, exist_ok=True)
        (stage / move.staged).replace(kept)
        return f"{begun} It stays as it is; what the command would have written is {kept}."


def _refuse_unreadable(files: Mapping[str, str | None]) -> None:
    """Nothing is written that could not be read again."""
    for path, text in files.items():
        most = most_bytes(path)
        if text is not None and len(text) > most // 4 and len(text.encode()) > most:
            raise UsageError(
                f"{path} would be {len(text.encode()) / MIB:.1f} MiB, and bmad reads no more than "
                f"{most // MIB} MiB of it. Nothing was changed; say less in one intent."
            )
        if text is not None and "\0" in text:
            raise UsageError(f"{path} would hold a NUL byte, and be no text file. Nothing was changed.")


def _hash(path: Path) -> str | None:
    """The hash of a file's bytes; None where there is none. Raises: OSError where it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - half as dear, and maps write thousands
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _hash_of(text: str | None) -> str | None:
    """The hash of a text's bytes; None where there is none."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, data: bytes, *, sync: bool) -> None:
    with open(path, "wb") as stream:  # noqa: PTH123
        stream.write(data)
        if sync:
            stream.flush()
            os.fsync(stream.fileno())


def _put(staged: Path, target: Path) -> None:
    """Move a file to its place; over the bounds of a file system beside it first, since a rename is whole."""
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.bmad-new")
        _write(beside, staged.read_bytes(), sync=True)
        beside.replace(target)
