"""What git's index says of a work tree: what it tracks, leaves out of a sparse checkout, or holds unmerged."""

import os
from pathlib import Path

from bmad.git.process import Git


def tracked(git: Git, gitdir: Path, top: Path, folder: str) -> list[str]:
    """The paths below a folder at the top of a work tree that its index holds, in whatever case it is written."""
    if not (gitdir / "index").exists():
        return []
    where = [f"--git-dir={gitdir}", f"--work-tree={top}"]
    told = git.run([*where, "ls-files", "-z", "--full-name", "--", f":(top,icase){folder}"])
    return [os.fsdecode(path) for path in told.split(b"\0") if path]
