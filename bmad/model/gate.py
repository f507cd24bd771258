"""What `bmad gate` says: a verdict for each commit, and for the range as a whole."""

from enum import StrEnum
from typing import Literal

from bmad.errors import Exit
from bmad.model.plain import Plain, PlainReport
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
    TRIVIAL = "trivial"
    GRANDFATHERED = "grandfathered"
    UNTRACED = "untraced"


class GateFinding(Plain):
    """One refusal; every word of it is safe to print. `path` is None where it is about no path."""

    code: str
    message: str
    path: str | None = None
    fix: str = ""


class CommitReport(Plain):
    commit: str
    kind: CommitKind
    verdict: Literal["pass", "refused"]
    stories: tuple[str, ...] = ()
    findings: tuple[GateFinding, ...] = ()


class TinyChange(Plain):
    """A commit of the lane for tiny changes (`gate.trivial`): it names no story, and says why."""

    commit: str
    reason: str
    files: tuple[str, ...]
    lines: int
    """Lines added and lines removed."""


class Untraced(Plain):
    """What `gate.baseline` lets stay: files that were untraced at its commit, and no story has changed since."""

    commit: str
    until: str
    ended: bool
    reason: str
    owner: str
    files: tuple[str, ...]


class Explanation(Plain):
    """A record that explains what lands: its story, its own path, and how.

    `exact`: what was reviewed, byte for byte; `carried`: what git merges of it and a base that has moved since.
    """

    story: str
    path: str
    how: Literal["exact", "carried"]
    signer: str = ""
    """Who signed it, of those whose signatures count; empty where the policy asks for none, or nobody did."""


class Confirmation(Plain):
    """A line of the lock by which a link was confirmed against new words.

    `by` is the author of the commit that wrote it, `link` the lower end of the link (the upper one was reworded).
    """

    by: str
    commit: str
    why: str
    link: str


PROPOSED = "proposed by"
"""The part that says which model worded an item: a person who has read it signs the item's own links up."""

UNCONFIRMED = ("source", "territory", "no story", "done elsewhere")
"""The parts that are not of an item's meaning: no link hangs on them, so there is nothing to confirm."""


class Reworded(Plain):
    """A text of the specification that the range rewrites; `new` is null where it takes it away.

    `part` is `quote` of a statement, `title` or `text` of a requirement or epic, `title` or `narrative` of a
    story, or `criterion`; else the name of a field (`class`, `priority`, `verify`, `traces`, `holds`, `kind`,
    `implements`, `territory`, `source`, `no story`, `done elsewhere`, `proposed by`), `old` or `new` being empty
    where it is not there. Where `linked`, links hang on the item, and nobody confirmed one where `confirmed` is
    empty. Of `proposed by` that are those who signed the item's own links.
    """

    id: str
    part: str
    old: str
    new: str | None
    confirmed: tuple[Confirmation, ...] = ()
    linked: bool = False


class ReopenReport(PlainReport):
    """What `bmad reopen` wrote: the landing after which the story is open again."""

    NAME = "reopen"

    story: str
    landing: int
    by: str
    why: str


class GateReport(PlainReport):
    """The result of one run; ids are full, `merge` is the tree of the computed merge of base and head."""

    NAME = "gate"

    ok: bool
    level: Level | None
    base: str | None
    head: str | None
    policy_from: str | None
    target: str | None
    merge: str | None
    attest: Literal["none", "signed"] = "none"
    signers: tuple[str, ...] = ()
    """Those of the base's `gate.signers` who signed commits or records of the range, sorted."""
    as_of: str
    commits: tuple[CommitReport, ...] = ()
    findings: tuple[GateFinding, ...] = ()
    """Of the range as a whole: the net change, the specification, what could not be judged."""
    policy_changes: tuple[str, ...] = ()
    """Commits that change governed files: with a reason, as a revert, or by an exemption."""
    self_authored: tuple[str, ...] = ()
    """Stories that were minted in the range and cover code in it."""
    reworded: tuple[Reworded, ...] = ()
    """What the range rewrites of sentences, titles and criteria that stand in the base; not a refusal."""
    records: tuple[Explanation, ...] = ()
    """From level `reviewed` up."""
    self_reviewed: tuple[str, ...] = ()
    """Stories of the range whose author is among their reviewers, which the policy of the base allows."""
    shared: tuple[str, ...] = ()
    """Stories of the range whose agents worked with configuration that others could write."""
    exempt: tuple[str, ...] = ()
    """Commits that change something by an exemption of the base."""
    trivial: tuple[TinyChange, ...] = ()
    """Commits of the lane for tiny changes."""
    baseline: Untraced | None = None
    """Where the policy of the base, in an audit of the last step, has one."""
    report_only: bool = False
    """Whether findings were asked for alone: then nothing is refused, and nothing passes."""
    lands: tuple[str, ...] = ()
    """Of a request: the stories that a squash of it would name."""
    notes: tuple[str, ...] = ()

    @property
    def level_reached(self) -> str:
        """The level in words; what rests on records that nobody signed is `declared`.

        What its own author reviewed never reads `reviewed`.
        """
        if self.level is None:
            return "-"
        if self.level.rank < Level.REVIEWED.rank:
            return str(self.level)
        words = str(self.level)
        if self.self_reviewed:
            words = f"{'' if self.level is Level.REVIEWED else f'{words}, '}reviewed by its author"
        return f"{words} (declared)" if self.attest == "none" else words

    @property
    def exit(self) -> Exit:
        """3 where anything could not be judged, before 1 where anything was refused and not only reported."""
        codes = {finding.code for finding in self.every_finding}
        if UNDECIDABLE in codes:
            return Exit.ENVIRONMENT
        return Exit.OK if self.ok or self.report_only else Exit.FOUND

    @property
    def every_finding(self) -> tuple[GateFinding, ...]:
        return self.findings + tuple(finding for commit in self.commits for finding in commit.findings)
