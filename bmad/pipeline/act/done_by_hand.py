"""The stories that people did: their commits name them, and reverts have not taken back all of that."""

from collections.abc import Collection, Iterable

from bmad.core.commit_check import reverted
from bmad.core.paths import Classifier
from bmad.core.trace import by_story, claims
from bmad.core.trailers import parse
from bmad.model.commits import Commit
from bmad.pipeline.status.reverted_work import reverted_work
from bmad.pipeline.trace.code_commits import worked
from bmad.ports.history import Objects


class DoneByHand:
    """Of a branch that moves on: of the commits only those that came since are looked at again."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._at = ""
        self._worked: frozenset[str] = frozenset()
        self._reverts = False
        """Whether any commit says that it is a revert."""
        self._stand: frozenset[str] = frozenset()

    def at(self, commit: str, since: str | None, classify: Classifier, landed: Collection[str]) -> frozenset[str]:
        """The stories that stand so at a commit, by the commits since another; `landed` have a record."""
        if self._at != commit:
            whole = self._look(commit, since, classify)
            gone = frozenset[str]()
            if self._reverts:
                commits = self._objects.walk(commit, since) if whole is None else whole
                gone = self._taken_back(commit, commits, classify, landed)
            self._stand, self._at = self._worked - gone, commit
        return self._stand

    def _look(self, commit: str, since: str | None, classify: Classifier) -> list[Commit] | None:
        """Look at what is new: the commits of the whole range, where all of them are."""
        commits, later = self._objects.walk(commit, self._at or since), bool(self._at)
        if later and not any(self._at in one.parents for one in commits):  # another history than the last one
            self._worked, self._reverts, later = frozenset(), False, False
            commits = self._objects.walk(commit, since)
        own = _by_people(commits)
        self._worked |= by_story(worked(self._objects, claims(own), classify)).keys()
        self._reverts = self._reverts or any(reverted(one.message) is not None for one in own)
        return None if later else commits

    def _taken_back(
        self, commit: str, commits: Iterable[Commit], classify: Classifier, landed: Collection[str]
    ) -> frozenset[str]:
        found = claims(_by_people(commits))
        tree = self._objects.commits([commit])[commit].tree
        gone = reverted_work(self._objects, tree, classify, found, landed)
        return frozenset(story for story, one in gone.items() if one.is_all)


def _by_people(commits: Iterable[Commit]) -> list[Commit]:
    """Without the commits of bmad act, which bear a `Step:`."""
    return [commit for commit in commits if not parse(commit.message).values("step")]
