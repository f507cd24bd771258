"""A record out of what a run came to. Pure: whoever calls has looked at the repository."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from bmad.core.lines.hunks import Hunk, mark, written
from bmad.core.paths import Classifier
from bmad.core.records.change import speaks_for
from bmad.model.agents import Severity
from bmad.model.commits import Change
from bmad.model.history import FileCuts
from bmad.model.quoting import quoted
from bmad.model.record import (
    Accepted,
    ChangeEntry,
    CheckRun,
    Departure,
    Evidence,
    Grant,
    Logged,
    Mutants,
    Record,
    RecordedClaim,
    RecordedFinding,
    Shown,
    Verdict,
    Work,
)
from bmad.model.review import Disposition, Finding, Kind
from bmad.model.spending import Spending


class Place(NamedTuple):
    """What a record is of: the story's landing, the repository's name, full ref and commits, the chain's hash."""

    story: str
    landing: int
    repository: str
    target: str
    base: str
    head: str
    spec: str


class Course(NamedTuple):
    """How it came to it: rounds, who worked, to what end or none, what was checked and found, evidence."""

    rounds: int
    works: Sequence[Work]
    checks: Sequence[CheckRun]
    findings: Sequence[Finding]
    evidence: Sequence[Evidence]
    authors: Sequence[str] = ()
    shown: Sequence[Shown] = ()
    hunks: str = ""
    granted: Sequence[Grant] = ()
    spent: Spending | None = None
    lost: Sequence[Work] = ()
    deviations: Sequence[Departure] = ()
    log: Sequence[Logged] = ()
    mutants: Mutants | None = None
    verdicts: Sequence[Verdict] = ()


class Changed(NamedTuple):
    """What the trees of base and head differ in, by path, and line by line."""

    changes: Sequence[Change]
    cuts: Sequence[FileCuts] = ()


def build_record(
    place: Place,
    changed: Changed,
    classify: Classifier,
    course: Course,
    accepted: Accepted,
) -> Record:
    """The record of a landing.

    Raises: ValueError where a finding is open that must not be, or a false positive has no mark.
    """
    placed = (recorded(one) for one in course.findings if one.kind is Kind.FINDING)
    findings = sorted(placed, key=lambda one: (one.round, one.id))
    left = (claimed(one) for one in course.findings if one.kind is not Kind.FINDING)
    return Record(
        **place._asdict(),
        change=with_lines(net_change(changed.changes, classify), changed.cuts),
        rounds=course.rounds,
        granted=tuple(course.granted),
        converged=_converged(course, accepted),
        work=tuple(one.model_copy(update={"files": ()}) for one in course.works),
        lost=tuple(one.model_copy(update={"files": ()}) for one in course.lost),
        checks=tuple(course.checks),
        findings=tuple(findings),
        dropped=sum(one.kind is Kind.CLAIM for one in course.findings),
        claims=tuple(sorted(left, key=lambda one: (one.round, one.id))),
        shown=tuple(course.shown),
        hunks=course.hunks,
        evidence=tuple(course.evidence),
        mutants=course.mutants,
        deviations=tuple(course.deviations),
        log=tuple(course.log),
        accepted=accepted,
        verdicts=tuple(course.verdicts),
        authors=tuple(course.authors),
        spent=course.spent,
    )


def net_change(changes: Iterable[Change], classify: Classifier) -> tuple[ChangeEntry, ...]:
    """The entries of a record, sorted by path: no specification, no record, nothing governed."""
    kept = sorted(one for one in changes if speaks_for(one, classify))
    return tuple(
        ChangeEntry(
            path=quoted(one.path),
            old_mode=one.old_mode,
            new_mode=one.new_mode,
            old_blob=one.old_blob,
            new_blob=one.new_blob,
        )
        for one in kept
    )


MOST_LINES = 200_000
"""A story that adds more lines than that has written them by no hand; of its largest files no line is told."""


