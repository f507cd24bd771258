"""A story's state as the replay of its events: pure, and the same however often it is done."""

from collections.abc import Iterable
from functools import singledispatch
from itertools import groupby
from typing import Literal

from pydantic import ValidationError

from bmad.core.act import settling
from bmad.core.act.checks import CONFLICTS
from bmad.core.act.demands import demand
from bmad.core.act.deviations import departed
from bmad.core.act.machine import RESTING, following, rows
from bmad.core.act.run import Run
from bmad.core.act.worklog import examined, logged
from bmad.errors import UsageError
from bmad.model.act import (
    AcceptedBy,
    Again,
    Cancelled,
    Conflicted,
    Content,
    Created,
    Developed,
    Event,
    Extended,
    Failed,
    Fixed,
    Landed,
    Moved,
    OutOfBudget,
    Rejected,
    Researched,
    Respecified,
    Resumed,
    Reviewed,
    Ruled,
    Split,
    SplitProposed,
    Started,
    State,
    Tested,
    Triaged,
    Unclear,
    Unproven,
    Verified,
    Waits,
    WideningProposed,
    Worked,
)
from bmad.model.contents import CONTENT
from bmad.model.journal import Entry
from bmad.model.record import CheckRun, Grant, Verdict


def replay(story: str, entries: Iterable[Entry]) -> Run:
    """The run that a story's events add up to. Raises: UsageError where they do not follow from each other."""
    run = Run(story)
    for entry in entries:
        run = apply(run, entry)
    return run


def runs(entries: Iterable[Entry]) -> dict[str, Run]:
    """Every story of the journal and where it stands."""
    ordered = sorted(entries, key=lambda one: one.story)
    return {story: replay(story, own) for story, own in groupby(ordered, key=lambda one: one.story)}


def apply(run: Run, entry: Entry) -> Run:
    """The run after one more event. Raises: UsageError where it is not the next one, or cannot happen here."""
    if entry.story != run.story or entry.seq != run.seq + 1:
        raise UsageError(f"The journal of {run.story} skips from event {run.seq} to {entry.seq}.")
    rows(run.state, entry.event)
    content = _content(entry)
    told = _absorb(content, run)
    if entry.event is Event.CHECKS_FAILED:
        told = told._replace(green=False)
    to = following(run.state, entry.event, told, run.rested)
    log = (*told.log, *logged(content, run.step("test" if entry.event is Event.TESTED else "")))
    works, came = (*told.works, *content.work), {one.context for one in content.work}
    lost = (*(one for one in told.lost if one.context not in came), *content.lost)
    told = told._replace(seq=entry.seq, works=works, lost=lost, log=log)
    stays = to is run.state and entry.event is not Event.RESPECIFIED
    return told if stays else _enter(told, entry, to)


def _content(entry: Entry) -> Content:
    try:
        return CONTENT[entry.event].model_validate(entry.content)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(
            f"Event {entry.seq} of {entry.story} (`{entry.event}`) does not read: {where}: "
            f"{error.errors()[0]['msg']}. Another bmad may have written it."
        ) from None


def _enter(run: Run, entry: Entry, to: State) -> Run:
    rested = run.rested
    if to in RESTING and run.state not in RESTING:
        rested = run.state
    number, visits = run.round, run.visits
    anew = to is State.FIX and run.state not in RESTING
    if anew or entry.event in (Event.STARTED, Event.RESPECIFIED):
        number, visits = run.round + 1, {}
    visits = {**visits, to: visits.get(to, 0) + 1}
    told = run if to in RESTING else run._replace(waits_for="", fault=None, until=None, capped="")
    return told._replace(state=to, rested=rested, round=number, visits=visits, since=entry.time)


@singledispatch
def _absorb(content: Content, run: Run) -> Run:  # noqa: ARG001 - the other contents say something
    return run


@_absorb.register
def _(content: Started, run: Run) -> Run:
    """What was split goes on as what it was, in a round of its own; all else begins anew."""
    was_split = run.state is State.BACKLOG and run.round > 0
    known = run if was_split else Run(run.story, seq=run.seq, begun=run.seq + 1, state=run.state)
    told = known._replace(
        policy=content.policy,
        allowed=content.policy.rounds + sum(one.rounds for one in known.granted),
        target=content.target,
        onto=content.onto,
        landing=content.landing,
        base=content.base,
        submitted=content.submitted,
        research=content.research,
    )
    return _granted(told, max(told.allowed, told.round + content.policy.rounds), "specification")


