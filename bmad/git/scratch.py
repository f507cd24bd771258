"""Temporary folders that go with their maker: at once, or where it was killed, when the next one is made."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bmad.platforms import fcntl

_PREFIX = "bmad-git-"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of one's own in the system's temporary folder."""
    sweep()
    folder, descriptor = _made()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def sweep() -> None:
    """Remove the folders whose makers were killed: those that nobody holds the lock of."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if os.fstat(descriptor).st_uid == os.getuid() and _locked(descriptor):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)


def _made() -> tuple[Path, int]:
    """A new folder and the descriptor that holds its lock; one that is swept away in between does not count."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        if _locked(descriptor) is not False and folder.exists():
            return folder, descriptor
        os.close(descriptor)


def _locked(descriptor: int) -> bool | None:
    """Take the lock of a folder; whether it was free. None where there are no such locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (OSError, AttributeError):
        return None
    return True