def with_lines(entries: Sequence[ChangeEntry], cuts: Iterable[FileCuts]) -> tuple[ChangeEntry, ...]:
    """The entries, each with the lines that it adds, as far as it is of text."""
    known = {(one.old, one.new): one for one in cuts}
    by_new = {one.new: one for one in cuts}
    gone = {one.old_blob: at for at, one in enumerate(entries) if int(one.new_mode, 8) == 0}
    told = [_told(one, known, by_new, gone) for one in entries]
    for at in sorted(range(len(told)), key=lambda at: -len(told[at] or "")):
        if sum(len(one or "") for one in told) <= MOST_LINES * 20:
            break
        told[at] = None
    return tuple(one.model_copy(update={"lines": lines}) for one, lines in zip(entries, told, strict=True))


def _told(
    entry: ChangeEntry,
    known: Mapping[tuple[str, str], FileCuts],
    by_new: Mapping[str, FileCuts],
    gone: Mapping[str, int],
) -> str | None:
    """What an entry adds; of a file that has moved against what it was."""
    if int(entry.new_mode, 8) == 0:
        return None
    if entry.old_blob == entry.new_blob:
        return ""
    found = known.get((entry.old_blob, entry.new_blob))
    if found is not None:
        return _written(found)
    if int(entry.old_mode, 8) != 0:
        return None
    if entry.new_blob in gone:
        return f"<{gone[entry.new_blob]}"
    moved = by_new.get(entry.new_blob)
    return f"<{gone[moved.old]} {_written(moved)}" if moved is not None and moved.old in gone else None


def _written(file: FileCuts) -> str:
    """The hunks as they are kept."""
    return written(Hunk(one.at, one.gone, tuple(map(mark, one.added))) for one in file.cuts)


def _converged(course: Course, accepted: Accepted) -> bool:
    """Whether every check passed when it last ran, and every criterion has a check or a person behind it.

    That no P0 or P1 is open is seen to where findings are recorded.
    """
    last = {run.name: run.ok for run in course.checks}
    evidenced = accepted.how == "person" or all(one.checks for one in course.evidence)
    return all(last.values()) and evidenced


def recorded(finding: Finding) -> RecordedFinding:
    """A finding, with its words where it lands open. Raises: ValueError where it is not settled."""
    disposition = _disposition(finding)
    is_open = disposition == "open"
    return RecordedFinding(
        id=finding.id,
        round=finding.round,
        severity=finding.severity,
        lens=finding.lens,
        path=finding.path,
        line=finding.line,
        criterion=finding.criterion,
        disposition=disposition,
        ruled_by=finding.ruled_by,
        mark=finding.mark if finding.disposition is Disposition.FALSE_POSITIVE else "",
        quote=finding.quote if is_open else "",
        told_as=finding.told_as,
        same_as=finding.same_as,
        claim=finding.claim if is_open else "",
        fix=finding.fix if is_open else "",
    )


def claimed(finding: Finding) -> RecordedClaim:
    """What has no place, with its words. Raises: ValueError where it is not settled."""
    return RecordedClaim(
        id=finding.id,
        kind="claim" if finding.kind is Kind.CLAIM else "unshown",
        round=finding.round,
        severity=finding.severity,
        lens=finding.lens,
        path=finding.path,
        line=finding.line,
        quote=finding.quote,
        claim=finding.claim,
        why=finding.why,
        disposition=_settled(finding),
        ruled_by=finding.ruled_by,
        ruling=finding.ruling or finding.answer,
    )


def _settled(finding: Finding) -> Literal["fixed", "dismissed", "withdrawn", "kept"]:
    match finding.disposition:
        case Disposition.FIXED:
            return "fixed"
        case Disposition.FALSE_POSITIVE if finding.ruled_by:
            return "dismissed"
        case Disposition.WITHDRAWN:
            return "withdrawn"
        case Disposition.KEPT | Disposition.CONFIRMED if finding.severity is Severity.P2:
            return "kept"
    raise ValueError(f"{finding.id} ({finding.severity}) is {finding.disposition}: settle it first.")


def _disposition(finding: Finding) -> Literal["fixed", "false-positive", "open"]:
    match finding.disposition:
        case Disposition.FIXED:
            return "fixed"
        case Disposition.FALSE_POSITIVE if finding.mark:
            return "false-positive"
        case Disposition.CONFIRMED | Disposition.JOINED if finding.severity is Severity.P2:
            return "open"
    without = " without a mark" if finding.disposition is Disposition.FALSE_POSITIVE else ""
    raise ValueError(f"{finding.id} ({finding.severity}) is {finding.disposition}{without}: settle it first.")
