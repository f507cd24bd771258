"""What `bmad report` says."""

from typing import Literal

from pydantic import Field

from bmad.model.base import Value
from bmad.model.followup import FollowUp
from bmad.model.gate import UNDECIDABLE, CommitKind, GateFinding, Reworded, TinyChange, Untraced
from bmad.model.record import (
    Accepted,
    Departure,
    Evidence,
    Logged,
    Mutants,
    RecordedClaim,
    RecordedFinding,
    Verdict,
)
from bmad.model.report import Report
from bmad.model.spending import Spending
from bmad.model.trace import Sure, TracedStatement


class CriterionReport(Value):
    id: str
    text: str
    evidence: tuple[str, ...] | None = None
    """The checks that passed for it; null where no record of the story stands."""
    stated: Evidence | None = None
    """What the record states of it: tests that failed before and passed after, or who looked."""


class CommitLine(Value):
    commit: str
    title: str
    kind: str
    verdict: Literal["pass", "refused", "unjudged"]
    """`unjudged`, as its kind then is, where the gate came to no commit: the policy cannot be read, for one."""
    stories: tuple[str, ...] = ()
    """Whose work it is, or takes back, as the gate has it."""


class StoryReport(Value):
    id: str
    title: str
    statements: tuple[TracedStatement, ...]
    requirements: tuple[str, ...]
    criteria: tuple[CriterionReport, ...]
    commits: tuple[str, ...]
    files: tuple[str, ...]
    self_authored: bool
    suspect: bool
    record: str | None = None
    """The path of the story's last record; it, rounds and findings are null where none stands."""
    reworded: bool = False
    """Whether the story, or what it comes from, reads otherwise than when that record was made."""
    signer: str = ""
    """Who signed that record, of those whose signatures count; empty where nobody did."""
    rounds: int | None = None
    findings: tuple[RecordedFinding, ...] | None = None
    accepted: Accepted | None = None
    accepted_at_end: str = ""
    """Who accepted it with all others, after its record was written, as a commit of the range says."""
    verdicts: tuple[Verdict, ...] = ()
    """What people said of the work before it landed, as its record says."""
    claims: tuple[RecordedClaim, ...] = ()
    """Claims of reviewers that have no place in the files, and what no reviewer was shown."""
    checks: tuple[str, ...] = ()
    """The `verify` commands that ran and passed in the end, by name."""
    reviewers: tuple[str, ...] = ()
    """Who reviewed it, as the record says: people by name, agents by what ran them."""
    spent: Spending | None = None
    """What its calls have spent, as the record says."""
    mutants: Mutants | None = None
    """How mutants of its lines fared, as the record says."""
    assumptions: tuple[str, ...] = ()
    """What its preparation assumed and no intent says."""
    deviations: tuple[Departure, ...] = ()
    """Where it departs from Dev Notes or assumptions, as its record says."""
    log: tuple[Logged, ...] = ()
    """What those who worked on it said of their steps, as its record says."""
    lost: tuple[str, ...] = ()
    """The calls that came to nothing, as the record says: step, who, and how each ended."""
    left_open: tuple[FollowUp, ...] = ()
    """What it landed with and no later landing at the head has settled."""


class CoverageDelta(Value):
    """Requirements that have commits after the change and had none before, and the other way about."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]


class NewDependency(Value):
    """`like` is a dependency of the base whose name is one letter away (empty: none); `imported` is of Python.

    `held`: a lock file of this path holds it since then, and no manifest declares it.
    """

    path: str
    name: str
    like: str = ""
    imported: bool | None = None
    held: bool = False


class StoryCommit(Value):
    commit: str
    title: str


class StoryLines(Value):
    """Lines of a file that are of the story, first and last, from 1."""

    path: str
    first: int
    last: int
    sure: Sure | None
    """How sure that is, as `bmad trace` says it."""


class OneStoryReport(Report):
    """`bmad report STORY`: what its last landing's record says stands in `story`."""

    NAME = "story-report"

    head: str
    story: StoryReport
    landings: tuple[str, ...]
    """The paths of the records of its landings, oldest first."""
    commits: tuple[StoryCommit, ...]
    lines: tuple[StoryLines, ...]
    titles: dict[str, str]
    """Titles of the requirements, by id."""
    notes: tuple[str, ...]


class RangeReport(Report):
    NAME = "report"

    base: str
    head: str
    ok: bool
    level: str | None
    """In words: `reviewed (declared)`, `reviewed by its author (declared)`."""
    stories: tuple[StoryReport, ...]
    commits: tuple[CommitLine, ...]
    governed: tuple[CommitLine, ...]
    untraced: tuple[CommitLine, ...]
    exempt: tuple[CommitLine, ...] = ()
    """Commits that change something by an exemption of the base."""
    trivial: tuple[TinyChange, ...] = ()
    """Commits of the lane for tiny changes."""
    baseline: Untraced | None = None
    """What the policy of the base lets stay until a day."""
    refusals: tuple[GateFinding, ...]
    reworded: tuple[Reworded, ...]
    """What the range rewrites of sentences, titles and criteria that stand in the base."""
    coverage_delta: CoverageDelta
    titles: dict[str, str]
    """Titles of the requirements, and of the stories whose work is taken back, by id."""
    holding: dict[str, str] = Field(default_factory=dict)
    """Titles of the requirements that hold for all work, whatever the story, by id."""
    dependencies: tuple[NewDependency, ...]
    """What manifests of the head declare and none of the base did."""
    trailers: tuple[str, ...]
    """The block to paste into a squash message."""
    notes: tuple[str, ...]

    @property
    def undecidable(self) -> tuple[GateFinding, ...]:
        """Why the range cannot be judged; where there is anything of this, nothing of it passes."""
        return tuple(one for one in self.refusals if one.code == UNDECIDABLE)

    @property
    def refused(self) -> tuple[GateFinding, ...]:
        """What was judged and is refused."""
        return tuple(one for one in self.refusals if one.code != UNDECIDABLE)

    @property
    def reverts(self) -> tuple[CommitLine, ...]:
        """What takes back what has landed."""
        return tuple(one for one in self.commits if one.kind == CommitKind.REVERT)
