"""Which of many texts shares most of the words of another; words that say nothing of a subject do not count."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Iterable

from bmad.core.outline.words.lexicon import folded

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}|[^\W\d_]{3,}|[a-z]+_\w+")
_STEM = 6
_COMMON = 400


def words(text: str, stop: frozenset[str]) -> frozenset[str]:
    """The beginnings of the words of a text, so that forms of one word are one."""
    return frozenset(word[:_STEM].rstrip("s") for word in _WORD.findall(folded(text)) if word not in stop)


class Shelf:
    """Texts by their words, looked up by another text's."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        self.texts = list(texts)
        self.holding: dict[str, list[int]] = {}
        for index, text in enumerate(self.texts):
            for word in text:
                self.holding.setdefault(word, []).append(index)

    def nearest(self, text: frozenset[str]) -> tuple[int, float]:
        """The text that shares most of these words, the first of equals, and the share; (-1, 0) for none."""
        counts: dict[int, int] = {}
        for word in text:
            places = self.holding.get(word, ())
            if len(places) <= _COMMON:
                for index in places:
                    counts[index] = counts.get(index, 0) + 1
        if not counts:
            return -1, 0.0
        best = min(counts, key=lambda index: (-counts[index], len(self.texts[index]) > 40 and index, index))
        return best, counts[best] / len(text)
