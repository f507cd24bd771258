"""A story's state as the replay of its events: pure, and the same however often it is done."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch

from bmad.core.act.machine import RESTING, following
from bmad.core.act.run import PERSON, Run
from bmad.errors import UsageError
from bmad.model.act import (
    CONTENT,
    AcceptedBy,
    Conflicted,
    Content,
    Created,
    Developed,
    Disposition,
    Entry,
    Event,
    Extended,
    Failed,
    Finding,
    Fixed,
    Landed,
    Moved,
    OutOfBudget,
    Rejected,
    Respecified,
    Resumed,
    Reviewed,
    Ruled,
    Settlement,
    Started,
    State,
    Tested,
    Triaged,
    Unclear,
    Verified,
    Waits,
)
from bmad.model.agents import Severity


def replay(story: str, entries: Iterable[Entry]) -> Run:
    """The run that a story's events add up to. Raises: UsageError where they do not follow from each other."""
    run = Run(story)
    for entry in entries:
        run = apply(run, entry)
    return run


def apply(run: Run, entry: Entry) -> Run:
    """The run after one more event. Raises: UsageError where it is not the next one, or cannot happen here."""
    if entry.story != run.story or entry.seq != run.seq + 1:
        raise UsageError(f"The journal of {run.story} skips from event {run.seq} to {entry.seq}.")
    content = CONTENT[entry.event].model_validate(entry.content)
    told = _absorb(content, run)
    if entry.event is Event.CHECKS_FAILED:
        told = replace(told, green=False)
    to = following(run.state, entry.event, told, run.rested)
    told = replace(told, seq=entry.seq, works=(*told.works, *content.work))
    return told if to is run.state else _enter(told, entry, to)


def _enter(run: Run, entry: Entry, to: State) -> Run:
    rested = run.rested
    if to in RESTING and run.state not in RESTING:
        rested = run.state
    number, visits = run.round, run.visits
    anew = to is State.FIX and run.state not in RESTING
    if anew or entry.event in (Event.STARTED, Event.RESPECIFIED):
        number, visits = run.round + 1, {}
    visits = {**visits, to: visits.get(to, 0) + 1}
    waits_for = run.waits_for if to in RESTING else ""
    return replace(
        run, state=to, rested=rested, round=number, visits=visits, waits_for=waits_for, since=entry.time
    )


@singledispatch
def _absorb(content: Content, run: Run) -> Run:  # noqa: ARG001 - the other contents say something
    return run


@_absorb.register
def _(content: Started, run: Run) -> Run:
    return Run(
        run.story,
        seq=run.seq,
        state=run.state,
        policy=content.policy,
        allowed=content.policy.rounds,
        target=content.target,
        onto=content.onto,
        landing=content.landing,
    )


@_absorb.register
def _(content: Created, run: Run) -> Run:
    return replace(
        run, base=content.base, head=content.base, spec=content.spec, tester=content.tester, tested=False, words=()
    )


@_absorb.register
def _(content: Unclear, run: Run) -> Run:
    return replace(run, waits_for=content.question)


@_absorb.register
def _(content: Tested, run: Run) -> Run:
    return replace(run, tested=True, head=content.head)


@_absorb.register
def _(content: Developed, run: Run) -> Run:
    return replace(run, head=content.head, trees=(*run.trees, content.tree), words=())


@_absorb.register
def _(content: Verified, run: Run) -> Run:
    """Content of PASSED and of CHECKS_FAILED; the latter's verdict is set by `apply`."""
    return replace(
        run,
        head=content.head,
        hunks=content.hunks,
        green=True,
        failing=content.words,
        conflicts=(),
        checks=(*run.checks, *content.checks),
    )


@_absorb.register
def _(content: Reviewed, run: Run) -> Run:
    findings = dict(run.findings)
    for name in content.settled:
        if findings[name].disposition is Disposition.CONFIRMED:
            findings[name] = _with(findings[name], disposition=Disposition.FIXED)
    for name in content.unsettled:
        findings[name] = _with(findings[name], mark="")
    findings |= {one.id: one for one in content.findings}
    return replace(
        run,
        findings=findings,
        reviewed=content.hunks,
        reviewed_head=content.head,
        dropped=run.dropped + content.dropped,
        known=run.known + content.known,
    )


