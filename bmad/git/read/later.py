"""Which commits come after one, an adoption say, seen without a walk through all that came since.

git asked for what a tip reaches and another commit does not has to read every commit in between. A line's history
leads past few of them, so it is followed by dates alone, which misleads where a clock was wrong or a branch is
older than the adoption that it was merged after. So each commit that it ends at is held against parents: one comes
after the adoption where it comes from a commit of the first-parent line above it, since no commit reaches itself.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from bmad.git.process import Git
from bmad.git.read.revisions import unreachable
from bmad.model.bounds import LISTED_BYTES
from bmad.model.commits import Commit

_WHEN = re.compile(rb"> (\d{1,12}) [+-]\d{4}")
_NEAR = 256
"""Commits that are looked through beside a line, before git is asked."""


class Later:
    """The commits after one, as far as they were come upon."""

    def __init__(self, git: Git, since: Commit, commits: Callable[[Sequence[str]], Mapping[str, Commit]]) -> None:
        self.since = since.id
        self._git = git
        self._commits = commits
        self._from = {since.id}
        """It, and those that are known to come after it."""
        told = _WHEN.search(dict(since.headers)[b"committer"])
        self.when = int(told[1]) if told is not None else None
        """Its date, which a walk is not to go beyond."""

    def leads(self, tip: str) -> bool:
        """Whether the first parents of a tip lead to it, by no date before its own; else it may yet reach it."""
        if self.when is None:
            return False
        if tip not in self._from:
            asked = ["rev-list", "--first-parent", f"--max-age={self.when}", tip, "--"]
            line = self._git.run(asked, most=LISTED_BYTES).decode().split()
            if self.since not in line:
                return False
            self._from.update(line[: line.index(self.since)])
        return True

    def parts(self, older: Iterable[str], newer: Iterable[str]) -> bool:
        """Whether it reaches all of the older commits and none of the newer ones; where that is known."""
        unseen = {name for name in newer if not self._comes_after(name)}
        if unseen != unreachable(self._git, sorted(unseen), self.since):
            return False
        left = set(older).difference(self._below(self.since))
        return not unreachable(self._git, sorted(left), self.since)

    def _comes_after(self, name: str) -> bool:
        if name not in self._from and not self._from.isdisjoint(self._below(name, self._from)):
            self._from.add(name)
        return name in self._from

    def _below(self, tip: str, ends: Collection[str] = ()) -> set[str]:
        """What is near below a commit, itself with it; no further down once one of some ends is among it."""
        seen: set[str] = set()
        level = {tip}
        while level and len(seen) < _NEAR:
            seen |= level
            if any(name in ends for name in level):
                break
            parents = (one for commit in self._commits(list(level)).values() for one in commit.parents)
            level = {one for one in parents if one not in seen}
        return seen
