"""CodeReview and triage: reviewers look through a lens each, developer and reviewer have one exchange."""

from collections.abc import Callable
from itertools import groupby

from bmad.core.act.diffs import changed_paths
from bmad.core.act.memory import alarms, false_alarms
from bmad.core.act.prompts import reply_prompt, review_prompt, triage_prompt
from bmad.core.act.review import Sifted, settle_replies, settle_stands, sift, verdicts
from bmad.model.act import Disposition, Event, Finding, Reviewed, Settlement, Triaged
from bmad.model.agents import ReplyAnswer, ReviewAnswer, Role, TriageAnswer
from bmad.model.record import Work
from bmad.model.worktrees import Worktree
from bmad.pipeline.acting import personal
from bmad.pipeline.acting.briefs import brief, hunks_of, put_before
from bmad.pipeline.acting.case import Case, Happened


def review(case: Case) -> Happened:
    """Each lens by itself: the whole change the first time, the fix alone afterwards."""
    if personal.is_persons(case):
        return personal.review(case)
    run, repository = case.run, case.desk.repository
    tree = case.worktree()
    repository.reset(tree, run.head, case.place(run.step()))
    again = (
        bool(run.reviewed) and run.reviewed_head != run.head and case.grounds.reaches(run.head, run.reviewed_head)
    )
    diff = repository.diff(run.reviewed_head if again else run.base, run.head)
    known = false_alarms(case.basis.records)
    works: list[Work] = []
    settled: list[str] = []
    unsettled: list[str] = []
    found: list[Sifted] = []
    for lens in case.settings.act.lenses:
        judged = [one for one in run.findings.values() if one.lens == lens]
        answer = _ask(case, lens, tree, diff, judged if again else None, works)
        verdict = verdicts(judged, answer)
        settled += verdict.settled
        unsettled += verdict.unsettled
        standing = {one.id: one for one in judged}
        found.append(sift(answer.findings, lens, run.round, _reader(case), known, standing))
    whole = diff if not again else repository.diff(run.base, run.head)
    content = Reviewed(
        head=run.head,
        hunks=hunks_of(case, whole, run.head),
        findings=tuple(one for part in found for one in part.findings),
        settled=tuple(settled),
        unsettled=tuple(unsettled),
        dropped=sum(part.dropped for part in found),
        known=sum(part.known for part in found),
        work=tuple(works),
    )
    return Event.REVIEWED, content


def _ask(
    case: Case, lens: str, tree: Worktree, diff: str, judged: list[Finding] | None, works: list[Work]
) -> ReviewAnswer:
    own = case.run.findings.values()
    memory = alarms(case.basis.records, own, lens, changed_paths(diff), _reader(case))
    prompt = review_prompt(brief(case), lens, diff, memory, judged)
    subject = put_before(case, hunks_of(case, diff, case.run.head), judged or ())
    step = case.run.step(f"review/{lens}")
    called = case.call(Role.REVIEWER, step, "review", prompt, subject, tree)
    works.append(called.work)
    return ReviewAnswer.model_validate(called.outcome.answer)


def _reader(case: Case) -> Callable[[str], str | None]:
    return lambda path: case.grounds.text(case.run.head, path)


def triage(case: Case) -> Happened:
    """The developer's stand on each new finding; the reviewer answers each dispute once."""
    raised = [one for one in case.run.findings.values() if one.disposition is Disposition.RAISED]
    if not raised:
        return Event.TRIAGED, Triaged()
    run, repository = case.run, case.desk.repository
    tree = case.worktree()
    diff = repository.diff(run.base, run.head)
    hunks = hunks_of(case, diff, run.head)
    prompt = triage_prompt(brief(case), diff, raised)
    called = case.call(Role.DEVELOPER, run.step(), "triage", prompt, put_before(case, hunks, raised), tree)
    works = [called.work]
    stands = settle_stands(raised, TriageAnswer.model_validate(called.outcome.answer))
    by_id = {one.id: one for one in raised}
    if personal.is_persons(case):
        return Event.TRIAGED, Triaged(settlements=_put_to_a_person(raised, stands), work=tuple(works))
    disputed = [_argued(by_id[one.finding], one) for one in stands if one.disposition is Disposition.DISPUTED]
    for lens, own in groupby(sorted(disputed, key=lambda one: one.lens), key=lambda one: one.lens):
        asked = list(own)
        prompt = reply_prompt(brief(case), lens, diff, asked)
        subject = put_before(case, hunks, asked)
        called = case.call(Role.REVIEWER, run.step(f"reply/{lens}"), "reply", prompt, subject, tree)
        works.append(called.work)
        stands = settle_replies(asked, stands, ReplyAnswer.model_validate(called.outcome.answer))
    return Event.TRIAGED, Triaged(settlements=stands, work=tuple(works))


def _put_to_a_person(raised: list[Finding], stands: tuple[Settlement, ...]) -> tuple[Settlement, ...]:
    """A dispute with a person is ruled on at once: to be asked first and then to rule would be the same twice."""
    return settle_replies(raised, stands, ReplyAnswer(replies=()))


def _argued(finding: Finding, stand: Settlement) -> Finding:
    return finding.model_copy(update={"disposition": stand.disposition, "argument": stand.argument})
