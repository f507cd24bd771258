"""What git's index says of a work tree: what it tracks, leaves out of a sparse checkout, or holds unmerged."""

import os
from pathlib import Path

from bmad.git.process import Git
from bmad.model.layout import LOCK_SUFFIX
from bmad.model.standing import Standing


def tracked(git: Git, gitdir: Path, top: Path, folder: str) -> list[str]:
    """The paths below a folder at the top of a work tree that its index holds, in whatever case it is written."""
    if not (gitdir / "index").exists():
        return []
    where = [f"--git-dir={gitdir}", f"--work-tree={top}"]
    told = git.run([*where, "ls-files", "-z", "--full-name", "--", f":(top,icase){folder}"])
    return [os.fsdecode(path) for path in told.split(b"\0") if path]


DOCUMENTS = (
    *("bmad.yaml", ".gitignore", ".gitattributes", ".github"),
    *(f":(glob)**/{name}" for name in ("*.md", "*.markdown", "*.lock", "STORY-*.json")),
)
"""What is asked for: documents, lock and records wherever they may stand, and what `bmad init` writes."""


def standing(told: bytes) -> Standing:
    """What `ls-files -z -s -t` tells: a tag, mode, id and stage before each path."""
    held: set[str] = set()
    unmerged: set[str] = set()
    left_out: dict[str, str] = {}
    locks: dict[str, str] = {}
    for entry in told.split(b"\0"):
        about, tab, name = entry.partition(b"\t")
        if not tab:
            continue
        tag, _, blob, stage = about.split(b" ")
        path = os.fsdecode(name)
        held.add(path)
        if stage != b"0":
            unmerged.add(path)
            continue
        if tag.upper() == b"S":
            left_out[path] = blob.decode()
        if path.endswith(LOCK_SUFFIX):
            locks[path] = blob.decode()
    return Standing(frozenset(held), frozenset(unmerged), left_out, locks)
