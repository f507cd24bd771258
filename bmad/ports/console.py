"""A person at a terminal, or at the other end of a pipe."""

from typing import Protocol


class Console(Protocol):
    def ask(self, prompt: str) -> str | None:
        """A line that the person wrote, without its end; None where there is no more to come."""
        ...

    def tell(self, words: str) -> None: ...
