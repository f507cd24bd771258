"""What a person is shown who accepts: all that waits, riskiest first, each with what is known of it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from bmad.model.act_reports import LogFinding
from bmad.model.agents import Severity
from bmad.model.base import Value
from bmad.model.record import CheckRun, Departure, Logged, Mutants, Verdict
from bmad.model.report import Report
from bmad.model.spending import Spending
from bmad.model.trace import TracedStatement


class Risk(StrEnum):
    """What makes a story one to look at first; the order of these is the order of the desk."""

    GRAVE = "grave"
    """A P0 or P1 that nobody mended: open, disputed, dismissed, taken back or made lesser."""
    UNSEEN = "unseen"
    """What no reviewer was shown, and commits that nobody reviewed."""
    UNPROVEN = "unproven"
    """Criteria that nothing proves: once where a test names it, twice where none does."""
    UNCHECKED = "unchecked"
    """A check that did not pass, or no `verify` command at all."""
    MOVED = "moved"
    """A specification that has changed since the work was prepared, or hangs on a suspect link."""
    SIZE = "size"
    """Lines that it changes, in steps: more than 50, 200, 800."""
    SHARED = "shared"
    """Files that three other stories or more have changed, and new dependencies."""
    KIN = "kin"
    """A reviewer that is of the author's vendor, the same program, or the author."""
    ROUNDS = "rounds"
    """Rounds beyond the first."""


class Sign(Value):
    """Why a story is to be looked at: how much of it there is, and a sentence."""

    risk: Risk
    weight: int
    words: str


class Proof(Value):
    """A criterion and what stands for it; `words` say what does, or why nothing does."""

    id: str
    text: str
    proven: bool
    lacks: int = 0
    """How far from that: 1 where a test names it and something was not seen, 2 where nothing stands for it."""
    words: str


class Asked(Value):
    """A requirement and the sentences of the intent that it goes back to."""

    id: str
    title: str
    statements: tuple[TracedStatement, ...]


class DeskFile(Value):
    """A file and the lines that it gains and loses; both None where it has no lines."""

    path: str
    added: int | None
    removed: int | None


class Worker(Value):
    """Who did a part: the person, else the agent with the model that answered; and of reviewers the lenses."""

    who: str
    roles: tuple[str, ...]


class DeskFinding(LogFinding):
    """A finding with all that was said of it, and who decided."""

    told_as: Severity | None = None
    same_as: str = ""
    ruled_by: str = ""
    ruling: str = ""
    mark: str = ""
    gone: bool = False
    """Whether what it quotes does not stand in its file any more."""


class DeskItem(Value):
    """What waits for acceptance. `seen` is a hash of all of this: who accepts names what they were shown by it."""

    story: str
    title: str
    kind: Literal["plan", "work", "landed"]
    """`plan`: its preparation; `work`; `landed`: work that stands on `bmad/next` and lands with all the others."""
    seen: str = ""
    since: datetime | None = None
    signs: tuple[Sign, ...] = ()
    asked: tuple[Asked, ...] = ()
    criteria: tuple[Proof, ...] = ()
    to_inspect: tuple[str, ...] = ()
    """The criteria that no test names, and for which whoever accepts has to say what they saw."""
    planned: tuple[str, ...] = ()
    """Of a preparation: the criteria that are to be met, which nothing can stand for yet."""
    territory: tuple[str, ...] = ()
    base: str = ""
    head: str = ""
    onto: str = ""
    """The branch that it lands on."""
    files: tuple[DeskFile, ...] = ()
    wrote: tuple[Worker, ...] = ()
    reviewed: tuple[Worker, ...] = ()
    parts: int = 0
    """In how many parts the last review was shown the change; 0 where there was none."""
    mutants: Mutants | None = None
    partial: bool = False
    """Whether that review was shown only what came since the one before."""
    rebased: bool = False
    """Whether it was put on another base since it was reviewed; it reads the same, or it would not wait."""
    checks: tuple[CheckRun, ...] = ()
    """Each as it last ended; those of bmad have no exit code."""
    rounds: int = 0
    allowed: int = 0
    findings: tuple[DeskFinding, ...] = ()
    assumptions: tuple[str, ...] = ()
    deviations: tuple[Departure, ...] = ()
    log: tuple[Logged, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    """What people have said of it before."""
    spent: Spending = Spending()
    seconds: float = 0.0
    """The time that agents and checks took."""
    unread: str = ""
    """Why specification or change could not be read, so that much is missing; empty where they were."""
    commands: tuple[str, ...] = ()

    @property
    def added(self) -> int:
        return sum(one.added or 0 for one in self.files)

    @property
    def removed(self) -> int:
        return sum(one.removed or 0 for one in self.files)


class DeskReport(Report):
    """What waits for acceptance, riskiest first."""

    NAME = "desk"

    items: tuple[DeskItem, ...]
    notes: tuple[str, ...] = ()
    person: str = ""
    """Who would accept it; empty where git does not know."""


class TryReport(Report):
    """What was tried, and where; or which worktrees were taken away."""

    NAME = "try"

    story: str = ""
    commit: str = ""
    folder: str = ""
    command: tuple[str, ...] = ()
    """What ran; empty where nothing did."""
    exit: int | None = None
    removed: tuple[str, ...] = ()
    """The stories whose worktrees were taken away."""
    words: str = ""
