"""Reverts: a commit whose entries are the exact inverse of a traced commit's inherits its story.

A title grants nothing, and a message only hints: what counts is that the blobs lead back. `git revert` names the
commit; where a squash or a host's button does not, the history of the same paths shows it (`core.gate.alike`).
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.gate.alike import claims_nothing, names_nothing
from bmad.core.gate.exempt import Exempt
from bmad.core.gate.facts import Landed
from bmad.core.gate.parts import REGULAR, Verdict
from bmad.core.paths import Classifier, PathClass
from bmad.core.records.explain import Edge, Way, edge_of, leads
from bmad.core.tiny import path_fault
from bmad.core.trailers import parse, stories
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.degrees import Exemption
from bmad.model.gate import CommitKind
from bmad.model.lock import Lock

_ID = rb"([0-9a-f]{7,64})(?: \([^\n]*\))?"
_REVERTS = b"This reverts commit "
_NAMED = re.compile(
    rb"^" + _REVERTS + _ID + rb"(?:\.|,\s+reversing\s+changes\s+made to " + _ID + rb"\.|[ \t\r]*$)",
    re.MULTILINE,
)
_MOST_IN_A_ROW = 8
_MOST_AT_ONCE = 64
_KEPT = (PathClass.CODE, PathClass.KNOWLEDGE)


def named(message: bytes) -> tuple[str, ...]:
    """The commits that a message says it reverts, by full id or an abbreviation; none where it names too many.

    So `git revert` writes it, with `--reference` and without, and GitLab, which leaves out the full stop.
    """
    found = [target.decode() for target, _ in _NAMED.findall(message)] if _REVERTS in message else ()
    return tuple(found) if len(found) <= _MOST_AT_ONCE else ()


def says_nothing(commit: Commit) -> bool:
    """Whether its message names no story, no reason and no commit, as that of a revert by a button may."""
    return claims_nothing(commit) and not named(commit.message)


class Inherited(NamedTuple):
    """The stories that a revert inherits, and whether it brings back what an earlier revert took away."""

    stories: tuple[str, ...]
    restores: bool
    whole: tuple[str, ...] = ()
    """The commits of which it is the inverse in all that they changed, whatever the class of the path."""
    targets: tuple[str, ...] = ()
    """The commits that it takes back, wholly or in their code."""
    free: Mapping[bytes, Exemption | None] = MappingProxyType({})
    """The paths of a whole revert that need no story: what it takes back was exempt, or (None) a tiny change."""
    removes: bool = False
    """Whether it takes work away, so that a revert of it brings that back; one of several commits may do both."""


NOTHING = Inherited((), restores=False)


def inverse(changes: Iterable[Change]) -> frozenset[Change]:
    return frozenset(
        Change(change.path, change.new_mode, change.old_mode, change.new_blob, change.old_blob)
        for change in changes
    )


def _edges(changes: Iterable[Change]) -> dict[bytes, list[Edge]]:
    found: dict[bytes, list[Edge]] = {}
    for change in changes:
        found.setdefault(change.path, []).append(edge_of(change))
    return found


class Found(NamedTuple):
    """What was looked up for the messages and the contents of commits."""

    alike: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """By commit, the earlier ones that it leads back over by its content."""
    full: Mapping[str, str] = MappingProxyType({})
    """The full ids of the abbreviated ones that messages name."""
    own: Collection[str] = ()
    """The commits of the step; of what landed before only the message and the content are known."""
    sees: Callable[[str], bool] = lambda _: True
    """Whether a commit stands where the content of a range is held against it."""


NOTHING_FOUND = Found()


def _joined(granted: Iterable[Mapping[bytes, Exemption | None]]) -> dict[bytes, Exemption | None]:
    """The paths of several together; what a tiny change had a part in is no exemption's."""
    found: dict[bytes, Exemption | None] = {}
    for path, one in (item for own in granted for item in own.items()):
        found[path] = None if one is None else found.get(path, one)
    return found


def _work(verdict: Verdict) -> Iterable[Change]:
    """What a commit that was judged changed beside the specification, which may have stood elsewhere then."""
    return (entry.change for entry in verdict.entries if entry.at.klass is not PathClass.SPEC)


