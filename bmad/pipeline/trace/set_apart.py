"""Commits of no requirement by their kind: the adoption's own, reverts, and what a policy lets pass.

What a commit says of itself is not believed: a revert has to be the exact inverse of the commit that it names, and
a tiny change or an exemption has to be of the revision's policy. Else it counts as work that reaches nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.commit_check import inverts, reverted
from bmad.core.gate.exempt import authors_of
from bmad.core.gate.signers import Signers
from bmad.core.hosts import picked
from bmad.core.open_paths import open_fault
from bmad.core.paths import Classified, PathClass
from bmad.core.territory import holds
from bmad.core.tiny import measured, path_fault
from bmad.core.trace import WORK, Claim, tiny_reason
from bmad.errors import CannotAnswerError
from bmad.model.bounds import TINY
from bmad.model.commits import ABSENT, FULL, Change, Commit
from bmad.model.coverage import Apart
from bmad.model.degrees import Trivial
from bmad.model.layout import POLICY
from bmad.model.settings import Settings
from bmad.pipeline.trace.revision import Reading

_ADOPTED = b".gitignore"
"""The one file of no governed name that setting bmad up writes into."""


class Set(NamedTuple):
    """What stands apart, by commit."""

    kinds: Mapping[str, Apart]
    adopting: frozenset[str]
    """The commit that brings the policy; what it writes into `.gitignore` is the adoption's, and nothing else."""
    picks: Mapping[str, str] = MappingProxyType({})
    """By a commit of another branch the one that picked it: to the former a line that came so is followed."""

    def of(self, path: bytes, commit: str) -> Apart | None:
        """Why a line of a file that came with a commit is asked of no requirement."""
        commit = self.picks.get(commit, commit)
        if path == _ADOPTED and commit in self.adopting:
            return "adoption"
        kind = self.kinds.get(commit)
        return None if kind == "adoption" else kind


def set_apart(reading: Reading, claims: Sequence[Claim], changes: Mapping[str, Sequence[Change]]) -> Set:
    """`claims` are the commits since the adoption, and `changes` what they do to their first parents."""
    kinds: dict[str, Apart] = {}
    adopting = _adopting(claims, changes)
    for name in adopting:
        work = [one.path for one in changes[name] if reading.classify.of(one).klass in WORK]
        if work == [_ADOPTED]:
            kinds[name] = "adoption"
    bare = [one for one in claims if not one.stories and len(one.commit.parents) == 1]
    kinds |= dict.fromkeys(_reverts(reading, bare, changes), "revert")
    settings = reading.settings
    if settings is not None:
        named = {one.commit.id for one in bare} & {*settings.gate.grandfathered}
        kinds |= dict.fromkeys(named, "grandfathered")
    lane = settings.gate.trivial if settings is not None else None
    if settings is not None and lane is not None:
        for one in bare:
            if tiny_reason(one.commit) and _is_tiny(reading, changes[one.commit.id], lane, settings.oracle):
                kinds[one.commit.id] = "tiny"
    if settings is not None and settings.gate.exempt:
        claimed = partial(
            holds, tuple(ref.text for one in reading.explainer.graph.stories for ref in one.territory)
        )
        for one in bare:
            if one.commit.id not in kinds and _is_exempt(
                reading, one.commit, changes[one.commit.id], settings, claimed
            ):
                kinds[one.commit.id] = "exempt"
    bare.sort(key=lambda one: one.commit.id not in kinds)
    picks = {made: one.commit.id for one in bare for made in picked(one.commit.message) if made not in changes}
    return Set(kinds, adopting, picks)


def _adopting(claims: Sequence[Claim], changes: Mapping[str, Sequence[Change]]) -> frozenset[str]:
    """The first commit that brings a policy, where tracing began without one."""
    for one in claims:
        for change in changes[one.commit.id]:
            if change.path == POLICY.encode():
                return frozenset([one.commit.id] if change.old_mode == ABSENT else [])
    return frozenset()


def _reverts(reading: Reading, bare: Sequence[Claim], changes: Mapping[str, Sequence[Change]]) -> list[str]:
    """Those of the commits whose code is exactly what another one did, taken back."""
    named = {one.commit.id: found[0] for one in bare if (found := reverted(one.commit.message))}
    named = {name: target for name, target in named.items() if len(target) in FULL}
    before = sorted({target for target in named.values() if target not in changes})
    there = reading.objects.commits([name for name in before if reading.objects.commit(name) is not None])
    known = {**changes, **reading.changes(list(there.values()))}
    return [
        name
        for name, target in named.items()
        if target in known and inverts(changes[name], known[target], reading.classify.of)
    ]


def _is_exempt(
    reading: Reading, commit: Commit, changes: Sequence[Change], settings: Settings, claimed: Callable[[str], bool]
) -> bool:
    """Whether all the code of a commit may change without a story, by an exemption for all or for its authors.

    What one is for by a signature is asked of the gate, not here; nor is it asked on which day a commit came.
    """
    signers = Signers(settings.gate).names if settings.gate.signers else frozenset[str]()
    authors = authors_of(commit)

    def granted(at: Classified, change: Change) -> bool:
        for one in settings.gate.exempt:
            if not holds(one.paths, at.path):
                continue
            if one.by is None and open_fault(one.paths, at, change, settings.oracle, claimed) is None:
                return True
            if one.by is not None and one.by not in signers and all(each.is_(one.by) for each in authors):
                return True
        return False

    work = [(at, one) for one in changes if (at := reading.classify.of(one)).klass in WORK]
    return bool(work) and all(granted(*one) for one in work)


def _is_tiny(reading: Reading, changes: Sequence[Change], lane: Trivial, oracle: tuple[str, ...]) -> bool:
    """Whether a commit is of the lane, by its own limits."""
    classified = [(reading.classify.of(one), one) for one in changes]
    if len(changes) > lane.files or any(at.klass is not PathClass.CODE for at, _ in classified):
        return False
    if any(path_fault(at, one, lane, oracle) for at, one in classified):
        return False
    try:
        blobs = reading.objects.blobs({name for one in changes for name in (one.old_blob, one.new_blob)}, TINY)
    except CannotAnswerError:
        return False
    touched = [measured(blobs[one.old_blob], blobs[one.new_blob], lane.lines) for one in changes]
    return not any(one.fault for one in touched) and sum(one.lines for one in touched) <= lane.lines
