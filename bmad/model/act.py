"""The life of a story as events: states, what happened, and the typed content of each kind of event."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from bmad.model.agents import Fault, Severity
from bmad.model.answers import SplitPart
from bmad.model.base import Value
from bmad.model.policy import Policy
from bmad.model.record import CheckRun, Evidence, Inspected, Mutants, Shown, Work
from bmad.model.review import Disposition, Finding, Probed, Settlement
from bmad.model.tested import Deviation, Hypothesis


class State(StrEnum):
    BACKLOG = "backlog"
    CREATE = "create"
    PLAN = "plan"
    DEV = "dev"
    VERIFY = "verify"
    REVIEW = "review"
    TRIAGE = "triage"
    FIX = "fix"
    ARBITRATE = "arbitrate"
    ACCEPT = "accept"
    LAND = "land"
    DONE = "done"
    BLOCKED = "blocked"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    STARTED = "started"
    CREATED = "created"
    UNCLEAR = "unclear"
    RESEARCHED = "researched"
    SPLIT_PROPOSED = "split-proposed"
    SPLIT = "split"
    WIDENING_PROPOSED = "widening"
    TESTED = "tested"
    DEVELOPED = "developed"
    PASSED = "passed"
    CHECKS_FAILED = "checks-failed"
    REVIEWED = "reviewed"
    TRIAGED = "triaged"
    FIXED = "fixed"
    RULED = "ruled"
    EXTENDED = "extended"
    AGAIN = "again"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MOVED = "moved"
    UNPROVEN = "unproven"
    CONFLICTED = "conflicted"
    WAITS = "waits"
    LANDED = "landed"
    RESPECIFIED = "respecified"
    FAILED = "failed"
    OUT_OF_BUDGET = "out-of-budget"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    PAID = "paid"


class Content(Value):
    """What an event carries; `work` is who did it."""

    work: tuple[Work, ...] = ()
    lost: tuple[Work, ...] = ()
    """Calls on the way that came to nothing; what they spent is spent."""


class Started(Content):
    policy: Policy
    target: str
    """The full ref that the story lands on in the end."""
    onto: str
    """The full ref that it is built on and merged into: the target, or `refs/heads/bmad/next`."""
    base: str = ""
    """The commit that `onto` was at."""
    landing: int = 1
    submitted: str = ""
    """The full ref of a person's own branch, where a person does the developer's part."""
    research: bool = False
    """Whether there is something to be found out first, whatever the story says."""


class Created(Content):
    """`base` is the commit that the run builds on; `spec` the fingerprint of the story's chain in it."""

    base: str
    spec: str
    tester: bool = False
    """Whether a tester writes the tests first."""
    summary: str = ""
    """What the creator says it did."""
    held: bool = False
    """Whether the base is on top of the target's commit: a preparation that lands with the work."""


class Unclear(Content):
    question: str


class Researched(Content):
    """What was found out stands in the story; `left_out` counts claims whose source does not stand."""

    commit: str
    claims: int = 0
    """Claims whose source stands, or is a page."""
    left_out: int = 0
    held: bool = False
    """Whether the commit is to land with the work."""


class SplitProposed(Content):
    """The creator would take these parts out of the story; the rest stays in it."""

    parts: tuple[SplitPart, ...]
    summary: str = ""
    """What the creator says of it."""


class Split(Content):
    """`into` are the ids of the parts; the story waits for them."""

    commit: str
    into: tuple[str, ...]


class WideningProposed(Content):
    """The creator would have the story change more than the territory allows that a person stated."""

    base: str
    """The commit that it was prepared on."""
    text: str
    """The story's document as it was prepared; nothing of it stands anywhere yet."""
    stated: tuple[str, ...]
    beyond: tuple[str, ...]
    """The globs that are not within what was stated."""
    summary: str = ""
    """What the creator says it did."""


class Worked(Content):
    """Of work that left a commit: `tree` is the state of the files in it."""

    head: str
    tree: str
    deviations: tuple[Deviation, ...] = ()
    """Where it departs from Dev Notes or assumptions, as whoever did it says."""
    summary: str = ""
    """What they say they did."""
    hypotheses: tuple[Hypothesis, ...] = ()
    """What they suspected, and how it was decided."""


class Tested(Worked):
    """The criteria's tests, before there is code for them."""


class Developed(Worked):
    base: str = ""
    """The commit of the target that own work was brought up to; empty where that is the run's base."""


