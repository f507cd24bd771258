"""What `bmad doctor` and `bmad agents` ask of the machine."""

from collections.abc import Collection
from typing import Protocol

from bmad.model.agents import Role
from bmad.model.machine import Ask, Check, Installed, Trial
from bmad.model.settings import AgentSettings


class Machine(Protocol):
    def checks(self) -> tuple[Check, ...]:
        """git, Python and what keeps agents in."""
        ...

    def installed(self, versions: Collection[str] = ()) -> tuple[Installed, ...]:
        """Every coding agent that bmad knows, there or not; those named in `versions` are started for theirs."""
        ...

    def lacking(self, agent: AgentSettings) -> str:
        """What an agent would fail for want of, as the end of a sentence; empty where nothing is seen."""
        ...

    def settings(self) -> str | None:
        """The text of the work tree's own bmad.yaml; None where there is none."""
        ...

    def try_out(self, name: str, agent: AgentSettings, role: Role, ask: Ask, *, confine: bool) -> Trial:
        """Call an agent once, for a task that takes a file, a command and an answer in the schema.

        Raises: CannotAnswerError where there is no repository, or another test is under way.
        """
        ...
