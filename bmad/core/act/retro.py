"""Looking back at runs: rounds, findings by lens, each reviewer's precision, cost, where time went, what repeated.

Pure: entries of the journal in, a report out. A finding counts once, for the reviewer whose review first raised
it, however often and in however many stories it is raised again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from math import sqrt
from typing import NamedTuple

from bmad.core.act.replay import apply, replay
from bmad.core.act.run import PERSON, Run
from bmad.core.act.spending import spent
from bmad.model.act import Failed, Reviewed, State, Verified, Waits
from bmad.model.agents import Fault
from bmad.model.contents import CONTENT
from bmad.model.journal import Entry
from bmad.model.record import Work
from bmad.model.retro import FindingCount, Repeated, RetroReport, RetroStory, Reviewer
from bmad.model.review import Disposition, Finding, Kind
from bmad.model.settings import Price

_RIGHT = frozenset({Disposition.CONFIRMED, Disposition.FIXED, Disposition.JOINED})
_WRONG = frozenset({Disposition.FALSE_POSITIVE, Disposition.WITHDRAWN})
_PERSONS = frozenset({State.PLAN, State.ARBITRATE, State.ACCEPT, State.BLOCKED})
_Z = 1.959964
"""Of the normal distribution, for 95 %."""


class _Raised(NamedTuple):
    by: str
    lens: str
    time: datetime


class _Told(NamedTuple):
    """One story's part of the journal."""

    run: Run
    seconds: Mapping[State, float]
    waiting: float
    """Seconds of these in which a person was waited for."""
    raised: Mapping[str, "_Raised"]
    """Finding -> who raised it first, and when."""
    faults: Sequence[Fault]
    failing: Sequence[str]


def retro(entries: Iterable[Entry], titles: Mapping[str, str], prices: Mapping[str, Price]) -> RetroReport:
    """The report over all stories of the journal. Raises: UsageError where its events do not follow."""
    ordered = sorted(entries, key=lambda one: (one.story, one.seq))
    told = [_told(story, list(own)) for story, own in groupby(ordered, key=lambda one: one.story)]
    seconds: dict[State, float] = defaultdict(float)
    for one in told:
        for state, time in one.seconds.items():
            seconds[state] += time
    return RetroReport(
        stories=tuple(_story(one, titles, prices) for one in told),
        seconds=dict(seconds),
        waiting=sum(one.waiting for one in told),
        findings=tuple(_counts(told)),
        reviewers=tuple(_reviewers(told)),
        repeated=tuple(_repeated(told)),
        faults=dict(Counter(fault for one in told for fault in one.faults)),
        spent=spent((work for one in told for work in _works(one.run)), prices),
    )


def _works(run: Run) -> tuple[Work, ...]:
    return (*run.works, *run.lost)


def _story(one: _Told, titles: Mapping[str, str], prices: Mapping[str, Price]) -> RetroStory:
    run = one.run
    return RetroStory(
        id=run.story,
        title=titles.get(run.story, ""),
        state=run.state,
        rounds=run.round,
        findings=len(run.findings),
        spent=spent(_works(run), prices),
        seconds=dict(one.seconds),
    )


def _told(story: str, entries: Sequence[Entry]) -> _Told:
    last = replay(story, entries).begun - 1
    run, raised = Run(story), dict[str, _Raised]()
    stays: list[tuple[State, bool, datetime]] = []
    faults: list[Fault] = []
    failing: list[str] = []
    for at, entry in enumerate(entries):
        before, run = run, apply(run, entry)
        if at < last:
            continue
        content = CONTENT[entry.event].model_validate(entry.content)
        waits = run.state in _PERSONS or (isinstance(content, Waits) and content.fault is None)
        stays.append((run.state, waits, entry.time))
        if isinstance(content, Failed | Waits) and content.fault is not None:
            faults.append(content.fault)
        if isinstance(content, Verified):
            failing += [one.name for one in content.checks if not one.ok]
        if isinstance(content, Reviewed):
            new = (one for one in content.findings if one.id not in before.findings)
            raised |= {one.id: _Raised(*_who(one, content.work), entry.time) for one in new}
    seconds: dict[State, float] = defaultdict(float)
    waiting = 0.0
    for (state, waits, since), (_, _, until) in pairwise(stays):
        span = max((until - since).total_seconds(), 0)
        seconds[state] += span
        waiting += span * waits
    return _Told(run, seconds, waiting, raised, faults, failing)