class Verified(Content):
    """Of PASSED and CHECKS_FAILED; `hunks` is a hash of the change as it reads, whatever it is based on."""

    head: str
    hunks: str
    checks: tuple[CheckRun, ...]
    lenses: tuple[str, ...] = ()
    """What reviewers have to look through, by the policy that it was verified under."""
    words: tuple[str, ...] = ()
    """What failed, a sentence each, with the end of the output."""
    weakened: tuple[str, ...] = ()
    """The tests that ask less than they did, without a finding or a person that asks for it."""
    unjudged: tuple[str, ...] = ()
    """What the built-in checks could not judge, a sentence each."""
    alone: bool = False
    """Whether the commands had what `setup` made of this very commit's files."""
    evidence: tuple[Evidence, ...] = ()
    """What stands for each criterion, where it was looked for."""


class Reviewed(Content):
    """`findings` are new ones; `settled` and `unsettled` name those that a fix was judged for.

    `dropped` counts claims whose quote stands nowhere; each is among the findings, with its words.
    """

    head: str
    hunks: str
    findings: tuple[Finding, ...] = ()
    settled: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    dropped: int = 0
    known: int = 0
    """Findings that the review memory knows for false alarms."""
    shown: tuple[Shown, ...] = ()
    """What the reviewers were shown of the change."""
    probed: tuple[Probed, ...] = ()
    """What a probe among them says it ran."""
    mutants: Mutants | None = None
    """How the mutants of the change fared, where any were made."""


class Triaged(Content):
    settlements: tuple[Settlement, ...] = ()


class Fixed(Worked):
    base: str = ""
    """As of Developed."""
    marks: dict[str, str] = Field(default_factory=dict)
    """Finding -> `path:line`."""


class Ruled(Content):
    finding: str
    disposition: Literal[Disposition.CONFIRMED, Disposition.FALSE_POSITIVE]
    by: str
    why: str
    severity: Severity | None = None
    """Of what is confirmed: the one that it has from now on, None where that stays."""
    also: tuple[str, ...] = ()
    """Other findings that the same words rule on."""

    @property
    def ruled(self) -> tuple[str, ...]:
        return (self.finding, *self.also)


class Extended(Content):
    """A person lets it go on: some more rounds, with a word to the developer."""

    by: str
    why: str = ""
    rounds: int = Field(default=1, ge=1)


class Again(Content):
    """A person has the checks run again on the work as it is: they failed for what is not its fault."""

    by: str
    why: str = ""
    """What they say of it; a test that it names may ask less than it did."""


class AcceptedBy(Content):
    by: str
    inspected: tuple[Inspected, ...] = ()
    """The criteria that they vouch for by inspection or analysis."""
    how: Literal["person", "policy"] = "person"
    why: str = ""
    onto: str = ""
    """Where the acceptance of everything at the end landed it: the commit."""


class Rejected(Content):
    by: str
    why: str


class Moved(Content):
    """The branch was rebased: onto `base`, to `head`, which is the base itself where nothing is built yet."""

    base: str
    head: str
    tree: str
    edited: bool = False
    """Whether sections of the story (Tasks, Dev Notes) read otherwise there: reviewers have to see them."""
    held: bool = False
    """As of Created."""


class Unproven(Content):
    """What is to land has passed its checks only with what `setup` made of the commit that it builds on."""


class Conflicted(Content):
    base: str
    paths: tuple[str, ...]
    held: bool = False
    """As of Created."""


class Waits(Content):
    """`commands` settle it, in this order, where commands do."""

    words: str
    commands: tuple[str, ...] = ()
    fault: Fault | None = None
    """What keeps every agent that could do it from working, where that is what it waits for."""
    until: datetime | None = None
    """When the first of them may be asked again, where that is known."""
    kept: str = ""
    """The ref under which unfinished work was kept."""


class Landed(Content):
    commit: str
    record: str
    """The record's path."""
    words: str = ""
    """What is wrong with how it stands there, where somebody else has landed it."""


class Respecified(Content):
    spec: str
    words: str = ""


class Failed(Content):
    fault: Fault
    words: str
    kept: str = ""
    """The ref under which unfinished work was kept."""
    exit: int | None = None
    """The exit code of an agent that died, negative for a signal."""


class OutOfBudget(Content):
    words: str
    of: str = ""
    """Whose cap it is: `step`, `story` or `run`."""


class Resumed(Content):
    by: str = ""
    why: str = ""
    policy: Policy | None = None


class Paid(Content):
    """Calls of a story that was called off while they were made: what they spent is spent."""


class Cancelled(Content):
    by: str
    why: str = ""
