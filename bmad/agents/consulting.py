"""One call of an agent for an answer alone, in a folder that is empty and gone afterwards."""

from collections.abc import Callable

from bmad.agents.alone import Errand, Place, alone
from bmad.errors import UsageError
from bmad.model.agents import AnswerKind, Outcome, Role
from bmad.model.settings import AgentSettings


class Consultant:
    """Fulfils the port `Asker` for a command of bmad. `place` is made for the first call."""

    def __init__(
        self, command: str, name: str, agent: AgentSettings, place: Callable[[], Place], *, confine: bool
    ) -> None:
        self._command = command
        self._name = name
        self._agent = agent
        self._make = place
        self._confine = confine
        self._place: Place | None = None

    @property
    def name(self) -> str:
        return self._name

    def ask(self, key: str, kind: AnswerKind, prompt: str) -> Outcome:
        """Put one question. Raises: UsageError where the agent lacks what it works with; CannotAnswerError."""
        errand = Errand(
            command=self._command,
            key=key,
            name=self._name,
            agent=self._agent,
            role=Role.REVIEWER,
            kind=kind,
            prompt=prompt,
            writable=False,
            confine=self._confine,
        )
        with alone(self._there(), errand) as (_, call):
            return call()

    def _there(self) -> Place:
        if self._place is None:
            self._place = self._make()
            if lacks := self._place.room.lacking(self._agent):
                raise UsageError(f"The agent `{self._name}` {lacks}.")
        return self._place
