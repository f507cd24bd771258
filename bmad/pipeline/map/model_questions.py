"""A model is asked about an intent: question after question, within a cap, each answer checked and mended."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import ValidationError

from bmad.core.act.spending import asked_for, of_call, over, summed
from bmad.core.prompts.answers import handed_over
from bmad.errors import CannotAnswerError
from bmad.model.agents import AnswerKind, Fault, Outcome
from bmad.model.layout import POLICY
from bmad.model.settings import AgentSettings, Cap, Price, Settings
from bmad.model.sorting import ANSWERS
from bmad.model.spending import Spending
from bmad.ports.asking import Asker
from bmad.ports.cache import Cache
from bmad.ports.files import Formats, Workspace

REPAIRS = 3
"""How often an answer that does not fit is asked for anew."""

_MENDED = frozenset({Fault.BAD_ANSWER, Fault.NO_ANSWER})
_ABOUT: Mapping[AnswerKind, str] = {
    "sorting": "what each block is",
    "placing": "what belongs together",
    "ordering": "what waits for what",
    "phrasing": "words that the author's do not reach",
    "proposing": "what else is wanted",
}
T = TypeVar("T")


class Question(Protocol):
    """What is put before a model, and how its answer is judged."""

    @property
    def kind(self) -> AnswerKind: ...

    @property
    def blocks(self) -> Sequence[int]: ...

    def prompt(self, complaints: Sequence[str] = (), last: str = "") -> str: ...

    def faults(self, answer: Any) -> list[str]:
        """What is wrong with an answer, a sentence each."""
        ...

    def usable(self, answer: Any) -> Any:
        """What may be used where no answer was without fault; None where that is nothing."""
        ...


class Means(NamedTuple):
    """Who is asked, how they work, what they may spend, and what models cost; `tell` hears of each question.

    In `kept` stand answers of before, which cost money: the same question to the same agent is not put again.
    """

    asker: Asker
    agent: AgentSettings
    cap: Cap
    prices: Mapping[str, Price]
    tell: Callable[[str], None]
    kept: Cache | None = None


class Room(Protocol):
    """Where an agent is reached that is asked for an answer alone."""

    def asker(self, command: str, name: str, agent: AgentSettings, *, confine: bool) -> Asker: ...

    def answers(self) -> Cache: ...


def policy(workspace: Workspace, formats: Formats) -> Settings:
    """What the work tree's own bmad.yaml says. Raises: UsageError on a broken one."""
    text = workspace.read(POLICY)
    return formats.settings(text) if text is not None else Settings()


def means(
    command: str, settings: Settings, room: Room, who: tuple[str, AgentSettings], tell: Callable[[str], None]
) -> Means:
    """How a command asks an agent of bmad.yaml, a preset or a model, by its name and its settings."""
    called, agent = who
    asker = room.asker(command, called, agent, confine=settings.act.sandbox != "none")
    cap = Cap(tokens=settings.act.budget.tokens, usd=settings.act.budget.usd)
    return Means(asker, agent, cap, settings.prices, tell)


class Counsel:
    """Asks one model; `spent` is what its calls have cost, `left_out` how much of its words may not stand."""

    def __init__(self, means: Means, lost: str = "Nothing was written.") -> None:
        self._means = means
        self._lost = lost
        self._asked = 0
        self.spent = Spending()
        self.left_out = 0

    @property
    def name(self) -> str:
        return self._means.asker.name

    def through(self, steps: Generator[Any, Any, T]) -> T:
        """Ask every question that the steps yield, and send each its answer. Raises: as `answer`."""
        try:
            question = next(steps)
            while True:
                question = steps.send(self.answer(question))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    def answer(self, question: Question) -> Any:
        """An answer that fits. Raises: CannotAnswerError where there is none, or a cap is reached."""
        self._asked += 1
        head = f"{self.name}: {_ABOUT[question.kind]}, question {self._asked}"
        if (kept := self._kept(question)) is not None:
            self._means.tell(f"{head}, as answered before")
            return kept
        self._means.tell(head)
        wrong: list[str] = []
        answer = None
        for attempt in range(1 + REPAIRS):
            prompt = question.prompt(wrong, handed_over(self._means.agent))
            outcome = self._called(
                f"map/{self._asked}" + (f".{attempt}" if attempt else ""), question.kind, prompt
            )
            if outcome.answer is None:
                wrong = [outcome.words]
                continue
            answer = ANSWERS[question.kind].model_validate(outcome.answer)
            wrong = question.faults(answer)
            if not wrong:
                self._keep(question, answer)
                return answer
        usable = question.usable(answer)
        if usable is not None:
            self.left_out += len(wrong)
            return usable
        about = f"about {len(question.blocks)} blocks " if question.blocks else ""
        raise CannotAnswerError(
            f"`{self.name}` was asked {1 + REPAIRS} times {about}"
            f"({_ABOUT[question.kind]}) and gave no answer that fits: {' '.join(wrong)} {self._lost}"
        )

    def _key(self, question: Question) -> str:
        """What decides on an answer: who is asked, how they work, and the question."""
        prompt = question.prompt((), handed_over(self._means.agent))
        return f"{self.name}\0{self._means.agent!r}\0{question.kind}\0{prompt}"

    def _kept(self, question: Question) -> Any:
        """The answer that was given before, checked as any other; None where there is none that fits."""
        said = self._means.kept.load(self._key(question)) if self._means.kept is not None else None
        if said is None:
            return None
        with suppress(ValidationError):
            answer = ANSWERS[question.kind].model_validate_json(said)
            return answer if not question.faults(answer) else None
        return None

    def _keep(self, question: Question, answer: Any) -> None:
        if self._means.kept is not None:
            self._means.kept.keep(self._key(question), answer.model_dump_json().encode())

    def _called(self, key: str, kind: AnswerKind, prompt: str) -> Outcome:
        if full := over(self._means.cap, self.spent):
            raise CannotAnswerError(
                f"The budget {full.why} (`act.budget` of bmad.yaml). {full.way}, or map again to go on within a "
                f"new one. {self._lost}"
            )
        outcome = self._means.asker.ask(key, kind, prompt)
        model = outcome.model or asked_for(self._means.agent)
        self.spent = summed([self.spent, of_call(outcome.usage, outcome.backend, model, self._means.prices)])
        if outcome.answer is None and outcome.fault not in _MENDED:
            raise CannotAnswerError(f"`{self.name}`: {outcome.words} {self._lost}")
        return outcome
