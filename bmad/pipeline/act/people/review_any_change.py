"""`bmad review`: another agent's review of any change, story or not. Nothing of it is kept."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.act.run import CLOSED
from bmad.core.trailers import parse, stories
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Failed, Reviewed, Waits
from bmad.model.act_reports import ReviewedFinding, ReviewReport
from bmad.model.agents import Role, Severity
from bmad.model.commits import Commit
from bmad.model.review import Finding
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import uncommitted
from bmad.pipeline.act.preflight import chain
from bmad.pipeline.act.reviewers.person import is_persons
from bmad.pipeline.act.scratch import Errand, aside
from bmad.pipeline.act.step import Case, StopError
from bmad.pipeline.act.steps.review import review
from bmad.ports.acting import Desk

NAME = "review"
"""Of the worktree."""


class LookRequest(NamedTuple):
    """A range by names, or what is staged; by default what the upstream lacks, else what no commit holds yet."""

    base: str | None = None
    head: str | None = None
    staged: bool = False


class _Ends(NamedTuple):
    base: str
    head: str
    what: str = ""


_TREE = "what your work tree holds and no commit does"


def look(desk: Desk, request: LookRequest) -> ReviewReport:
    """Have the reviewers look at a change.

    Raises: UsageError where names name nothing, there is nothing to review, or bmad.yaml names nobody who could;
    CannotAnswerError where a reviewer comes to no answer.
    """
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        ends = _ends(desk, grounds, request)
        about = _about(grounds.between(ends.base, ends.head))
        with aside(desk, grounds, Errand(NAME, "bmad review", ends.base, ends.head, about)) as case:
            report = _report(case, _reviewed(case))
    notes = () if ends.what or request.head is not None else tuple(uncommitted(desk))
    return report.model_copy(update={"what": ends.what, "notes": notes})


def _ends(desk: Desk, grounds: Grounds, request: LookRequest) -> _Ends:
    if request.staged:
        tips = grounds.tips("HEAD", "HEAD")
        made = desk.repository.staged(tips.head)
        if made is None:
            raise UsageError("Nothing is staged; use `git add`, or name a range with --base.")
        return _Ends(tips.head, made, "what is staged")
    try:
        return _of_commits(grounds, request)
    except UsageError:
        own = _own_files(desk, grounds) if request.base is None and request.head is None else None
        if own is None:
            raise
        return own


def _of_commits(grounds: Grounds, request: LookRequest) -> _Ends:
    tips = grounds.tips(request.base, request.head)
    base = grounds.fork(tips.base, tips.head)
    if base == tips.head:
        raise UsageError("There is nothing to review: head is the base or an ancestor of it.")
    return _Ends(base, tips.head)


def _own_files(desk: Desk, grounds: Grounds) -> _Ends | None:
    """What a person has not committed: that is meant where no commit waits for a review."""
    head = grounds.tips("HEAD", "HEAD").head
    made = desk.repository.worked(head)
    return None if made is None else _Ends(head, made, _TREE)


def _about(commits: Sequence[Commit]) -> str:
    """The story that the commits name, where it is one."""
    named = {name for commit in commits for name in stories(parse(commit.message)).ids}
    return named.pop() if len(named) == 1 else ""


def _reviewed(case: Case) -> Reviewed:
    chain(case.settings, Role.REVIEWER)  # who is not there is for bmad.yaml to say
    try:
        if is_persons(case):
            shown = f"git diff {case.run.base[:12]} {case.run.head[:12]}"
            raise CannotAnswerError(f"The reviewer of bmad.yaml is a person, who reads the change: {shown}")
        _, content = review(case)
    except StopError as stop:
        _, content = stop.happened
    if isinstance(content, Reviewed):
        return content
    words = content.words if isinstance(content, Failed | Waits) else "The reviewers came to no answer."
    raise CannotAnswerError(words) from None


def _report(case: Case, content: Reviewed) -> ReviewReport:
    return ReviewReport(
        ok=not any(one.disposition not in CLOSED and one.severity is not Severity.P2 for one in content.findings),
        base=case.run.base,
        head=case.run.head,
        reviewers=tuple(dict.fromkeys(one.who for one in content.work)),
        findings=tuple(
            map(_finding, sorted(content.findings, key=lambda one: (one.severity, one.path, one.line)))
        ),
        dropped=content.dropped,
        known=content.known,
    )


def _finding(one: Finding) -> ReviewedFinding:
    return ReviewedFinding.model_validate(one.model_dump(include=set(ReviewedFinding.model_fields)))
