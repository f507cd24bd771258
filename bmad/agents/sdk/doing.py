"""One conversation: ask, do what the model calls for, ask again, and judge its last words."""

from datetime import UTC, datetime
from typing import NamedTuple

from bmad.agents import answers, faults
from bmad.agents.sdk import programs, tools
from bmad.agents.sdk.access import NO_KEY, Access
from bmad.agents.sdk.conversation import Call, Conversation, FloodError, ProviderError, Result, Turn
from bmad.agents.sdk.judging import judged, left_out
from bmad.agents.sdk.line import Line
from bmad.agents.sdk.telling import LAST, again, words_of
from bmad.agents.sdk.transcript import Transcript
from bmad.agents.words import short
from bmad.model.agents import Fault, Outcome, Task
from bmad.model.spending import Usage

PAUSES = (0.5, 2.0)
"""Seconds before a request is made again that met an overload or was cut off."""


class FailedError(Exception):
    """A fault, its words, when one may ask again, and what was said: as in `Outcome`."""

    def __init__(self, fault: Fault, words: str, until: datetime | None = None, said: str | None = None) -> None:
        super().__init__(words)
        self.fault = fault
        self.until = until
        self.said = said


class Job(NamedTuple):
    """What is to be done, and how the model that does it is reached."""

    task: Task
    access: Access


class Spent(NamedTuple):
    """What is known of a conversation so far."""

    usage: Usage | None = None
    """Of the turns that there were; none before the first."""
    model: str = ""
    session: str = ""


