"""A story's work log as text: nothing is cut, and every finding stands in it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bmad.model.act import State
from bmad.model.act_reports import ActEvent, Landed, LogFinding, LogReport
from bmad.model.layout import ARCHIVE, KEPT
from bmad.model.record import Evidence
from bmad.model.review import Kind
from bmad.render.acting import assumed, counted, happened, place
from bmad.render.entries import entries
from bmad.render.spending import spending
from bmad.render.words import line, plural, visible

_SHORT = 12
_ALL = 1 << 20
"""Characters of a line."""


def log(report: LogReport) -> str:
    """A story's work log."""
    rows = [f"{report.story}  {line(report.title, 80)}  ({report.state})"]
    if cost := spending(report.spent):
        rows.append(f"spent: {cost}")
    rows += assumed(report.assumptions)
    rows += [f"{event.time[:19]}  {logged(event).removeprefix(f'{report.story}  ')}" for event in report.events]
    rows += _landed(report.landed) if report.landed is not None else ()
    if report.log and not report.events:
        rows.append("from its record, in the words of those who worked on it:")
        rows += [f"  {line(one.step)}  {one.by}: {line(one.words, _ALL)}" for one in report.log]
    return "\n".join([*rows, *closing(report)])


def _landed(found: Landed) -> Iterator[str]:
    """What a record says of who worked, what came of it, and what stands for each criterion."""
    signed = "bears a signature: bmad gate says whose" if found.signature else "bears no signature"
    yield f"what {found.record} says (landing {found.landing}; it {signed}):"
    for one in found.work:
        shared = ", with a configuration that it shared" if one.shared else ""
        yield f"  {line(one.step)}  {one.role} {line(one.who)}, context {line(one.context[:_SHORT])}{shared}"
    for each in found.findings:
        ruled = f", ruled by {line(each.ruled_by)}" if each.ruled_by else ""
        where = place(each.path, each.line)
        yield f"  {each.severity} {line(each.id)}  {where}  ({line(each.lens)}): {each.disposition}{ruled}"
    yield from (f"  {_stands(row)}" for row in found.evidence)
    yield f"  accepted by {line(found.accepted.by)} ({found.accepted.how})"


def _stands(row: Evidence) -> str:
    """What stands for a criterion, in words."""
    name = line(row.criterion.rpartition("/")[2])
    if row.by:
        return f"{name}: looked at by {line(row.by)}: {line(row.why, _ALL)}"
    checks = f"of the story as a whole passed: {line(', '.join(row.checks), _ALL)}" if row.checks else "no check"
    if not row.tests:
        return f"{name}: no test of its own is told; {checks}"
    before = {True: "failed before", False: "passed before, too", None: "nobody looked before"}[row.failed_before]
    after = {True: "pass now", False: "fail now", None: "nobody looked after"}[row.passed_after]
    return f"{name}: {line(', '.join(row.tests), _ALL)} ({before}, {after}); {checks}"


def closing(report: LogReport) -> list[str]:
    """What there is to say after the last event: findings, work that was kept, what agents and checks put out."""
    rows = _found(report.findings)
    rows += [f"unfinished work: {line(ref)}" for ref in dict.fromkeys(_kept(report.events))]
    return rows + [f"output: {visible(path)}" for path in report.transcripts]


def _kept(events: Sequence[ActEvent]) -> Iterator[str]:
    """Where what was kept of unfinished work lies now: when a story is done, what led there is archived."""
    done = max((at for at, event in enumerate(events) if event.state is State.DONE), default=0)
    for at, event in enumerate(events):
        name = str(event.content.get("kept") or "")
        if at < done and name.startswith(KEPT) and f"/{event.story}/done" not in name:
            name = f"{ARCHIVE} (as {name.removeprefix(KEPT)})"
        if name:
            yield name


def _found(findings: Sequence[LogFinding]) -> list[str]:
    """How many findings there were and what came of them, then what the story has landed with."""
    if not findings:
        return []
    ends = Counter(_LANDED_OPEN if one.left_open else one.disposition.value for one in findings)
    told = ", ".join(f"{count} {name}" for name, count in ends.items())
    rows = [f"{counted(one.severity.value for one in findings)}{_places(findings)}: {told}"]
    for one in (one for one in findings if one.left_open):
        rows.append(f"  {_LANDED_OPEN}: {one.severity} {one.id}  {place(one.path, one.line)}  ({line(one.lens)})")
        rows.append(f"    {line(one.claim, _ALL)}")
    return [*rows, "  what of it is still open: bmad status"] if _LANDED_OPEN in ends else rows


def _places(findings: Sequence[LogFinding]) -> str:
    """At how many places they stand, where some of them share one; then which."""
    shared = {frozenset((one.id, *one.same_place)): one for one in findings if one.same_place}
    if not shared:
        return ""
    count = len(findings) - sum(len(ids) - 1 for ids in shared)
    told = "; ".join(f"{' and '.join((one.id, *one.same_place))} on the same lines" for one in shared.values())
    return f" at {plural(count, 'place')} ({told})"


_LANDED_OPEN = "landed open"


def dated(event: ActEvent) -> str:
    """The same with its time, as it is told while a story goes on."""
    return f"{event.time[:19]}  {logged(event)}"


def logged(event: ActEvent) -> str:
    """One event as the log has it: nothing is cut, and each finding has a line of its own."""
    rows = [happened(event, _ALL, listed=True)]
    for one in event.content.get("findings", ()):
        kind = one.get("kind", Kind.FINDING)
        where = place(one["path"], one["line"]) if kind == Kind.FINDING else f"({line(one.get('why', ''), _ALL)})"
        rows.append(
            f"    {one['severity']} {one['id']}  {where}  ({line(one['lens'])})  {line(one['claim'], _ALL)}"
        )
    return "\n".join([*rows, *entries(event.content)])
