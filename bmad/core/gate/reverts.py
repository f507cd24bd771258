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

    def inherited(self, message: bytes, changes: Iterable[Change]) -> tuple[str, ...]:
        """The stories that a commit inherits by reverting a traced one; empty where it does not."""
        claim = named(message)
        return () if claim is None else self._stories(claim.target, self._code(changes), _MOST_IN_A_ROW)

    def _stories(self, target: str, entries: frozenset[Change], depth: int) -> tuple[str, ...]:
        if depth == 0 or not entries:
            return ()
        if target in self._judged:
            report, entries_then = self._judged[target].report, self._judged[target].entries
            changes = tuple(entry.change for entry in entries_then)
            traced = report.verdict == "pass" and report.kind in (CommitKind.STORY, CommitKind.REVERT)
            return report.stories if traced and inverse(self._code(changes)) == entries else ()
        landed = self._landed.get(target)
        if landed is None or inverse(self._code(landed.changes)) != entries:
            return ()
        for commit in filter(None, (landed.commit, landed.tip)):
            ids = stories(parse(commit.message)).ids
            if ids and all(self._knows(story) for story in ids):
                return ids
        claim = named(landed.commit.message)
        if claim is None:
            return ()
        return self._stories(claim.target, self._code(landed.changes), depth - 1)

    def _code(self, changes: Iterable[Change]) -> frozenset[Change]:
        return frozenset(change for change in changes if self._is_code(change.path))