class Doing:
    """One conversation, from the prompt to the outcome."""

    def __init__(self, job: Job, kit: tools.Kit, talk: Conversation, line: Line, transcript: Transcript) -> None:
        self._job = job
        self._task = job.task
        self._kit = kit
        self._talk = talk
        self._line = line
        self._transcript = transcript
        self._spent = Spent()

    def outcome(self, base: Outcome) -> Outcome:
        """Raises: KeyboardInterrupt."""
        try:
            base = base._replace(answer=self._answer(self._last_turn()))
        except FailedError as failed:
            words = self._transcript.clean(f"The agent `{self._task.name}` {failed}.")
            base = base._replace(fault=failed.fault, words=words, until=failed.until, said=failed.said)
        self._transcript.note("end", fault=base.fault, words=base.words, answer=base.answer)
        spent = self._spent
        usage = None if spent.usage == Usage() else spent.usage
        return base._replace(usage=usage, model=spent.model, session=spent.session)

    def _last_turn(self) -> Turn:
        """The turn in which the model calls no more tools. Raises: FailedError."""
        most = self._task.agent.turns
        for number in range(most + 1):
            closing = number == most
            turn = self._turn(closing=closing)
            if not turn.calls:
                return turn
            if closing:
                break
            cut = turn.stop == "length"
            results = [self._result(call, cut=cut) for call in turn.calls]
            self._talk.answer(results, LAST if number + 1 == most else "")
        raise FailedError(Fault.UNFINISHED, f"still called tools after {most} turns (`turns` in bmad.yaml)")

    def _answer(self, turn: Turn) -> "dict[str, object]":
        """Raises: FailedError where neither this turn nor the one that mends it has an answer that fits."""
        kind, first = self._task.kind, self._cleaned(turn)
        try:
            return judged(first, kind, again=False)
        except answers.BadAnswerError as error:
            self._transcript.note("unfit", words=str(error))
            self._talk.answer((), again(str(error)))
        second = self._cleaned(self._turn(closing=True))
        said = "\n\n".join(filter(None, (first.text, second.text)))
        try:
            answer = judged(second, kind, again=True)
        except answers.BadAnswerError as error:
            words = f"gave an answer that does not count: {error}"
            raise FailedError(Fault.BAD_ANSWER, words, said=said) from None
        if kind == "review" and left_out(first.text, answer):
            words = "gave an answer that does not count: it is silent about what its first one said"
            raise FailedError(Fault.BAD_ANSWER, words, said=first.text)
        return answer

    def _turn(self, *, closing: bool) -> Turn:
        """The model's next turn; where all is too much for it, asked once more with less. Raises: FailedError."""
        history = self._talk.history
        self._made_room(history.fit())
        try:
            return self._said(closing=closing)
        except FailedError as failed:
            if failed.fault is not Fault.OUTGROWN or not self._made_room(history.halve()):
                raise
        return self._said(closing=closing)

    def _made_room(self, count: int) -> bool:
        """Whether so many results of tools are any; the log tells how many were left out."""
        if count:
            self._transcript.note("left-out", results=count)
        return count > 0

    def _said(self, *, closing: bool) -> Turn:
        """What the model says, noted and counted. Raises: FailedError."""
        try:
            turn = self._heard(closing=closing)
        except TimeoutError:
            words = f"was still at work after {self._task.agent.timeout:g} seconds and was ended"
            raise FailedError(Fault.TIMEOUT, words) from None
        except FloodError:
            raise FailedError(Fault.FLOOD, "said more in one turn than bmad reads, and was ended") from None
        self._transcript.note("turn", **turn._asdict() | {"usage": turn.usage and turn.usage.model_dump()})
        usage, before = turn.usage or Usage(), self._spent.usage
        usage = usage if before is None else before.plus(usage)
        self._spent = Spent(usage, turn.model if answers.is_model(turn.model) else "", turn.id[:200])
        if turn.stop == "refusal":
            raise FailedError(Fault.DECLINED, f"declined: {short(turn.text) or 'it does not say why'}")
        if turn.stop == "context":
            raise FailedError(Fault.OUTGROWN, "did not finish: what was said is more than its model can hold")
        return turn

    def _heard(self, *, closing: bool) -> Turn:
        """Ask, and ask again after what passes by itself. Raises: FailedError, TimeoutError, FloodError."""
        pauses = iter(PAUSES)
        while True:
            try:
                return self._line.wait(self._talk.ask(closing=closing))
            except ProviderError as error:
                failed = _failed(error, self._job)
                self._transcript.note("error", fault=failed.fault, words=str(failed))
                if failed.fault is Fault.MISCONFIGURED and self._talk.forgo(error.told.words):
                    continue
                pause = next(pauses, None) if error.cut or failed.fault is Fault.OVERLOAD else None
                if pause is None:
                    raise failed from None
            self._line.pause(pause)

    def _result(self, call: Call, *, cut: bool) -> Result:
        """What comes of a call. Raises: FailedError; KeyboardInterrupt."""
        if cut:
            text = "Your turn was cut where it was as long as it may be, so nothing was done. Do less at once."
            return Result(call, text, failed=True)
        if not self._line.left:
            raise FailedError(Fault.TIMEOUT, f"was still at work after {self._task.agent.timeout:g} seconds")
        try:
            result = tools.use(call, self._kit)
        except programs.BrokenGroundError as error:
            raise FailedError(Fault.ENVIRONMENT, str(error)) from None
        result = result._replace(text=self._transcript.clean(result.text))
        told = {"name": call.name, "arguments": call.arguments, "result": result.text, "failed": result.failed}
        self._transcript.note("tool", **told)
        return result

    def _cleaned(self, turn: Turn) -> Turn:
        return turn._replace(text=self._transcript.clean(turn.text))


def _failed(error: ProviderError, job: Job) -> FailedError:
    """The fault that a failed request is."""
    told = error.told
    if error.cut:
        return FailedError(Fault.UNFINISHED, f"did not finish: {short(told.words)}")
    fault, until = faults.classify(told, datetime.now(UTC).astimezone())
    fault = fault or Fault.UNFINISHED
    words = words_of(fault, told, job.task, keyed=job.access.key != NO_KEY)
    return FailedError(fault, words, until)
