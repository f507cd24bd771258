"""Named pipes where git reads files: whoever opens one waits for a writer, and nobody writes to those of an agent.

git opens every `.gitignore` and `.gitattributes` that it finds in a worktree without a look at what it is.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

_READ = frozenset({".gitignore", ".gitattributes"})


def clear(folder: Path) -> None:
    """Take the pipes away that git would read, and let go of who waits at one already."""
    folders = [str(folder)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name in _READ:
                    _free(entry.path)


def _free(path: str) -> None:
    if not stat.S_ISFIFO(os.lstat(path).st_mode):
        return
    try:
        writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:  # nobody waits
        os.unlink(path)  # noqa: PTH108
        return
    os.unlink(path)  # noqa: PTH108
    os.close(writer)
