"""`bmad brainstorm`: an interview whose every answer stands in the intent as soon as it is given."""

from collections.abc import Callable
from typing import NamedTuple

from bmad.core.brainstorm.memory import joined, parted
from bmad.core.brainstorm.page import added, answers, explained, title, titled
from bmad.core.brainstorm.topics import TOPICS, Topic
from bmad.model.draft import Draft
from bmad.model.spec import ACTIONABLE
from bmad.pipeline.brainstorm.conversation import StopError, ask, wording
from bmad.ports.console import Console
from bmad.ports.files import Workspace

_INTRODUCTION = (
    "Each answer is written to {} at once. An empty line goes on to the next question; Ctrl-D stops, and to run "
    "this again goes on from there."
)
_NAMED = 2
"""How many lines a text has that holds its title alone, with the end of that."""


class Interviewed(NamedTuple):
    """How many answers were written, whether all was asked, and what the intent asks for."""

    written: int
    whole: bool
    statements: int
    actionable: int


class Interview:
    """One person asked about one intent."""

    def __init__(self, workspace: Workspace, console: Console, path: str) -> None:
        self._workspace = workspace
        self._console = console
        self._path = path
        self.written = 0

    def run(self) -> bool:
        """Ask everything; whether the person got to the end."""
        self._console.tell(_INTRODUCTION.format(self._path))
        try:
            self._opening()
            for topic in TOPICS:
                self._topic(topic)
        except StopError:
            return False
        return True

    def _opening(self) -> None:
        text = self._text()
        name = title(text)
        if name:
            self._console.tell(f"\n# {name}")
            if len(text.split("\n")) > _NAMED:
                return
        elif name := self._ask("\nWhat is it called? "):
            self._write(lambda text: titled(text, name))
        if name and (why := self._ask("What is it, and why is it wanted? ")):
            self._write(lambda text: explained(text, why))

    def _topic(self, topic: Topic) -> None:
        there = answers(self._text(), topic)
        known = f" ({there} there)" if there else ""
        self._console.tell(f"\n## {topic.heading}{known}\n{topic.question}\nFor instance: {topic.example}")
        while answer := self._ask("> "):
            told = wording(self._console, answer) if topic.asks else answer
            self._write(lambda text, told=told: added(text, topic, told))  # type: ignore[misc]

    def _ask(self, prompt: str) -> str:
        return ask(self._console, prompt)

    def _text(self) -> str:
        return parted(self._workspace.read(self._path) or "")[0]

    def _write(self, change: Callable[[str], str]) -> None:
        """Change the intent as it stands now: the person may have it open in an editor."""
        with self._workspace.writing("bmad brainstorm") as writer:
            text, memory = parted(self._workspace.read(self._path) or "")
            writer.write({self._path: joined(change(text), memory)})
        self.written += 1


def brainstorm(workspace: Workspace, console: Console, mapper: Callable[[str], Draft], path: str) -> Interviewed:
    """Interview the person; what they said stands in the file, however it ends."""
    interview = Interview(workspace, console, path)
    whole = interview.run()
    statements = mapper(workspace.read(path) or "").statements
    asked = sum(statement.klass in ACTIONABLE for statement in statements)
    return Interviewed(interview.written, whole, len(statements), asked)
