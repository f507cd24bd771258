"""`bmad gate`: read a range once, judge it, report."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from bmad.core.gate.facts import Evidence
from bmad.core.gate.judge import Result, judge_range
from bmad.core.gate.squash import commit_by_commit_refused, is_told
from bmad.core.gate.words import told, undecidable
from bmad.errors import UndecidableError
from bmad.model.gate import GateReport
from bmad.model.history import Tips
from bmad.model.settings import Level
from bmad.pipeline.gate.evidence import (
    Specs,
)
from bmad.pipeline.gate.range_reader import RangeReader
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History, Objects

NOTHING = "the range is empty: head is the base or an ancestor of it, so there is nothing to judge"


class GateRequest(NamedTuple):
    """What a person or CI asks for; `since` (a revision or `root`) goes without base.

    `target` is the full ref of the branch that the base is of, where it is named by its id.
    """

    base: str | None = None
    head: str | None = None
    level: Level | None = None
    since: str | None = None
    require_policy: bool = False
    report_only: bool = False
    target: str | None = None


def gate(
    history: History, formats: Formats, clock: Clock, request: GateRequest, specs: Specs | None = None
) -> GateReport:
    """Judge a range, or with `since` each first-parent step of a history.

    `specs` are specifications of the same history that were read already.

    Raises: UsageError on names that are none, or a policy beyond this version; CannotAnswerError where there is
    no repository or no commit. What else cannot be judged is a finding G12 of the report.
    """
    as_of = clock.now()
    tips: Tips | None = None
    merge: str | None = None
    try:
        with history.read() as objects, objects.bounded():
            tips = _tips(objects, request)
            reader = RangeReader(objects, formats, tips, specs)
            spans = reader.steps(request.level) if request.since is not None else reader.range()
            merge = spans[-1].tree if spans else None
            steps = reader.read(spans, request.level)
            evidence = Evidence(
                tuple(steps),
                as_of,
                request.level,
                request.require_policy,
                request.since is not None,
                reader.landed,
                reader.alike,
                reader.full,
                reader.brought(spans),
                reader.left(steps),
                request.since is not None and reader.lost(steps),
            )
            result = judge_range(evidence)
    except UndecidableError as error:
        result = Result(findings=[undecidable(told(str(error), 600))])
    return GateReport(
        ok=not result.findings and all(one.verdict == "pass" for one in result.commits),
        level=result.level,
        base=tips.base or None if tips else None,
        head=tips.head if tips else None,
        policy_from=tips.base or None if tips and request.since is None else None,
        target=tips.target if tips else None,
        merge=merge,
        attest="signed" if result.level is not None and not result.unattested else "none",
        signers=tuple(sorted(result.signers)),
        as_of=as_of.isoformat(timespec="seconds"),
        commits=tuple(result.commits),
        findings=tuple(result.findings),
        policy_changes=tuple(result.policy_changes),
        self_authored=tuple(result.self_authored),
        reworded=tuple(result.reworded),
        records=tuple(result.records),
        self_reviewed=tuple(result.self_reviewed),
        shared=tuple(result.shared),
        exempt=tuple(result.exempt),
        trivial=tuple(result.trivial),
        baseline=result.baseline,
        report_only=request.report_only,
        lands=result.lands,
        notes=(*_chosen(tips), *result.notes, *(() if result.commits or result.findings else (NOTHING,))),
    )


def forewarned(history: History, formats: Formats, clock: Clock, request: GateRequest) -> GateReport:
    """The judgement of a range, with a note where it passes as a whole and not commit by commit.

    So it lands by a fast-forward, after which an audit judges each commit by what stood before it. It is looked at
    where that is possible, and not of rows of more than `MOST_ALONE` commits. Raises: as `gate`.
    """
    report = gate(history, formats, clock, request)
    if not report.ok or request.since is not None or not report.base or not report.head:
        return report
    with history.read() as objects:
        row = _row(objects, report.base, report.head, {one.commit for one in report.commits})
    if not 1 < row <= MOST_ALONE:
        return report
    alone = GateRequest(None, report.head, request.level, report.base, request.require_policy)
    first = next(iter(gate(history, formats, clock, alone).every_finding), None)
    if first is None:
        return report
    way = "merge" if is_told(report.notes) else "merge or squash"
    note = _ALONE.format(way, first.code, first.message)
    return report.replaced(notes=(*commit_by_commit_refused(report.notes), note))


MOST_ALONE = 100
"""So many commits of a range are judged each by itself, too."""

_ALONE = (
    "land this by {}: it passes as a whole, and after a fast-forward, which makes a landing of each "
    "commit, an audit refuses it ({} {})"
)


def _row(objects: Objects, base: str, head: str, own: Collection[str]) -> int:
    """How many commits of its first-parent line a fast-forward to head lands; 0 where that is not possible.

    `own` are those of the range; no more are counted than are judged alone, and one.
    """
    if len(own) > MOST_ALONE * MOST_ALONE or not objects.reached([base], head):
        return 0
    row = 0
    while head in own and row <= MOST_ALONE:
        row += 1
        head = next(iter(objects.commits([head])[head].parents), "")
    return row


def _chosen(tips: Tips | None) -> Iterable[str]:
    """Why the base is what it is, where nobody named one."""
    return (told(note, 600) for note in tips.notes) if tips else ()


def _tips(objects: Objects, request: GateRequest) -> Tips:
    if request.since == "root":
        name = "HEAD" if request.head is None else request.head
        head = objects.tips(name, name).head
        return Tips("", head, None)
    tips = objects.tips(request.base if request.since is None else request.since, request.head)
    return tips._replace(target=request.target or tips.target)
