"""What `bmad verify` found, as text: a story's criteria with their tests, then what names nothing."""

from collections import Counter
from collections.abc import Iterator

from bmad.model.verification import CriterionRan, Misnamed, VerifyReport
from bmad.render.words import line, plural, visible

_WORDS = {
    "passed": "passed",
    "failed": "FAILED",
    "skipped": "skipped",
    "not-run": "not run",
    "unnamed": "no test names it",
    "by-person": "for a person to look at",
}
_COUNTED = _WORDS | {"unnamed": "named by no test"}
"""The same behind a number."""
_BARE = ("unnamed", "by-person")
_FEW = 4
_WIDE = 8


def verified(report: VerifyReport) -> str:
    """Criteria that tests name, or all where stories were asked for; then a count of the rest."""
    shown = [one for one in report.criteria if report.stories or one.state not in _BARE]
    wide = max(_WIDE, *(len(_WORDS[one.state]) for one in shown), 0)
    parts = [row for one in shown for row in _criterion(one, wide)]
    parts += map(_misnamed, report.misnamed)
    states = Counter[str](one.state for one in report.criteria)
    told = ", ".join(f"{states[state]} {words.lower()}" for state, words in _COUNTED.items() if states[state])
    parts.append(f"{plural(len(report.criteria), 'criterion')}: {told or 'none'}")
    count = plural(report.passed + report.failed + report.skipped, "test")
    ended = f"{report.passed} passed, {report.failed} failed, {report.skipped} skipped"
    parts.append(f"{count} in the reports: {ended}")
    return "\n".join(parts)


def _misnamed(one: Misnamed) -> str:
    place = f"{visible(one.path)}:{one.line}" if one.line else visible(one.path)
    return f"{place}: {visible(one.id)} names no criterion"


def _criterion(one: CriterionRan, wide: int) -> Iterator[str]:
    yield f"{_WORDS[one.state]:<{wide}} {one.criterion}  {line(one.text, 70)}"
    for test in one.tests[:_FEW]:
        words = f"  {line(test.words, 60)}" if test.words and test.outcome != "passed" else ""
        yield f"  {_WORDS[test.outcome].lower():<{_WIDE}} {visible(test.test)}{words}"
    if len(one.tests) > _FEW:
        yield f"  and {plural(len(one.tests) - _FEW, 'test')} more"
