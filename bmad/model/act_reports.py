"""What `bmad act`, `inbox`, `log`, `accept` and their like report."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from bmad.model.act import Event, State
from bmad.model.agents import Fault, Severity
from bmad.model.base import Value
from bmad.model.record import Accepted, Departure, Evidence, Logged, RecordedFinding, Work
from bmad.model.report import Report
from bmad.model.review import Disposition, Kind
from bmad.model.spending import Spending


class Came(StrEnum):
    """What a run of `bmad act` came to for a story; each story has one."""

    LANDED = "landed"
    DONE = "done-before"
    WAITS = "waits-for-you"
    PAUSED = "paused"
    """Until an account may be asked again."""
    CAPPED = "over-budget"
    STOPPED = "stopped"
    """By what keeps every story from going on, until a person does something about it."""
    FAILED = "failed"
    UNDER_WAY = "under-way"
    NOT_BEGUN = "not-begun"
    CANCELLED = "cancelled"


class Counted(Value):
    """How many stories came to something, and why, where that tells them apart: a fault, a state, a cap."""

    came: Came
    count: int
    why: str = ""


class StoryStand(Value):
    """Where a story stands; `waits_for` is a sentence where it waits for a person, an account or another story."""

    id: str
    title: str
    state: State
    round: int
    open_findings: int
    waits_for: str = ""
    landed: str = ""
    """The commit that it landed as."""
    fault: Fault | None = None
    """What it failed of, or what keeps every agent that could go on with it from working."""
    until: datetime | None = None
    """When the first of these may be asked again."""
    capped: str = ""
    """The cap that stopped it: `step`, `story` or `run`."""
    spent: Spending = Spending()


class ActReport(Report):
    """`ok` where every story that was asked for is done; `landed` are those that landed in this call."""

    NAME = "act"

    ok: bool
    target: str
    stories: tuple[StoryStand, ...]
    landed: tuple[str, ...] = ()
    census: tuple[Counted, ...] = ()
    """What came of the stories, each counted once."""
    until: datetime | None = None
    """When the first account that stories wait for may be asked again."""
    spent: Spending = Spending()
    """By this call."""
    interrupted: str = ""
    """Where a signal cut it short: the command that goes on."""
    notes: tuple[str, ...] = ()


class ActEvent(Report):
    """One line of `bmad act --json` and of `bmad log --json`."""

    NAME = "act-event"

    time: str
    story: str
    round: int
    step: str
    event: Event
    state: State
    """The state that followed."""
    content: dict[str, Any]
    spent: Spending = Spending()
    """By its calls, by what they reported themselves."""


class PromptPart(Value):
    """A part of a context pack: its bytes, and how many of its items gave way for want of room."""

    name: str
    bytes: int
    shortened: int = 0
    dropped: int = 0


class PromptReport(Report):
    """What an agent would be given now (`bmad show STORY --prompt ROLE`): `text` to the byte, and what is in it.

    `pack` is the hash of the context pack, `budget` the bytes that it may have, `gone` the parts that had to go
    whole. `files` are the paths of which the prompt holds something.
    """

    NAME = "prompt"

    story: str
    role: str
    lens: str = ""
    base: str
    text: str
    bytes: int
    pack: str
    budget: int
    parts: tuple[PromptPart, ...]
    gone: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class LogFinding(Value):
    """A finding of the run, with its words and what has become of it."""

    id: str
    kind: Kind = Kind.FINDING
    round: int
    severity: Severity
    lens: str
    path: str
    line: int
    quote: str
    claim: str
    fix: str = ""
    disposition: Disposition
    argument: str = ""
    answer: str = ""
    why: str = ""
    """Why a claim has no place, or why nobody was shown what changed."""
    same_place: tuple[str, ...] = ()
    """Findings of other lenses that stand on the same lines."""
    left_open: bool = False
    """Whether the story has landed with it."""


class Landed(Value):
    """What the last record of a story says of how it landed: claims, as good as who signed them."""

    record: str
    """Its path."""
    landing: int
    work: tuple[Work, ...]
    """Who did what of it, each in which context."""
    findings: tuple[RecordedFinding, ...]
    evidence: tuple[Evidence, ...]
    accepted: Accepted
    signature: bool
    """Whether it bears a signature; whether that holds, and of whom, is the gate's to say."""


