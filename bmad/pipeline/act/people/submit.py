"""`bmad submit` and `bmad triage`: a person does the developer's part, all else is as with an agent."""

from collections.abc import Iterator
from typing import NamedTuple

from bmad.core.act.run import Run, holds_up
from bmad.core.act.triage import settle_stands
from bmad.core.prefixes import one_of
from bmad.errors import UsageError
from bmad.model.act import Event, Resumed, State
from bmad.model.act_reports import ActReport, SettledReport
from bmad.model.agents import Severity
from bmad.model.answers import Stand, TriageAnswer
from bmad.model.review import Disposition
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import at_work, see_that_a_person_asks, uncommitted
from bmad.pipeline.act.naming import find_run
from bmad.pipeline.act.reports.call import report
from bmad.pipeline.act.reports.stand import noted_answer
from bmad.pipeline.act.runner import carry, landed_meanwhile, start
from bmad.pipeline.act.scheduler import tidy_up
from bmad.pipeline.act.session import Session, policy
from bmad.pipeline.act.steps.land import unseen
from bmad.pipeline.act.upstream import overtaken
from bmad.pipeline.branches import short
from bmad.ports.acting import Desk


class SubmitRequest(NamedTuple):
    """`branch` is the full ref that is checked out, empty where none is; `bound` the story that it is of."""

    story: str
    branch: str
    target: str | None = None
    bound: str = ""


class Stands(NamedTuple):
    """The developer's word on findings, named by the beginnings of their ids; those not named are confirmed.

    `lesser` has `FINDING=SEVERITY`, `duplicate` has `FINDING=OTHER`. `why` is the argument for all that are named.
    """

    story: str
    disputed: tuple[str, ...] = ()
    why: str = ""
    part: tuple[str, ...] = ()
    lesser: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()


def submit(desk: Desk, request: SubmitRequest) -> ActReport:
    """Verify and review what stands on the branch, then record and land it, as far as it goes without a person.

    Raises: UsageError where the name stands for no story, an agent works on it, or it has landed.
    """
    with at_work(desk, "bmad submit") as left, desk.history.read() as objects:
        request = _from_its_branch(desk, request)
        session = Session(desk, Grounds(objects, desk.formats), request.target)
        session.see_that_it_signs()
        if session.target == request.branch:
            name = short(request.branch)
            raise UsageError(
                f"Stories land on {name} itself; commit on a branch of your own: bmad start STORY. "
                "Where they land elsewhere, have `act: {target: BRANCH}` of bmad.yaml name it."
            )
        session.keep_up()
        tidy_up(session)
        [story] = session.backlog.names([request.story])
        if not landed_meanwhile(session, story) or session.backlog.can_begin(story):
            _take_up(session, story, request.branch)
            carry(session, story)
        tidy_up(session)
        session.notes += [*left, *uncommitted(desk)]
        return report(session, [story])


def _from_its_branch(desk: Desk, request: SubmitRequest) -> SubmitRequest:
    """Where a person stands on no branch that could be meant, a story goes on from the one it was submitted from.

    Raises: UsageError where no branch is checked out, and it was submitted from none.
    """
    try:
        run = find_run(desk, request.story)
    except UsageError:
        run = Run("")
    under_way = run.submitted and run.state not in (State.DONE, State.BACKLOG)
    meant = request.branch and request.branch != run.target and request.bound in ("", run.story)
    if under_way and not meant:
        return SubmitRequest(run.story, run.submitted, short(run.target))
    if not request.branch:
        raise UsageError("The head is detached; switch to the branch that holds your commits.")
    return request


