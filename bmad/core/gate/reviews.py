"""Whether a record tells of a review: what its own fields say of who worked, what was checked and found (G08).

Steps begin with their round (`2/fix`, `2/review.2/security`) and stand in the order in which they were taken.
What changed files lies before the last review; a stand on findings (`1/triage`) and a reviewer's reply change
none. Each fix is a round of its own, and all work is checked in its round: what was found in a round is fixed in
a later one, and no round of work lies after the last check.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.gate.people import sign
from bmad.core.gate.reviewers import nameless
from bmad.core.gate.shown import not_shown, unsettled
from bmad.core.gate.words import printable
from bmad.core.records.ends import ended
from bmad.model.agents import Role, Severity

if TYPE_CHECKING:
    from bmad.model.record import CheckRun, Record, RecordedFinding, Work

_STEP = re.compile(r"([0-9]{1,6})/([a-z-]+)(?:\.([0-9]{1,6}))?(?:/.+)?")
_PERSON = "person"
"""The lens of what a person demanded, and judges by accepting."""


class Part(NamedTuple):
    """A work as its step has it; `visit` counts how often the round came there."""

    round: int
    visit: int
    name: str
    work: Work

    @property
    def reviews(self) -> bool:
        return self.work.role is Role.REVIEWER and self.name == "review"

    @property
    def changes(self) -> bool:
        """Whether it may have changed files."""
        stand = self.work.role is Role.DEVELOPER and self.name == "triage"
        return self.work.role is not Role.REVIEWER and not stand

    @property
    def develops(self) -> bool:
        """Whether a developer may have changed files."""
        return self.work.role is Role.DEVELOPER and self.changes


def unreviewed(record: Record, criteria: Collection[str] | None) -> Iterator[str]:
    """What speaks against the review, in words; `criteria` are the ids of the story's criteria.

    They are None where no graph holds the story, so that nobody knows which it had (G02).
    """
    if not record.converged:
        yield "the review has not converged"
    parts = [part for work in record.work if (part := _part(work)) is not None]
    told = [*(one.round for one in record.findings), *(one.round for one in record.checks)]
    if max([*told, *(part.round for part in parts)], default=0) > record.rounds:
        yield f"it counts {record.rounds} rounds and tells of more"
    if 0 in told:
        yield "it tells of a round 0, and rounds count from 1"
    yield from _worked(record, parts)
    yield from _checked(record.checks, last_work(record))
    yield from _found(record.findings, parts)
    yield from not_shown(record)
    yield from [*unsettled(record)][:3]
    yield from _evidenced(record, criteria)
    yield from _accepted(record, criteria)


def last_work(record: Record) -> int:
    """The last round in which somebody may have changed files."""
    parts = (part for work in record.work if (part := _part(work)) is not None)
    return max((part.round for part in parts if part.changes), default=0)


def _part(work: Work) -> Part | None:
    match = _STEP.fullmatch(work.step)
    return None if match is None else Part(int(match[1]), int(match[3] or 1), match[2], work)


def _worked(record: Record, parts: Sequence[Part]) -> Iterator[str]:
    """Somebody reviewed, in a context of their own, all that was done."""
    if not record.change:
        yield "it holds no change, so nothing was reviewed"
    strange = [work for work in record.work if (part := _part(work)) is None or not _fits(part)]
    yield from (f"the step {printable(one.step)} of a {one.role} is none" for one in strange[:3])
    bare = [work for work in record.work if not sign(work.backend)]
    yield from (f"it does not say what did {printable(one.step)}" for one in bare[:3])
    died = [one for one in record.work if one.fault is not None or one.exit not in (None, 0)]
    yield from (f"{printable(one.step)} counts though it {ended(one)}" for one in died[:3])
    yield from nameless(record)
    if not any(part.develops for part in parts):
        yield "no developer did the work"
    reviews = [(part.round, at) for at, part in enumerate(parts) if part.reviews]
    if not reviews:
        yield "nobody reviewed it"
        return
    reviewers = {sign(one.context) for one in record.work if one.role is Role.REVIEWER}
    others = {sign(one.context) for one in record.work if one.role is not Role.REVIEWER}
    if reviewers & others or "" in reviewers:
        yield "a reviewer worked in the context of who did the work"
    unsaid = [part for part in parts if part.changes and not sign(part.work.context)]
    yield from (f"it does not say in which context {printable(one.work.step)} was done" for one in unsaid[:3])
    last, place = max(reviews)
    late = [part for at, part in enumerate(parts) if part.changes and (part.round > last or at > place)]
    yield from (f"what the {one.work.role} did in {printable(one.work.step)} was not reviewed" for one in late[:3])


def _fits(part: Part) -> bool:
    """A reviewer reviews and replies, nobody else does."""
    return (part.work.role is Role.REVIEWER) == (part.name in ("review", "reply"))


def _last(checks: Sequence[CheckRun]) -> dict[str, CheckRun]:
    """The last run of each check: by round, and within a round by its place."""
    return {one.name: one for one in sorted(checks, key=lambda one: one.round)}


def _checked(checks: Sequence[CheckRun], worked: int) -> Iterator[str]:
    """Checks ran, the last one not before the last round of work, and each passed in the end."""
    if not checks:
        yield "no check ran"
    elif max(one.round for one in checks) < worked:
        yield f"no check ran after the work of round {worked}"
    if not all(sign(one.name) for one in checks):
        yield "a check has no name"
    failed = [printable(one.name) for one in _last(checks).values() if not one.ok]
    if failed:
        yield f"the last run of {', '.join(failed[:3])} failed"
    belied = [one for one in checks if one.ok and one.exit not in (None, 0)]
    yield from (f"{printable(one.name)} is said to have passed and ended with {one.exit}" for one in belied[:3])


def _found(findings: Sequence[RecordedFinding], parts: Sequence[Part]) -> Iterator[str]:
    """Nothing grave is open, a false alarm left its mark, and a review has seen what somebody fixed."""
    grave = [one for one in findings if one.disposition == "open" and one.severity is not Severity.P2]
    yield from (f"finding {printable(one.id)} of {one.severity} is open" for one in grave[:3])
    bare = [one for one in findings if one.disposition == "false-positive" and not sign(one.mark)]
    yield from (f"finding {printable(one.id)} is a false positive and left no mark" for one in bare[:3])
    if len({one.id for one in findings}) != len(findings):
        yield "it has a finding twice"
    fixed = [one for one in findings if one.disposition == "fixed"]
    last = max((part.round for part in parts if part.develops), default=0)
    idle = [one for one in fixed if one.severity is not Severity.P2 and last <= one.round]
    yield from (f"finding {printable(one.id)} is fixed, and no developer worked after it" for one in idle[:3])
    reviews = {(part.round, part.visit) for part in parts if part.reviews}
    unseen = [one for one in fixed if one.lens != _PERSON and not _seen(one, reviews)]
    yield from (f"no review has seen the fix of finding {printable(one.id)}" for one in unseen[:3])


def _seen(one: RecordedFinding, reviews: Collection[tuple[int, int]]) -> bool:
    """Whether there was a review after the one that raised it, in a later round or on a later visit."""
    after = {(number, visit) for number, visit in reviews if number >= one.round}
    return any(number > one.round for number, _ in after) or len(after) > 1


def _evidenced(record: Record, criteria: Collection[str] | None) -> Iterator[str]:
    """The evidence speaks of the story's own criteria, and of checks that ran."""
    named = dict.fromkeys(one.criterion for one in record.evidence)
    strange = [name for name in named if criteria is not None and name not in criteria]
    yield from (
        f"it has evidence for {printable(name)}, which is no criterion of the story" for name in strange[:3]
    )
    ran = {one.name for one in record.checks}
    never = dict.fromkeys(name for one in record.evidence for name in one.checks if name not in ran)
    yield from (f"its evidence names the check {printable(name)}, which never ran" for name in [*never][:3])


def _accepted(record: Record, criteria: Collection[str] | None) -> Iterator[str]:
    """By a person, or by policy where checks that passed stand for each criterion."""
    if not sign(record.accepted.by):
        yield "nobody accepted it"
    if record.accepted.how != "policy":
        return
    passed = {name for name, one in _last(record.checks).items() if one.ok}
    rows = {one.criterion: one.checks for one in record.evidence}
    bare = [name for name in dict.fromkeys([*(criteria or ()), *rows]) if not passed & set(rows.get(name, ()))]
    yield from (f"policy accepted it, and no check stands for {printable(name)}" for name in bare[:3])
