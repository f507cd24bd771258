"""A story to be, as blocks, and all of them in the order of the text."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True)
class Piece:
    """A story to be: `rules` and `stories` are requirements of its own, `criteria` what they are accepted by.

    `section` is the heading it goes by where `whole`, else the one it stands under. `authored` tells a story that
    its author wrote as one; `given` are requirements beside it that it implements. `lead` is the block that it was
    begun with, `loose` a piece that nothing of its author's keeps apart from others, `joined` one that is several.
    """

    section: int
    whole: bool
    authored: bool = False
    lead: int = -1
    loose: bool = False
    joined: bool = False
    stories: list[int] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    criteria: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Where it begins, whatever of it stands elsewhere."""
        return self.lead if self.lead >= 0 else min([*self.stories, *self.rules, *self.criteria] or self.given)

    @property
    def blocks(self) -> list[int]:
        return sorted({*self.stories, *self.rules, *self.criteria, *self.given})

    @property
    def lists(self) -> tuple[list[int], ...]:
        return (self.stories, self.rules, self.criteria, self.given)

    def drop(self, block: int) -> None:
        for own in self.lists:
            if block in own:
                own.remove(block)

    def absorb(self, other: "Piece") -> None:
        """Take over all of another piece."""
        for own, more in zip(self.lists, other.lists, strict=True):
            own.extend(one for one in more if one not in own)
        self.joined = True


class Arrangement(NamedTuple):
    """The stories in the order of the text, the blocks that hold for all work, and where likeness decided."""

    pieces: list[Piece]
    everywhere: list[int]
    guessed: tuple[int, ...]
