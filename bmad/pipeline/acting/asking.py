"""One reviewer's word on one part of a change: asked, and where the answer will not do, asked once more with why.

What was said is noted before anything else happens, so that after a crash no reviewer is asked the same twice.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bmad.core.act.challenge import Challenge, answers
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Failed
from bmad.model.agents import Claim, Fault, ReviewAnswer, Role
from bmad.model.base import Value
from bmad.model.record import Work
from bmad.model.worktrees import Worktree
from bmad.pipeline.acting.calling import Ask, call
from bmad.pipeline.acting.case import Case, StopError, failed

_UNFIT = (Fault.BAD_ANSWER, Fault.NO_ANSWER)
_TOLD = 3


class Question(NamedTuple):
    """What is asked of a reviewer: `prompt` builds it from what was wrong with an earlier answer.

    `part` is the hash of what it is shown of the change, `challenge` what it copies from it.
    """

    step: str
    lens: str
    part: str
    subject: str
    prompt: Callable[[Sequence[str]], Prompt]
    challenge: Challenge


class Heard(NamedTuple):
    """The answers in order, one or two, and who gave them."""

    answers: tuple[ReviewAnswer, ...]
    works: tuple[Work, ...]


class _Said(Value):
    """A noted answer: `asked` is a hash of the prompt, `begun` the event that the story was started with."""

    begun: int
    asked: str
    work: Work
    answer: dict[str, Any]


def ask(case: Case, tree: Worktree, question: Question, why: Callable[[ReviewAnswer], Sequence[str]]) -> Heard:
    """Ask, and once more where the answer does not fit, was not read for, or `why` has something against it.

    Raises: StopError where nothing came of it, what came shows that nothing was read, or what was found is lost.
    """
    first: Heard = Heard((), ())
    try:
        first = said(case, tree, question, ())
        wrong = [*_unread(question, first.answers[0]), *why(first.answers[0])]
    except StopError as stop:
        wrong = [_unfit(stop)]
    if not wrong:
        return first
    try:
        second = said(case, tree, question._replace(step=f"{question.step}/again"), wrong)
    except StopError as stop:
        _unfit(stop)
        if not first.answers:
            raise
        second = Heard((), ())
    heard = Heard((*first.answers, *second.answers), (*first.works, *second.works))
    left = _unread(question, heard.answers[-1])
    lost = "" if first.answers or heard.answers[-1].findings else _in_a_finding(wrong)
    if lost:
        raise failed(Fault.BAD_ANSWER, _LOST.format(lost))
    if left:
        raise failed(Fault.UNREAD, _NOT_READ.format(question.step, " ".join(left), _claims(heard)).strip())
    return heard


_LOST = (
    "{} Asked once more it raised nothing, so what it had found is not known, and not settled. Have it asked anew."
)
_NOT_READ = "What came of {} does not count as a review, also when asked once more. {} {}"


def said(case: Case, tree: Worktree, question: Question, wrong: Sequence[str]) -> Heard:
    """The answer to a question, with what was `wrong` with the one before: a noted one, or an agent's.

    Raises: StopError where nothing came of it.
    """
    prompt = question.prompt(wrong)
    asked = hashlib.sha256(prompt.text.encode()).hexdigest()
    note = f"{case.place(question.step)}.json"
    known = case.desk.notes.read(note) if case.run.seq else None
    if known is not None:
        noted = _Said.model_validate_json(known)
        if (noted.begun, noted.asked) == (case.run.begun, asked):
            return Heard((ReviewAnswer.model_validate(noted.answer),), (noted.work,))
    called = call(case, Ask(Role.REVIEWER, question.step, "review", prompt, question.subject, tree))
    answer = ReviewAnswer.model_validate(called.outcome.answer)
    work = called.work.model_copy(update={"lens": question.lens, "part": question.part})
    told = _Said(begun=case.run.begun, asked=asked, work=work, answer=answer.model_dump(mode="json"))
    if case.run.seq:  # a look at a change that is nobody's run is had anew each time
        case.desk.notes.write(note, told.model_dump_json())
    return Heard((answer,), (work,))


def _unfit(stop: StopError) -> str:
    """Why an answer does not fit, in words. Raises: StopError where it was something else that went wrong."""
    _, content = stop.happened
    if not isinstance(content, Failed) or content.fault not in _UNFIT:
        raise stop
    return content.words


def _in_a_finding(wrong: Sequence[str]) -> str:
    """What made an answer unfit, where a finding was in it or a grave grade: the reviewer had something to say."""
    return " ".join(one for one in wrong if "`findings." in one or "; it speaks of P" in one)


def _unread(question: Question, answer: ReviewAnswer) -> list[str]:
    """What shows that a reviewer did not, or could not, read what it was given."""
    wrong = []
    if not answers(question.challenge, answer.read):
        told = f"is “{answer.read[:80]}”" if answer.read.strip() else "is missing"
        wrong.append(f"The key `read` {told}, and should be {question.challenge.question}.")
    if answer.unopened:
        named = "; ".join(one[:200] for one in answer.unopened[:_TOLD])
        wrong.append(f"It could not open what it needed: {named}. A review that could not look is none.")
    return wrong


def _claims(heard: Heard) -> str:
    """What was claimed all the same, in words that a person may want to look at."""
    every: list[Claim] = [claim for answer in heard.answers for claim in answer.findings]
    told = "; ".join(f"{one.severity} {one.path[:200]}:{one.line} {one.claim[:300]}" for one in every[:_TOLD])
    more = f" (and {len(every) - _TOLD} more)" if len(every) > _TOLD else ""
    return f"It claimed: {told}{more}." if every else ""
