"""What agents answer to each kind of task. It comes from outside: each is checked against its schema."""

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic.config import JsonDict

from bmad.model.agents import Severity
from bmad.model.base import Value
from bmad.model.sorting import ANSWERS as OF_INTENT
from bmad.model.tested import MOST_HYPOTHESES, Deviation, Hypothesis, Tried, words

_GRAVITY = {
    Severity.P0: ("p0", "blocker", "critical", "fatal", "sev0", "sev-0"),
    Severity.P1: ("p1", "high", "major", "severe", "error", "sev1", "sev-1"),
    Severity.P2: ("p2", "p3", "p4", "medium", "moderate", "minor", "low", "trivial", "info", "nit", "warning"),
}
_WORDS = {word: severity for severity, words in _GRAVITY.items() for word in words}


_LAST_LINE = 2_000_000_000
_LONGEST_PATH, _LONGEST_QUOTE = 4096, 2000
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


def _requires_read(schema: dict[str, Any]) -> None:
    properties = schema["properties"]
    properties["read"] = {key: said for key, said in properties["read"].items() if key != "default"} | _ASKED_FOR
    schema["required"] = [*schema.get("required", ()), "read"]


class ReviewAnswer(Value):
    """No finding at all is a fine result. `verdicts` judges the findings that a fix was made for."""

    model_config = ConfigDict(json_schema_extra=_requires_read)

    findings: tuple[Claim, ...] = Field(default=(), max_length=200)
    verdicts: tuple[Verdict, ...] = ()
    read: str = Field(default="", max_length=8000)
    """What the prompt asked to be copied from the diff: a sign that it was read.

    The schema requires it, since no answer without it counts; what such a one claims is read all the same.
    """
    unopened: tuple[str, ...] = Field(default=(), max_length=50)
    """What the reviewer needed to read or run and could not; such a review does not count."""
    tried: tuple[Tried, ...] = Field(default=(), max_length=200)
    """What a probe ran; one that ran nothing has not reviewed."""

    @field_validator("read", mode="before")
    @classmethod
    def _none(cls, read: object) -> object:
        return "" if read is None else read


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
