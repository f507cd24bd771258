"""One call of a model or an agent for an answer alone: it sees no repository and changes nothing."""

from typing import Protocol

from bmad.model.agents import AnswerKind, Outcome


class Asker(Protocol):
    """Whoever is asked; each call is a context of its own."""

    @property
    def name(self) -> str: ...

    def ask(self, key: str, kind: AnswerKind, prompt: str) -> Outcome:
        """Put one question; `key` names it in the log.

        Raises: UsageError where the agent lacks what it works with; CannotAnswerError where none can be called.
        """
        ...
