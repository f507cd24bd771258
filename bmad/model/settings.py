"""`bmad.yaml`: every key has a default; an unknown key is an error that names it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bmad.model.base import Value

NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CommitId = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]


class Level(StrEnum):
    """What the gate asks of a range; each level asks all that stands before it."""

    TRACED = "traced"
    SCOPED = "scoped"
    REVIEWED = "reviewed"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Exemption(Value):
    """Paths that `by` may change without a story until (and on) the day `until`."""

    paths: tuple[NonEmpty, ...] = Field(min_length=1)
    by: NonEmpty
    reason: NonEmpty
    owner: NonEmpty
    until: date


class GateSettings(Value):
    level: Level = Level.SCOPED
    attest: Literal["none", "signed"] = "none"
    since: CommitId | Literal["root"] | None = None
    """The adoption commit: what is older is not judged."""
    self_authored: tuple[NonEmpty, ...] = ("**",)
    """What a story minted in the change itself may cover; empty means spec first."""
    max_stories: int = Field(default=3, ge=1, le=20)
    governed_change: Literal["alone", "signed", "refuse"] = "alone"
    governed: tuple[NonEmpty, ...] = ()
    """Further governed paths, beside those that always are."""
    exempt: tuple[Exemption, ...] = ()
    grandfathered: tuple[CommitId, ...] = ()
    signers: tuple[NonEmpty, ...] = ()
    assisted_by: Literal["ignore", "require", "forbid"] = "ignore"
    """Whether a commit must, must not or may carry an `Assisted-by:` trailer."""


class Settings(Value):
    version: Literal[1] = 1
    intent: NonEmpty = "intent.md"
    gate: GateSettings = Field(default_factory=GateSettings)
