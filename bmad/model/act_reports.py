"""What `bmad act`, `inbox`, `log`, `accept` and their like report."""

from typing import Any, Literal

from bmad.model.act import Disposition, Event, State
from bmad.model.agents import Severity
from bmad.model.base import Value
from bmad.model.report import Report


class StoryStand(Value):
    """Where a story stands; `waits_for` is a sentence where it waits for a person."""

    id: str
    title: str
    state: State
    round: int
    open_findings: int
    waits_for: str = ""
    landed: str = ""
    """The commit that it landed as."""


class ActReport(Report):
    """`ok` where every story that was asked for is done; `landed` are those that landed in this call."""

    NAME = "act"

    ok: bool
    target: str
    stories: tuple[StoryStand, ...]
    landed: tuple[str, ...] = ()
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


class LogReport(Report):
    NAME = "log"

    story: str
    title: str
    state: State
    events: tuple[ActEvent, ...]
    transcripts: tuple[str, ...] = ()
    """Files with what agents and checks printed."""


class WaitingFinding(Value):
    """A dispute with both arguments."""

    id: str
    severity: Severity
    lens: str
    path: str
    line: int
    quote: str
    claim: str
    argument: str
    answer: str
    disposition: Disposition


class InboxItem(Value):
    """One thing that waits for a person, and the commands that settle it."""

    story: str
    title: str
    kind: Literal["plan", "arbitrate", "accept", "clarify", "failed", "waiting", "review", "triage"]
    words: str
    round: int
    findings: tuple[WaitingFinding, ...] = ()
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


class ReviewedFinding(Value):
    id: str
    severity: Severity
    lens: str
    path: str
    line: int
    quote: str
    claim: str
    fix: str = ""


class ReviewReport(Report):
    """Of `bmad review`: findings whose quotes stand; `ok` where none is a P0 or P1.

    `known` counts those that the review memory knows for false alarms.
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
