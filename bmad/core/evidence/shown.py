"""What the runs of a story's tests show of its criteria: failed before by what the code does, and passed after."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.evidence.joining import join, outcome_of
from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import Source
from bmad.core.gate.words import listed, printable
from bmad.model.record import Evidence
from bmad.model.spec import Story
from bmad.model.verification import Outcome, RanTest, TestCase

_INTERFACE = re.compile(
    r"\b(?:ImportError|ModuleNotFoundError|AttributeError|NameError|SyntaxError|IndentationError|NoMethodError"
    r"|ReferenceError|ERR_MODULE_NOT_FOUND)\b|collection failure|unexpected keyword argument"
    r"|missing \d+ required|takes (?:from )?\d+ (?:to \d+ )?positional|takes no arguments"
    r"|is not (?:a function|a constructor|defined)|[Cc]annot find (?:module|symbol|function|value|type)"
    r"|[Uu]ndefined (?:function|method)|unresolved import"
)
"""How tests fail for want of what they ask for, in several languages; what the code does, that does not show."""
_ASSERTED = re.compile(
    r"(?:[\w.]+\.)?(?:AssertionError|AssertionFailedError|ComparisonFailure|ExpectationNotMetError|Failed)\b|assert\b"
    r"|(?:Error: )?expect\("
)
"""How what an assertion says begins, whatever it quotes."""


class Runs(NamedTuple):
    """What ran: on the head, on the base with only the change's tests, on the head emptied (None: not looked)."""

    head: Sequence[TestCase]
    base: Sequence[TestCase]
    emptied: Sequence[TestCase] | None = None


class Shown(NamedTuple):
    """A row a criterion, and what is missing, a sentence each."""

    rows: tuple[Evidence, ...]
    words: tuple[str, ...]


class Allowed(NamedTuple):
    """What may stand for a criterion beside tests that failed before.

    `vouched` where a person may for one that no test names; `built` are those that other stories have built, whose
    tests may have passed before, too.
    """

    vouched: bool = False
    built: frozenset[str] = frozenset()


def unclear(story: Story, sources: Sequence[Source], runs: Runs, allowed: Allowed = Allowed()) -> bool:  # noqa: B008 - frozen
    """Whether a criterion has tests that pass, and none of them failed on the base by what the code does."""
    return story.kind != "refactor" and any(
        passing and name not in allowed.built and not any(_failed(runs.base, test) for test in passing)
        for name, tests in _by_criterion(story, sources, runs).items()
        if (passing := _passing(tests))
    )


def shown(
    story: Story,
    sources: Sequence[Source],
    runs: Runs,
    checks: Sequence[str],
    allowed: Allowed = Allowed(),  # noqa: B008
) -> Shown:
    """The evidence of each criterion."""
    tests = _by_criterion(story, sources, runs)
    rows, words = [], []
    for name, own in tests.items():
        calm = story.kind == "refactor" or name in allowed.built
        row, wanting = _row(name, own, runs, checks, calm=calm)
        rows.append(row)
        if wanting and not (allowed.vouched and not own):
            words.append(wanting)
    return Shown(tuple(rows), (*words, *_misnamed(story, sources)))


def _by_criterion(story: Story, sources: Sequence[Source], runs: Runs) -> Mapping[str, tuple[RanTest, ...]]:
    names = Names(f"{story.id}/{one.id}" for one in story.criteria)
    found = join(runs.head, [test for one in sources for test in one.tests], names).tests
    return {f"{story.id}/{one.id}": found.get(f"{story.id}/{one.id}", ()) for one in story.criteria}


def _passing(tests: Sequence[RanTest]) -> list[str]:
    return [one.test for one in tests if one.outcome == "passed"]


def _row(
    name: str, tests: Sequence[RanTest], runs: Runs, checks: Sequence[str], *, calm: bool
) -> tuple[Evidence, str]:
    """The evidence, and what is missing as a sentence; empty where nothing is.

    `calm` where tests that passed before, too, are what is asked for.
    """
    row = Evidence(criterion=name, checks=tuple(checks))
    state = outcome_of(tests)
    if state != "passed":
        return row, _NOT_PASSED[state].format(name, _few(tests))
    passing = _passing(tests)
    if calm:
        stood = [test for test in passing if _outcome(runs.base, test) is Outcome.PASSED]
        made = row.model_copy(
            update={"tests": tuple(stood), "failed_before": False if stood else None, "passed_after": True}
        )
        return made, "" if stood else _CHANGED.format(name, listed(passing))
    for before, cases in (("base", runs.base), ("emptied", runs.emptied or ())):
        failed = tuple(test for test in passing if _failed(cases, test))
        if failed:
            seen = {"tests": failed, "failed_before": True, "before": before, "passed_after": True}
            return row.model_copy(update=seen), ""
    bare = all(_outcome(runs.base, test) is Outcome.PASSED for test in passing)
    return row.model_copy(update={"passed_after": True, "failed_before": False if bare else None}), _why(
        name, passing, runs, passed=bare
    )


_NOT_PASSED = {
    "unnamed": "No test names {0}. Write that id in the name or docstring of a test of it, or in a comment in it.",
    "not-run": "The tests that name {0} did not run: {1}.",
    "skipped": "The tests that name {0} were skipped: {1}.",
    "failed": "Tests that name {0} failed: {1}.",
}
_CHANGED = "{0} is to hold before, too, and no test that names it passed then: {1}."


def _few(tests: Sequence[RanTest]) -> str:
    return listed(one.test for one in tests)


def _why(name: str, passing: Sequence[str], runs: Runs, *, passed: bool) -> str:
    told = listed(passing)
    if passed:
        return (
            f"The tests that name {name} passed before the change, too, so they show nothing of it: {told}. Let "
            "one fail without it."
        )
    if runs.emptied is None:
        return f"The tests that name {name} failed before only since what they ask for was not there: {told}."
    calm = [test for test in passing if _outcome(runs.emptied, test) is Outcome.PASSED]
    if calm:
        return (
            f"The tests that name {name} pass with the bodies of the change emptied, so they show nothing of what "
            f"it does: {listed(calm)}."
        )
    return f"The tests that name {name} did not fail before by what the code does: {told}."


def _outcome(cases: Sequence[TestCase], test: str) -> Outcome | None:
    return next((one.outcome for one in cases if one.id == test), None)


def _failed(cases: Sequence[TestCase], test: str) -> bool:
    """Whether a test ran and failed by what the code does."""
    return any(one.id == test and by_behaviour(one) for one in cases)


def by_behaviour(case: TestCase) -> bool:
    """Whether a test failed by what the code does, and not for want of what it asks for."""
    said = _ASSERTED.match(case.words) or not _INTERFACE.search(case.words)
    return case.outcome is Outcome.FAILED and bool(said)


def _misnamed(story: Story, sources: Sequence[Source]) -> Iterator[str]:
    """Ids of this story that name no criterion of it."""
    wrong = dict.fromkeys(
        one.id for source in sources for one in source.unknown if one.id.startswith(f"{story.id}/")
    )
    for name in [*wrong][:5]:
        yield f"{printable(name)} stands in a test and names no criterion: {story.id} has none of that number."
