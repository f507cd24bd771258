"""CodeReview and triage: reviewers look through a lens each, developer and reviewer have one exchange."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import groupby, islice
from typing import Any

from bmad.core.act.triage import Argued, argued, insisted, settle_replies, settle_stands, with_more
from bmad.core.act.unplaced import new_ones, unshown
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Event, Reviewed, Triaged
from bmad.model.agents import HUMAN, AnswerKind, Role
from bmad.model.answers import ReplyAnswer, TriageAnswer
from bmad.model.record import Work
from bmad.model.review import Disposition, Finding, Kind, Settlement
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.bench import view
from bmad.pipeline.act.briefs import hunks_of, put_before
from bmad.pipeline.act.calls import Ask, call
from bmad.pipeline.act.checks.mutants import with_mutants
from bmad.pipeline.act.prompts import to_reply, to_triage
from bmad.pipeline.act.reviewers import person
from bmad.pipeline.act.reviewers.exchange import upheld, uphold, with_settled
from bmad.pipeline.act.reviewers.lens import Change, Look, change_from, seen
from bmad.pipeline.act.reviewers.parallel import together
from bmad.pipeline.act.reviewers.shown_parts import Seen, shown
from bmad.pipeline.act.step import Case, Happened


def review(case: Case) -> Happened:
    """Each lens by itself: the whole change the first time, the fix alone afterwards."""
    if person.is_persons(case):
        event, content = person.review(case)
    else:
        with view(case) as tree:
            event, content = Event.REVIEWED, _looked_through(case, tree)
    return event, with_mutants(case, content) if isinstance(content, Reviewed) else content


def _looked_through(case: Case, tree: Worktree) -> Reviewed:
    run = case.run
    changes: dict[str, Change] = {}
    looks: list[Look] = []
    for lens in case.settings.act.lenses:
        base = seen(case, lens) or run.base
        if base not in changes:
            changes[base] = change_from(case, tree, base)
        looks.append(Look(case, lens, changes[base]))
    _have_looked(case, looks)
    hunks = hunks_of(case, case.grounds.diff(run.base, run.head), run.head)
    found = tuple(one for look in looks for one in look.found.values())
    hid = {one.id: one for change in changes.values() for one in unshown(change.hidden, run.round)}
    return Reviewed(
        head=run.head,
        hunks=hunks,
        findings=(*found, *new_ones(hid.values(), run.findings)),
        settled=tuple(name for look in looks for name in look.judged.settled),
        unsettled=tuple(name for look in looks for name in look.judged.unsettled),
        dropped=sum(one.kind is Kind.CLAIM for one in found),
        known=sum(look.known for look in looks),
        shown=shown(case, (_seen_by(one, looks, run.round) for one in changes.values()), hunks),
        probed=tuple(one for look in looks for one in look.probed),
        work=tuple(work for look in looks for work in look.works),
    )


def _have_looked(case: Case, looks: Sequence[Look]) -> None:
    """Ask all lenses at once, as far as that may be, and take in what they say in their order."""
    jobs = [look.jobs() for look in looks]
    heard = iter(together(case, [job for own in jobs for job in own]))
    for look, own in zip(looks, jobs, strict=True):
        look.take(one for said in islice(heard, len(own)) for one in said)


def _seen_by(change: Change, looks: Sequence[Look], now: int) -> Seen:
    lenses = [look.lens for look in looks if look.change is change]
    ids = dict.fromkeys(one.id for one in unshown(change.hidden, now))
    return Seen(change.base, change.diff, change.pieces, lenses, [*ids])


def triage(case: Case) -> Happened:
    """The developer's stand on each new finding; the reviewer answers once what is theirs to concede."""
    before = upheld(case)
    case = with_settled(case, before)
    raised = [one for one in case.run.findings.values() if one.disposition is Disposition.RAISED]
    if not raised:
        return Event.TRIAGED, Triaged(settlements=before)
    run = case.run
    diff = case.grounds.diff(run.base, run.head)
    hunks = hunks_of(case, diff, run.head)
    works: list[Work] = []

    def ask(role: Role, step: str, kind: AnswerKind, prompt: Prompt, about: Sequence[Finding]) -> Any:
        with view(case) if role is Role.REVIEWER else nullcontext(case.worktree()) as tree:
            called = call(case, Ask(role, step, kind, prompt, put_before(case, hunks, about), tree))
        works.append(called.work)
        return called.outcome.answer

    stands = _stands(case, raised, diff, ask)
    if person.is_persons(case):
        return Event.TRIAGED, Triaged(settlements=(*before, *_put_to_a_person(raised, stands)), work=tuple(works))
    for lens, own in groupby(sorted(argued(raised, stands), key=_lens), key=_lens):
        asked = list(own)
        about = [one.finding for one in asked]
        told = ask(Role.REVIEWER, run.step(f"reply/{lens}"), "reply", to_reply(case, lens, diff, asked), about)
        answer = ReplyAnswer.model_validate(told)
        stands = settle_replies(about, stands, answer)
        uphold(case, insisted(about, stands, answer))
    return Event.TRIAGED, Triaged(settlements=(*before, *stands), work=tuple(works))


def _stands(case: Case, raised: Sequence[Finding], diff: str, ask: Callable[..., Any]) -> tuple[Settlement, ...]:
    """The developer's word on each; an agent is asked once more about those on which there is no valid one."""
    run = case.run
    first = TriageAnswer.model_validate(
        ask(Role.DEVELOPER, run.step(), "triage", to_triage(case, diff, raised), raised)
    )
    stood = settle_stands(raised, first, run.findings)
    if not stood.wanting or case.agent(Role.DEVELOPER)[1].use == HUMAN:
        return stood.settlements
    left = [one for one in raised if one.id in stood.wanting]
    prompt = to_triage(case, diff, left, tuple(stood.wanting.values()))
    more = TriageAnswer.model_validate(ask(Role.DEVELOPER, run.step("triage/again"), "triage", prompt, left))
    return settle_stands(raised, with_more(first, stood.wanting, more), run.findings).settlements


def _lens(one: Argued) -> str:
    return one.finding.lens


def _put_to_a_person(raised: Sequence[Finding], stands: Sequence[Settlement]) -> tuple[Settlement, ...]:
    """A dispute with a person is ruled on at once: to be asked first and then to rule would be the same twice.

    Severity and repeats stay as that person told them.
    """
    settled = settle_replies(raised, stands, ReplyAnswer(replies=()))
    return tuple(
        one.model_copy(update={"unasked": True}) if was.disposition is Disposition.DISPUTED else one
        for was, one in zip(stands, settled, strict=True)
    )
