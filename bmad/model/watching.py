"""What one watches while `bmad act` works."""

from datetime import datetime

from bmad.model.act_reports import Came, Counted, StoryStand
from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.spending import Spending


class Watched(Value):
    """A story of a call: `stand` as its report at the end would have it, if that were now."""

    stand: StoryStand
    came: Came
    carried: bool = False
    """Whether a worker has it now."""
    since: datetime | None = None
    """When it came into its state; None where it was not begun."""
    after: tuple[str, ...] = ()
    """The stories that have to land before it may begin."""


class Progress(Report):
    """How a call of `bmad act` stands; `stories` in the order of the backlog.

    Seen from beside (`bmad status --watch`) `workers` is 0, `spent` is by all calls since each story was last
    begun, and what had landed when the watch began is `done-before`.
    """

    NAME = "progress"

    stories: tuple[Watched, ...]
    census: tuple[Counted, ...]
    workers: int
    """How many stories at most are carried at once."""
    path: tuple[str, ...] = ()
    """The longest path of stories that are not over and wait for each other."""
    spent: Spending = Spending()
    """By this call."""
    until: datetime | None = None
    """When the account is back that the whole call waits for, where it does."""
    begun: datetime
    """When this call, or this watch, began."""
    runner: str = ""
    """Seen from beside: who is at work here, as a sentence has it; empty where nobody is."""
