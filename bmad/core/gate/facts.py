"""What was read of a range, as plain values: the whole input of the judgement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.gate.people import NOBODY, People
from bmad.core.gate.state import EMPTY, State
from bmad.core.records.explain import Edge, Join, Way, edges, join_for
from bmad.core.records.numbers import NONE, Landings
from bmad.core.tiny import Touch
from bmad.core.unions import NONE as NO_UNIONS
from bmad.core.unions import Unions, is_joined
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.history import Conflict, Listed
from bmad.model.lock import Lock
from bmad.model.settings import Level
from bmad.model.spec import Document
from bmad.model.values import value

if TYPE_CHECKING:
    from bmad.model.record import Record


class CommitFacts(NamedTuple):
    """A commit and its own work: against its parent, or for a merge against the computed merge."""

    commit: Commit
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...] = ()
    """What git could not merge of a merge; these paths count as its own work."""
    authored: tuple[Document, ...] = ()
    """Versions of spec documents that no parent has."""
    faults: tuple[tuple[str, str], ...] = ()
    """Spec files that do not parse in this commit: path and reason."""
    state: State | None = None
    """The specification in this commit, where it is not that of its first parent and somebody needs it."""
    links: Mapping[bytes, bytes] = MappingProxyType({})
    """The symlinks that it puts in the place of governed files, and where in its tree each leads."""
    touched: Mapping[bytes, Touch] = MappingProxyType({})
    """Of a commit that says it is of no story, what it does to the lines of its files."""

    @property
    def id(self) -> str:
        return self.commit.id

    @property
    def conflicted(self) -> frozenset[bytes]:
        return frozenset(one.path for one in self.conflicts)


class Landed(NamedTuple):
    """A commit outside the range that a revert names, with its changes against the parent it is read by."""

    commit: Commit
    changes: tuple[Change, ...]
    brought: tuple[Commit, ...] = ()
    """The commits that it merged, where it is a merge; parents first, so the merged tip comes last."""
    locks: tuple[Callable[[], Lock], Callable[[], Lock]] | None = None
    """How to come by the lock before and after it, where it changes the lock."""
    did: tuple[tuple[Commit, tuple[Change, ...]], ...] = ()
    """The commits that it merged, each with its changes against its first parent."""
    intents: frozenset[bytes] = frozenset()
    """The intents that it moved away: no story's work, whatever the paths are now."""


class RecordFile(NamedTuple):
    """A record that the range adds, as it was read."""

    path: str
    story: str
    number: int
    """The landing that its name says; 0 where the name spells it otherwise than bmad does."""
    record: Record | None
    fault: str = ""
    """Why it cannot be read."""
    at_hand: bool = False
    """Whether base and head are, so that it can be carried."""
    mismatch: str = ""
    """What is wrong with its base, head and change, as far as they are at hand."""
    read_again: bool = False
    """Whether all that it says was shown could be computed again."""


class Added(NamedTuple):
    """The records that a range adds, and how often the stories that it is about have landed before."""

    files: tuple[RecordFile, ...]
    landings: Mapping[str, Landings]
    """By story, in the base's tree and history."""
    removed: tuple[RecordFile, ...] = ()
    """Those of the base that the result has no more."""
    earlier: Mapping[str, tuple[Record, ...]] = MappingProxyType({})
    """By story the records that ever stood in the base's history."""
    target: str | None = None
    """The full ref that the base was named by."""

    def of(self, story: str) -> Landings:
        return self.landings.get(story, NONE)

    @property
    def counted(self) -> tuple[RecordFile, ...]:
        """The records that speak of their own story and landing."""
        return tuple(
            one
            for one in self.files
            if one.record is not None and (one.record.story, one.record.landing) == (one.story, one.number)
        )


