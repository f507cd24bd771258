"""Files that git had half written into a person's work tree when a landing failed, on a full disk for one.

They are bmad's, not the person's: left there, the next landing would find changes in its way that nobody made.
What is another file than before the landing, and begins as the new one does, was written by it. What is as it was
then is a person's, also where git was told to see no change in it (`update-index --assume-unchanged`).
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bmad.errors import UndecidableError
from bmad.git.process import Git
from bmad.git.work.calls import Calls, ask
from bmad.git.work.commits import changes, tree_of
from bmad.model.commits import ABSENT


class Written(NamedTuple):
    """A path that a landing writes: the mark of what stood there, and the blob that it is to have.

    `is_new` says that the commit before did not have it.
    """

    path: bytes
    is_new: bool
    was: tuple[int, int, int] | None
    blob: str


def to_write(calls: Calls, folder: Path, old: str, new: str) -> list[Written]:
    """The files that a landing writes and nobody has put there yet."""
    found = []
    for one in changes(calls, tree_of(calls, old), tree_of(calls, new)):
        is_new = one.old_mode == ABSENT
        was = _mark(_at(folder, one.path))
        if one.new_mode.startswith("100") and not (is_new and was):
            found.append(Written(one.path, is_new, was, one.new_blob))
    return found


def undo(calls: Calls, git: Git, folder: Path, written: list[Written]) -> None:
    """Take new files away that begin as they should, and put the others back as the index has them."""
    back = []
    for one in written:
        file = _at(folder, one.path)
        if _mark(file) == one.was:
            continue
        if os.path.islink(file) or not os.path.isfile(file):  # noqa: PTH114, PTH113 - bytes
            if not one.is_new and not os.path.lexists(file):
                back.append(one.path)
        elif not one.is_new:
            back += [one.path] if _begins(calls, file, one.blob) else []
        elif _begins(calls, file, one.blob):
            _take_away(folder, one.path)
    if back:
        ask(git, ["checkout-index", "--force", "-z", "--stdin"], b"".join(path + b"\0" for path in back))


def _mark(file: bytes) -> tuple[int, int, int] | None:
    """What tells a file from the one that git writes in its place; None where nothing stands there."""
    try:
        found = os.lstat(file)
    except OSError:
        return None
    return (found.st_ino, found.st_ctime_ns, found.st_size)


def _begins(calls: Calls, file: bytes, blob: str) -> bool:
    """Whether a file holds the beginning of a blob, or all of it; through a pipe: the disk may be full."""
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - bytes
            content = stream.read()
        return calls.bare.run(["cat-file", "blob", blob]).startswith(content)
    except (OSError, UndecidableError):
        return False


def _take_away(folder: Path, path: bytes) -> None:
    """Remove a file, and the folders that it leaves empty."""
    with suppress(OSError):
        os.unlink(_at(folder, path))  # noqa: PTH108 - bytes
        while path := path.rpartition(b"/")[0]:
            os.rmdir(_at(folder, path))  # noqa: PTH106 - bytes


def _at(folder: Path, path: bytes) -> bytes:
    return os.path.join(os.fsencode(folder), path)  # noqa: PTH118 - bytes
