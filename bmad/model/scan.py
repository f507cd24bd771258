"""What `bmad scan` reports: claims about a whole tree, who made them, and what was not looked at."""

from datetime import datetime
from typing import ClassVar, Literal

from bmad.model.agents import Severity
from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.review import Kind
from bmad.model.spending import Spending


class Estimate(Value):
    """How many defects of a lens there are, by what two reviewers found apart from each other in the first round.

    Only claims that stand at a place count, and only units that both looked through. `total` is None where the two
    found nothing in common, or one of them nothing; `high` is None where no number is too large.
    """

    lens: str
    grave: bool = False
    """Whether only P0 and P1 count."""
    first: int
    second: int
    both: int
    seen: int
    """Different ones that either found."""
    total: float | None = None
    low: int
    """At least `seen`; `low` to `high` holds the true number in 95 of 100 such scans, or more."""
    high: int | None = None
    rough: bool = False
    """Whether so few were found by both that `total` says little."""
    later: int = 0
    """Different ones that only later rounds found, when the reviewers were no longer independent."""


class ScanFinding(Value):
    """What reviewers claim of a place; nobody has confirmed it."""

    id: str
    kind: Kind = Kind.FINDING
    severity: Severity
    path: str
    line: int
    end_line: int
    quote: str
    claim: str
    fix: str = ""
    lenses: tuple[str, ...]
    by: tuple[str, ...]
    """The reviewers who found it, by their names in bmad.yaml."""
    round: int
    """The one in which it was found first."""
    why: str = ""
    """Of a claim without a place: why it has none."""
    dismissed: str = ""
    """Why a person called it a false alarm; empty where nobody did."""


class Dismissal(Value):
    """What a person called a false alarm: the lines that it was about, and how much was claimed of them."""

    id: str
    path: str
    line: int
    """Where they stood then; 0 where nowhere."""
    severity: Severity
    lens: str
    """The lenses that it was found through, with commas between them."""
    why: str


class DismissReport(Report):
    """What a person said of claims just now."""

    NAME: ClassVar[str] = "dismissed"

    dismissed: tuple[Dismissal, ...] = ()
    standing: tuple[str, ...] = ()
    """The ids of those that count again."""


class ScanReviewer(Value):
    name: str
    """In bmad.yaml."""
    vendor: str
    models: tuple[str, ...] = ()
    """What answered, a backend and its model each, as far as it is told."""


class ScanUnit(Value):
    """Files that are looked through in one call; `lines` of a file that is too large for one, else None."""

    name: str
    files: tuple[str, ...]
    lines: tuple[int, int] | None = None
    bytes: int


class LeftOut(Value):
    """A file that no reviewer is shown, and why."""

    path: str
    why: str


class Unanswered(Value):
    """A unit that a reviewer was asked about in vain."""

    unit: str
    lens: str
    reviewer: str
    round: int
    words: str


class ScanReport(Report):
    """A scan, so far as it has come."""

    NAME: ClassVar[str] = "scan"

    ok: bool
    """Whether every reviewer looked through all units, and no P0 or P1 was found."""
    dry: bool = False
    """Whether nobody was asked, and it only says what would be."""
    head: str
    lenses: tuple[str, ...]
    reviewers: tuple[ScanReviewer, ...]
    units: tuple[ScanUnit, ...]
    calls: int
    """Reviews that were asked for now; of a dry run those that the first round would ask for."""
    kept: int
    """Reviews that an earlier call had asked for and that still hold, since nothing of the unit has changed."""
    rounds: int
    converged: bool
    """Whether the last round gave nothing new, with every unit looked through by every reviewer."""
    findings: tuple[ScanFinding, ...] = ()
    false_alarms: int = 0
    """Claims that an earlier review had settled as false alarms."""
    dismissed: tuple[ScanFinding, ...] = ()
    """What a person called a false alarm, and whose lines stand as they stood; no finding, and in no estimate."""
    outdated: int = 0
    """Claims about files beside their unit that have changed since; they are left out."""
    estimates: tuple[Estimate, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    unasked: int = 0
    """Reviews that are still to be asked for in the round that was stopped."""
    spent: Spending = Spending()
    """By the calls of now."""
    stop: Literal["", "waiting", "environment"] = ""
    """Whether it ended early: for an account or a budget, or for what a person has to mend."""
    stopped: str = ""
    """Why, as sentences."""
    until: datetime | None = None
    """When the account that it waits for may be asked again."""
    notes: tuple[str, ...] = ()
