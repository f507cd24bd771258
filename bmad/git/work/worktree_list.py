"""The work trees of a repository, read from its own files: their branches, and what is under way.

`gitrepository-layout` says what stands where: HEAD, `worktrees/*/HEAD` and `gitdir`, `rebase-merge/head-name`.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bmad.git.work.refs import HEADS

_SMALL = 1 << 16
_LEADS = "ref: "
_FARTHEST = 5
"""A chain of symbolic refs that is longer is none to git."""

_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "sequencer": "a cherry-pick or revert",
    "BISECT_LOG": "a bisect",
}


class Tree(NamedTuple):
    """A work tree; `head` is the text of its HEAD.

    `held` are the full refs that it works on, also by another name (`git symbolic-ref refs/heads/master …`).
    """

    folder: Path
    gitdir: Path
    head: str
    held: tuple[str, ...]


PREFIX = "bmad-"
"""What the folders of bmad's own work trees in the repository's `worktrees` begin with."""


class Trees:
    """All work trees; `main` is the first one's folder (None in a bare repository), bmad's stand in `own`.

    Earlier ones stood in `former`; and whatever was moved since, the name of a work tree of bmad's own is that of
    its folder in the repository without the prefix, which is so of nobody else's.
    """

    def __init__(self, common: Path, main: Path | None, own: Path, former: Path) -> None:
        self.common = common
        self.main = main
        self.own = own
        self.former = former

    def people(self) -> list[Tree]:
        """Those that are a person's."""
        return [self._tree(*place) for place in self._places() if not self._is_own(*place)]

    def _is_own(self, folder: Path, gitdir: Path) -> bool:
        if folder.parent in (self.own, self.former):
            return True
        return gitdir.name == f"{PREFIX}{folder.name}" and not leads_to(folder, gitdir)

    def all(self) -> list[Tree]:
        return [self._tree(*place) for place in self._places()]

    def _places(self) -> Iterator[tuple[Path, Path]]:
        """The folder of each, and git's for it."""
        if self.main:
            yield self.main, self.common
        try:
            folders = sorted((self.common / "worktrees").iterdir())
        except OSError:
            return
        for gitdir in folders:
            place = text(gitdir / "gitdir")
            if place:
                yield Path(os.path.normpath(gitdir / place)).parent, gitdir

    def _tree(self, folder: Path, gitdir: Path) -> Tree:
        head = text(gitdir / "HEAD")
        held = [head.removeprefix(_LEADS).strip()] if head.startswith(_LEADS) else []
        held += [name for kind in ("rebase-merge", "rebase-apply") if (name := text(gitdir / kind / "head-name"))]
        start = text(gitdir / "BISECT_START")
        held += [HEADS + start] if start else []
        return Tree(folder, gitdir, head, tuple(name for one in held for name in self._names(one)))

    def _names(self, ref: str) -> Iterator[str]:
        """A ref and those that it leads to, as far as git follows one."""
        for _ in range(_FARTHEST):
            yield ref
            told = text(self.common / ref) if ref.startswith("refs/") else ""
            if not told.startswith(_LEADS):
                return
            ref = told.removeprefix(_LEADS).strip()


def leads_to(folder: Path, gitdir: Path) -> bool:
    """Whether the `.git` of a work tree names its folder in the repository."""
    return text(folder / ".git") == f"gitdir: {gitdir}"


def text(path: Path) -> str:
    """A small file of git's own without its line end; empty where it cannot be read.

    A link to a ref is a symbolic ref to git (`core.preferSymlinkRefs`), and read as one.
    An agent can put a pipe in its place, which nobody ever writes to, or a file of a gigabyte.
    """
    with suppress(OSError):
        if (led := os.readlink(path)).startswith("refs/"):  # noqa: PTH115 - as git compares it
            return f"{_LEADS}{led}"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, _SMALL).decode("utf-8", "surrogateescape").rstrip("\n")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def under_way(gitdir: Path) -> str:
    """What a person has not finished there (`a merge`); empty where it is nothing."""
    return next((words for name, words in _UNDER_WAY.items() if (gitdir / name).exists()), "")