@_absorb.register
def _(content: Created, run: Run) -> Run:
    return run._replace(
        base=content.base,
        held=content.held,
        head=content.base,
        spec=content.spec,
        tester=content.tester,
        split=(),
        wider=None,
        agreed=False,
        tested=False,
        tests=(),
        worked="",
        trees=(),
        words=(),
        deviations=(),
    )


@_absorb.register
def _(content: Unclear, run: Run) -> Run:
    return run._replace(waits_for=content.question)


@_absorb.register
def _(content: Researched, run: Run) -> Run:
    """What was found stands in the story."""
    told = run._replace(researched=True)
    return told._replace(base=content.commit, held=True) if content.held else told


@_absorb.register
def _(content: SplitProposed, run: Run) -> Run:
    return run._replace(split=content.parts, agreed=not run.plan_is_a_persons)


@_absorb.register
def _(content: WideningProposed, run: Run) -> Run:
    return run._replace(wider=content, agreed=False)


@_absorb.register
def _(content: Split, run: Run) -> Run:  # noqa: ARG001 - what came of it stands in the specification
    """It is built once its parts have landed; what was said of it, done and spent stays with it."""
    told = run._replace(split=(), agreed=False, target="", onto="", spec="", waits_for="")
    return told._replace(base="", held=False, head="")


@_absorb.register
def _(content: Tested, run: Run) -> Run:
    own = departed(run.deviations, content.deviations, run.step("test"))
    hypotheses = examined(run.hypotheses, content.hypotheses)
    told = run._replace(deviations=own, hypotheses=hypotheses, waits_for="")
    return told._replace(tested=True, tests=(run.head, content.head), head=content.head)


@_absorb.register
def _(content: Developed, run: Run) -> Run:
    told = _brought_up(run, content.base)
    return _worked(told, content)


@_absorb.register
def _(content: Verified, run: Run) -> Run:
    """Content of PASSED and of CHECKS_FAILED; the latter's verdict is set by `apply`."""
    return run._replace(
        head=content.head,
        verified=content.head,
        proven=content.head if content.alone else run.proven,
        hunks=content.hunks,
        lenses=content.lenses,
        green=True,
        failing=content.words,
        weakened=content.weakened,
        stays_weakened=bool(set(content.weakened) & set(run.weakened)),
        evidence=content.evidence,
        conflicts=run.conflicts if any(map(_conflicts, content.checks)) else (),
        checks=(*run.checks, *content.checks),
    )


def _conflicts(check: CheckRun) -> bool:
    """Whether marks of a conflict are left: then the next fix joins the work with the target once more."""
    return check.name == CONFLICTS and not check.ok


@_absorb.register
def _(content: Reviewed, run: Run) -> Run:
    if content.hunks != run.hunks:
        raise UsageError(f"The review of {run.story} saw another change than the checks did; verify it again.")
    return run._replace(
        findings=settling.reviewed(run.findings, content),
        reviewed=content.hunks,
        reviewed_head=content.head,
        reviewed_work=run.work,
        shown=(*run.shown, *content.shown),
        probed=(*run.probed, *content.probed),
        mutants=content.mutants,
    )


@_absorb.register
def _(content: Triaged, run: Run) -> Run:
    return run._replace(findings=settling.triaged(run.findings, content))


@_absorb.register
def _(content: Ruled, run: Run) -> Run:
    return run._replace(findings=settling.ruled(run.findings, content), trees=run.trees[-1:])


@_absorb.register
def _(content: Fixed, run: Run) -> Run:
    told = _brought_up(run, content.base)._replace(findings=settling.fixed(run.findings, content))
    return _worked(told, content)


def _worked(run: Run, content: Worked) -> Run:
    return run._replace(
        head=content.head,
        worked=content.head,
        trees=(*run.trees, content.tree),
        words=(),
        deviations=departed(run.deviations, content.deviations, run.step()),
        hypotheses=examined(run.hypotheses, content.hypotheses),
    )


def _spoken(run: Run, why: str) -> tuple[str, ...]:
    return (*run.spoken, why) if why else run.spoken


def _brought_up(run: Run, base: str) -> Run:
    """A later base of own work; all of it is reviewed again."""
    return run._replace(base=base, reviewed="", reviewed_head="") if base else run


@_absorb.register
def _(content: Extended, run: Run) -> Run:
    words = (*run.words, content.why) if content.why else run.words
    told = _granted(run, max(run.allowed, run.round) + content.rounds, "person", content.by)
    return told._replace(words=words, spoken=_spoken(run, content.why), trees=run.trees[-1:])


