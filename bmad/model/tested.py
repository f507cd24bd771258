"""What agents say they ran, looked into or departed from: claims like any others, kept in their words."""

from typing import Literal

from pydantic import Field, field_validator

from bmad.model.base import Value

MOST_HYPOTHESES = 30
"""Of one answer."""

_LONGEST = 400
_LONGEST_RULE, _LONGEST_REASON = 400, 2000
_VERDICTS = {
    "confirmed": ("confirmed", "true", "right", "proven", "yes"),
    "refuted": ("refuted", "false", "wrong", "rejected", "disproved", "disproven", "no"),
}
_MEANT = {word: verdict for verdict, words in _VERDICTS.items() for word in words}


def words(told: object, most: int) -> str:
    """Text of at most so many characters; a cut says that it is one."""
    text = told if isinstance(told, str) else ""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _short(told: object) -> object:
    """A text within the bound; what is none stays, to be refused."""
    return words(told, _LONGEST).strip() if isinstance(told, str) else told


class Tried(Value):
    """What a probe says it ran, a command or a test, and what came of it."""

    ran: str = Field(min_length=1, max_length=_LONGEST)
    result: str = Field(default="", max_length=_LONGEST)

    _kept_short = field_validator("ran", "result", mode="before")(_short)


class Hypothesis(Value):
    """What a developer suspected, what they ran to decide it, how that went, and by what they saw it."""

    hypothesis: str = Field(min_length=1, max_length=_LONGEST)
    test: str = Field(default="", max_length=_LONGEST)
    verdict: Literal["confirmed", "refuted", "open"] = "open"
    evidence: str = Field(default="", max_length=_LONGEST)

    _kept_short = field_validator("hypothesis", "test", "evidence", mode="before")(_short)

    @field_validator("verdict", mode="before")
    @classmethod
    def _decided(cls, told: object) -> object:
        """What is no verdict decides nothing: that is no reason to lose the work that it stands beside."""
        return _MEANT.get(told.strip().casefold(), "open") if isinstance(told, str) else "open"


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
