"""What `bmad retro` reports: what the runs of the journal cost, who was right, and what came again."""

from pydantic import Field

from bmad.model.act import State
from bmad.model.agents import Fault, Severity
from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.spending import Spending


class RetroStory(Value):
    """How one story went, since it was last started."""

    id: str
    title: str
    state: State
    rounds: int
    findings: int
    spent: Spending
    seconds: dict[State, float]
    """How long it was in each state; of the last one up to its last event."""


class Reviewer(Value):
    """What became of the findings of one reviewer through one lens; `by` is a backend and model, or a person.

    `right` were confirmed, of what a person demanded those that were fixed; `wrong` were conceded, ruled or taken
    back; `homeless` quoted nothing that stands; what is left is `open`.
    """

    by: str
    lens: str
    raised: int
    right: int
    wrong: int
    homeless: int
    open: int
    precision: float | None
    """Right of those that are settled, 0 to 1; null where none is."""
    low: float | None = None
    high: float | None = None
    """The ends of the 95 % interval of the precision (Wilson's)."""


class Repeated(Value):
    """What came up in more than one story, or more than once in one."""

    what: str
    """`fault`, `check`, `path` or `finding`."""
    name: str
    times: int
    stories: tuple[str, ...]


class FindingCount(Value):
    lens: str
    severity: Severity
    raised: int
    fixed: int
    false_alarms: int


class RetroReport(Report):
    """Of the stories whose events the journal holds, each since it was last started."""

    NAME = "retro"

    stories: tuple[RetroStory, ...]
    seconds: dict[State, float]
    """Of all stories together."""
    waiting: float = Field(ge=0)
    """Seconds of these in which stories waited for a person."""
    findings: tuple[FindingCount, ...]
    reviewers: tuple[Reviewer, ...]
    repeated: tuple[Repeated, ...]
    faults: dict[Fault, int]
    spent: Spending
