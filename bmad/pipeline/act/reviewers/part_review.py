"""One reviewer's word on one part of a change: asked, and where the answer will not do, asked once more with why.

What was said is noted before anything else happens, so that after a crash no reviewer is asked the same twice, and
what they said in an answer that does not count is not lost.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from bmad.core.act.challenge import Challenge, answers
from bmad.core.act.unfit import Words, heard, joined, read
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Failed
from bmad.model.agents import Fault, Role
from bmad.model.answers import Claim, ReviewAnswer
from bmad.model.base import Value
from bmad.model.record import Work
from bmad.model.tested import Tried
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.calls import Ask, call
from bmad.pipeline.act.reviewers.probe import ProvingGround
from bmad.pipeline.act.step import Case, StopError, failed

_UNFIT = (Fault.BAD_ANSWER, Fault.NO_ANSWER)
_TOLD = 3

_VISIT = re.compile(r"(?<=/review)\.\d+")
"""What a step bears that was come to again in its round."""


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
    ground: ProvingGround | None = None
    """Where a probe works; None of who only looks."""


class Heard(NamedTuple):
    """What was said, and said when asked once more (None: nobody was), and who gave the answers that fit.

    What was said holds what earlier attempts said that came to no review; `tried` is what a probe says it ran.
    """

    first: Words
    again: Words | None
    works: tuple[Work, ...]
    tried: tuple[Tried, ...] = ()


class Said(NamedTuple):
    """An answer that fits, and who gave it."""

    answer: ReviewAnswer
    work: Work


class _Noted(Value):
    """A noted answer: `asked` is a hash of the prompt, `begun` the event that the story was started with."""

    begun: int
    asked: str
    work: Work
    answer: dict[str, Any]


class _Left(Value):
    """What was said of a part of a change that no review holds yet: how many there were before tells which."""

    begun: int
    round: int
    reviews: int = 0
    words: Words


class _Try(NamedTuple):
    """What came of asking: what was said, and the answer where it fits, else the stop that it is.

    `wrong` is what keeps it from counting, whatever it says.
    """

    words: Words
    said: Said | None
    stop: StopError | None
    wrong: Sequence[str]


def ask(case: Case, tree: Worktree, question: Question, why: Callable[[Sequence[Claim]], Sequence[str]]) -> Heard:
    """Ask, and once more where the answer does not fit, was not read for, or `why` has something against it.

    Raises: StopError where nothing came of it, or what came shows that nothing was read.
    """
    before = _left(case, question)
    tries = [_try(case, tree, question, ())]
    first = joined([before, tries[0].words])
    wrong = [*tries[0].wrong, *why(first.claims)]
    if wrong:
        _leave(case, question, first)
        tries.append(_try(case, tree, question._replace(step=f"{question.step}/again"), wrong))
    words = [first, *(one.words for one in tries[1:])]
    counted = next((one for one in reversed(tries) if one.said is not None), None)
    if counted is None or counted.wrong:
        _leave(case, question, joined(words))
        raise _void(question, counted or tries[-1], joined(words))
    _leave(case, question, _against(joined(words)))
    fitting = [one.said for one in tries if one.said is not None]
    works = tuple(one.work for one in fitting)
    tried = tuple(dict.fromkeys(each for one in fitting for each in one.answer.tried))
    return Heard(first, tries[1].words if len(tries) > 1 else None, works, tried)


_NOT_READ = "What came of {} does not count as a review, also when asked once more. {}"


def _void(question: Question, last: _Try, every: Words) -> StopError:
    """The end of a review that is none, with what was claimed all the same."""
    claimed = _claimed(every.claims)
    if last.stop is None:
        words = _NOT_READ.format(question.step, " ".join(last.wrong))
        return failed(Fault.UNREAD, " ".join(filter(None, (words, claimed))))
    event, content = last.stop.happened
    told = " ".join(filter(None, (_words(content), claimed)))
    return StopError(event, content.model_copy(update={"words": told}), last.stop.said)


def _try(case: Case, tree: Worktree, question: Question, wrong: Sequence[str]) -> _Try:
    """Ask once, with what was `wrong` before. Raises: StopError where it is no answer's fault.

    What is held against the change in the answer of a reviewer that died is told to the next one.
    """
    try:
        one = said(case, tree, question, wrong)
    except StopError as stop:
        if stop.said is not None and not _is_unfit(stop):
            words = read(stop.said, _words(stop.happened[1]))
            _leave(case, question, joined([_left(case, question), _against(words)]))
        why = _unfit(stop)
        return _Try(_of_unfit(stop, why), None, stop, (why,))
    return _Try(heard(one.answer), one, None, _unread(question, one.answer))


def said(case: Case, tree: Worktree, question: Question, wrong: Sequence[str]) -> Said:
    """The answer to a question, with what was `wrong` with the one before: a noted one, or an agent's.

    What another reviewer, or a cap, kept from coming to a review counts when that is had anew in the same round;
    an answer that does not count is had anew, too. Raises: StopError where nothing came of it.
    """
    prompt = question.prompt(wrong)
    asked = hashlib.sha256(prompt.text.encode()).hexdigest()
    note = f"{case.place(_VISIT.sub('', question.step, count=1))}.json"
    known = case.desk.steps.read(note) if case.run.seq else None
    if known is not None:
        noted = _Noted.model_validate_json(known)
        answer = ReviewAnswer.model_validate(noted.answer)
        stands = noted.work.step == question.step or not _unread(question, answer)
        if stands and (noted.begun, noted.asked) == (case.run.begun, asked):
            return Said(answer, noted.work.model_copy(update={"step": question.step}))
    asking = Ask(Role.REVIEWER, question.step, "review", prompt, question.subject, tree)
    if question.ground is not None:
        stood = question.ground.stand(case)
        asking = asking._replace(tree=stood.tree, scratch=stood.hold, given=stood.given)
    called = call(case, asking)
    answer = ReviewAnswer.model_validate(called.outcome.answer)
    work = called.work.model_copy(update={"lens": question.lens, "part": question.part})
    told = _Noted(begun=case.run.begun, asked=asked, work=work, answer=answer.model_dump(mode="json"))
    if case.run.seq:  # a look at a change that is nobody's run is had anew each time
        case.desk.steps.write(note, told.model_dump_json())
    return Said(answer, work)


def _is_unfit(stop: StopError) -> bool:
    """Whether it is the answer that does not fit, and nothing else went wrong."""
    _, content = stop.happened
    return isinstance(content, Failed) and content.fault in _UNFIT


def _unfit(stop: StopError) -> str:
    """Why an answer does not fit, in words. Raises: StopError where it was something else that went wrong."""
    if not _is_unfit(stop):
        raise stop
    return _words(stop.happened[1])


def _words(content: object) -> str:
    return content.words if isinstance(content, Failed) else ""


def _of_unfit(stop: StopError, why: str) -> Words:
    """What an answer that does not fit says; without an answer it says nothing."""
    _, content = stop.happened
    wrote = isinstance(content, Failed) and content.fault is Fault.BAD_ANSWER
    return read(stop.said, why) if wrote else Words()


def _left(case: Case, question: Question) -> Words:
    """What was said of this part before, in this round, and came to no review."""
    text = case.desk.steps.read(_place(case, question)) if case.run.seq else None
    if text is None:
        return Words()
    left = _Left.model_validate_json(text)
    return left.words if left == _leaving(case, left.words) else Words()


def _leave(case: Case, question: Question, words: Words) -> None:
    if case.run.seq and (words.claims or words.verdicts):
        case.desk.steps.write(_place(case, question), _leaving(case, words).model_dump_json())


def _leaving(case: Case, words: Words) -> _Left:
    run = case.run
    return _Left(begun=run.begun, round=run.round, reviews=len(run.shown), words=words)


def _against(words: Words) -> Words:
    """What is held against a change: it stands, should another reviewer keep this review from coming to an end."""
    return words.model_copy(update={"verdicts": tuple(one for one in words.verdicts if not one.settled)})


def _place(case: Case, question: Question) -> str:
    named = hashlib.sha256(f"{question.lens}\0{question.part}".encode()).hexdigest()[:16]
    return f"{case.run.story}/said-{named}.json"


def _unread(question: Question, answer: ReviewAnswer) -> list[str]:
    """What shows that a reviewer did not, or could not, read what it was given."""
    wrong = []
    if not answers(question.challenge, answer.read):
        told = f"is “{answer.read[:80]}”" if answer.read.strip() else "is missing"
        wrong.append(f"The key `read` {told}, and should be {question.challenge.question}.")
    if question.ground is not None and not answer.tried:
        wrong.append("The key `tried` names nothing that was run. A probe that runs nothing has not reviewed.")
    if answer.unopened:
        named = "; ".join(one[:200] for one in answer.unopened[:_TOLD])
        wrong.append(f"It could not open what it needed: {named}. A review that could not look is none.")
    return wrong


def _claimed(claims: Iterable[Claim]) -> str:
    """What was claimed all the same, in words that a person may want to look at."""
    every = list(claims)
    told = "; ".join(f"{one.severity} {one.path[:200]}:{one.line} {one.claim[:300]}" for one in every[:_TOLD])
    more = f" (and {len(every) - _TOLD} more)" if len(every) > _TOLD else ""
    return f"It claimed: {told}{more}; the next review of this is asked about it." if every else ""
