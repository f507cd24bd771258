"""What `bmad gate` says: a verdict for each commit, and for the range as a whole."""

from enum import StrEnum
from typing import ClassVar, Literal

from bmad.errors import Exit
from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.settings import Level

UNDECIDABLE = "G12"


class CommitKind(StrEnum):
    STORY = "story"
    SPEC = "spec"
    POLICY = "policy"
    ADOPTION = "adoption"
    MERGE = "merge"
    REVERT = "revert"
    EMPTY = "empty"
    EXEMPT = "exempt"
    GRANDFATHERED = "grandfathered"
    UNTRACED = "untraced"


class GateFinding(Value):
    """One refusal; every word of it is safe to print. `path` is None where it is about no path."""

    code: str
    message: str
    path: str | None = None
    fix: str = ""


class CommitReport(Value):
    commit: str
    kind: CommitKind
    verdict: Literal["pass", "refused"]
    stories: tuple[str, ...] = ()
    findings: tuple[GateFinding, ...] = ()


class GateReport(Report):
    """The result of one run; ids are full, `merge` is the tree of the computed merge of base and head."""

    NAME: ClassVar[str] = "gate"

    ok: bool
    level: Level | None
    base: str | None
    head: str | None
    policy_from: str | None
    target: str | None
    merge: str | None
    attest: Literal["none", "signed"] = "none"
    as_of: str
    commits: tuple[CommitReport, ...] = ()
    findings: tuple[GateFinding, ...] = ()
    """Of the range as a whole: the net change, the specification, what could not be judged."""
    policy_changes: tuple[str, ...] = ()
    """Commits that change governed files by themselves, with a reason."""
    self_authored: tuple[str, ...] = ()
    """Stories that were minted in the range and cover code in it."""
    notes: tuple[str, ...] = ()

    @property
    def exit(self) -> Exit:
        """3 where anything could not be judged, before 1 where anything was refused."""
        codes = {finding.code for finding in self.every_finding}
        if UNDECIDABLE in codes:
            return Exit.ENVIRONMENT
        return Exit.OK if self.ok else Exit.FOUND

    @property
    def every_finding(self) -> tuple[GateFinding, ...]:
        return self.findings + tuple(finding for commit in self.commits for finding in commit.findings)
