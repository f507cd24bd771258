"""`bmad brainstorm --as`: a model plays a demanding user, and a person decides on each of its features."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bmad.core.brainstorm.memory import Memory, joined, parted
from bmad.core.brainstorm.page import added, title, titled
from bmad.core.brainstorm.proposing import Proposing, marked
from bmad.core.brainstorm.topics import TOPICS, Topic
from bmad.core.gate.words import printable, told
from bmad.errors import UsageError
from bmad.model.draft import Draft
from bmad.model.settings import AgentSettings, Settings
from bmad.model.sorting import Proposed, ProposingAnswer
from bmad.model.spec import StatementClass
from bmad.pipeline.act.preflight import named
from bmad.pipeline.brainstorm.conversation import StopError, ask, remarks, wording
from bmad.pipeline.map.model_questions import Counsel
from bmad.ports.console import Console
from bmad.ports.files import Workspace

MOST_ROUNDS = 5
"""How often in one session the model is asked for more."""

_ASKED = next(topic for topic in TOPICS if topic.heading == "Requirements")
_LATER = next(topic for topic in TOPICS if topic.heading == "Nice to have")
_CHOICE = "  [k]eep, [l]ater, in other [w]ords, [d]rop, [q]uit? "
_INTRODUCTION = (
    "{name} proposes what {persona} would miss. Each decision is written to {path} at once. Ctrl-D stops, and to "
    "run this again goes on from there."
)


class Proposer(NamedTuple):
    """Who proposes, whom it plays, and what a map makes of a sentence."""

    counsel: Counsel
    persona: str
    mapper: Callable[[str], Draft]


class Decided(NamedTuple):
    """How many features were kept, dropped and left undecided, and whether there was an end to them."""

    kept: int
    dropped: int
    undecided: int
    whole: bool


class Proposals:
    """One person who decides on what one user would miss in one intent."""

    def __init__(self, workspace: Workspace, console: Console, path: str, proposer: Proposer) -> None:
        self._workspace = workspace
        self._console = console
        self._path = path
        self._by = proposer
        self._kept = 0
        self._dropped = 0

    def run(self) -> Decided:
        """Ask for features and for decisions on them, until one side has no more.

        Raises: UsageError where there is no intent; CannotAnswerError where the model fails, which loses nothing.
        """
        if not title(self._read()[0]):
            raise UsageError(f"{self._path} has no title yet. Begin it: bmad brainstorm {self._path}")
        name, persona = self._by.counsel.name, printable(self._by.persona)
        self._console.tell(_INTRODUCTION.format(name=name, persona=persona, path=self._path))
        whole = True
        try:
            self._decide([Proposed(feature=one) for one in self._read()[1].undecided])
            for number in range(MOST_ROUNDS):
                if number and not self._more():
                    break
                if not self._round():
                    self._console.tell("\nNothing more is missed.")
                    break
        except StopError:
            whole = False
        return Decided(self._kept, self._dropped, len(self._read()[1].undecided), whole)

    def _more(self) -> bool:
        return ask(self._console, "\nMore proposals? [y]es, [n]o: ").casefold() in ("y", "yes")

    def _round(self) -> int:
        """One answer of the model decided on; how many features it had."""
        text, memory = self._read()
        question = Proposing(self._by.persona, text, memory, self._remarks)
        answer: ProposingAnswer = self._by.counsel.answer(question)
        found = question.fitting(answer)
        names = tuple(one.feature for one in found)
        self._write(lambda text, memory: (text, memory._replace(undecided=(*memory.undecided, *names))))
        self._decide(found)
        return len(found)

    def _decide(self, found: Sequence[Proposed]) -> None:
        for number, one in enumerate(found, 1):
            why = f"\n  why: {told(one.why, 400)}" if one.why else ""
            self._console.tell(f"\n{number} of {len(found)}: {told(one.feature, 400)}{why}")
            self._decision(one.feature)

    def _decision(self, feature: str) -> None:
        match self._chosen():
            case "k":
                self._keep(feature, feature, _ASKED)
            case "l":
                self._keep(feature, feature, _LATER)
            case "w":
                own = ask(self._console, "  in other words> ")
                self._keep(feature, wording(self._console, own) if own else feature, _ASKED)
            case "d":
                self._write(lambda text, memory: (text, memory.without(feature)))
                self._dropped += 1
            case _:
                raise StopError

    def _chosen(self) -> str:
        while True:
            said = ask(self._console, _CHOICE).casefold()[:1]
            if said in {"k", "l", "w", "d", "q"}:
                return said

    def _keep(self, feature: str, words: str, topic: Topic) -> None:
        own = words != feature
        told = words if own else marked(words, self._by.persona, self._by.counsel.name)
        self._write(lambda text, memory: (added(text, topic, told), memory.decided(feature)))
        self._kept += 1

    def _remarks(self, feature: str) -> list[str]:
        """What keeps a sentence from being mapped without a warning."""
        page = added(titled("", "T"), _ASKED, marked(feature, self._by.persona, self._by.counsel.name))
        classes = [one.klass for one in self._by.mapper(page).statements]
        if classes != [StatementClass.REQUIREMENT]:
            return ["it does not read as one thing that the product does"]
        return remarks(feature)

    def _read(self) -> tuple[str, Memory]:
        return parted(self._workspace.read(self._path) or "")

    def _write(self, change: Callable[[str, Memory], tuple[str, Memory]]) -> None:
        """Change the intent as it stands now: the person may have it open in an editor."""
        with self._workspace.writing("bmad brainstorm") as writer:
            writer.write({self._path: joined(*change(*self._read()))})


def player(settings: Settings, name: str | None) -> tuple[str, AgentSettings]:
    """Who plays the user: the one that is named, else whom bmad.yaml has for stories.

    Raises: UsageError where there is none.
    """
    known = next((role for role in ("creator", "developer") if role in settings.agents), None)
    if name is None and known is None:
        raise UsageError("Say who plays the user: --by claude, --by openai:MODEL, or an agent of bmad.yaml.")
    return named(settings, name or known or "", "agent", "")
