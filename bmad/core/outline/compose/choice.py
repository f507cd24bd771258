"""What is decided beside the author's own structure: by nobody, or by a model, in numbers of blocks.

A story is named by the block that it begins with (`Piece.lead`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

ALONE = -1
"""Of a block that belongs to no story: a constraint holds for all work, what else there is stands by itself."""


class Words(NamedTuple):
    """Words that are not the author's, and who proposes them; what is empty stays the author's."""

    title: str = ""
    narrative: str = ""
    criteria: tuple[str, ...] = ()
    by: str = ""


NO_WORDS = Words()
_NONE: Mapping[int, int] = MappingProxyType({})
_NO_STORIES: Mapping[int, tuple[int, ...]] = MappingProxyType({})
_UNWORDED: Mapping[int, Words] = MappingProxyType({})


class Choice(NamedTuple):
    """Stories by the story that they are part of, blocks by their story, stories by the first one of their epic.

    A block that is attached to itself is a story of its own.

    `after` holds the stories that each waits for; words are by story, by the block of a requirement, and by the
    first story of an epic.
    """

    joined: Mapping[int, int] = _NONE
    attached: Mapping[int, int] = _NONE
    epics: Mapping[int, int] = _NONE
    after: Mapping[int, tuple[int, ...]] = _NO_STORIES
    stories: Mapping[int, Words] = _UNWORDED
    needs: Mapping[int, Words] = _UNWORDED
    heads: Mapping[int, Words] = _UNWORDED


NO_CHOICE = Choice()
