"""A commit-graph of our own, for a range with many merges: git finds where two sides part without each commit.

It stands in a repository beside the private one, whose objects it shares, and is written from them alone. The
graph that may lie among the user's objects has no say: `objects/info` is not among what this repository sees.
"""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bmad.errors import UndecidableError
from bmad.git.merge_tree import merges
from bmad.git.process import Failed, Git
from bmad.model.history import Merged

MANY = 64
"""Merges that are computed before it is known whether a graph pays for the others."""
_LARGE = 200_000
"""Objects; where there are fewer no fork is far. Computing some merges apart from the others costs 0.03 s, too."""
_NEAR = 0.001
"""CPU seconds that a merge takes anyway; beyond them it looks for the fork, half as long with a graph."""
_WRITING = 1.3e-6
"""CPU seconds that a graph takes for each object in the packs: 0.13 s for pytest's history, 1.0 s for git's."""
_ENTRY = 29
"""Bytes of a pack's index for each of its objects."""

PLACE = "merging"
"""The repository's folder, within the private folder."""
GRAPH = f"{PLACE}/objects/info/commit-graph"
_ALTERNATES = "objects/info/alternates"


def merged(
    git: Git, sources: Sequence[Path], pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()
) -> tuple[list[Merged], Git | None]:
    """As `merges`, most of them with a graph where that pays, and the git that heeds it then."""
    if len(pairs) <= MANY or packed(sources) < _LARGE:
        return merges(git, pairs, union), None
    before = git.spent
    found = merges(git, pairs[:MANY], union)
    left = pairs[MANY:]
    if not pays(sources, len(left), (git.spent - before) / MANY):
        return found + merges(git, left, union), None
    graphed = with_commit_graph(git, sources, (side for pair in left for side in pair))
    return found + merges(graphed, left, union), graphed


def pays(sources: Sequence[Path], merges: int, each: float) -> bool:
    """Whether a graph is written in less time than it saves so many merges that take so long each without it."""
    return merges * (each - _NEAR) / 2 > packed(sources) * _WRITING


def packed(sources: Sequence[Path]) -> int:
    """How many objects the packs in some object folders hold."""
    indexes = (one for source in sources for one in (source / "pack").glob("*.idx"))
    return sum(one.stat().st_size for one in indexes) // _ENTRY


def with_commit_graph(git: Git, sources: Sequence[Path], commits: Iterable[str]) -> Git:
    """Git where merges of some commits are computed faster, and with the same results.

    `git` is that of the private repository, whose alternates hold what is written here; `sources` are the user's
    object folders. Where these borrow from others, or no graph can be written, it is `git` itself.
    """
    graphed = beside(git, sources)
    return git if graphed is None or not write(graphed, commits) else graphed


def beside(git: Git, sources: Sequence[Path]) -> Git | None:
    """Git in the repository that heeds its commit-graph; None where the user's objects are borrowed ones."""
    if any((source / "info/alternates").exists() for source in sources):
        return None
    bare = git.folder / PLACE
    if not (bare / "HEAD").exists():
        _make(bare, sources)
    command = [word if not word.startswith("--git-dir=") else f"--git-dir={bare}" for word in git.command]
    return Git(command, git.environment, git.folder, budget=git.budget)


def write(graphed: Git, commits: Iterable[str], *, paths: bool = False) -> bool:
    """Write the graph of what commits reach, with `paths` also which paths each changes; whether that could be."""
    with tempfile.TemporaryFile() as tips:
        tips.writelines(f"{commit}\n".encode() for commit in sorted(set(commits)))
        tips.seek(0)
        asked = ["commit-graph", "write", "--stdin-commits", "--no-progress"]
        try:
            graphed.run([*asked, *(["--changed-paths"] if paths else [])], tips)
        except (Failed, UndecidableError):
            return False
    return True


def _make(bare: Path, sources: Sequence[Path]) -> None:
    """The repository: configured as the private one, but that it heeds its commit-graph."""
    seen = []
    for number, source in enumerate(sources):
        within = bare / f"sources/{number}"
        within.mkdir(parents=True)
        for entry in os.scandir(source):
            if entry.name != "info":
                (within / entry.name).symlink_to(entry.path)
        seen.append(within)
    (bare / "refs").mkdir()
    config = (bare.parent / "bare/config").read_text()
    (bare / "config").write_text(config.replace("commitGraph = false", "commitGraph = true"))
    (bare / _ALTERNATES).write_bytes(b"".join(bytes(path) + b"\n" for path in seen))
    (bare / "HEAD").write_text("ref: refs/heads/none\n")
