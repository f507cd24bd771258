"""A record out of what a run came to. Pure: whoever calls has looked at the repository."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from bmad.core.paths import Classifier, PathClass
from bmad.model.act import Disposition, Finding
from bmad.model.agents import Severity
from bmad.model.commits import Change
from bmad.model.record import Accepted, ChangeEntry, CheckRun, Evidence, Record, RecordedFinding, Work

_LEFT_OUT = frozenset({PathClass.GOVERNED, PathClass.TWIN, PathClass.OWN, PathClass.SPEC, PathClass.RECORD})


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
    """How it came to it: rounds, who worked, what was checked and found, claims dropped, evidence, authors."""

    rounds: int
    works: Sequence[Work]
    checks: Sequence[CheckRun]
    findings: Sequence[Finding]
    dropped: int
    evidence: Sequence[Evidence]
    authors: Sequence[str] = ()


def build_record(
    place: Place,
    changes: Iterable[Change],
    classify: Classifier,
    course: Course,
    accepted: Accepted,
) -> Record:
    """The record of a landing; `changes` are between the trees of base and head.

    Raises: ValueError where a finding is open that must not be, a false positive has no mark, or a path is no
    UTF-8.
    """
    findings = sorted(map(recorded, course.findings), key=lambda one: (one.round, one.id))
    return Record(
        **place._asdict(),
        change=net_change(changes, classify),
        rounds=course.rounds,
        converged=_converged(course, accepted),
        work=tuple(course.works),
        checks=tuple(course.checks),
        findings=tuple(findings),
        dropped=course.dropped,
        evidence=tuple(course.evidence),
        accepted=accepted,
        authors=tuple(course.authors),
    )


def net_change(changes: Iterable[Change], classify: Classifier) -> tuple[ChangeEntry, ...]:
    """The entries of a record, sorted by path: no specification, no record, nothing governed.

    Raises: ValueError (UnicodeDecodeError) where a path is no UTF-8.
    """
    kept = sorted(one for one in changes if classify.of(one).klass not in _LEFT_OUT)
    return tuple(
        ChangeEntry(
            path=one.path.decode("utf-8"),
            old_mode=one.old_mode,
            new_mode=one.new_mode,
            old_blob=one.old_blob,
            new_blob=one.new_blob,
        )
        for one in kept
    )


def _converged(course: Course, accepted: Accepted) -> bool:
    """Whether every check passed when it last ran, and every criterion has a check or a person behind it.

    That no P0 or P1 is open is seen to where findings are recorded.
    """
    last = {run.name: run.ok for run in course.checks}
    evidenced = accepted.how == "person" or all(one.checks for one in course.evidence)
    return all(last.values()) and evidenced


def recorded(finding: Finding) -> RecordedFinding:
    """A finding without its words. Raises: ValueError where it is not settled."""
    return RecordedFinding(
        id=finding.id,
        round=finding.round,
        severity=finding.severity,
        lens=finding.lens,
        path=finding.path,
        line=finding.line,
        criterion=finding.criterion,
        disposition=_disposition(finding),
        ruled_by=finding.ruled_by,
        mark=finding.mark if finding.disposition is Disposition.FALSE_POSITIVE else "",
    )


def _disposition(finding: Finding) -> Literal["fixed", "false-positive", "open"]:
    match finding.disposition:
        case Disposition.FIXED:
            return "fixed"
        case Disposition.FALSE_POSITIVE if finding.mark:
            return "false-positive"
        case Disposition.CONFIRMED if finding.severity is Severity.P2:
            return "open"
    without = " without a mark" if finding.disposition is Disposition.FALSE_POSITIVE else ""
    raise ValueError(f"{finding.id} ({finding.severity}) is {finding.disposition}{without}: settle it first.")
