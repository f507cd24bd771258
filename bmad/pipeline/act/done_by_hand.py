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
            self._look(commit, since, classify)
            gone = self._taken_back(commit, since, classify, landed) if self._reverts else frozenset[str]()
            self._stand, self._at = self._worked - gone, commit
        return self._stand

    def _look(self, commit: str, since: str | None, classify: Classifier) -> None:
        commits = self._objects.walk(commit, self._at or since)
        if self._at and not any(self._at in one.parents for one in commits):  # another history than the last one
            self._worked, self._reverts = frozenset(), False
            commits = self._objects.walk(commit, since)
        own = _by_people(commits)
        self._worked |= by_story(worked(self._objects, claims(own), classify)).keys()
        self._reverts = self._reverts or any(reverted(one.message) is not None for one in own)

    def _taken_back(
        self, commit: str, since: str | None, classify: Classifier, landed: Collection[str]
    ) -> frozenset[str]:
        found = claims(_by_people(self._objects.walk(commit, since)))
        tree = self._objects.commits([commit])[commit].tree
        gone = reverted_work(self._objects, tree, classify, found, landed)
        return frozenset(story for story, one in gone.items() if one.is_all)


def _by_people(commits: Iterable[Commit]) -> list[Commit]:
    """Without the commits of bmad act, which bear a `Step:`."""
    return [commit for commit in commits if not parse(commit.message).values("step")]
