"""Taking folders of bmad's own away, and opening those that agents closed; never through a symbolic link."""

import errno
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bmad.errors import CannotAnswerError


def erase(path: Path) -> None:
    """Remove a file, link or folder, if it is there.

    Raises: CannotAnswerError where something in it belongs to another user.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            _remove(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotAnswerError(
            f"{error.filename or path} cannot be removed: {error.strerror}. Remove {path} yourself."
        ) from None


def opened(folder: str | Path) -> None:
    """Give the owner of a folder all rights to it again, where it is one and somebody took them."""
    with suppress(OSError):
        mode = os.lstat(folder).st_mode
        if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
            os.chmod(folder, stat.S_IMODE(mode) | stat.S_IRWXU)  # noqa: PTH101 - of hundreds


def _remove(folder: Path) -> None:
    """A folder with all in it, however deep that is: the system's own program needs no path and no stack."""
    try:
        shutil.rmtree(folder, onerror=_open_up)
    except RecursionError:
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*command, "--", str(folder)], check=False, capture_output=True)
        if folder.exists():
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(folder)) from None


def _open_up(again: Callable[..., object], name: str, _: object) -> None:
    """Once more after the folder, and the one it is in, were made writable."""
    for folder in (os.path.dirname(name), name):  # noqa: PTH120 - as shutil names them
        if os.path.isdir(folder) and not os.path.islink(folder):  # noqa: PTH112, PTH114
            os.chmod(folder, stat.S_IRWXU)  # noqa: PTH101
    if os.path.isdir(name) and not os.path.islink(name):  # noqa: PTH112, PTH114
        shutil.rmtree(name)
    else:
        again(name)