def _granted(run: Run, allowed: int, why: Literal["person", "conflict", "specification"], by: str = "") -> Run:
    """With so many rounds allowed; what that is more than before is told."""
    more = allowed - run.allowed
    granted = (*run.granted, Grant(by=by, rounds=more, why=why)) if more > 0 else run.granted
    return run._replace(allowed=allowed, granted=granted)


@_absorb.register
def _(content: Again, run: Run) -> Run:
    """The round of a fix that was not needed is given back."""
    told = _granted(run, run.allowed + (run.state is State.FIX), "person", content.by)
    return told._replace(spoken=_spoken(run, content.why))


@_absorb.register
def _(content: AcceptedBy, run: Run) -> Run:
    if run.state is State.PLAN:
        return run._replace(agreed=run.split_is_proposed or run.widening_is_proposed)
    landed = content.onto if run.has_landed and content.onto else run.landed
    run = _judged(run, content.by, "accepted", content.why) if content.how == "person" else run
    return run._replace(accepted=content, accepted_hunks=run.hunks, accepted_work=run.work, landed=landed)


@_absorb.register
def _(content: Rejected, run: Run) -> Run:
    if run.state is State.PLAN:
        return run._replace(words=(*run.words, content.why), split=(), wider=None, agreed=False)
    finding = demand(run, content.why, content.by)
    run = _judged(run, content.by, "rejected", content.why)
    told = _granted(run, max(run.allowed, run.round + 1), "person", content.by)._replace(
        findings={**run.findings, finding.id: finding},
        accepted=None,
        trees=run.trees[-1:],
    )
    return _after_landing(told) if run.landed else told


def _after_landing(run: Run) -> Run:
    """What stands on `bmad/next` stays there, with its record; what comes now is a landing of its own."""
    anew = run._replace(landing=run.landing + 1, base=run.landed, held=False, head=run.landed)
    return anew._replace(landed="", reviewed="")


def _judged(run: Run, by: str, said: Literal["accepted", "rejected"], why: str) -> Run:
    return run._replace(verdicts=(*run.verdicts, Verdict(round=run.round, by=by, said=said, why=why)))


@_absorb.register
def _(content: Moved, run: Run) -> Run:
    told = run._replace(base=content.base, held=content.held, head=content.head)
    return told._replace(reviewed="", reviewed_head="") if content.edited else told


@_absorb.register
def _(content: Unproven, run: Run) -> Run:  # noqa: ARG001 - it is about the commit that the run is at
    return run._replace(unproven=run.head)


@_absorb.register
def _(content: Conflicted, run: Run) -> Run:
    """The fix joins the story's work with what it conflicts with. All of it is reviewed again."""
    return _granted(run, max(run.allowed, run.round + 1), "conflict")._replace(
        base=content.base,
        held=content.held,
        conflicts=content.paths,
        green=False,
        reviewed="",
        reviewed_head="",
    )


@_absorb.register
def _(content: Waits, run: Run) -> Run:
    return run._replace(
        waits_for=content.words, settling=content.commands, fault=content.fault, until=content.until
    )


@_absorb.register
def _(content: Landed, run: Run) -> Run:
    return run._replace(landed=content.commit)


@_absorb.register
def _(content: Respecified, run: Run) -> Run:
    """The rounds are counted anew: those that are gone went into something else."""
    told = _after_landing(run) if run.landed else run
    return _granted(told, run.round + run.policy.rounds, "specification")._replace(
        findings=settling.respecified(run.findings),
        split=(),
        wider=None,
        agreed=False,
        reviewed="",
        accepted=None,
        green=False,
        failing=(),
        weakened=(),
        conflicts=(),
        words=(*run.words, content.words) if content.words else run.words,
    )


@_absorb.register
def _(content: Failed, run: Run) -> Run:
    return run._replace(waits_for=content.words, fault=content.fault, until=None)


@_absorb.register
def _(content: OutOfBudget, run: Run) -> Run:
    return run._replace(waits_for=content.words, capped=content.of)


@_absorb.register
def _(content: Cancelled, run: Run) -> Run:  # noqa: ARG001 - why stands in the journal
    return run._replace(waits_for="")


@_absorb.register
def _(content: Resumed, run: Run) -> Run:
    words = (*run.words, content.why) if content.why else run.words
    told = run._replace(words=words, spoken=_spoken(run, content.why))
    if content.policy is None:
        return told
    return told._replace(policy=content.policy, allowed=max(run.allowed, content.policy.rounds))
