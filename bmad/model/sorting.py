"""What a model says of the blocks of an intent."""

from typing import Literal

from pydantic import Field, field_validator

from bmad.model.base import Value
from bmad.model.tested import words

_LAST = 2_000_000_000
_LONGEST = 400

BlockWord = Literal["requirement", "goal", "constraint", "criterion", "detail", "non-goal", "question", "context"]


class SortedBlock(Value):
    """What a block of an intent is, by its number, and why."""

    block: int = Field(ge=0, le=_LAST)
    kind: BlockWord
    why: str = Field(min_length=1, max_length=_LONGEST)

    @field_validator("why", mode="before")
    @classmethod
    def _short_why(cls, told: object) -> object:
        return words(told, _LONGEST)


class SortingAnswer(Value):
    """Each block that was put to a mapper, once."""

    blocks: tuple[SortedBlock, ...] = Field(max_length=200)
