"""What `bmad show intent` reports: the whole intent, part by part, with what became of each."""

from typing import Literal

from pydantic import Field

from bmad.model.base import Value
from bmad.model.report import Report

PartState = Literal["taken", "new", "left", "structure"]
"""`new` is what a map would take and the register does not hold; `structure` is what stands between the blocks."""


class IntentPart(Value):
    """A run of characters of the intent; all parts in their order are the intent, each character once.

    A part that is taken has the ids of its statements and of what hangs from them, where the intent is mapped.
    """

    state: PartState
    text: str
    path: str = ""
    """The file that it stands in: that of the intent, or of one of its shards."""
    lines: tuple[int, int]
    """First and last line there, from 1."""
    heading: tuple[str, ...] = ()
    klass: str | None = Field(default=None, serialization_alias="class")
    source: str = ""
    """The id that the author's document has for it."""
    statements: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    why: str = ""
    """The mapper's reason: of a part that is left, and of one that is taken where a model said what it is."""
    asks: bool = False
    """It stands under a heading that asks for something."""


class SilentSection(Value):
    """A section that asks for something, of which nothing was taken."""

    path: str
    line: int
    heading: tuple[str, ...]
    left: int
    """Blocks in it."""


class IntentCoverage(Value):
    """Blocks of the intent: a sentence, an item, a row, a scenario each; `left` is null where no mapper tells it.

    `to_act_on` are those to act on that were taken, or would be; `left_asked` those that were left under a heading
    that asks for something, so that somebody may miss them.
    """

    blocks: int
    taken: int
    new: int
    left: int | None
    to_act_on: int
    left_asked: int
    gone: int = 0
    """Statements of the register whose quote stands in it no longer."""
    command: str = ""
    """What brings in what was edited; empty where the register holds the intent as it is."""


class IntentReport(Report):
    """An intent with its margin. `gone` are statements of the register whose quote stands in it no longer."""

    NAME = "intent"

    path: str
    mapped: bool
    reads_as: str
    coverage: IntentCoverage
    gone: tuple[str, ...]
    silent: tuple[SilentSection, ...]
    parts: tuple[IntentPart, ...]
