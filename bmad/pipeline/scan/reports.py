"""A scan as it is reported: claims by place, who made them, and what their overlap says."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.core.scan.defects import Defect, Sighting, defects, estimates
from bmad.core.scan.dismissals import reason
from bmad.core.scan.units import Unit
from bmad.model.agents import Severity
from bmad.model.review import Kind
from bmad.model.scan import Dismissal, Estimate, ScanFinding, ScanReport, ScanReviewer, ScanUnit, Unanswered
from bmad.pipeline.scan.course import Course
from bmad.pipeline.scan.reviewers import Reviewer
from bmad.pipeline.scan.survey import Survey

_TWO = 2


class Came(NamedTuple):
    """What a scan has come to."""

    head: str
    lenses: tuple[str, ...]
    reviewers: Sequence[Reviewer]
    survey: Survey
    course: Course
    unanswered: Sequence[Unanswered]
    calls: int
    kept: int
    dismissals: Mapping[str, Dismissal]

    def why_not(self, one: Defect) -> str:
        return reason(one, self.dismissals)


def report(came: Came, *, dry: bool, early: bool) -> ScanReport:
    """`dry` where nobody was asked, `early` where it was stopped before it was through."""
    every = () if dry else defects(came.course.sightings())
    found = [one for one in every if not came.why_not(one)]
    whole = not (dry or early or came.unanswered)
    return ScanReport(
        ok=whole and not any(one.finding.severity is not Severity.P2 for one in found),
        dry=dry,
        head=came.head,
        lenses=came.lenses,
        reviewers=tuple(_reviewer(came, number) for number in range(len(came.reviewers))),
        units=tuple(map(_unit, came.survey.units)),
        calls=came.calls,
        kept=came.kept,
        rounds=came.course.rounds,
        converged=whole and came.course.is_over,
        findings=tuple(_finding(one, came) for one in found),
        false_alarms=came.course.false_alarms,
        dismissed=tuple(_finding(one, came) for one in every if came.why_not(one)),
        outdated=came.course.outdated,
        estimates=() if dry else _estimates(came),
        left_out=tuple(came.survey.left_out),
        unanswered=tuple(came.unanswered),
    )


def _reviewer(came: Came, number: int) -> ScanReviewer:
    one = came.reviewers[number]
    told = (work.who for work in came.course.works(number))
    return ScanReviewer(name=one.name, vendor=one.vendor, models=tuple(dict.fromkeys(told)))


def _unit(one: Unit) -> ScanUnit:
    first = one.pieces[0]
    whole = all(piece.is_whole for piece in one.pieces)
    lines = None if whole else (first.first, first.last)
    return ScanUnit(name=one.name, files=one.paths, lines=lines, bytes=one.bytes)


def _finding(one: Defect, came: Came) -> ScanFinding:
    told = one.finding
    return ScanFinding(
        id=one.id,
        kind=told.kind,
        severity=told.severity,
        path=told.path,
        line=told.line,
        end_line=told.end_line,
        quote=told.quote,
        claim=told.claim,
        fix=told.fix,
        lenses=one.lenses,
        by=tuple(came.reviewers[number].name for number in sorted(one.reviewers)),
        round=one.first.round,
        why=told.why if told.kind is not Kind.FINDING else "",
        dismissed=came.why_not(one),
    )


def _estimates(came: Came) -> tuple[Estimate, ...]:
    """For each lens; none where one reviewer looks alone, or no unit was looked through by both."""
    if len(came.reviewers) != _TWO:
        return ()
    course = came.course
    seen = {lens: course.both_saw(lens) for lens in came.lenses}
    return tuple(
        one
        for lens in came.lenses
        if any(seen[lens].values())
        for one in estimates(lens, _counted(came, lens), seen[lens])
    )


def _counted(came: Came, lens: str) -> list[Sighting]:
    """What was seen through a lens, without false alarms."""
    alarms = {one.key for each in defects(came.course.sightings()) if came.why_not(each) for one in each.sightings}
    return [one for one in came.course.sightings(lens) if one.key not in alarms]
