"""`bmad review`: another agent's review of any change, story or not. Nothing of it is kept."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.trailers import parse, stories
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Failed, Finding, Reviewed
from bmad.model.act_reports import ReviewedFinding, ReviewReport
from bmad.model.agents import Severity
from bmad.model.commits import Commit
from bmad.pipeline.acting.aside import Errand, aside
from bmad.pipeline.acting.case import Case, StopError
from bmad.pipeline.acting.grounds import Grounds
from bmad.pipeline.acting.reviewing import review
from bmad.ports.acting import Desk

NAME = "review"
"""Of the worktree."""


class LookRequest(NamedTuple):
    """A range by names, or what is staged; `base` is by default the upstream's tip."""

    base: str | None = None
    head: str | None = None
    staged: bool = False


def look(desk: Desk, request: LookRequest) -> ReviewReport:
    """Have the reviewers look at a change.

    Raises: UsageError where names name nothing or there is nothing to review; CannotAnswerError where a reviewer
    comes to no answer.
    """
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        base, head = _ends(desk, grounds, request)
        about = _about(grounds.between(base, head))
        with aside(desk, grounds, Errand(NAME, "bmad review", base, head, about)) as case:
            return _report(case, _reviewed(case))


def _ends(desk: Desk, grounds: Grounds, request: LookRequest) -> tuple[str, str]:
    if request.staged:
        tips = grounds.tips("HEAD", "HEAD")
        made = desk.repository.staged(tips.head)
        if made is None:
            raise UsageError("Nothing is staged; use `git add`, or name a range with --base.")
        return tips.head, made
    tips = grounds.tips(request.base, request.head)
    base = grounds.fork(tips.base, tips.head)
    if base == tips.head:
        raise UsageError("There is nothing to review: head is the base or an ancestor of it.")
    return base, tips.head


def _about(commits: Sequence[Commit]) -> str:
    """The story that the commits name, where it is one."""
    named = {name for commit in commits for name in stories(parse(commit.message)).ids}
    return named.pop() if len(named) == 1 else ""


def _reviewed(case: Case) -> Reviewed:
    try:
        _, content = review(case)
    except StopError as stop:
        _, content = stop.happened
    if isinstance(content, Reviewed):
        return content
    words = content.words if isinstance(content, Failed) else "The reviewer is a person; review it by reading it."
    raise CannotAnswerError(words) from None


def _report(case: Case, content: Reviewed) -> ReviewReport:
    return ReviewReport(
        ok=not any(one.severity in (Severity.P0, Severity.P1) for one in content.findings),
        base=case.run.base,
        head=case.run.head,
        reviewers=tuple(dict.fromkeys(":".join(filter(None, (one.backend, one.model))) for one in content.work)),
        findings=tuple(
            map(_finding, sorted(content.findings, key=lambda one: (one.severity, one.path, one.line)))
        ),
        dropped=content.dropped,
        known=content.known,
    )


def _finding(one: Finding) -> ReviewedFinding:
    return ReviewedFinding.model_validate(one.model_dump(include=set(ReviewedFinding.model_fields)))