class LogReport(Report):
    NAME = "log"

    story: str
    title: str
    state: State
    events: tuple[ActEvent, ...]
    spent: Spending = Spending()
    """By all calls since it was last started, by what they reported themselves."""
    findings: tuple[LogFinding, ...] = ()
    """Every finding since then, each once, as it stands now."""
    assumptions: tuple[str, ...] = ()
    """What its preparation assumed and no intent says."""
    log: tuple[Logged, ...] = ()
    """What those who worked on it said of their steps; where no journal tells of it, from its last record."""
    landed: Landed | None = None
    """Where no journal tells of it, what its last record says."""
    transcripts: tuple[str, ...] = ()
    """Files with what agents and checks printed."""


class WaitingFinding(Value):
    """A dispute with both arguments; or a claim that has no place, or a change that nobody was shown."""

    id: str
    kind: Kind = Kind.FINDING
    same_place: tuple[str, ...] = ()
    """Findings of other lenses that stand on the same lines, and wait as well."""
    severity: Severity
    told_as: Severity | None = None
    """The severity that it was raised with, where it is another one now."""
    same_as: str = ""
    """The id of the finding that it repeats."""
    lens: str
    path: str
    line: int
    quote: str
    claim: str
    argument: str
    answer: str
    disposition: Disposition
    why: str = ""
    """Why a claim has no place, or why nobody was shown what changed."""


class InboxItem(Value):
    """One thing that waits for a person, and the commands that settle it."""

    story: str
    title: str
    kind: Literal[
        "plan", "arbitrate", "accept", "clarify", "budget", "failed", "waiting", "paused", "review", "triage"
    ]
    words: str
    round: int
    until: datetime | None = None
    """Of what is paused: when it goes on by itself."""
    findings: tuple[WaitingFinding, ...] = ()
    assumptions: tuple[str, ...] = ()
    """Of what waits for a person's word: what its preparation assumed and no intent says."""
    deviations: tuple[Departure, ...] = ()
    """Of what waits for a person's word on the work: where it departs from Dev Notes or assumptions."""
    failing: tuple[str, ...] = ()
    """The checks that failed: a sentence each, and from the next line on the end of what it printed."""
    commands: tuple[str, ...] = ()


class InboxReport(Report):
    NAME = "inbox"

    items: tuple[InboxItem, ...]


class SettledReport(Report):
    """What a person's word did: the stories and the states that they are in now."""

    NAME = "settled"

    stories: tuple[StoryStand, ...]
    words: str = ""
    goes_on: tuple[str, ...] = ()
    """The commands that take them on; empty where nothing is left to do, or something else comes first."""
    assumptions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Of a preparation that was approved: story -> what it assumed and no intent says."""


class ReviewedFinding(Value):
    id: str
    kind: Kind = Kind.FINDING
    severity: Severity
    lens: str
    path: str
    line: int
    quote: str
    claim: str
    fix: str = ""
    why: str = ""
    """Why a claim has no place, or why nobody was shown what changed."""


class ReviewReport(Report):
    """Of `bmad review`: all that reviewers said, and what none was shown; `ok` where none of it is a P0 or P1.

    `dropped` counts those whose quote stands nowhere, `known` those that the review memory knows for false alarms.
    """

    NAME = "review"

    ok: bool
    base: str
    head: str
    reviewers: tuple[str, ...]
    findings: tuple[ReviewedFinding, ...]
    dropped: int
    known: int = 0
    what: str = ""
    """What was reviewed, where that is no range of commits."""
    notes: tuple[str, ...] = ()
