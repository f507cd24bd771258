"""A scan as text: claims by file, the estimate with what it rests on, and what was not looked at."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from bmad.model.agents import Severity
from bmad.model.review import Kind
from bmad.model.scan import DismissReport, Estimate, ScanFinding, ScanReport
from bmad.render.spending import spending
from bmad.render.words import line, plural

_MOST_LEFT, _MOST_UNITS, _MOST_UNANSWERED, _MOST_DISMISSED = 3, 40, 10, 10
_RESTS = (
    "An estimate rests on the two having looked apart from each other, and on each defect being as easily found "
    "as any other. What both find easily, and what both are blind to, makes it too low; claims that are false "
    "alarms count as defects in it until somebody dismisses them. Read it as a least number."
)


def scan(report: ScanReport) -> str:
    """The whole report; of a dry run what would be asked."""
    rows = [*_planned(report)] if report.dry else [*_findings(report), *_came(report), *_estimates(report)]
    return "\n".join([*rows, *_unseen(report)])


def dismissed(report: DismissReport) -> str:
    """What became of the claims that a person named, a line each."""
    rows = [
        f"{one.id} ({line(one.path, 200)}{f':{one.line}' if one.line else ''}) is passed over as a false "
        "alarm until its lines change"
        for one in report.dismissed
    ]
    return "\n".join([*rows, *(f"{name} counts again" for name in report.standing)])


def _planned(report: ScanReport) -> Iterator[str]:
    for one in report.units[:_MOST_UNITS]:
        yield f"  {line(one.name, 200)}  {one.bytes:,} bytes"
    if len(report.units) > _MOST_UNITS:
        yield f"  … and {plural(len(report.units) - _MOST_UNITS, 'unit')} more (--json lists all)"
    files = len({path for one in report.units for path in one.files})
    size = sum(one.bytes for one in report.units)
    yield f"{plural(len(report.units), 'unit')} of {plural(files, 'file')}, {size:,} bytes, {_by(report)}"
    kept = f"; {report.kept} more are kept from before" if report.kept else ""
    yield (
        f"The first round would ask for {plural(report.calls, 'review')}{kept}. Each further one asks again about "
        "the units that gave something new."
    )


def _by(report: ScanReport) -> str:
    names = " and ".join(f"{line(one.name)} ({line(one.vendor, 30)})" for one in report.reviewers)
    return f"for {line(', '.join(report.lenses), 200)}, by {names}"


def _findings(report: ScanReport) -> Iterator[str]:
    placed = [one for one in report.findings if one.kind is Kind.FINDING]
    for path, group in groupby(placed, key=lambda one: one.path):
        yield line(path, 300)
        for one in group:
            yield from _finding(one, len(report.reviewers))
    homeless = [one for one in report.findings if one.kind is not Kind.FINDING]
    if homeless:
        yield "Claims whose quote stands nowhere, also when their reviewer was asked once more"
    for one in homeless:
        yield from _finding(one, len(report.reviewers))


def _finding(one: ScanFinding, reviewers: int) -> Iterator[str]:
    place = f":{one.line}" + (f"-{one.end_line}" if one.end_line > one.line else "")
    where = place if one.kind is Kind.FINDING else f"{line(one.path, 300)}{place}"
    by = "both" if len(one.by) == reviewers > 1 else line(", ".join(one.by))
    yield f"  {one.severity} {one.id}  {where}  ({by}; {line(', '.join(one.lenses))})"
    if one.quote:
        yield f"    > {line(one.quote, 160)}"
    yield f"    {line(one.claim, 800)}"
    if one.why:
        yield f"    but: {line(one.why, 400)}"
    if one.fix:
        yield f"    fix: {line(one.fix, 400)}"


def _came(report: ScanReport) -> Iterator[str]:
    count = Counter(one.severity for one in report.findings)
    graded = ", ".join(f"{count[one]} {one}" for one in Severity if count[one])
    yield (
        f"{plural(len(report.findings), 'claim')}{f' ({graded})' if graded else ''} about "
        f"{plural(len(report.units), 'unit')} of {report.head[:12]}, {_by(report)}; nobody has confirmed them"
    )
    spent = spending(report.spent)
    kept = f", {report.kept} kept from before" if report.kept else ""
    asked = f"{plural(report.rounds, 'round')}, {plural(report.calls, 'review')} asked for now{kept}"
    yield f"{asked}; {spent}" if spent else asked
    if report.findings:
        yield "$ bmad dismiss F-… --why WORDS has the next scan pass over a false alarm"
        yield (
            "$ bmad new story --finding F-… makes a story of what you find to be right; with --implements and "
            "--epic where the file is of no story yet"
        )
    yield _converged(report)
    if report.false_alarms:
        yield f"Passed over: {plural(report.false_alarms, 'claim')} that a review before settled as a false alarm"
    if report.dismissed:
        names = ", ".join(one.id for one in report.dismissed[:_MOST_DISMISSED])
        more = (
            f" and {len(report.dismissed) - _MOST_DISMISSED} more"
            if len(report.dismissed) > _MOST_DISMISSED
            else ""
        )
        yield (
            f"Passed over: {plural(len(report.dismissed), 'claim')} that a person dismissed as a false alarm: "
            f"{names}{more} (bmad dismiss F-… --undo has it count again)"
        )
    if report.outdated:
        yield f"Left out: {plural(report.outdated, 'claim')} about files that have changed since"


def _converged(report: ScanReport) -> str:
    if report.converged:
        return "Converged: the last round gave nothing new."
    if report.stop:
        until = f" It may go on from {report.until:%Y-%m-%d %H:%M %Z}." if report.until else ""
        return f"Stopped before it was through: {line(report.stopped, 800)}{until} bmad scan goes on from here."
    if report.unanswered:
        return "Not converged: not every look came to a review. bmad scan asks for these again."
    return "Not converged: the last round still gave something new (--rounds allows more)."


def _estimates(report: ScanReport) -> Iterator[str]:
    told = [row for one in report.estimates for row in _estimate(one, report)]
    yield from told
    if any(one.total is not None for one in report.estimates):
        yield _RESTS


def _estimate(one: Estimate, report: ScanReport) -> Iterator[str]:
    what = "P0 and P1" if one.grave else "all"
    names = [line(each.name) for each in report.reviewers]
    later = f", and later rounds {one.later} more" if one.later else ""
    head = (
        f"{line(one.lens)}, {what}: apart from each other {names[0]} found {one.first}, {names[1]} {one.second}, "
        f"{one.both} of them both{later}."
    )
    known = one.seen + one.later
    if not one.seen:
        return
    if one.total is None:
        yield f"{head} No estimate, since they found nothing in common: there are at least {known}."
        return
    high = "any number" if one.high is None else str(max(one.high - known, 0))
    rough = " (rough: so few in common say little)" if one.rough else ""
    yield (
        f"{head} By that overlap there are about {max(one.total, known):.0f}{rough}, so about "
        f"{max(one.total - known, 0):.0f} that nobody has found yet (95 %: {max(one.low - known, 0)} to {high})."
    )


def _unseen(report: ScanReport) -> Iterator[str]:
    for one in report.unanswered[:_MOST_UNANSWERED]:
        what = f"{line(one.unit, 200)} ({line(one.lens)})"
        yield f"Not looked through by {line(one.reviewer)}: {what}. {line(one.words, 400)}"
    if len(report.unanswered) > _MOST_UNANSWERED:
        rest = len(report.unanswered) - _MOST_UNANSWERED
        yield f"… and {plural(rest, 'look')} more that came to nothing (--json lists all)"
    if report.left_out:
        yield f"Not looked at: {plural(len(report.left_out), 'file')}"
    for why, paths in _by_reason(report):
        more = f" and {len(paths) - _MOST_LEFT} more" if len(paths) > _MOST_LEFT else ""
        yield f"  {why}: {', '.join(line(path, 200) for path in paths[:_MOST_LEFT])}{more}"


def _by_reason(report: ScanReport) -> Iterable[tuple[str, list[str]]]:
    reasons: dict[str, list[str]] = {}
    for one in report.left_out:
        reasons.setdefault(one.why, []).append(one.path)
    return reasons.items()
