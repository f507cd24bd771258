"""bmad's own folder in a repository, `bmad/` beside git's files: no clone, checkout or patch brings one.

Found without git, since a command that only reads files should not have to start it.
"""

import os
from pathlib import Path
from typing import NamedTuple

_LINK = "gitdir: "
_SYMBOLIC = "ref: "
_MOST_LED = 5
"""So often git itself follows a symbolic ref."""


class Place(NamedTuple):
    """Where a folder's work tree stands: its top, git's folder for it, and the repository's own folder."""

    top: Path
    gitdir: Path
    common: Path

    @property
    def own(self) -> Path:
        """What belongs to this one work tree: the lock of those who write, and what they have under way."""
        return own_folder(self.gitdir)

    @property
    def shared(self) -> Path:
        """What belongs to the repository, whichever of its work trees bmad is called in."""
        return own_folder(self.common)


def own_folder(gitdir: Path) -> Path:
    """The folder of bmad in one of git's."""
    return gitdir / "bmad"


def place(folder: Path) -> Place | None:
    """The work tree that a folder lies in, by the nearest `.git` above; None where there is none."""
    for top in (folder, *folder.parents):
        found = top / ".git"
        if os.path.lexists(found):
            gitdir = _gitdir(found)
            return None if gitdir is None else Place(top, gitdir, _common(gitdir))
    return None


def led(common: Path, ref: str) -> str:
    """The ref that moves in the place of a full one: itself, or where it is symbolic what it leads to.

    Git keeps such a ref in a file of its own, never packed. An old one may be a symbolic link.
    """
    for _ in range(_MOST_LED):
        file = common / ref
        told = str(file.readlink()) if file.is_symlink() else _line(file).removeprefix(_SYMBOLIC).strip()
        if not told.startswith("refs/"):
            break
        ref = told
    return ref


def _gitdir(found: Path) -> Path | None:
    """The folder itself, or where a file of that name leads (gitrepository-layout, `gitfile`)."""
    if found.is_dir():
        return found.resolve()
    line = _line(found)
    if not line.startswith(_LINK):
        return None
    named = (found.parent / line.removeprefix(_LINK)).resolve()
    return named if named.is_dir() else None


def _common(gitdir: Path) -> Path:
    named = _line(gitdir / "commondir")
    return (gitdir / named).resolve() if named else gitdir


def _line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return os.fsdecode(file.read(1 << 14)).split("\n", 1)[0]
    except OSError:
        return ""
