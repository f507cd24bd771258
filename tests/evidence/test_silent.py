"""What reports say of all tests: a runner that hides failures, and tests that are kept from running."""

import pytest

from bmad.core.evidence.silent import failing, silenced, silent
from bmad.core.evidence.sources import SourceTest
from bmad.model.verification import Outcome, TestCase

PASSED, FAILED, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED
ONE = SourceTest("tests/test_a.py", "test_one", 1, 2)
TWO = SourceTest("tests/test_a.py", "TestA::test_two", 4, 5)


def ran(name: str, outcome: Outcome, suite: str = "tests.test_a") -> TestCase:
    return TestCase(suite=suite, name=name, outcome=outcome)


def test_what_failed_is_told_and_what_passed_in_the_end_is_not() -> None:
    cases = [ran("test_one", FAILED), ran("test_two", FAILED), ran("test_two", PASSED), ran("test_three", SKIPPED)]
    assert failing(cases) == [ran("test_one", FAILED).id]
    assert failing([]) == []


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ([ran("test_one", PASSED), ran("test_two", FAILED, "tests.test_a.TestA")], []),
        (
            [
                ran("test_one[1]", SKIPPED),
                ran("test_one[2]", PASSED),
                ran("test_two", PASSED, "tests.test_a.TestA"),
            ],
            [],
        ),
        ([ran("test_one", SKIPPED), ran("test_two", PASSED, "tests.test_a.TestA")], [ONE]),
        ([ran("test_one", PASSED)], [TWO]),
        ([], [ONE, TWO]),
    ],
)
def test_what_does_not_run_or_is_skipped_is_silent(now: list[TestCase], quiet: list[SourceTest]) -> None:
    assert silent(now, [ONE, TWO]) == quiet


def test_only_what_ran_and_passed_before_is_silenced() -> None:
    before = [ran("test_one", SKIPPED), ran("test_two", PASSED, "tests.test_a.TestA")]
    assert silenced(before, [ONE, TWO]) == [TWO]
    assert silenced([], [ONE, TWO]) == []
