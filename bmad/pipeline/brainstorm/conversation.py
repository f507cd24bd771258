"""What all talks with a person at a terminal have in common."""

from bmad.core.wording.wording import open_wording
from bmad.model.quoting import shown
from bmad.model.spec import Document, Requirement
from bmad.ports.console import Console


class StopError(Exception):
    """The person has no more to say now."""


def ask(console: Console, prompt: str) -> str:
    """A line of the person's that a file can hold. Raises: StopError where there is no more to come."""
    while (line := console.ask(prompt)) is not None:
        if shown(line) == line and "\0" not in line:
            return line.strip()
        console.tell(f"  `{shown(line.strip())}` is not UTF-8 text, and was not written. Say it again.")
    raise StopError


def wording(console: Console, answer: str) -> str:
    """The answer, or another wording where it leaves open what is asked; the person decides."""
    found = remarks(answer)
    if not found:
        return answer
    for remark in found:
        console.tell(f"  {remark}")
    return ask(console, "  in other words (an empty line keeps it)> ") or answer


def remarks(answer: str) -> list[str]:
    """What the wording leaves open, as `bmad validate` would say it, each with what would mend it."""
    found = open_wording([Document(path="", items=(Requirement(id="FR", title="", text=answer),))], {"": answer})
    return [f"{finding.message}: {finding.fix}" for finding in found]