def _is_quiet(verdict: Verdict) -> bool:
    """Whether it is a merge as git computes it: it may say that it is of no story, as what it brought is."""
    return verdict.report.kind is CommitKind.MERGE and verdict.report.verdict == "pass"


def _makers(landed: Landed) -> list[tuple[Commit, tuple[Change, ...]]]:
    """Who had a part in a commit, and what each did: of a merge what it brought, and itself where it says why.

    Whoever updates a branch in silence has none.
    """
    own = (landed.commit, landed.changes)
    if not landed.did:
        return [own]
    return [one for one in (*landed.did, own) if len(one[0].parents) == 1 or not names_nothing(one[0])]


class Reverts:
    """Knows what the commits of the range and those that they revert did."""

    def __init__(
        self,
        landed: Mapping[str, Landed],
        judged: Mapping[str, Verdict],
        classify: Classifier,
        knows: Callable[[str], bool],
        exempt: Exempt,
        found: Found = NOTHING_FOUND,
    ) -> None:
        self._found = found
        self._exempt = exempt
        self._landed = landed
        self._judged = judged
        self._classify = classify
        self._knows = knows
        self._lent: dict[tuple[str, frozenset[bytes], int], Inherited] = {}
        """What taking a commit of the base back inherits; many may take back the same ones."""

    def inherited(self, commit: Commit, changes: Sequence[Change]) -> Inherited:
        """What a commit inherits by reverting traced ones, as its message names them or its content shows.

        Nothing where it does neither; no story, but `whole`, where what it takes back needed none.
        """
        shown = self._found.alike.get(commit.id, ())
        shown = shown if shown and claims_nothing(commit) else ()
        ways = dict.fromkeys(filter(None, (self.named(commit), shown)))
        if not ways:
            return NOTHING
        found = [self._by(targets, changes) for targets in ways]
        whole = (one for one in found if one.whole)
        return next(whole, next((one for one in found if one.stories), NOTHING))

    def named(self, commit: Commit) -> tuple[str, ...]:
        """What its message names, by full id where there is one."""
        return tuple(self._found.full.get(target, target) for target in named(commit.message))

    def _shown(self, landed: Commit) -> tuple[str, ...]:
        """What the content of a commit of the base shows it to take back, where its message says nothing else."""
        shown = self._found.alike.get(landed.id, ()) if names_nothing(landed) else ()
        return shown if shown and self._found.sees(landed.id) else ()

    def _by(self, targets: Sequence[str], changes: Sequence[Change]) -> Inherited:
        entries = self._code(changes)
        found = self._inherits(targets, entries)._replace(targets=tuple(targets))
        if not self._is_whole(targets, changes):
            return found
        free = self._free(targets) if entries else {}
        owed = frozenset(one for one in entries if one.path not in free)
        if owed and free:
            lent = self._inherits(targets, owed, free)
            found = lent._replace(targets=tuple(targets), free=free) if lent.stories else found
        elif free:
            found = found._replace(free=free)
        if owed and not found.stories:
            return NOTHING
        return found._replace(whole=tuple(targets))

    def _inherits(
        self,
        targets: Sequence[str],
        entries: frozenset[Change],
        free: Collection[bytes] = (),
        depth: int = _MOST_IN_A_ROW,
    ) -> Inherited:
        if len(targets) == 1:
            return self._of(targets[0], entries, depth, free)
        return self._of_all(targets, entries, free, depth)

    def _free(self, targets: Iterable[str], depth: int = _MOST_IN_A_ROW) -> dict[bytes, Exemption | None]:
        """The paths of commits that needed no story in any of them."""
        if not self._exempt.base and self._exempt.lane is None:
            return {}
        granted = [(target, self._granted(target, depth)) for target in targets]
        bound = {one.path for target, own in granted for one in self._every(target) if one.path not in own}
        return {path: one for path, one in _joined(own for _, own in granted).items() if path not in bound}

    def _granted(self, target: str, depth: int) -> Mapping[bytes, Exemption | None]:
        """The paths of a commit at which all who had a part in it needed no story, by an exemption or the lane.

        The base of the revert is asked, not that of the landing: what was withdrawn since is granted no more. A
        revert has what the commits that it takes back have.
        """
        landed, judged = self._landed.get(target), self._judged.get(target)
        if landed is None or depth == 0:
            tiny = judged.entries if judged is not None and judged.tiny is not None else ()
            return {entry.change.path: None for entry in tiny} | dict(judged.exempt if judged is not None else {})
        found: dict[bytes, Exemption | None] = {}
        bound: set[bytes] = set()
        for commit, changes in _makers(landed):
            own = self._granted_to(commit, changes) | self._given_back(commit, changes, depth)
            bound |= {one.path for one in changes if one.path not in own}
            found = _joined((found, own))
        lands = {one.path for one in landed.changes} - bound
        own = {path: one for path, one in found.items() if path in lands}
        return own | self._given_back(landed.commit, landed.changes, depth)

    def _granted_to(self, commit: Commit, changes: Sequence[Change]) -> dict[bytes, Exemption | None]:
        """The paths that an exemption grants to who wrote a commit, and those of a tiny change."""
        exempt = self._exempt.by(commit)
        code = (one for one in self._code(changes) if {one.old_mode, one.new_mode} <= REGULAR)
        granted = ((one.path, exempt.grants(self._classify.of(one), one)) for one in code)
        found: dict[bytes, Exemption | None] = {path: one for path, one in granted if one is not None}
        lane, oracle = self._exempt.lane, self._exempt.oracle
        judged = self._judged.get(commit.id) if commit.id in self._found.own else None
        refused = judged is not None and judged.tiny is None and not _is_quiet(judged)
        if lane is None or refused or not stories(parse(commit.message)).none:
            return found
        tiny = (one for one in changes if path_fault(self._classify.of(one), one, lane, oracle) is None)
        return {one.path: None for one in tiny} | found

    def _given_back(self, commit: Commit, changes: Iterable[Change], depth: int) -> dict[bytes, Exemption | None]:
        """The paths where a commit takes back what an exemption granted."""
        names = self.named(commit) or self._shown(commit)
        before = self._free(names, depth - 1)
        if not before:
            return {}
        back = _edges(change for name in names for change in inverse(self._every(name)))
        code = (one for one in self._code(changes) if one.path in before)
        return {one.path: before[one.path] for one in code if leads(Way(*edge_of(one)), back[one.path])}

    def locks(self, target: str) -> tuple[Lock, Lock] | None:
        """The lock before and after a commit outside of the range."""
        landed = self._landed.get(target)
        if landed is None or landed.locks is None:
            return None
        before, after = landed.locks
        return before(), after()

    def _is_whole(self, targets: Sequence[str], changes: Sequence[Change]) -> bool:
        """Whether changes undo all that commits did, to the byte.

        The lock counts where they changed nothing else, as one does that confirms or reopens; else others may have
        added lines to it. Records may stay: then the story remains closed.
        """
        edges = _edges(change for target in targets for change in inverse(self._every(target)))
        is_lock = self._classify.layout.is_lock
        alone = all(map(is_lock, edges))
        net = {change.path: edge_of(change) for change in changes if alone or not is_lock(change.path)}
        left = [path for path in edges if path not in net and (alone or not is_lock(path))]
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

    def _of_all(
        self, targets: Sequence[str], entries: frozenset[Change], free: Collection[bytes], depth: int
    ) -> Inherited:
        """What reverting several commits at once inherits: each path's way back takes all that they did there.

        What one of them did at a path and another took back asks for nothing.
        """
        back = [inverse(self._done(target, free)) for target in targets]
        edges = _edges(change for one in back for change in one)
        net = {change.path: edge_of(change) for change in entries}
        ways = (
            {Way(*net[path])} if path in net else {Way(one.old, one.old) for one in must}
            for path, must in edges.items()
        )
        led = all(any(leads(way, must) for way in each) for each, must in zip(ways, edges.values(), strict=True))
        whole = bool(net) and net.keys() <= edges.keys() and led
        coded = [one for one in zip(targets, back, strict=True) if one[1]]
        found = [self._of(*one, depth, free) for one in coded] if whole else []
        if not found or not all(one.stories for one in found):
            return NOTHING
        ids = dict.fromkeys(story for one in found for story in one.stories)
        restores, removes = any(one.restores for one in found), any(one.removes for one in found)
        return Inherited(tuple(ids), restores, removes=removes)

    def _done(self, target: str, free: Collection[bytes]) -> frozenset[Change]:
        """The code that a commit changed; an intent that it moved away was none, and is lent to nobody."""
        landed = self._landed.get(target)
        return self._code(self._every(target), {*free, *(landed.intents if landed is not None else ())})

    def _of(self, target: str, entries: frozenset[Change], depth: int, free: Collection[bytes]) -> Inherited:
        """What reverting the target with these entries inherits; `free` paths ask for no story."""
        if depth == 0 or not entries:
            return NOTHING
        if target in self._judged and target not in self._landed:
            return self._of_judged(self._judged[target], entries, free)
        landed = self._landed.get(target)
        if landed is None or inverse(self._done(target, free)) != entries or not self._passed(landed):
            return NOTHING
        key = target, frozenset(free), depth
        known = self._lent.get(key)
        if known is None:
            known = self._lent[key] = self._of_landed(landed, depth, free)
        return known

    def _of_landed(self, landed: Landed, depth: int, free: Collection[bytes]) -> Inherited:
        """What taking back all of the code of a commit of the base inherits."""
        commits = (landed.commit, *landed.brought)
        claimed = [story for commit in commits for story in self._claimed(commit)]
        ids = [story for story in dict.fromkeys([*claimed, *self._added(landed.changes)]) if self._knows(story)]
        named = dict.fromkeys(name for commit in commits for name in self.named(commit))
        ways = [tuple(named)] if named else []
        if not ids and (shown := self._shown(landed.commit)) and shown not in ways:
            ways.append(shown)
        if not ways:
            return Inherited(tuple(ids), restores=self._took_back(landed), removes=True)
        own = self._code(landed.changes, free)
        found = (self._inherits(way, own, free, depth - 1) for way in ways)
        then = next((one for one in found if one.stories), NOTHING)
        if ids or not then.stories:
            return Inherited(tuple(dict.fromkeys([*ids, *then.stories])), restores=True, removes=True)
        return Inherited(then.stories, restores=then.removes, removes=then.restores)

    def _took_back(self, landed: Landed) -> bool:
        """Whether a merge brought code of a commit that says nothing of it, as one does that takes work back."""
        at = {one.path for one in self._code(landed.changes)}
        for commit, changes in (own for own in landed.did if says_nothing(own[0])):
            exempt = self._exempt.by(commit)
            code = ((self._classify.of(one), one) for one in self._code(changes) if one.path in at)
            if not self._added(changes) and any(exempt.grants(*one) is None for one in code):
                return True
        return False

    def _claimed(self, commit: Commit) -> tuple[str, ...]:
        """The stories of a commit's own work; a revert has none but those that it names."""
        judged = self._judged.get(commit.id) if commit.id in self._found.own else None
        if judged is not None and judged.report.kind is not CommitKind.REVERT:
            return judged.report.stories
        return tuple(stories(parse(commit.message)).ids)

    def _passed(self, landed: Landed) -> bool:
        """Whether those of a merge's commits that the range holds passed."""
        own = [self._judged[one.id] for one in (landed.commit, *landed.brought) if one.id in self._judged]
        return all(verdict.report.verdict == "pass" for verdict in own)

    def _added(self, changes: Iterable[Change]) -> list[str]:
        """The stories whose records changes add; a squash may have lost its trailers."""
        at = [self._classify.of(one) for one in changes if one.old_mode == ABSENT]
        return [one.story for one in at if one.klass is PathClass.RECORD]

    def _of_judged(self, verdict: Verdict, entries: frozenset[Change], free: Collection[bytes]) -> Inherited:
        report = verdict.report
        traced = report.verdict == "pass" and report.kind in (CommitKind.STORY, CommitKind.REVERT)
        if not traced or inverse(self._code(_work(verdict), free)) != entries:
            return NOTHING
        if report.kind is CommitKind.STORY:
            return Inherited(report.stories, restores=False, removes=True)
        return Inherited(report.stories, restores=verdict.removes, removes=verdict.restores)

    def _code(self, changes: Iterable[Change], free: Collection[bytes] = ()) -> frozenset[Change]:
        kept = (change for change in changes if self._classify.of(change).klass in _KEPT)
        return frozenset(change for change in kept if change.path not in free)
