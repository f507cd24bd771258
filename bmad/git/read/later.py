"""Which commits come after one, an adoption say, seen without a walk through all that came since.

git asked for what a tip reaches and another commit does not has to read every commit in between. A line's history
leads past few of them, so it is followed by dates alone, which misleads where a clock was wrong or a branch is
older than the adoption that it was merged after. So each commit that it ends at is held against parents: one comes
after the adoption where it comes from one that is known to, since no commit reaches itself.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from bmad.git.process import Git
from bmad.git.read.revisions import unreachable
from bmad.model.bounds import LISTED_BYTES
from bmad.model.commits import Commit

_WHEN = re.compile(rb"> (\d{1,12}) [+-]\d{4}")
_NEAR = 256
"""Commits that are looked through beside a line, before git is asked."""
_AT_FIRST = 256
"""First parents of the end of a line to which an adoption beside it may lead; then eight times as many."""


class Later:
    """The commits after one, as far as they were come upon."""

    def __init__(self, git: Git, since: Commit, commits: Callable[[Sequence[str]], Mapping[str, Commit]]) -> None:
        self.since = since.id
        self._git = git
        self._commits = commits
        self._from = {since.id}
        """It, and those that are known to come after it."""
        self._listed: set[str] = set()
        """Those of which it would be known."""
        told = _WHEN.search(dict(since.headers)[b"committer"])
        self.when = int(told[1]) if told is not None else None
        """Its date, which a walk is not to go beyond."""

    def leads(self, tip: str) -> bool:
        """Whether a tip is seen to come after it, by no date before its own; else it may yet do so."""
        if self.when is None:
            return False
        if tip not in self._listed and not (len(self._from) > 1 and self._comes_after(tip)):
            line = [names[0] for names in self._walked(tip, "--first-parent")]
            self._from.update(line[: line.index(self.since)] if self.since in line else self._beside(line))
        return tip in self._from

    def _beside(self, line: Sequence[str]) -> list[str]:
        """What comes after it of a first-parent line that it is not on, and of what leads there.

        A branch is merged soon, as a rule, so the end of the line is looked at first: what comes after a commit
        that does comes after it, too.
        """
        found: Collection[str] = ()
        at, near = len(line), _AT_FIRST
        while at > 0:
            at, near = max(0, len(line) - near), near * 8
            found = self._among(line[at])
            if line[at] in found:
                return [*found, *line[:at]]
        return [*found]

    def _among(self, tip: str) -> Collection[str]:
        """What comes after it of all that a tip reaches by no date before its own."""
        children: dict[str, list[str]] = {}
        for name, *parents in self._walked(tip, "--parents"):
            self._listed.add(name)
            for parent in parents:
                children.setdefault(parent, []).append(name)
        queue = [self.since]
        for name in queue:
            queue += children.pop(name, ())
        return frozenset(queue)

    def _walked(self, tip: str, how: str) -> list[list[str]]:
        told = self._git.run(["rev-list", how, f"--max-age={self.when}", tip, "--"], most=LISTED_BYTES)
        return [line.split(" ") for line in told.decode().splitlines()]

    def older(self, bounds: Collection[str], others: Collection[str]) -> set[str] | None:
        """Those of some commits that it reaches; None where it does not reach all that a walk by date ended at."""
        near = self._below(self.since)
        if unreachable(self._git, sorted(set(bounds) - near), self.since):
            return None
        unseen = {name for name in others if name not in near and not self._comes_after(name)}
        return {*bounds, *near.intersection(others), *unseen - unreachable(self._git, sorted(unseen), self.since)}

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
