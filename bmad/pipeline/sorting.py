"""`bmad map --mapper NAME`: a model says what each block is, and all else is the outline's."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from bmad.core.act.spending import of_call, over, summed
from bmad.core.outline.compose.draft import compose
from bmad.core.outline.judge.judge import judge
from bmad.core.outline.read.blocks import read
from bmad.core.prompts.answers import handed_over
from bmad.core.sorting.answers import faults, judged
from bmad.core.sorting.questions import Question, questions
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.agents import Fault, Outcome
from bmad.model.draft import Draft
from bmad.model.layout import POLICY
from bmad.model.settings import AgentSettings, Cap, Price, Settings
from bmad.model.sorting import SortedBlock, SortingAnswer
from bmad.model.spending import Spending
from bmad.pipeline.acting.means import named
from bmad.pipeline.map import intent_text
from bmad.pipeline.spec import load
from bmad.ports.asking import Asker
from bmad.ports.files import Formats, Workspace

REPAIRS = 3
"""How often an answer that does not fit is asked for anew."""

_MENDED = frozenset({Fault.BAD_ANSWER, Fault.NO_ANSWER})


class Means(NamedTuple):
    """Who is asked, how they work, what they may spend, and what models cost; `tell` hears of each question."""

    asker: Asker
    agent: AgentSettings
    cap: Cap
    prices: Mapping[str, Price]
    tell: Callable[[str], None]


class SortingMapper:
    """Maps an intent with the help of a model; `spent` is what its calls have cost so far."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.spent = Spending()

    def __call__(self, text: str) -> Draft:
        """The draft. Raises: CannotAnswerError where a question has no answer that fits, or a cap is reached."""
        judgement = judge(read(text))
        asked = questions(judgement.reading)
        said: dict[int, SortedBlock] = {}
        for number, question in enumerate(asked, 1):
            self._means.tell(f"{self._means.asker.name}: question {number} of {len(asked)}")
            said |= {one.block: one for one in self._answered(question, f"map/{number}").blocks}
        return compose(judged(judgement, said, self._means.asker.name))

    def _answered(self, question: Question, key: str) -> SortingAnswer:
        wrong: list[str] = []
        for attempt in range(1 + REPAIRS):
            prompt = question.prompt(wrong, handed_over(self._means.agent))
            outcome = self._called(f"{key}.{attempt}" if attempt else key, prompt)
            if outcome.answer is None:
                wrong = [outcome.words]
                continue
            answer = SortingAnswer.model_validate(outcome.answer)
            wrong = faults(question, answer)
            if not wrong:
                return answer
        raise CannotAnswerError(
            f"The mapper `{self._means.asker.name}` was asked {1 + REPAIRS} times about "
            f"{len(question.blocks)} blocks and gave no answer that fits: {' '.join(wrong)} Nothing was written."
        )

    def _called(self, key: str, prompt: str) -> Outcome:
        if why := over(self._means.cap, self.spent):
            raise CannotAnswerError(
                f"The budget is used up: {why} (`act.budget` of bmad.yaml). Nothing was written."
            )
        outcome = self._means.asker.ask(key, "sorting", prompt)
        self.spent = summed(
            [self.spent, of_call(outcome.usage, outcome.backend, outcome.model, self._means.prices)]
        )
        if outcome.answer is None and outcome.fault not in _MENDED:
            raise CannotAnswerError(f"The mapper `{self._means.asker.name}`: {outcome.words} Nothing was written.")
        return outcome


class Room(Protocol):
    """Where an agent is reached that is asked for an answer alone."""

    def asker(self, name: str, agent: AgentSettings, *, confine: bool) -> Asker: ...


def mapper_named(
    workspace: Workspace, formats: Formats, room: Room, name: str, tell: Callable[[str], None]
) -> SortingMapper:
    """A mapper that asks an agent of bmad.yaml, a preset, or a model. Raises: UsageError where there is none."""
    policy = workspace.read(POLICY)
    settings = formats.settings(policy) if policy is not None else Settings()
    called, agent = named(settings, name)
    asker = room.asker(called, agent, confine=settings.act.sandbox != "none")
    cap = Cap(tokens=settings.act.budget.tokens, usd=settings.act.budget.usd)
    return SortingMapper(Means(asker, agent, cap, settings.prices, tell))


def ahead(
    workspace: Workspace, formats: Formats, mapper: Callable[[str], Draft], path: str
) -> Callable[[str], Draft]:
    """The draft of an intent, made before the lock of those who write is taken: a model takes its time.

    Raises: UsageError where the intent cannot be mapped; the mapper returned does where it was changed since.
    """
    known = intent_text(workspace, load(workspace, formats), path)
    draft = mapper(known)

    def made(text: str) -> Draft:
        if text != known:
            raise UsageError(f"{path} was changed while it was mapped; map it again.")
        return draft

    return made
