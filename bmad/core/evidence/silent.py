"""What reports say of all tests: that some failed though the command passed, or ran before and do not run now."""

from collections.abc import Iterable, Sequence

from bmad.core.evidence.joining import meant
from bmad.core.evidence.sources import SourceTest
from bmad.core.gate.words import listed
from bmad.model.verification import Outcome, TestCase


def failing(cases: Sequence[TestCase]) -> list[str]:
    """The tests that failed, and did not pass when they were tried again, by id."""
    passed = {one.id for one in cases if one.outcome is Outcome.PASSED}
    return list(dict.fromkeys(one.id for one in cases if one.outcome is Outcome.FAILED and one.id not in passed))


def silent(cases: Iterable[TestCase], sources: Sequence[SourceTest]) -> list[SourceTest]:
    """The tests of the sources that did not run, or were skipped."""
    ran = [one for one in cases if one.outcome is not Outcome.SKIPPED]
    heard = {test for tests in meant(ran, sources) for test in tests}
    return [one for one in sources if one not in heard]


def silenced(before: Iterable[TestCase], quiet: Sequence[SourceTest]) -> list[SourceTest]:
    """Of tests that do not run now those that ran and passed before."""
    passed = [one for one in before if one.outcome is Outcome.PASSED]
    heard = {test for tests in meant(passed, quiet) for test in tests}
    return [one for one in quiet if one in heard]


def contradicted(name: str, tests: Sequence[str]) -> str:
    """A command that passed whose report says otherwise, as a sentence."""
    return (
        f"The check `{name}` ended as if all were well, and its own report says that tests failed: "
        f"{listed(tests)}. What ends the runner early, or sets its exit code, has to go."
    )


def left_out(tests: Sequence[SourceTest]) -> str:
    """What the change keeps from running, as a sentence."""
    return (
        "Tests that ran and passed before the change stand there and do not run any more: "
        f"{listed(one.id for one in tests)}. Have them run; where one may be left out, a person says so by its "
        "name: bmad act STORY --again --why WORDS."
    )
