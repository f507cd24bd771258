"""`bmad brainstorm`: an interview whose every answer stands in the intent as soon as it is given."""

from collections.abc import Callable
from typing import NamedTuple

from bmad.core.brainstorm.page import added, answers, title, titled
from bmad.core.brainstorm.topics import TOPICS, Topic
from bmad.core.wording.wording import open_wording
from bmad.model.draft import Draft
from bmad.model.spec import ACTIONABLE, Document, Requirement
from bmad.ports.console import Console
from bmad.ports.files import Workspace

_INTRODUCTION = (
    "Each answer is written to {} at once. An empty line goes on to the next question; Ctrl-D stops, and to run "
    "this again goes on from there."
)


class Interviewed(NamedTuple):
    """How many answers were written, whether all was asked, and what the intent asks for."""

    written: int
    whole: bool
    statements: int
    actionable: int


class _StopError(Exception):
    """The person has no more to say now."""


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
        except _StopError:
            return False
        return True

    def _opening(self) -> None:
        named = title(self._text())
        if named:
            self._console.tell(f"\n# {named}")
            return
        if name := self._ask("\nWhat is it called? "):
            why = self._ask("What is it, and why is it wanted? ")
            self._write(lambda text: titled(text, name, why))

    def _topic(self, topic: Topic) -> None:
        there = answers(self._text(), topic)
        known = f" ({there} there)" if there else ""
        self._console.tell(f"\n## {topic.heading}{known}\n{topic.question}\nFor instance: {topic.example}")
        while answer := self._ask("> "):
            told = self._worded(answer) if topic.asks else answer
            self._write(lambda text, told=told: added(text, topic, told))  # type: ignore[misc]

    def _worded(self, answer: str) -> str:
        """The answer, or another wording where it leaves open what is asked; the person decides."""
        remarks = list(_remarks(answer))
        if not remarks:
            return answer
        for remark in remarks:
            self._console.tell(f"  {remark}")
        return self._ask("  in other words (an empty line keeps it)> ") or answer

    def _ask(self, prompt: str) -> str:
        line = self._console.ask(prompt)
        if line is None:
            raise _StopError
        return line.strip()

    def _text(self) -> str:
        return self._workspace.read(self._path) or ""

    def _write(self, change: Callable[[str], str]) -> None:
        """Change the intent as it stands now: the person may have it open in an editor."""
        with self._workspace.writing("bmad brainstorm") as writer:
            writer.write({self._path: change(self._text())})
        self.written += 1


def _remarks(answer: str) -> list[str]:
    """What the wording leaves open, as `bmad validate` would say it, each with what would mend it."""
    found = open_wording([Document(path="", items=(Requirement(id="FR", title="", text=answer),))], {"": answer})
    return [f"{finding.message}: {finding.fix}" for finding in found]


def brainstorm(workspace: Workspace, console: Console, mapper: Callable[[str], Draft], path: str) -> Interviewed:
    """Interview the person; what they said stands in the file, however it ends."""
    interview = Interview(workspace, console, path)
    whole = interview.run()
    statements = mapper(workspace.read(path) or "").statements
    asked = sum(statement.klass in ACTIONABLE for statement in statements)
    return Interviewed(interview.written, whole, len(statements), asked)
