"""A look back as text."""

from collections.abc import Iterator, Mapping

from bmad.model.act import State
from bmad.model.retro import RetroReport, RetroStory, Reviewer
from bmad.model.spending import Spending
from bmad.render.spending import spending
from bmad.render.words import line, plural

_REPEATED = 8
_MINUTE, _HOUR = 60, 3600


def retro(report: RetroReport) -> str:
    """Stories, where time went, findings, reviewers, what came again."""
    if not report.stories:
        return "Nothing to look back at: `bmad act` has begun no story here."
    return "\n".join(_rows(report))


def _rows(report: RetroReport) -> Iterator[str]:
    yield from map(_story, report.stories)
    yield ""
    yield f"time: {_times(report.seconds)}; waiting for people {_span(report.waiting)}"
    if cost := _spent(report.spent):
        yield f"spent: {cost}"
    if report.findings:
        yield "findings:"
    for one in report.findings:
        alarms = f", {plural(one.false_alarms, 'false alarm')}" if one.false_alarms else ""
        yield f"  {one.severity} {line(one.lens):<16} {one.raised} raised, {one.fixed} fixed{alarms}"
    if report.reviewers:
        yield "reviewers:"
    yield from map(_reviewer, report.reviewers)
    if report.repeated:
        yield "came again:"
    for again in report.repeated[:_REPEATED]:
        yield f"  {again.what} {line(again.name)}: {again.times} times in {plural(len(again.stories), 'story')}"
    if len(report.repeated) > _REPEATED:
        yield f"  (and {len(report.repeated) - _REPEATED} more: --json)"


def _spent(one: Spending) -> str:
    """What is known of it, and what is not; empty where nothing was called that costs."""
    told = spending(one)
    if not told:
        return f"unknown, since none of {plural(one.silent, 'call')} said what it used" if one.silent else ""
    return told if one.usd or not one.unpriced else f"{told}; the money is unknown"


def _story(one: RetroStory) -> str:
    parts = (plural(one.rounds, "round"), plural(one.findings, "finding"), _span(sum(one.seconds.values())))
    cost = spending(one.spent)
    return "  ".join(filter(None, (f"{one.state:<9} {one.id}", line(one.title, 60), ", ".join(parts), cost)))


def _reviewer(one: Reviewer) -> str:
    left = f", {one.open} open" if one.open else ""
    left += f", {one.homeless} without a place" if one.homeless else ""
    told = f"{one.right} right, {one.wrong} wrong{left}"
    if one.precision is None or one.low is None or one.high is None:
        return f"  {line(one.by)} ({line(one.lens)}): {told}; nothing settled yet"
    share = f"precision {one.precision:.0%} ({one.low:.0%} to {one.high:.0%})"
    return f"  {line(one.by)} ({line(one.lens)}): {told}; {share}"


def _times(seconds: Mapping[State, float]) -> str:
    spans = sorted(((state, time) for state, time in seconds.items() if time), key=lambda pair: -pair[1])
    return ", ".join(f"{state} {_span(time)}" for state, time in spans) or "none"


def _span(seconds: float) -> str:
    """`40s`, `3m 20s`, `2h 5m`."""
    whole = int(seconds)
    if whole >= _HOUR:
        return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE}m"
    return f"{whole // _MINUTE}m {whole % _MINUTE}s" if whole >= _MINUTE else f"{seconds:.1f}s"
