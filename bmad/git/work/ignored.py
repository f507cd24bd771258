"""What git ignores in a worktree, and so no commit keeps: a person who worked there may have written it."""

import os
from collections.abc import Mapping
from pathlib import Path

from bmad.git.process import Git
from bmad.git.work.calls import tell

_LISTED = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
_FOLDER = "folder"
_TOOLS = frozenset({".bmad", "__pycache__", "node_modules"})
_TAGS = ("CACHEDIR.TAG", "pyvenv.cfg")
"""What stands in a folder that a tool has made and makes again: a cache, a virtual environment of Python."""


def names(git: Git) -> list[bytes]:
    """What is ignored, from the worktree; a folder that is ignored whole is one name."""
    return [name.rstrip(b"/") for name in tell(git, _LISTED).split(b"\0") if name]


def marks(git: Git, folder: Path) -> dict[str, str]:
    """What is ignored and no tool makes again, each with a mark that changes with what a file holds."""
    found = {name: _mark(folder / name) for name in map(os.fsdecode, names(git))}
    return {name: mark for name, mark in found.items() if mark and not _is_a_tools(folder / name)}


def move(git: Git, folder: Path, known: Mapping[str, str], aside: Path) -> bool:
    """Move what is ignored to a new folder, but for what stands as it is known; whether there was any.

    Raises: OSError, of a folder on another disk too.
    """
    left = [name for name, mark in marks(git, folder).items() if known.get(name) != mark]
    for name in left:
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).rename(aside / name)
    return bool(left)


def _mark(path: Path) -> str:
    """Empty where it is gone."""
    try:
        found = path.lstat()
    except OSError:
        return ""
    return _FOLDER if path.is_dir() and not path.is_symlink() else f"{found.st_mtime_ns} {found.st_size}"


def _is_a_tools(path: Path) -> bool:
    return path.name in _TOOLS or any((path / tag).is_file() for tag in _TAGS)
