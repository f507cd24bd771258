"""Loose objects and refs, written as git writes them: a commit a step would cost two processes more.

gitformat and gitrepository-layout(5): an object is `type size NUL content`, deflated, named by its hash; a ref is
a file with an id, written to `<ref>.lock` first. Everything is on the disk before its name is.
"""

import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_TRIES = 5


def write_object(objects: Path, algorithm: str, kind: str, content: bytes) -> str:
    """Write an object into a repository's folder of objects, if it is not there; its id."""
    data = b"%s %d\0%s" % (kind.encode(), len(content), content)
    name = (hashlib.sha1 if algorithm == "sha1" else hashlib.sha256)(data).hexdigest()
    place = objects / name[:2] / name[2:]
    for tries_left in reversed(range(_TRIES)):
        try:
            if not place.exists():
                _write(objects, place, zlib.compress(data, 1))
            break
        except FileNotFoundError:  # a `git gc` took the empty folder, or the file before it had its name
            if not tries_left:
                raise
    return name


def _write(objects: Path, place: Path, content: bytes) -> None:
    if not place.parent.is_dir():
        with suppress(FileExistsError):
            place.parent.mkdir()
        place.parent.chmod(objects.stat().st_mode & 0o7777)  # as core.sharedRepository has it
    fresh, path = tempfile.mkstemp(prefix="tmp_obj_", dir=place.parent)
    with os.fdopen(fresh, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(fresh, 0o444)
        os.fsync(fresh)
    Path(path).replace(place)


def write_ref(path: Path, name: str, *, new: bool = False) -> bool:
    """Write an id into a ref that is a file, or may be `new`; False where it is none, or cannot be locked."""
    lock = path.with_name(f"{path.name}.lock")
    if not (new and not os.path.lexists(path)):
        if path.is_symlink() or not path.is_file():
            return False
        if path.read_bytes() == name.encode() + b"\n":
            return True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except OSError:
        return False
    return _put_in_place(held, lock, path, name)


def begin_ref(path: Path, name: str, is_free: Callable[[], bool]) -> bool:
    """Write an id into a ref that is not there; False where something is, or it is locked.

    Both are looked at under the lock: another could make the ref, and pack it, before.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except OSError:
        return False
    if os.path.lexists(path) or not is_free():
        os.close(held)
        lock.unlink(missing_ok=True)
        return False
    return _put_in_place(held, lock, path, name)


def _put_in_place(held: int, lock: Path, path: Path, name: str) -> bool:
    """Write a ref by its lock; False where that cannot be, as on a full disk, and the lock is gone then."""
    try:
        with os.fdopen(held, "wb") as file:
            file.write(name.encode() + b"\n")
            file.flush()
            os.fsync(held)
        lock.replace(path)
    except OSError:
        lock.unlink(missing_ok=True)
        return False
    return True


def remove_ref(path: Path) -> bool:
    """Take a ref away that is a file and nothing else; False where it is none, or is locked."""
    lock = path.with_name(f"{path.name}.lock")
    if path.is_symlink() or not path.is_file():
        return False
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError:
        return False
    path.unlink(missing_ok=True)
    lock.unlink(missing_ok=True)
    return True
