"""What a model says of the blocks of an intent, by their numbers, and why."""

from typing import Literal

from pydantic import Field, field_validator

from bmad.model.base import Value
from bmad.model.tested import words

_LAST = 2_000_000_000
_LONGEST = 400
_MOST = 200
"""Of one answer; a question asks for far fewer."""

BlockWord = Literal["requirement", "goal", "constraint", "criterion", "detail", "non-goal", "question", "context"]


class Reasoned(Value):
    """Something said of a block, by its number, and why."""

    block: int = Field(ge=0, le=_LAST)
    why: str = Field(min_length=1, max_length=_LONGEST)

    @field_validator("why", mode="before")
    @classmethod
    def _short_why(cls, told: object) -> object:
        return words(told, _LONGEST)


class SortedBlock(Reasoned):
    """What a block of an intent is."""

    kind: BlockWord


class SortingAnswer(Value):
    """Each block that was put to a mapper, once."""

    blocks: tuple[SortedBlock, ...] = Field(max_length=_MOST)


class PlacedBlock(Reasoned):
    """Which block it belongs with; its own number where it begins something, or belongs with none."""

    beside: int = Field(ge=0, le=_LAST)


class PlacingAnswer(Value):
    """Each block that was put to a mapper, once, in one place."""

    blocks: tuple[PlacedBlock, ...] = Field(max_length=_MOST)


class OrderedBlock(Reasoned):
    """Which stories have to be there before it can be built."""

    after: tuple[int, ...] = Field(default=(), max_length=_MOST)


class OrderingAnswer(Value):
    """Each story that was put to a mapper, once, by its first block."""

    blocks: tuple[OrderedBlock, ...] = Field(max_length=_MOST)


class Phrased(Value):
    """Words for what has none of its own, by its number; what was not asked for is left out."""

    number: int = Field(ge=0, le=_LAST)
    title: str = ""
    narrative: str = ""
    criteria: tuple[str, ...] = Field(default=(), max_length=20)

    @field_validator("title", "narrative", mode="before")
    @classmethod
    def _nothing(cls, told: object) -> object:
        return "" if told is None else told


class PhrasingAnswer(Value):
    """Words for some of what was put to a mapper; what it has none for keeps the author's."""

    words: tuple[Phrased, ...] = Field(max_length=_MOST)


class Proposed(Value):
    """A feature that a demanding user would ask for, and why."""

    feature: str = Field(min_length=1, max_length=_LONGEST)
    why: str = Field(default="", max_length=_LONGEST)

    @field_validator("why", mode="before")
    @classmethod
    def _short_why(cls, told: object) -> object:
        return words(told, _LONGEST)


class ProposingAnswer(Value):
    """What a demanding user asks for that the intent does not say."""

    features: tuple[Proposed, ...] = Field(max_length=_MOST)


ANSWERS: dict[str, type[Value]] = {
    "sorting": SortingAnswer,
    "placing": PlacingAnswer,
    "ordering": OrderingAnswer,
    "phrasing": PhrasingAnswer,
    "proposing": ProposingAnswer,
}
"""The kinds of answer about an intent."""
