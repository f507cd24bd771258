"""Reverts: a commit whose entries are the exact inverse of a traced commit's inherits its story.

A title grants nothing. What counts is the full id that `git revert` writes into the message, and the blob ids.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.facts import ABSENT, Landed
from bmad.core.gate.parts import Verdict
from bmad.core.paths import Classifier, PathClass
from bmad.core.records.explain import Edge, Way, edge_of, leads
from bmad.core.trailers import parse, stories
from bmad.model.commits import Change, Commit
from bmad.model.gate import CommitKind

_NAMED = re.compile(
    rb"^This reverts commit ([0-9a-f]{40}|[0-9a-f]{64})"
    rb"(?:\.|,\s+reversing\s+changes made to ([0-9a-f]{40}|[0-9a-f]{64})\.)",
    re.MULTILINE,
)
_MOST_IN_A_ROW = 8
_MOST_AT_ONCE = 64
_KEPT = (PathClass.CODE, PathClass.KNOWLEDGE)


class Named(NamedTuple):
    """The commit that a message says it reverts, and for a merge the side that it goes back to."""

    target: str
    mainline: str | None


def named(message: bytes) -> tuple[Named, ...]:
    """What a message names as `git revert` writes it, commit by commit; nothing where it names too many."""
    found = [Named(target.decode(), mainline.decode() or None) for target, mainline in _NAMED.findall(message)]
    return tuple(found) if len(found) <= _MOST_AT_ONCE else ()


class Inherited(NamedTuple):
    """The stories that a revert inherits, and whether it brings back what an earlier revert took away."""

    stories: tuple[str, ...]
    restores: bool


_NOTHING = Inherited((), restores=False)


def inverse(changes: Iterable[Change]) -> frozenset[Change]:
    return frozenset(
        Change(change.path, change.new_mode, change.old_mode, change.new_blob, change.old_blob)
        for change in changes
    )


class Reverts:
    """Knows what the commits of the range and those that they revert did."""

    def __init__(
        self,
        landed: Mapping[str, Landed],
        judged: Mapping[str, Verdict],
        classify: Classifier,
        knows: Callable[[str], bool],
    ) -> None:
        self._landed = landed
        self._judged = judged
        self._classify = classify
        self._knows = knows

    def inherited(self, message: bytes, changes: Iterable[Change]) -> Inherited:
        """What a commit inherits by reverting a traced one; no story where it does not."""
        claims, entries = named(message), self._code(changes)
        if len(claims) == 1:
            return self._of(claims[0].target, entries, _MOST_IN_A_ROW)
        return self._of_all([claim.target for claim in claims], entries)

    def _of_all(self, targets: Sequence[str], entries: frozenset[Change]) -> Inherited:
        """What reverting several commits at once inherits: each path's way back takes all that they did there."""
        back = [inverse(self._done(target)) for target in targets]
        edges: dict[bytes, list[Edge]] = {}
        for change in (change for one in back for change in one):
            edges.setdefault(change.path, []).append(edge_of(change))
        net = {change.path: edge_of(change) for change in entries}
        whole = net.keys() == edges.keys() and all(leads(Way(*net[path]), must) for path, must in edges.items())
        found = [self._of(*one, _MOST_IN_A_ROW) for one in zip(targets, back, strict=True)] if whole else []
        if not found or not all(one.stories for one in found):
            return _NOTHING
        ids = dict.fromkeys(story for one in found for story in one.stories)
        return Inherited(tuple(ids), restores=any(one.restores for one in found))

    def _done(self, target: str) -> frozenset[Change]:
        landed, judged = self._landed.get(target), self._judged.get(target)
        if landed is not None:
            return self._code(landed.changes)
        return self._code(entry.change for entry in judged.entries) if judged is not None else frozenset()

    def _of(self, target: str, entries: frozenset[Change], depth: int) -> Inherited:
        """What reverting the target with these entries inherits."""
        if depth == 0 or not entries:
            return _NOTHING
        if target in self._judged and target not in self._landed:
            return self._of_judged(self._judged[target], entries)
        landed = self._landed.get(target)
        if landed is None or inverse(self._code(landed.changes)) != entries or not self._passed(landed):
            return _NOTHING
        commits = (landed.commit, *landed.brought)
        claimed = [story for commit in commits for story in self._claimed(commit)]
        ids = [story for story in dict.fromkeys([*claimed, *self._added(landed.changes)]) if self._knows(story)]
        claims = [names[0] for commit in commits if len(names := named(commit.message)) == 1]
        if not claims:
            return Inherited(tuple(ids), restores=False)
        then = self._of(claims[0].target, self._code(landed.changes), depth - 1) if len(claims) == 1 else _NOTHING
        plain = not ids and then.restores
        return Inherited(tuple(dict.fromkeys([*ids, *then.stories])), restores=not plain)

    def _claimed(self, commit: Commit) -> tuple[str, ...]:
        judged = self._judged.get(commit.id)
        return judged.report.stories if judged is not None else tuple(stories(parse(commit.message)).ids)

    def _passed(self, landed: Landed) -> bool:
        """Whether those of a merge's commits that the range holds passed."""
        own = [self._judged[one.id] for one in (landed.commit, *landed.brought) if one.id in self._judged]
        return all(verdict.report.verdict == "pass" for verdict in own)

    def _added(self, changes: Iterable[Change]) -> list[str]:
        """The stories whose records changes add; a squash may have lost its trailers."""
        at = [self._classify.of(one) for one in changes if one.old_mode == ABSENT]
        return [one.story for one in at if one.klass is PathClass.RECORD]

    def _of_judged(self, verdict: Verdict, entries: frozenset[Change]) -> Inherited:
        report = verdict.report
        traced = report.verdict == "pass" and report.kind in (CommitKind.STORY, CommitKind.REVERT)
        if not traced or inverse(self._code(entry.change for entry in verdict.entries)) != entries:
            return _NOTHING
        restores = report.kind is CommitKind.REVERT and not verdict.restores
        return Inherited(report.stories, restores)

    def _code(self, changes: Iterable[Change]) -> frozenset[Change]:
        return frozenset(change for change in changes if self._classify.of(change).klass in _KEPT)
