"""One call of an agent for an answer alone, in a folder that is empty and gone afterwards."""

import subprocess
from collections.abc import Callable
from hashlib import sha256

from bmad.agents.private import private_folder
from bmad.agents.trying import Place
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.agents import AnswerKind, Outcome, Role, Task
from bmad.model.settings import AgentSettings

_FOLDER = "consulted"


class Consultant:
    """Fulfils the port `Asker`. `place` is made for the first call."""

    def __init__(self, name: str, agent: AgentSettings, place: Callable[[], Place], *, confine: bool) -> None:
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
        place = self._there()
        hold = place.take(_FOLDER, "bmad map")
        if hold is None:
            raise CannotAnswerError("Another command asks an agent here. Wait for it to end.")
        try:
            with private_folder(_FOLDER, place.folder / _FOLDER) as folder:
                task = Task(
                    key=key,
                    story="map",
                    role=Role.REVIEWER,
                    name=self._name,
                    agent=self._agent,
                    folder=folder,
                    prompt=prompt,
                    kind=kind,
                    subject=sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest(),
                    writable=False,
                    log=place.folder / _FOLDER / f"{key.replace('/', '-')}.log",
                    confine=self._confine,
                    then="bmad map",
                )
                return place.room.run(task, hold)
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotAnswerError(f"The agent `{self._name}` cannot be asked: {error}.") from None
        finally:
            hold.release()

    def _there(self) -> Place:
        if self._place is None:
            self._place = self._make()
            if lacks := self._place.room.lacking(self._agent):
                raise UsageError(f"The agent `{self._name}` {lacks}.")
        return self._place
