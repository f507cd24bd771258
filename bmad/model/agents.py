"""What an agent is asked and what it answers. Answers come from outside: each is checked against its schema."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from bmad.model.base import Value
from bmad.model.settings import AgentSettings
from bmad.model.sorting import ANSWERS as OF_INTENT
from bmad.model.spending import Usage
from bmad.model.tested import MOST_HYPOTHESES, Hypothesis, Tried, words

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


_GRAVITY = {
    Severity.P0: ("p0", "blocker", "critical", "fatal", "sev0", "sev-0"),
    Severity.P1: ("p1", "high", "major", "severe", "error", "sev1", "sev-1"),
    Severity.P2: ("p2", "p3", "p4", "medium", "moderate", "minor", "low", "trivial", "info", "nit", "warning"),
}
_WORDS = {word: severity for severity, words in _GRAVITY.items() for word in words}


_LAST_LINE = 2_000_000_000
_LONGEST_PATH, _LONGEST_QUOTE = 4096, 2000
_LONGEST_RULE, _LONGEST_REASON = 400, 2000
_ASKED_FOR: JsonDict = {"minLength": 1}


def _line(told: object) -> int | None:
    """The number of a line, None for what is none."""
    if isinstance(told, str):
        told = int(told) if told.isascii() and told.isdigit() and len(told) < len(str(_LAST_LINE)) else None
    return int(told) if isinstance(told, int | float) and 1 <= told <= _LAST_LINE else None


def graded(severity: object) -> object:
    """The words that other tools grade by, as one of the three; what is none of them stays as it is."""
    return _WORDS.get(severity.strip().casefold(), severity) if isinstance(severity, str) else severity


class Claim(Value):
    """A finding as a reviewer makes it. `quote` should stand within the lines `line` to `end_line` of `path`."""

    severity: Severity
    path: str = Field(max_length=_LONGEST_PATH, json_schema_extra=_ASKED_FOR)
    line: int = Field(ge=1, le=_LAST_LINE)
    end_line: int | None = Field(default=None, ge=1, le=_LAST_LINE)
    quote: str = Field(max_length=_LONGEST_QUOTE, json_schema_extra=_ASKED_FOR)
    claim: str = Field(min_length=1, max_length=4000)
    fix: str = Field(default="", max_length=4000)
    criterion: str = Field(default="", max_length=200)
    about: str = Field(default="", max_length=200)
    """The id of an earlier claim of the same review that this one states anew, where it was asked to."""

    @model_validator(mode="before")
    @classmethod
    def _placed(cls, told: object) -> object:
        """What names no place, with an empty path or quote, or line 1, though the schema asks for all three.

        A missing place is no reason to lose what is said: it is asked about like any quote that stands nowhere.
        """
        if not isinstance(told, dict):
            return told
        path, quote = words(told.get("path"), _LONGEST_PATH), words(told.get("quote"), _LONGEST_QUOTE)
        line, end = _line(told.get("line")), _line(told.get("end_line"))
        return {**told, "path": path, "quote": quote, "line": line or 1, "end_line": end}

    @field_validator("severity", mode="before")
    @classmethod
    def _graded(cls, severity: object) -> object:
        return graded(severity)


class Verdict(Value):
    """Whether a fix settles a finding, by the reviewer who raised it."""

    finding: str
    settled: bool
    why: str = ""


class ReviewAnswer(Value):
    """No finding at all is a fine result. `verdicts` judges the findings that a fix was made for."""

    findings: tuple[Claim, ...] = Field(default=(), max_length=200)
    verdicts: tuple[Verdict, ...] = ()
    read: str = Field(default="", max_length=8000)
    """What the prompt asked to be copied from the diff: a sign that it was read."""
    unopened: tuple[str, ...] = Field(default=(), max_length=50)
    """What the reviewer needed to read or run and could not; such a review does not count."""
    tried: tuple[Tried, ...] = Field(default=(), max_length=200)
    """What a probe ran; one that ran nothing has not reviewed."""


class PersonReview(Value):
    """A person's word on a change, for every lens at once; it says what it is, so that no answer is an approval.

    `words` of `request-changes` become a P1. `settled` names findings of earlier rounds that the fix settles;
    approving settles all of them.
    """

    verdict: Literal["approve", "request-changes", "comment"]
    words: str = Field(default="", max_length=4000)
    findings: tuple[Claim, ...] = Field(default=(), max_length=200)
    settled: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        """Raises: ValueError where it says nothing, or two things."""
        if self.verdict == "approve" and any(one.severity is not Severity.P2 for one in self.findings):
            raise ValueError("what has a P0 or P1 cannot be approved: request changes, or comment")
        if self.verdict == "approve" and self.words.strip():
            raise ValueError("words beside an approval would count for nothing: make them a comment on a line")
        if self.verdict == "request-changes" and not self.words.strip():
            raise ValueError("say what has to change")
        if self.verdict == "comment" and not (self.findings or self.settled):
            raise ValueError("it says nothing: approve, request changes, or comment on a line")
        return self


StandWord = Literal["confirmed", "part", "lesser", "duplicate", "disputed"]
"""Right; right in part; right, but not this grave; a repeat of another finding; not right."""


class Stand(Value):
    """The developer's word on a finding. All but the first two are for the reviewer to concede."""

    finding: str
    stand: StandWord
    argument: str = Field(default="", max_length=4000)
    severity: Severity | None = None
    """Of `lesser`: the one that is proposed."""
    same_as: str = Field(default="", max_length=200)
    """Of `duplicate`: the id of the finding that it repeats."""

    @field_validator("severity", mode="before")
    @classmethod
    def _graded(cls, severity: object) -> object:
        return graded(severity)


