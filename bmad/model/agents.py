"""Who the agents are, what one is asked to do and what came of it; what it says is in `answers`."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bmad.model.settings import AgentSettings

if TYPE_CHECKING:
    from bmad.model.spending import Usage  # with pydantic, which most who name a role do without

HUMAN = "human"
"""The agent that is a person."""

PRESETS = ("claude", "codex", "gemini", "qwen", "opencode")
"""The coding agents that bmad knows how to start and read: `use: claude`."""

PROVIDERS = ("anthropic", "openai")
"""The SDKs that a model is reached by: `use: anthropic:MODEL`."""


def is_backend(use: str) -> bool:
    """Whether a `use` is what does the work, and no other entry's name."""
    provider, _, model = use.partition(":")
    return use == HUMAN or use in PRESETS or (provider in PROVIDERS and bool(model))


def answers_by_file(agent: AgentSettings) -> bool:
    """Whether an agent writes its answer to the file `$BMAD_RESULT`; another one's is what it says last."""
    return agent.use is None or agent.use == HUMAN or not is_backend(agent.use)


class Role(StrEnum):
    CREATOR = "creator"
    TESTER = "tester"
    DEVELOPER = "developer"
    REVIEWER = "reviewer"


class Severity(StrEnum):
    """P0 data loss, security, crash; P1 wrong; P2 worth mending."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


AnswerKind = Literal[
    "work", "research", "review", "person-review", "triage", "reply",
    "sorting", "placing", "ordering", "phrasing", "proposing",
]  # fmt: skip


class Task(NamedTuple):
    """One call of an agent.

    `key` names the step (`STORY-…/1/dev`), `subject` is a hash of what is put before the agent (what a recording
    is bound to), `kind` is one of ANSWERS. `folder` is the worktree, `writable` whether it may change.
    """

    key: str
    story: str
    role: Role
    name: str
    """The agent's name in bmad.yaml."""
    agent: AgentSettings
    """How it works, with every `use` of another entry followed; one that is left names a backend."""
    folder: Path
    prompt: str
    kind: AnswerKind
    subject: str
    writable: bool
    log: Path
    """Where what it prints goes."""
    confine: bool = True
    then: str = "bmad act"
    """The command that goes on with the story, for a person who is the agent."""
    given: tuple[tuple[str, str], ...] = ()
    """Environment variables of this call's own: name and value."""


class Environment(NamedTuple):
    """What a change is tried in: `folder` holds the change, `log` is where what `probe.up` prints goes.

    `port` is a free one of the loopback interface, `slot` a name that no other environment has.
    """

    folder: Path
    log: Path
    port: int
    slot: str
    confine: bool = True

    @property
    def given(self) -> tuple[tuple[str, str], ...]:
        """The variables that all who work in it are given."""
        return (("BMAD_PORT", str(self.port)), ("BMAD_SLOT", self.slot))


class Fault(StrEnum):
    """Why a call does not count."""

    NOT_STARTED = "not-started"
    TIMEOUT = "timeout"
    FLOOD = "flood"
    NO_ANSWER = "no-answer"
    BAD_ANSWER = "bad-answer"
    UNFINISHED = "unfinished"
    """It died: a signal, an exit code other than 0, a failed call, a stream that was cut; whatever it left."""
    OUTGROWN = "outgrown"
    """What it has to hold is more than its model can."""
    NO_CHANGE = "no-change"
    UNREAD = "unread"
    """A reviewer that did not show that it read what it was given, or could not."""
    BROKE_GIT = "broke-git"
    OUTSIDE = "outside"
    OUT_OF_BOUNDS = "out-of-bounds"
    """A path that the step may not change: governed, of the specification, a record, or out of the territory."""
    REFUSED = "refused"
    ENVIRONMENT = "environment"
    LOGIN = "login"
    """Nobody is logged in, or the key does not hold."""
    RATE_LIMIT = "rate-limit"
    """Too many calls in a short time; it says itself when the next one may come, or seconds are enough."""
    QUOTA = "quota"
    """What the account may spend is spent; `until` says when it comes back, where that is told."""
    OVERLOAD = "overload"
    """The provider cannot answer now: 500, 503, 529, no connection."""
    DECLINED = "declined"
    """The model declined to do it."""
    SANDBOX = "sandbox"
    """The sandbox kept the agent from running a command or reading a file at all."""
    MISCONFIGURED = "misconfigured"
    """A model that there is not, an option that the program does not know: it fails the same for every story."""
    UNREADY = "unready"
    """The story as it stands: it is gone, not ready to be built, or its commit cannot be set up."""
    WAITS_FOR_PERSON = "waits-for-person"
    """A person is the agent, and has not done it yet: no failure."""


class Outcome(NamedTuple):
    """What came of a call. `answer` fits the schema of the task's kind, or is None (see `fault`)."""

    answer: dict[str, Any] | None
    fault: Fault | None
    words: str
    """One sentence where there is a fault."""
    backend: str
    model: str
    """As the backend reports it; empty where it does not."""
    context: str
    """An id of this very context; no two calls share one."""
    exit: int | None = None
    seconds: float = 0.0
    usage: "Usage | None" = None
    by: str = ""
    """The person who gave the answer, where it says so."""
    shared: bool = False
    """Whether what another call had written, or the person's own configuration, was its configuration, too."""
    until: datetime | None = None
    """When it may be asked again, of a rate limit or a quota that says so; aware of its time zone."""
    session: str = ""
    """The id under which the agent's own program, or its provider, keeps the conversation."""
    said: str | None = None
    """Of a call that does not count the answer as it came, without secrets, so that no word of it is lost.

    None where none is known."""


class Ran(NamedTuple):
    """What came of a `setup` or `verify` command; `tail` is the end of what it printed."""

    exit: int | None
    fault: Fault | None
    words: str
    tail: str
    seconds: float
