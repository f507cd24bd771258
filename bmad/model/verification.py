"""What really ran, as JUnit XML tells it, and what `bmad verify` says of the criteria that tests name."""

from enum import StrEnum
from typing import Literal

from bmad.model.base import Value
from bmad.model.report import Report


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class TestCase(Value):
    """A test that a JUnit report tells of. `suite` is its `classname`, else that of the suite around it."""

    __test__ = False

    name: str
    suite: str = ""
    file: str = ""
    outcome: Outcome = Outcome.PASSED
    words: str = ""
    """How it failed or why it was skipped, cut short."""
    told: str = ""
    """The values of its properties."""

    @property
    def id(self) -> str:
        """How a person finds it again."""
        return "::".join(filter(None, (self.file or self.suite, self.name)))


class RanTest(Value):
    """A test that names a criterion, and how it ended."""

    test: str
    outcome: Literal["passed", "failed", "skipped", "not-run"]
    words: str = ""


State = Literal["passed", "failed", "skipped", "not-run", "unnamed", "by-person"]
"""`unnamed`: no test names it; `by-person`: no test does, and its requirement asks for inspection or analysis."""


class CriterionRan(Value):
    """A criterion, what its tests came to, and the tests in order."""

    criterion: str
    text: str
    state: State
    tests: tuple[RanTest, ...] = ()

    @property
    def covered(self) -> bool:
        """Whether tests that name it ran, and all of these passed."""
        return self.state == "passed"


class Misnamed(Value):
    """An id that stands where tests name criteria, and names none. `line` is 0 for one in a report."""

    id: str
    path: str
    line: int = 0


class VerifyReport(Report):
    """`ok`: no id names nothing, what tests name ran and passed, and of the stories asked for all is covered."""

    NAME = "verify"

    ok: bool
    stories: tuple[str, ...] = ()
    """The stories that were asked for; empty for all."""
    passed: int
    failed: int
    skipped: int
    criteria: tuple[CriterionRan, ...]
    misnamed: tuple[Misnamed, ...] = ()
    notes: tuple[str, ...] = ()
