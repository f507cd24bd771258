"""Files that nobody has touched since they were checked out: a new worktree may begin with those of an old one.

A file is untouched where its inode and change time are as noted. The kernel sets the change time at each write,
and each change of rights, attributes, name or links, and nobody sets it who has no rights over the clock. It ticks
every few milliseconds, so a file that was written in the very tick of the note is taken for touched. Folders come
and go with what is in them: of each all is compared that it could hand on: rights, owner, attributes and flags.
"""

import os
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bmad import platforms
from bmad.git.work.erase import erase
from bmad.git.work.listing import Listing

_GETFLAGS = 0x80086601
"""`FS_IOC_GETFLAGS` of ioctl_iflags(2); where it is another number, or unknown, nothing is noted."""

_COARSE = 5
"""`CLOCK_REALTIME_COARSE` of clock_gettime(2), by which the kernel sets change times."""

_DEEPEST = 100
_MODE = 5
"""Where a file's mode is among its marks."""

File = tuple[int, ...]
Folder = tuple[object, ...]


class Noted(NamedTuple):
    """Marks of the files and folders below a folder, by path from there, and the time after the last of them."""

    files: dict[str, File]
    folders: dict[str, Folder]
    time: int

    def holds(self, path: str, entry: "os.DirEntry[str]") -> bool:
        """Whether a file is the one that was noted, and is sure not to have been touched since."""
        one = _file(entry)
        return self.files.get(path) == one and one[0] < self.time


def note(root: Path) -> Noted | None:
    """What stands in a folder that was just checked out; None where this system does not tell enough."""
    if not platforms.LINUX:
        return None
    files: dict[str, File] = {}
    folders: dict[str, Folder] = {}
    try:
        for path, entry in _below(root, ""):
            if entry.is_dir(follow_symlinks=False):
                folders[path] = _folder(entry.path)
            else:
                files[path] = _file(entry)
    except OSError:
        return None
    return Noted(files, folders, time.clock_gettime_ns(_COARSE))


def move_untouched(root: Path, noted: Noted, to: Path) -> Noted | None:
    """Move the folders of a root, with nothing in them but files that are as noted, to a new root: what that has.

    What stands at the top of the old one is left there. None where a folder is not as noted: then nobody should
    begin with what was moved. Raises: OSError, CannotAnswerError.
    """
    moved = Noted({}, {}, noted.time)
    with os.scandir(root) as entries:
        found = list(entries)
    for entry in found:
        if entry.is_dir(follow_symlinks=False) and entry.name in noted.folders:
            if not _swept(entry, entry.name, noted, moved):
                return None
            Path(entry.path).rename(to / entry.name)
    return moved


def note_again(root: Path, moved: Noted, listed: Listing, written: Collection[str]) -> Noted | None:
    """What stands in a root since a commit was checked out over what was moved there; `written` are changed files.

    None where that is not what the commit has. Of what stands as it was moved there no mark is taken again.
    """
    files = {path: mark for path, mark in moved.files.items() if path in listed.files and path not in written}
    folders = {path: mark for path, mark in moved.folders.items() if path in listed.folders}
    try:
        for path in sorted(moved.folders.keys() - folders.keys(), reverse=True):
            with suppress(FileNotFoundError):
                os.rmdir(f"{root}/{path}")  # noqa: PTH106 - git leaves one that was empty before
        for path in listed.files - files.keys():
            files[path] = _marks(os.lstat(f"{root}/{path}"))
        folders |= {path: _folder(f"{root}/{path}") for path in listed.folders.keys() - folders.keys()}
    except OSError:
        return None
    strange = any(stat.S_ISDIR(mark[_MODE]) for mark in files.values())
    gone = (path for path in moved.files.keys() - files.keys() if os.path.lexists(f"{root}/{path}"))
    return None if strange or any(gone) else Noted(files, folders, time.clock_gettime_ns(_COARSE))


def _swept(folder: "os.DirEntry[str]", path: str, noted: Noted, stays: Noted) -> bool:
    """Take all out of a folder that is not as noted, and note what `stays`; False where a folder itself is not."""
    if _folder(folder.path) != noted.folders[path]:
        return False
    stays.folders[path] = noted.folders[path]
    with os.scandir(folder.path) as entries:
        for entry in list(entries):
            name = f"{path}/{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                if noted.holds(name, entry):
                    stays.files[name] = noted.files[name]
                else:
                    os.unlink(entry.path)  # noqa: PTH108 - hundreds of them
            elif name not in noted.folders:
                erase(Path(entry.path))
            elif not _swept(entry, name, noted, stays):
                return False
    return True


def _below(folder: str | Path, prefix: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """All below a folder. Raises: OSError, also where it is deeper than anybody looks."""
    if prefix.count("/") > _DEEPEST:
        raise RecursionError
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            yield path, entry
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{path}/")


def _file(entry: "os.DirEntry[str]") -> File:
    return _marks(entry.stat(follow_symlinks=False))


def _marks(found: os.stat_result) -> File:
    """The marks of a file or link, its change time first."""
    return (
        found.st_ctime_ns,
        *(found.st_mtime_ns, found.st_ino, found.st_dev, found.st_size, found.st_mode, found.st_nlink),
    )


def _folder(path: str) -> Folder:
    """All that a folder could hand on to what is made in it, and whose it is. Raises: OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        told = {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
        flags = platforms.fcntl.ioctl(descriptor, _GETFLAGS, bytes(8))
        return (found.st_mode, found.st_uid, found.st_gid, found.st_dev, told, flags)
    finally:
        os.close(descriptor)