@_absorb.register
def _(content: Triaged, run: Run) -> Run:
    findings = dict(run.findings)
    for one in content.settlements:
        findings[one.finding] = _settled(findings[one.finding], one)
    return replace(run, findings=findings)


def _settled(finding: Finding, one: Settlement) -> Finding:
    return _with(finding, disposition=one.disposition, argument=one.argument, answer=one.answer)


@_absorb.register
def _(content: Ruled, run: Run) -> Run:
    findings = dict(run.findings)
    if content.finding not in findings:
        raise UsageError(f"{run.story} has no finding {content.finding}.")
    findings[content.finding] = _with(
        findings[content.finding], disposition=content.disposition, ruled_by=content.by, ruling=content.why
    )
    return replace(run, findings=findings)


@_absorb.register
def _(content: Fixed, run: Run) -> Run:
    findings = {
        name: _with(one, mark=content.marks[name])
        if name in content.marks
        else _with(one, disposition=Disposition.FIXED)
        if one.lens == PERSON and one.disposition is Disposition.CONFIRMED
        else one
        for name, one in run.findings.items()
    }
    return replace(run, findings=findings, head=content.head, trees=(*run.trees, content.tree), words=())


@_absorb.register
def _(content: Extended, run: Run) -> Run:
    words = (*run.words, content.why) if content.why else run.words
    return replace(run, allowed=max(run.allowed, run.round) + content.rounds, words=words)


@_absorb.register
def _(content: AcceptedBy, run: Run) -> Run:
    if run.state is State.PLAN:
        return run
    landed = content.onto or run.landed
    return replace(run, accepted=content, accepted_hunks=run.hunks, landed=landed)


@_absorb.register
def _(content: Rejected, run: Run) -> Run:
    if run.state is State.PLAN:
        return replace(run, words=(*run.words, content.why))
    name = f"F-{hashlib.sha256(f'{run.seq} {content.why}'.encode()).hexdigest()[:8]}"
    finding = Finding(
        id=name,
        round=run.round,
        severity=Severity.P1,
        lens=PERSON,
        path="",
        line=0,
        end_line=0,
        quote="",
        claim=content.why,
        disposition=Disposition.CONFIRMED,
        ruled_by=content.by,
    )
    told = replace(
        run,
        findings={**run.findings, name: finding},
        allowed=max(run.allowed, run.round + 1),
        accepted=None,
    )
    if not run.landed:
        return told
    return replace(told, landing=run.landing + 1, base=run.landed, head=run.landed, landed="")


@_absorb.register
def _(content: Moved, run: Run) -> Run:
    return replace(run, base=content.base, head=content.head)


@_absorb.register
def _(content: Conflicted, run: Run) -> Run:
    return replace(run, conflicts=content.paths, green=False, allowed=max(run.allowed, run.round + 1))


@_absorb.register
def _(content: Waits, run: Run) -> Run:
    return replace(run, waits_for=content.words)


@_absorb.register
def _(content: Landed, run: Run) -> Run:
    return replace(run, landed=content.commit)


@_absorb.register
def _(content: Respecified, run: Run) -> Run:
    closed = (Disposition.FIXED, Disposition.FALSE_POSITIVE)
    kept = {name: one for name, one in run.findings.items() if one.disposition in closed}
    words = (*run.words, content.words) if content.words else run.words
    return replace(run, findings=kept, reviewed="", accepted=None, landed="", green=False, words=words)


@_absorb.register
def _(content: Failed, run: Run) -> Run:
    return replace(run, waits_for=content.words)


@_absorb.register
def _(content: OutOfBudget, run: Run) -> Run:
    return replace(run, waits_for=content.words)


@_absorb.register
def _(content: Resumed, run: Run) -> Run:
    words = (*run.words, content.why) if content.why else run.words
    if content.policy is None:
        return replace(run, words=words)
    return replace(run, words=words, policy=content.policy, allowed=max(run.allowed, content.policy.rounds))


def _with(finding: Finding, **changes: object) -> Finding:
    return finding.model_copy(update=changes)