@value(frozen=True)
class Recorded:
    """What records say of a range, read only where the level asks for it."""

    added: Added
    before: Mapping[bytes, Listed]
    """What the base holds at the paths of the records; missing where it holds nothing."""
    after: Mapping[bytes, Listed]
    standing: tuple[Record, ...] = ()
    """Records of the base that a revert may take back."""
    joins: Mapping[Join, Listed | None] = field(default_factory=dict)
    """The computed merges that were asked for; None is a conflict."""
    people: People = NOBODY
    """By the base's `.mailmap`."""
    unions: Unions = NO_UNIONS
    """The names of the files that the base has joined line by line."""

    @property
    def files(self) -> tuple[RecordFile, ...]:
        return self.added.files

    @cached_property
    def counted(self) -> tuple[RecordFile, ...]:
        return self.added.counted

    @cached_property
    def edges(self) -> Mapping[bytes, Sequence[Edge]]:
        return edges(one.record for one in self.counted if one.record is not None)

    @cached_property
    def about(self) -> Mapping[bytes, Sequence[RecordFile]]:
        """The records that speak of each path."""
        found: dict[bytes, list[RecordFile]] = {}
        for one in self.counted:
            for entry in one.record.change if one.record is not None else ():
                found.setdefault(entry.raw, []).append(one)
        return found

    def way(self, path: bytes) -> Way:
        """From what the base holds at a path to what the result holds there."""
        return Way(self.before.get(path, self._absent), self.after.get(path, self._absent))

    def joins_of(self, path: bytes, must: Sequence[Edge]) -> tuple[Join, ...]:
        """The merges of the file at a path that may give the result, where edges do not lead there.

        Where lines are joined, it matters on which side somebody merged.
        """
        by_lines = is_joined(self.unions, path)
        join = join_for(self.way(path), must, by_lines=by_lines)
        if join is None:
            return ()
        return (join, join._replace(ours=join.theirs, theirs=join.ours)) if by_lines else (join,)

    @cached_property
    def _absent(self) -> Listed:
        """What stands where nothing is, with an id as long as the others."""
        digits = next((len(value.id) for one in (self.before, self.after) for value in one.values()), 40)
        return Listed(ABSENT, "0" * digits)


class Attested(NamedTuple):
    """Who signed what, of those whom the base's policy names: by commit, and by the path of a record."""

    commits: Mapping[str, str] = MappingProxyType({})
    records: Mapping[str, str] = MappingProxyType({})
    landed: Mapping[str, str] = MappingProxyType({})
    """Of what reverts take back, where the base exempts what somebody signs."""


UNATTESTED = Attested()


class Standing(NamedTuple):
    """What the base's baseline is about, as history has it."""

    known: bool = True
    """Whether the base's history holds its commit."""
    paths: tuple[bytes, ...] = ()
    """Untraced there, changed by no commit since that names a story, and standing in the result."""
    next_known: bool = True
    """Whether the result's history holds the commit of the result's own baseline."""


class Step(NamedTuple):
    """A range to judge: from `base` (the policy's side) to `head`, merged into `merge`."""

    base: str | None
    head: str
    merge: str
    before: State
    after: State
    commits: tuple[CommitFacts, ...]
    net: tuple[Change, ...]
    conflicts: tuple[bytes, ...] = ()
    whole: bool = True
    """Whether the specification of the result is validated as a whole."""
    absent: frozenset[bytes] = frozenset()
    """Paths of the base that some commit lacks from which the range starts."""
    straight: bool = True
    """Whether the range starts from one commit alone."""
    added: Added | None = None
    """Where the range touches records, or the level asks for them."""
    recorded: Recorded | None = None
    """From level `reviewed` up."""
    older: frozenset[str] = frozenset()
    """Commits of the range that are not judged, being older than the adoption."""
    locked: tuple[tuple[Commit, Lock], ...] = ()
    """Where the range rewrites the specification: the commits that change the lock, each with its new lines."""
    attested: Attested = UNATTESTED
    """Where the base's policy asks who signed."""
    standing: Standing | None = None
    """Where the policy of base or result has a baseline, and the result is the end of what is judged."""
    passed: frozenset[str] = frozenset()
    """Where the range, or what it starts from, has an intent, and neither base nor result has anything."""


class Evidence(NamedTuple):
    """All that the gate knows. `level` is asked for on the command line, or None."""

    steps: tuple[Step, ...]
    as_of: datetime
    level: Level | None = None
    require_policy: bool = False
    audit: bool = False
    """Whether a history is judged (`--since`): then the whole specification at its end must be valid."""
    landed: Mapping[str, Landed] = MappingProxyType({})
    """By id: what reverts take back, as far as the base or the range reaches it."""
    alike: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """By commit, the earlier ones that it leads back over by its content, wherever its message names none."""
    full: Mapping[str, str] = MappingProxyType({})
    """The full ids of the abbreviated ones that messages of reverts name."""
    brought: Mapping[str, int] = MappingProxyType({})
    """By commit of the range, the index of the step that brings it."""
    judged: frozenset[str] = frozenset()
    """Commits that the adoption leaves to be judged: what stands before a policy and is one of them cannot be."""
    lost: bool = False
    """Whether a history is audited from a commit without a policy, and that had one before."""

    def landed_by(self, index: int) -> dict[str, Landed]:
        """What stands in the history of a step, and its merges: a revert takes back nothing that comes later."""
        return {
            name: one
            for name, one in self.landed.items()
            if self.brought.get(name, -1) < index + (len(one.commit.parents) > 1)
        }


__all__ = ["EMPTY", "CommitFacts", "Evidence", "Landed", "RecordFile", "Recorded", "State", "Step"]