def _who(finding: Finding, works: Iterable[Work]) -> tuple[str, str]:
    """Who raised a finding, and through which lens: whoever looked through its own.

    A person's demand in a review is of the first lens that they looked through, as their comments on lines are.
    """
    if finding.lens == PERSON:
        theirs = ((one.who, one.lens) for one in works if one.by and one.by == finding.ruled_by)
        return next(theirs, ("a person", PERSON))
    return next((one.who for one in works if one.lens == finding.lens), "unknown"), finding.lens


def _reviewed(one: _Told) -> list[Finding]:
    """The findings of reviews; not what a person demanded who rejects the work, nor what nobody was shown."""
    return [
        each
        for each in one.run.findings.values()
        if each.kind is not Kind.UNSHOWN and (each.lens != PERSON or each.id in one.raised)
    ]


def _is_right(one: Finding) -> bool:
    """Whether others took a finding for right: a person's demand is confirmed by themselves, until it is met."""
    return one.disposition is Disposition.FIXED or (one.disposition in _RIGHT and one.lens != PERSON)


def _once(told: Sequence[_Told]) -> dict[str, tuple[_Raised, Finding]]:
    """Each finding once, though several stories met it: who raised it first, and how the last of them left it."""
    never = datetime.max.replace(tzinfo=UTC)
    every = [
        (one.raised.get(each.id, _Raised("unknown", each.lens, never)), each)
        for one in told
        for each in _reviewed(one)
    ]
    found: dict[str, tuple[_Raised, Finding]] = {}
    for raised, each in sorted(every, key=lambda one: one[0].time):
        first, _ = found.get(each.id, (raised, each))
        found[each.id] = (first, each)
    return found


def _counts(told: Sequence[_Told]) -> Iterator[FindingCount]:
    found = [each for _, each in _once(told).values()]
    for lens, severity in sorted({(one.lens, one.severity) for one in found}):
        own = [one for one in found if (one.lens, one.severity) == (lens, severity)]
        yield FindingCount(
            lens=lens,
            severity=severity,
            raised=len(own),
            fixed=sum(one.disposition is Disposition.FIXED for one in own),
            false_alarms=sum(one.disposition in _WRONG for one in own),
        )


def _reviewers(told: Sequence[_Told]) -> Iterator[Reviewer]:
    by: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for raised, each in _once(told).values():
        by[raised.by, raised.lens].append(each)
    for (who, lens), own in sorted(by.items()):
        homeless = [one for one in own if one.kind is Kind.CLAIM]
        placed = [one for one in own if one.kind is Kind.FINDING]
        right = sum(map(_is_right, placed))
        wrong = sum(one.disposition in _WRONG for one in placed)
        low, high = interval(right, right + wrong) or (None, None)
        yield Reviewer(
            by=who,
            lens=lens,
            raised=len(own),
            right=right,
            wrong=wrong,
            homeless=len(homeless),
            open=len(placed) - right - wrong,
            precision=right / (right + wrong) if right + wrong else None,
            low=low,
            high=high,
        )


def interval(hits: int, total: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a share; None of nothing. Source: Wilson (1927), doi:10.2307/2276774."""
    if not total:
        return None
    share, square = hits / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _repeated(told: Sequence[_Told]) -> Iterator[Repeated]:
    """What came more than once, the most frequent first."""
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in told:
        story = one.run.story
        for fault in one.faults:
            seen["fault", fault.value].append(story)
        for name in one.failing:
            seen["check", name].append(story)
        for each in _reviewed(one):
            seen["finding", each.id].append(story)
            if each.path:
                seen["path", each.path].append(story)
    often = [(what, name, where) for (what, name), where in seen.items() if len(where) > 1]
    for what, name, where in sorted(often, key=lambda each: (-len(each[2]), each[0], each[1])):
        yield Repeated(what=what, name=name, times=len(where), stories=tuple(dict.fromkeys(where)))
