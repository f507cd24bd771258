"""What was read of a range, as plain values: the whole input of the judgement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bmad.core.gate.state import EMPTY, State
from bmad.model.commits import Change, Commit
from bmad.model.settings import Level
from bmad.model.spec import Document

ABSENT = "000000"


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit and its own work: against its parent, or for a merge against the computed merge."""

    commit: Commit
    changes: tuple[Change, ...]
    conflicts: frozenset[bytes] = frozenset()
    """Paths of a merge that git could not merge; they count as its own work."""
    authored: tuple[Document, ...] = ()
    """Versions of spec documents that no parent has."""
    faults: tuple[tuple[str, str], ...] = ()
    """Spec files that do not parse in this commit: path and reason."""
    state: State | None = None
    """The specification in this commit, where it is not that of its first parent and somebody needs it."""

    @property
    def id(self) -> str:
        return self.commit.id


class Landed(NamedTuple):
    """A commit outside the range that a revert names, with its changes against the parent it is read by."""

    commit: Commit
    changes: tuple[Change, ...]
    brought: tuple[Commit, ...] = ()
    """The commits that it merged, where it is a merge; parents first, so the merged tip comes last."""


@dataclass(frozen=True, slots=True)
class Step:
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the gate knows. `level` is asked for on the command line, or None."""

    steps: tuple[Step, ...]
    as_of: datetime
    actor: str | None = None
    level: Level | None = None
    require_policy: bool = False
    audit: bool = False
    """Whether a history is judged (`--since`): then the whole specification at its end must be valid."""
    landed: Mapping[str, Landed] = field(default_factory=dict)
    """By id: what reverts name, as far as the base reaches it."""
    since: frozenset[str] = frozenset()
    """Commits that are older than the adoption."""


__all__ = ["ABSENT", "EMPTY", "CommitFacts", "Evidence", "Landed", "State", "Step"]