def _take_up(session: Session, story: str, branch: str) -> None:
    run = session.run(story)
    called_off = run.state is State.CANCELLED and not run.submitted and not run.has_landed
    if session.backlog.can_begin(story) or session.backlog.is_elsewhere(story):
        start(session, story, submitted=branch)
    elif run.state is State.DONE:
        raise UsageError(f"{story} has landed as {run.landed[:12]}.")
    elif words := overtaken(session.grounds, session.built_on(run), run):
        raise UsageError(words)
    elif called_off:
        start(session, story, submitted=branch)  # agents began it, and a person goes on
    elif not run.submitted:
        raise UsageError(
            f"Agents work on {story} (state `{run.state}`); that goes on with: bmad act {story}. "
            f"To do it yourself: bmad cancel {story}"
        )
    elif run.submitted != branch:
        name = short(run.submitted)
        way = f"git switch {name} && bmad submit {story}"
        raise UsageError(f"{story} was submitted from {name}; go on there: {way}")
    elif run.state is State.ACCEPT and _has_more(session, run):
        name = short(branch)
        raise UsageError(
            f"{name} holds commits that came after what is reviewed now; send {story} back, and submit again: "
            f"bmad reject {story} --why REASON"
        )
    elif _is_as_it_was(session, run):
        session.check_again([story])
    elif run.resting:
        session.note(story, Event.RESUMED, Resumed(by=session.desk.person, policy=policy(session.settings)))


def _is_as_it_was(session: Session, run: Run) -> bool:
    """Whether a check failed, nothing else is to be mended, and nothing was committed: so the checks run again."""
    mend = any(map(holds_up, run.findings.values()))
    at_fix = run.state is State.FIX and run.may_check_again and not mend
    return at_fix and session.desk.repository.tip(run.submitted) == run.worked


def _has_more(session: Session, run: Run) -> bool:
    tip = session.desk.repository.tip(run.submitted)
    return bool(unseen(session.grounds, tip, run.worked, run.base))


def triage(desk: Desk, stands: Stands) -> SettledReport:
    """Note a person's stand on the findings that wait for it; `bmad act` takes it from there.

    Raises: UsageError where no findings wait for a person, a name fits none, a stand makes no sense, or no person
    asks.
    """
    see_that_a_person_asks(desk)
    run = find_run(desk, stands.story)
    raised = [one for one in run.findings.values() if one.disposition is Disposition.RAISED]
    if run.state is not State.TRIAGE or not raised:
        raise UsageError(f"{run.story} is in state `{run.state}`; no findings wait for a stand on them.")
    said = list(_said(run, [one.id for one in raised], stands))
    if said and not stands.why.strip() and any(one.stand != "duplicate" for one in said):
        raise UsageError("A dispute needs an argument, and so does all that is not simply right: --why ARGUMENT.")
    named = {one.finding for one in said}
    if len(named) < len(said):
        raise UsageError("Take one stand on a finding, not several.")
    said += [Stand(finding=one.id, stand="confirmed") for one in raised if one.id not in named]
    answer = TriageAnswer(stands=tuple(said))
    wanting = settle_stands(raised, answer, run.findings).wanting
    if wanting:
        raise UsageError(next(iter(wanting.values())))
    desk.agents.answer(f"{run.story}/{run.step()}", "triage", answer.model_dump_json())
    return noted_answer(desk, run)


def _said(run: Run, raised: list[str], stands: Stands) -> Iterator[Stand]:
    """The stands that are more than a plain confirmation."""
    why = stands.why.strip()
    for name in stands.disputed:
        yield Stand(finding=_named(run, raised, name), stand="disputed", argument=why)
    for name in stands.part:
        yield Stand(finding=_named(run, raised, name), stand="part", argument=why)
    for told in stands.lesser:
        name, severity = _pair(told, "--lesser FINDING=SEVERITY")
        if severity not in set(Severity):
            raise UsageError(f"`{severity}` is no severity; there are {', '.join(Severity)}.")
        found = _named(run, raised, name)
        yield Stand(finding=found, stand="lesser", argument=why, severity=Severity(severity))
    for told in stands.duplicate:
        name, other = _pair(told, "--duplicate FINDING=OTHER")
        same = _named(run, list(run.findings), other)
        yield Stand(finding=_named(run, raised, name), stand="duplicate", argument=why, same_as=same)


def _pair(told: str, form: str) -> tuple[str, str]:
    first, _, second = told.partition("=")
    if not (first and second):
        raise UsageError(f"`{told}` names no two things; it goes: {form}")
    return first, second


def _named(run: Run, names: list[str], name: str) -> str:
    return one_of(names, name, f"`{name}` is none of the findings of {run.story}: {', '.join(names)}.")