class TriageAnswer(Value):
    stands: tuple[Stand, ...]


class Reply(Value):
    """The reviewer's one answer to a stand that is not a confirmation."""

    finding: str
    reply: Literal["conceded", "upheld"]
    argument: str = Field(default="", max_length=4000)


class ReplyAnswer(Value):
    replies: tuple[Reply, ...]


class Mark(Value):
    """Where a false positive left its mark: a line that the fix wrote."""

    finding: str
    path: str
    line: int = Field(ge=1)


class Deviation(Value):
    """A rule of the Dev Notes, or an assumption, that is wrong and that the work departs from, and why.

    It lifts nothing: criteria, territory and checks hold as they stand.
    """

    rule: str = Field(min_length=1, max_length=_LONGEST_RULE)
    reason: str = Field(min_length=1, max_length=_LONGEST_REASON)

    @field_validator("rule", mode="before")
    @classmethod
    def _short_rule(cls, told: object) -> object:
        """What is too long is cut, and no reason to lose the work that it stands beside."""
        return words(told, _LONGEST_RULE)

    @field_validator("reason", mode="before")
    @classmethod
    def _short_reason(cls, told: object) -> object:
        return words(told, _LONGEST_REASON)


class SplitPart(Value):
    """A story that its creator would take out of one that is too large.

    `criteria` are ids of the story's own criteria, which are copied word for word; `territory` lies within the
    story's, and is the story's where it is left out; `depends` names titles of parts before this one.
    """

    title: str = Field(max_length=400)
    criteria: tuple[str, ...] = Field(max_length=50)
    territory: tuple[str, ...] = Field(default=(), max_length=50)
    depends: tuple[str, ...] = Field(default=(), max_length=5)


class WorkAnswer(Value):
    """What creator, tester and developer may say beside their diff; none of it is believed without the diff."""

    summary: str = Field(default="", max_length=4000)
    clarification: str = Field(default="", max_length=4000)
    """The creator's question to a person, where the story cannot be built without an answer."""
    marks: tuple[Mark, ...] = ()
    deviations: tuple[Deviation, ...] = Field(default=(), max_length=20)
    split: tuple[SplitPart, ...] = Field(default=(), max_length=20)
    """The creator's proposal where the story is too large for one change: what is to be taken out of it."""
    hypotheses: tuple[Hypothesis, ...] = Field(default=(), max_length=MOST_HYPOTHESES)
    """Where something was debugged: what was suspected, and how that was decided."""

    @field_validator("hypotheses", mode="before")
    @classmethod
    def _the_last_ones(cls, told: object) -> object:
        """The last of too many, which is where a search ends."""
        return told[-MOST_HYPOTHESES:] if isinstance(told, list) else told


class Learned(Value):
    """A claim with its source: words of a file of the repository (`path`, `line`), or of a page (`url`)."""

    claim: str = Field(min_length=1, max_length=2000)
    quote: str = Field(max_length=_LONGEST_QUOTE)
    path: str = Field(default="", max_length=_LONGEST_PATH)
    line: int = Field(default=1, ge=1, le=_LAST_LINE)
    url: str = Field(default="", max_length=2000)


class ResearchAnswer(Value):
    """What was found out before a story is prepared; finding nothing is a fine result."""

    summary: str = Field(default="", max_length=4000)
    findings: tuple[Learned, ...] = Field(default=(), max_length=20)
    open: tuple[str, ...] = Field(default=(), max_length=10)
    """Questions that nothing answers."""


ANSWERS: dict[str, type[Value]] = {
    "work": WorkAnswer,
    "research": ResearchAnswer,
    "review": ReviewAnswer,
    "person-review": PersonReview,
    "triage": TriageAnswer,
    "reply": ReplyAnswer,
    **OF_INTENT,
}
"""The kinds of answer; each has a schema of that name with `-answer` behind it."""


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
    usage: Usage | None = None
    by: str = ""
    """The person who gave the answer, where it says so."""
    shared: bool = False
    """Whether what another call had written, or the person's own configuration, was its configuration, too."""
    until: datetime | None = None
    """When it may be asked again, of a rate limit or a quota that says so; aware of its time zone."""
    session: str = ""
    """The id under which the agent's own program, or its provider, keeps the conversation."""
    said: str | None = None
    """Of a BAD_ANSWER the answer as it came, without secrets, so that no word of it is lost; None: unknown."""


class Ran(NamedTuple):
    """What came of a `setup` or `verify` command; `tail` is the end of what it printed."""

    exit: int | None
    fault: Fault | None
    words: str
    tail: str
    seconds: float
