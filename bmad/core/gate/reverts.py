"""Reverts: a commit whose entries are the exact inverse of a traced commit's inherits its story.

A title grants nothing. What counts is the full id that `git revert` writes into the message, and the blob ids.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from bmad.core.gate.facts import Landed
from bmad.core.gate.parts import Verdict
from bmad.core.trailers import parse, stories
from bmad.model.commits import Change
from bmad.model.gate import CommitKind

_NAMED = re.compile(
    rb"^This reverts commit ([0-9a-f]{40}|[0-9a-f]{64})"
    rb"(?:\.|,\s+reversing\s+changes made to ([0-9a-f]{40}|[0-9a-f]{64})\.)",
    re.MULTILINE,
)
_MOST_IN_A_ROW = 8


class Named(NamedTuple):
    """The commit that a message says it reverts, and for a merge the side that it goes back to."""

    target: str
    mainline: str | None


def named(message: bytes) -> Named | None:
    """What a message as `git revert` writes it names; None where it names nothing or several things."""
    found = _NAMED.findall(message)
    if len(found) != 1:
        return None
    target, mainline = found[0]
    return Named(target.decode(), mainline.decode() or None)


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
        is_code: Callable[[bytes], bool],
        knows: Callable[[str], bool],
    ) -> None:
        self._landed = landed
        self._judged = judged
        self._is_code = is_code
        self._knows = knows

    def inherited(self, message: bytes, changes: Iterable[Change]) -> Inherited:
        """What a commit inherits by reverting a traced one; no story where it does not."""
        claim = named(message)
        return _NOTHING if claim is None else self._of(claim.target, self._code(changes), _MOST_IN_A_ROW)

    def _of(self, target: str, entries: frozenset[Change], depth: int) -> Inherited:
        """What reverting the target with these entries inherits."""
        if depth == 0 or not entries:
            return _NOTHING
        if target in self._judged:
            return self._of_judged(self._judged[target], entries)
        landed = self._landed.get(target)
        if landed is None or inverse(self._code(landed.changes)) != entries:
            return _NOTHING
        commits = (landed.commit, *landed.brought)
        ids = [story for commit in commits for story in stories(parse(commit.message)).ids if self._knows(story)]
        claims = [claim for commit in commits if (claim := named(commit.message)) is not None]
        if not claims:
            return Inherited(tuple(dict.fromkeys(ids)), restores=False)
        then = self._of(claims[0].target, self._code(landed.changes), depth - 1) if len(claims) == 1 else _NOTHING
        plain = not ids and then.restores
        return Inherited(tuple(dict.fromkeys([*ids, *then.stories])), restores=not plain)

    def _of_judged(self, verdict: Verdict, entries: frozenset[Change]) -> Inherited:
        report = verdict.report
        traced = report.verdict == "pass" and report.kind in (CommitKind.STORY, CommitKind.REVERT)
        if not traced or inverse(self._code(entry.change for entry in verdict.entries)) != entries:
            return _NOTHING
        return Inherited(report.stories, restores=report.kind is CommitKind.REVERT and not verdict.restores)

    def _code(self, changes: Iterable[Change]) -> frozenset[Change]:
        return frozenset(change for change in changes if self._is_code(change.path))
