"""What `bmad doctor` and `bmad agents` report: the machine, the coding agents on it, and who does what."""

from typing import NamedTuple

from bmad.model.agents import Fault, Outcome
from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.spending import Usage


class Ask(NamedTuple):
    """A test call: the file that a word is in, the command that is run on it, and the prompt."""

    file: str
    command: tuple[str, ...]
    prompt: str


class Trial(NamedTuple):
    """What came of a test call, the word in the file, and the first number that the command prints."""

    outcome: Outcome
    word: str
    number: str


class Installed(Value):
    """A coding agent that bmad knows how to start; `path`, `version` and `login` are empty where there is none.

    `login` names the variable or the file that a login was seen in, and says nothing of whether it holds.
    """

    name: str
    title: str
    path: str = ""
    version: str = ""
    login: str = ""
    install: str = ""
    roles: tuple[str, ...] = ()
    """The roles that use it by bmad.yaml, in a fallback too."""


class Part(Value):
    """A role and who does it by bmad.yaml: `use` is the backend, or the program of a command."""

    role: str
    agent: str
    use: str
    model: str = ""
    fallback: tuple[str, ...] = ()
    lacking: str = ""
    """What it would fail for want of, as a sentence; empty where nothing is seen to be missing."""


class AgentsReport(Report):
    NAME = "agents"

    installed: tuple[Installed, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


class AgentFilesReport(Report):
    """What coding agents are told of bmad: the files that were written, and those that a hand has edited."""

    NAME = "agent-files"

    written: tuple[str, ...]
    edited: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Check(Value):
    """Something of the machine that was looked at; `words` say what was found, `fix` what to do about it."""

    name: str
    ok: bool
    words: str
    fix: str = ""


class Tried(Value):
    """An agent that was called once, to see that it can work. `ok` is None where nobody called it."""

    agent: str
    roles: tuple[str, ...]
    use: str
    ok: bool | None
    words: str
    version: str = ""
    login: str = ""
    """The variable or the file that a login was seen in."""
    fault: Fault | None = None
    model: str = ""
    session: str = ""
    usage: Usage | None = None
    seconds: float = 0.0


class DoctorReport(Report):
    """`ok` where each check holds and each agent that was called can work."""

    NAME = "doctor"

    ok: bool
    checks: tuple[Check, ...]
    agents: tuple[Tried, ...]
    notes: tuple[str, ...] = ()
