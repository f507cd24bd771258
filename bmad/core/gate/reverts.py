"""Reverts: a commit whose entries are the exact inverse of a traced commit's inherits its story.

A title grants nothing, and a message only hints: what counts is that the blobs lead back. `git revert` names the
commit; where a squash or a host's button does not, the history of the same paths shows it (`core.gate.alike`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.gate.facts import ABSENT, Landed
from bmad.core.gate.parts import Verdict
from bmad.core.paths import Classifier, PathClass
from bmad.core.records.explain import Edge, Way, edge_of, leads
from bmad.core.trailers import parse, stories
from bmad.model.commits import Change, Commit
from bmad.model.gate import CommitKind
from bmad.model.layout import LOCK
from bmad.model.lock import Lock

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
    whole: tuple[str, ...] = ()
    """The commits of which it is the inverse in all that they changed, whatever the class of the path."""
    targets: tuple[str, ...] = ()
    """The commits that it takes back, wholly or in their code."""


NOTHING = Inherited((), restores=False)


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
        alike: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self._alike = alike
        self._landed = landed
        self._judged = judged
        self._classify = classify
        self._knows = knows

    def inherited(self, commit: Commit, changes: Sequence[Change]) -> Inherited:
        """What a commit inherits by reverting traced ones, as its message names them or its content shows.

        Nothing where it does neither; no story, but `whole`, where what it takes back needed none.
        """
        named_ones = tuple(claim.target for claim in named(commit.message))
        ways = dict.fromkeys(filter(None, (named_ones, self._alike.get(commit.id, ()))))
        found = [self._by(targets, changes) for targets in ways]
        whole = (one for one in found if one.whole)
        return next(whole, next((one for one in found if one.stories), NOTHING))

    def _by(self, targets: Sequence[str], changes: Sequence[Change]) -> Inherited:
        entries = self._code(changes)
        found = (
            self._of(targets[0], entries, _MOST_IN_A_ROW) if len(targets) == 1 else self._of_all(targets, entries)
        )
        found = found._replace(targets=tuple(targets))
        if (entries and not found.stories) or not self._is_whole(targets, changes):
            return found
        return found._replace(whole=tuple(targets))

    def locks(self, target: str) -> tuple[Lock, Lock] | None:
        """The lock before and after a commit outside of the range."""
        landed = self._landed.get(target)
        if landed is None or landed.locks is None:
            return None
        before, after = landed.locks
        return before(), after()

    def _is_whole(self, targets: Sequence[str], changes: Sequence[Change]) -> bool:
        """Whether changes undo all that commits did, to the byte; the lock apart, whose lines others add to.

        Records may stay: then the story remains closed.
        """
        edges: dict[bytes, list[Edge]] = {}
        for change in (change for target in targets for change in inverse(self._every(target))):
            edges.setdefault(change.path, []).append(edge_of(change))
        net = {change.path: edge_of(change) for change in changes if change.path != LOCK.encode()}
        left = [path for path in edges if path not in net and path != LOCK.encode()]
        stays = all(
            self._classify(path).klass is PathClass.RECORD
            or any(leads(Way(edge.old, edge.old), edges[path]) for edge in edges[path])
            for path in left
        )
        undone = all(path in edges and leads(Way(*edge), edges[path]) for path, edge in net.items())
        return bool(net) and stays and undone and all(map(self._stood, targets))

    def _every(self, target: str) -> Sequence[Change]:
        """All that a commit did, whatever the class of the path."""
        landed, judged = self._landed.get(target), self._judged.get(target)
        if landed is not None:
            return landed.changes
        return [entry.change for entry in judged.entries] if judged is not None else ()

    def _stood(self, target: str) -> bool:
        """Whether a commit lies in the base's history, or passed in the range."""
        landed, judged = self._landed.get(target), self._judged.get(target)
        if landed is not None:
            return self._passed(landed)
        return judged is not None and judged.report.verdict == "pass"

    def _of_all(self, targets: Sequence[str], entries: frozenset[Change]) -> Inherited:
        """What reverting several commits at once inherits: each path's way back takes all that they did there."""
        back = [inverse(self._done(target)) for target in targets]
        edges: dict[bytes, list[Edge]] = {}
        for change in (change for one in back for change in one):
            edges.setdefault(change.path, []).append(edge_of(change))
        net = {change.path: edge_of(change) for change in entries}
        whole = net.keys() == edges.keys() and all(leads(Way(*net[path]), must) for path, must in edges.items())
        coded = [one for one in zip(targets, back, strict=True) if one[1]]
        found = [self._of(*one, _MOST_IN_A_ROW) for one in coded] if whole else []
        if not found or not all(one.stories for one in found):
            return NOTHING
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
            return NOTHING
        if target in self._judged and target not in self._landed:
            return self._of_judged(self._judged[target], entries)
        landed = self._landed.get(target)
        if landed is None or inverse(self._code(landed.changes)) != entries or not self._passed(landed):
            return NOTHING
        commits = (landed.commit, *landed.brought)
        claimed = [story for commit in commits for story in self._claimed(commit)]
        ids = [story for story in dict.fromkeys([*claimed, *self._added(landed.changes)]) if self._knows(story)]
        claims = [names[0].target for commit in commits if len(names := named(commit.message)) == 1]
        claims = claims or list(self._alike.get(target, ()) if not ids else ())
        if not claims:
            return Inherited(tuple(ids), restores=False)
        then = self._of(claims[0], self._code(landed.changes), depth - 1) if len(claims) == 1 else NOTHING
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
            return NOTHING
        restores = report.kind is CommitKind.REVERT and not verdict.restores
        return Inherited(report.stories, restores)

    def _code(self, changes: Iterable[Change]) -> frozenset[Change]:
        return frozenset(change for change in changes if self._classify.of(change).klass in _KEPT)
