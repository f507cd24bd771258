"""The benches: the worktrees in which checks run, where only a commit and what `setup` made have been.

No agent may write to them. What setting one up has made is noted file by file (when it was last changed, its size,
its inode), out of the bench: what differs later, or stands beside it, is not trusted. A file's change time cannot
be set by who has no rights over the clock. Each worker has two, so that what is set up for one commit alone leaves
what others build on in its place.
"""

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bmad.git.process import Failed
from bmad.git.work.calls import Calls, tell
from bmad.git.work.erase import erase, opened
from bmad.git.work.listing import Listing
from bmad.git.work.refs import drop, put, tip
from bmad.git.work.staging import Stage
from bmad.git.work.worktrees import Worktrees
from bmad.model.worktrees import Bench, Worktree

_NAME = re.compile(r"verify(?:-w([0-9]+))?(?:-2)?")

_DEEPEST = 200
_BOTTOMLESS = [-1]
"""The mark of a folder that is deeper than anybody looks: no tool makes one."""

Marks = dict[str, list[int]]
"""Path of what stands beside the commit -> its marks; of a folder only what it is."""


class Benches:
    """Those of one repository; `notes` is where what stands in them is noted. Whoever calls holds their lock."""

    def __init__(self, calls: Calls, worktrees: Worktrees, stage: Stage, notes: Path) -> None:
        self._made = partial(_Place, calls, worktrees, stage, notes)
        self._names = worktrees.names
        self._all: dict[str, _Place] = {}

    def slots(self) -> set[int]:
        """The workers that there are benches of, and the first."""
        found = (_NAME.fullmatch(name) for name in self._names())
        return {1, *(int(one[1] or 1) for one in found if one is not None)}

    def _of(self, slot: int) -> list["_Place"]:
        first = "verify" if slot == 1 else f"verify-w{slot}"
        return [self._all.setdefault(name, self._made(name)) for name in (first, f"{first}-2")]

    def stand(self, commit: str, key: str, spare: str = "", slot: int = 1) -> Bench:
        """A bench of a worker at a commit, with what was set up for the key where that is untouched.

        Where no bench holds that, one is taken that does not hold what was set up for `spare`.
        """

        def order(one: _Place) -> tuple[bool, bool, bool]:
            return one.key != key, bool(spare) and one.key == spare, bool(one.key)

        return min(self._of(slot), key=order).stand(commit, key)

    def seal(self, bench: Bench, key: str) -> None:
        """Note what was set up; a note is whole or not there."""
        self._all[bench.tree.name].seal(bench, key)

    def altered(self, bench: Bench) -> list[str]:
        """The files of the commit that differ; they are put back."""
        return self._all[bench.tree.name].altered(bench)

    def clear(self, slot: int = 1) -> None:
        """Take away those of a worker in which nothing was set up, or what was is not known."""
        for one in self._of(slot):
            one.clear()


class _Place:
    """One bench; its ref is no branch: what it is at concerns nobody."""

    def __init__(self, calls: Calls, worktrees: Worktrees, stage: Stage, notes: Path, name: str) -> None:
        self._calls = calls
        self._worktrees = worktrees
        self._stage = stage
        self._name = name
        self._ref = f"refs/bmad/{name}"
        self._file = notes / f"bench-{name}.json"

    @property
    def key(self) -> str:
        """What it was set up for, as the note says; empty where it was for nothing."""
        return self._noted()[0]

    def stand(self, commit: str, key: str) -> Bench:
        """The bench at a commit, with what was set up for the key where that is untouched."""
        tree = self._worktrees.worktree(self._name, self._ref, commit)
        try:
            self._put(tree, commit)
        except Failed:
            self._open(tree)
            self._put(tree, commit)
        noted, altered, made = self._noted()
        found = dict(self._beside(tree))
        looked = _BOTTOMLESS not in found.values()
        whole = noted == key and looked and all(found.get(path) == marks for path, marks in made.items())
        cleared = sorted(found.keys() - (made.keys() if whole else set()))
        for path in cleared:
            erase(tree.folder / path)
        if not whole:
            self._file.unlink(missing_ok=True)
        return Bench(tree, commit, whole, tuple(altered) if whole else (), tuple(cleared))

    def seal(self, bench: Bench, key: str) -> None:
        altered = self.altered(bench)
        _part(bench.tree.folder, self._beside(bench.tree))
        made = dict(self._beside(bench.tree))
        fresh = self._file.with_name(f"{self._file.name}.new")
        fresh.write_text(json.dumps([key, altered, made], ensure_ascii=True), encoding="ascii")
        fresh.replace(self._file)

    def altered(self, bench: Bench) -> list[str]:
        self._worktrees.faults(bench.tree)
        names = self._differing(bench.tree)
        if names:
            self._put(bench.tree, bench.commit)
        return names

    def clear(self) -> None:
        if tip(self._calls, self._ref) is not None and not self._file.exists():
            self._worktrees.remove(self._name)
            drop(self._calls, self._ref)

    def _put(self, tree: Worktree, commit: str) -> None:
        """Put files and ref at a commit, whatever stands in their place."""
        put(self._calls, self._ref, commit)
        if self._stage.at(tree) != commit or self._differing(tree):
            self._stage.load(tree, commit, files=True)
        self._stage.share(tree)

    def _differing(self, tree: Worktree) -> list[str]:
        """The files of the index that stand otherwise in the bench, or not at all."""
        told = tell(self._stage.git(tree), ["ls-files", "-z", "--modified", "--deleted"])
        return sorted({os.fsdecode(name) for name in told.split(b"\0") if name})

    def _noted(self) -> tuple[str, list[str], Marks]:
        """The key, what setting up alters, and what it has made; nothing of it where no note can be read."""
        try:
            key, altered, made = json.loads(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return "", [], {}
        return key, altered, made

    def _beside(self, tree: Worktree) -> Iterator[tuple[str, list[int]]]:
        """All that stands in the bench and is no file of its commit, with its marks; `.git` is bmad's."""
        yield from _found(tree.folder, self._open(tree))

    def _open(self, tree: Worktree) -> Listing:
        """The files of the commit and their folders, which a check may have closed: then it would find no test."""
        listed = self._stage.listed(tree)
        for name in sorted(listed.folders):
            opened(f"{tree.folder}/{name}")
        return listed


def _found(root: Path, listed: Listing) -> Iterator[tuple[str, list[int]]]:
    """What is below a folder; the folders of a commit's files, and its submodules, say nothing themselves."""
    waiting = [(os.fspath(root), "")]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                inside = entry.is_dir(follow_symlinks=False)
                if name == ".git" or (name in listed.files and not inside):
                    continue
                if not inside or (name not in listed.folders and name not in listed.files):
                    yield name, _marks(entry)
                if inside and name.count("/") >= _DEEPEST:
                    yield name, _BOTTOMLESS
                elif inside:
                    waiting.append((entry.path, f"{name}/"))


def _part(folder: Path, made: Iterator[tuple[str, list[int]]]) -> None:
    """Give each file that was made contents of its own: a check that rewrote a hard link would rewrite a cache."""
    for path in [path for path, _ in made]:
        at = folder / path
        found = at.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            fresh = at.with_name(f".{found.st_ino}.bmad")
            shutil.copy2(at, fresh)
            fresh.replace(at)


def _marks(entry: os.DirEntry[str]) -> list[int]:
    found = entry.stat(follow_symlinks=False)
    if entry.is_dir(follow_symlinks=False):
        return [found.st_mode]
    return [found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
