"""What agents must leave alone, as marks to compare: cheap, and without touching a person's index.

Two processes for one work tree of a person, one more for each further one; they run side by side.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bmad.git.process import Git
from bmad.git.work.calls import Calls, shown, tell
from bmad.git.work.refs import OWN
from bmad.git.work.worktree_list import Tree, Trees
from bmad.model.worktrees import Snapshot

_REFS: tuple[str, ...] = (
    "for-each-ref",
    "--format=%(refname) %(objectname) %(symref)",
    "refs/heads",
    "refs/bmad",
    "refs/replace",
    "refs/stash",
    "refs/tags",
)
_STATUS = (
    *("status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=normal", "--ignored=no"),
    "--ignore-submodules=none",
)
_FILES = ("config", "config.worktree", "objects/info/alternates", "shallow")
_FOLDERS = ("hooks", "info")
_AFTER = {b"1 ": 8, b"2 ": 9, b"u ": 10, b"? ": 1}
"""The blanks before the path in an entry of `status --porcelain=v2`."""


def snapshot(calls: Calls, trees: Trees) -> Snapshot:
    """Marks by name: refs by full name, git's own files as `git: config`, people's by full path."""
    people = [tree for tree in trees.people() if tree.folder.is_dir()]
    questions = [(calls.bare, _REFS), *((calls.of_person(tree.folder, tree.gitdir), _STATUS) for tree in people)]
    refs, *statuses = _all(questions)
    own, others = _refs(refs)
    own |= dict(_settings(calls.common))
    for tree, status in zip(people, statuses, strict=True):
        others |= _person(tree) | dict(_files(tree.folder, status))
    return Snapshot(own, others)


def _all(questions: Sequence[tuple[Git, tuple[str, ...]]]) -> list[bytes]:
    """The answers to several questions, asked at once. Raises: as `tell`."""
    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(lambda question: tell(*question), questions))


def _refs(told: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """The refs of bmad, with what git takes for another object; and people's branches, tags and stash."""
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    for line in filter(None, told.decode("utf-8", "backslashreplace").split("\n")):
        name, _, at = line.partition(" ")
        (own if name.startswith((OWN, "refs/bmad/", "refs/replace/")) else others)[name] = at.strip()
    return own, others


def _settings(common: Path) -> Iterator[tuple[str, str]]:
    for name in _FILES:
        try:
            yield f"git: {name}", hashlib.sha256((common / name).read_bytes()).hexdigest()
        except OSError:
            yield f"git: {name}", ""
    for name in _FOLDERS:
        try:
            entries = sorted(os.scandir(common / name), key=lambda entry: entry.name)
        except OSError:
            entries = []
        for entry in entries:
            yield f"git: {name}/{shown(os.fsencode(entry.name))}", _mark(entry.path)


def _person(tree: Tree) -> dict[str, str]:
    return {f"{tree.folder}: HEAD": tree.head, f"{tree.folder}: index": _mark(tree.gitdir / "index")}


def _files(folder: Path, status: bytes) -> Iterator[tuple[str, str]]:
    """The files that differ from the head or are new, with how, when and how large they are."""
    root = os.fsencode(folder)
    for entry in status.split(b"\0"):
        blanks = _AFTER.get(entry[:2])
        if blanks is not None:
            *about, path = entry.split(b" ", blanks)
            full = os.path.join(root, path)  # noqa: PTH118 - bytes
            yield shown(full), " ".join([b" ".join(about).decode("ascii", "replace"), _mark(full)])


def _mark(path: str | bytes | Path) -> str:
    """When a file was last changed and how large it is; a folder's size says nothing.

    The time of its content is whatever a program sets it to, but not that of its change (ctime).
    """
    try:
        found = os.lstat(path)
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_ctime_ns} {found.st_size} {found.st_mode:o}"
