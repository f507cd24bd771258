"""A person as reviewer: asked once for all lenses, and never about what they wrote themselves."""

import hashlib
from collections.abc import Iterable

from bmad.core.act.demands import demand
from bmad.core.act.diffs import changed_paths
from bmad.core.act.memory import false_alarms
from bmad.core.act.parts import Piece
from bmad.core.act.placing import Files, Places
from bmad.core.act.review import sift
from bmad.core.act.run import PERSON, Run
from bmad.core.act.ways import reviewing
from bmad.core.packs.budgets import Reader
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Event, Reviewed, Waits
from bmad.model.agents import HUMAN, AnswerKind, Role
from bmad.model.answers import PersonReview
from bmad.model.record import Work
from bmad.model.review import Disposition, Finding, Kind
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.briefs import brief, hunks_of, put_before
from bmad.pipeline.act.calls import Ask, Called, call
from bmad.pipeline.act.reviewers.authors import may_not_review
from bmad.pipeline.act.reviewers.shown_parts import Seen, shown
from bmad.pipeline.act.step import Case, Happened, StopError

KIND: AnswerKind = "person-review"


def is_persons(case: Case) -> bool:
    """Whether a person reviews."""
    return case.agent(Role.REVIEWER)[1].use == HUMAN


def review(case: Case) -> Happened:
    """One answer for every lens: on the whole change the first time, on the fix afterwards."""
    run = case.run
    tree = case.worktree()
    case.reset(tree, run.head, run.step())
    diff = case.grounds.diff(since(case.grounds, run), run.head)
    judged = asked_about(case.grounds, run)
    subject = put_before(case, hunks_of(case, diff, run.head), judged)
    try:
        called = call(case, Ask(Role.REVIEWER, run.step(), KIND, _prompt(case, diff, judged), subject, tree))
    except StopError as stop:
        why = _may_not(case, case.desk.person)
        if stop.happened[0] is Event.WAITS and why:
            raise StopError(Event.WAITS, Waits(words=why)) from None
        raise
    if not called.work.by:
        raise _refused(case, "It is not known who reviewed: set git's user.name and user.email.")
    if why := _may_not(case, called.work.by):
        raise _refused(case, why)
    reviewed = _reviewed(case, called)
    case.purse.counts(run.story, called.work)
    return Event.REVIEWED, reviewed


def _may_not(case: Case, person: str) -> str:
    return may_not_review(case.grounds, case.run, case.settings, person)


def since(grounds: Grounds, run: Run) -> str:
    """The commit that a review looks from: the one that was reviewed last, where the head comes after it.

    Where a lens has come that nobody looked through, it is the base.
    """
    known = bool(run.reviewed) and run.looked_through.issuperset(run.lenses) and run.reviewed_head != run.head
    fix = known and grounds.reaches(run.head, run.reviewed_head)
    return run.reviewed_head if fix else run.base


def asked_about(grounds: Grounds, run: Run) -> list[Finding]:
    """The findings of earlier rounds that a fix was made for; what a person demanded is judged by what follows."""
    if since(grounds, run) == run.base:
        return []
    return [one for one in run.findings.values() if one.lens != PERSON and _is_mended(one)]


def demanded(run: Run) -> list[Finding]:
    """What people demanded of the work, in words of their own."""
    return [one for one in run.findings.values() if one.lens == PERSON and one.kind is Kind.FINDING]


def _is_mended(one: Finding) -> bool:
    marked = one.disposition is Disposition.FALSE_POSITIVE and bool(one.mark)
    return one.disposition is Disposition.CONFIRMED or marked


def _refused(case: Case, words: str) -> StopError:
    """An answer that does not count is put aside, and the story goes on waiting."""
    case.desk.agents.set_aside(f"{case.run.story}/{case.run.step()}", KIND)
    return StopError(Event.WAITS, Waits(words=words))


def _reviewed(case: Case, called: Called) -> Reviewed:
    run, said = case.run, PersonReview.model_validate(called.outcome.answer)
    judged = [one.id for one in asked_about(case.grounds, run)]
    settled = judged if said.verdict == "approve" else [name for name in judged if name in said.settled]
    first = case.settings.act.lenses[0]
    standing = {one.id: one for one in run.findings.values() if one.lens == first}
    known = false_alarms(case.basis.records)
    base = since(case.grounds, run)
    diff = case.grounds.diff(base, run.head)
    sifted = sift(said.findings, first, run.round, Places(_files(case, diff, base)), known, standing)
    if sifted.missed:
        raise _refused(case, _QUOTE.format(run.story))
    demands = [demand(run, said.words, called.work.by)] if said.verdict == "request-changes" else []
    hunks = hunks_of(case, case.grounds.diff(run.base, run.head), run.head)
    piece = Piece(diff, "", changed_paths(diff))
    return Reviewed(
        head=run.head,
        hunks=hunks,
        findings=(*sifted.findings, *demands),
        settled=tuple(settled),
        unsettled=tuple(name for name in judged if name not in settled),
        known=sifted.known,
        shown=shown(case, [Seen(base, diff, [piece], case.settings.act.lenses)], hunks),
        work=tuple(_works(run, called.work, case.settings.act.lenses, piece.hash)),
    )


def _files(case: Case, diff: str, base: str) -> Files:
    grounds, head = case.grounds, case.run.head
    return Files(lambda path: grounds.text(head, path), lambda path: grounds.text(base, path), changed_paths(diff))


_QUOTE = (
    "A quote in your answer does not stand where it says; bmad takes the line itself with: "
    "bmad review {} --comment FILE:LINE WHAT"
)


def _works(run: Run, work: Work, lenses: Iterable[str], part: str) -> Iterable[Work]:
    """The same work for each lens; who opens the change sees all of it."""
    for lens in lenses:
        step = run.step(f"review/{lens}")
        context = f"human-{hashlib.sha256(f'{run.story}/{step}'.encode()).hexdigest()[:26]}"
        yield work.model_copy(update={"step": step, "context": context, "lens": lens, "part": part})


def _prompt(case: Case, diff: str, judged: Iterable[Finding]) -> Prompt:
    """What a person reads who would rather not open the editor."""
    run, told = case.run, brief(case, Reader.REVIEWER)
    lines = [f"# Review {told.story}: {case.story.title}", ""]
    lines += [f"Look for: {', '.join(case.settings.act.lenses)}. One answer is for all of it.", ""]
    lines += [f"    {way}" for way in reviewing(run)]
    lines += ["", "Or write answer.json beside this file; schema.json says what it may hold.", ""]
    lines += [f"{one.title}:\n\n{one.text}\n" for one in told.parts()]
    lines += [f"- {one.severity} {one.id} {one.path}:{one.line} {one.claim}" for one in judged]
    if asked := demanded(run):
        lines += ["", "What people have demanded of it:", "", *(f"- {one.claim}" for one in asked)]
    text = "\n".join([*lines, "", "```diff", diff, "```", ""])
    return Prompt(text, changed_paths(diff))
