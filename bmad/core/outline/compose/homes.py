"""Which of the author's stories a requirement beside them is a part of, where its words leave little doubt."""

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import NamedTuple

from bmad.core.outline.compose.shared import Shelf

_SHARED, _WEIGHT, _WORDS = 0.5, 0.43, 2
"""The least share of its words, the least of their weight, and how few of them may be chance."""


class Homeless(NamedTuple):
    """A requirement by its block, the list that it stands in, and its words."""

    block: int
    group: int
    words: frozenset[str]


def homes(needs: Sequence[Homeless], stories: Sequence[frozenset[str]]) -> dict[int, int]:
    """Block -> the place of the story that shares most of its words, a rare one weighing more than a common one.

    A list stays together: where it is so of less than half of it, they share words by chance. Where it is so of
    half, what shares as many words, though common ones, goes where others of its list have gone.
    """
    shelf = Shelf(stories)
    count = Counter(word for text in (*stories, *(need.words for need in needs)) for word in text)
    texts = len(stories) + len(needs)
    sure: dict[int, int] = {}
    like: dict[int, int] = {}
    for need in needs:
        place, share = shelf.nearest(need.words)
        if share < _SHARED:
            continue
        like[need.block] = place
        weights = {word: log((texts + 1) / count[word]) for word in need.words}
        shared = need.words & stories[place]
        weight = sum(weights[word] for word in shared) / sum(weights.values())
        if weight >= _WEIGHT and len(shared) >= _WORDS:
            sure[need.block] = place
    return _together(needs, sure, like)


def _together(needs: Sequence[Homeless], sure: dict[int, int], like: dict[int, int]) -> dict[int, int]:
    lists = Counter(need.group for need in needs)
    placed = Counter(need.group for need in needs if need.block in sure)
    gone = {(need.group, sure[need.block]) for need in needs if need.block in sure}
    return {
        need.block: like[need.block]
        for need in needs
        if need.block in like
        and 2 * placed[need.group] >= lists[need.group]
        and (need.group, like[need.block]) in gone
    }
