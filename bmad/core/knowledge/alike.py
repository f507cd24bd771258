"""Paragraphs that stand on two pages: the Jaccard index of their runs of three words (Broder's shingles, 1997)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bmad.core.knowledge.pages import Page

ALIKE = 0.7
"""The share of common runs from which on two paragraphs say the same."""

LEAST = 12
"""Words of a paragraph that is compared; what is shorter is said twice by chance."""

_RUN = 3
_COMMON = 40
"""Paragraphs that a run may stand in and still tell two of them apart."""

_WORD = re.compile(r"\w+")


class Twin(NamedTuple):
    """Two pages and the beginning of what stands on both; `share` is the Jaccard index."""

    path: str
    other: str
    words: str
    share: float


class _Paragraph(NamedTuple):
    page: str
    text: str
    runs: frozenset[tuple[str, ...]]


def twins(pages: Sequence[Page]) -> list[Twin]:
    """The paragraphs that two pages share, by path; of two pages the one that is most alike."""
    told = [one for page in sorted(pages) for one in _paragraphs(page)]
    best: dict[tuple[str, str], Twin] = {}
    for first, second, common in _pairs(told):
        share = common / (len(first.runs) + len(second.runs) - common)
        key = (first.page, second.page)
        if share >= ALIKE and (key not in best or best[key].share < share):
            best[key] = Twin(*key, first.text, round(share, 2))
    return [best[key] for key in sorted(best)]


def _paragraphs(page: Page) -> Iterator[_Paragraph]:
    for text in re.split(r"\n\s*\n|\n(?=\s*[-*+] |#)", page.text):
        words = [word.casefold() for word in _WORD.findall(text)]
        if len(words) >= LEAST and not text.lstrip().startswith("#"):
            runs = frozenset(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
            yield _Paragraph(page.path, " ".join(text.split())[:120], runs)


def _pairs(told: Sequence[_Paragraph]) -> Iterator[tuple[_Paragraph, _Paragraph, int]]:
    """Paragraphs of different pages with the number of runs that they have in common."""
    holding: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(told):
        for run in one.runs:
            holding.setdefault(run, []).append(at)
    common: Counter[tuple[int, int]] = Counter()
    for places in holding.values():
        if len(places) <= _COMMON:
            common.update((first, second) for at, first in enumerate(places) for second in places[at + 1 :])
    for (first, second), count in sorted(common.items()):
        if told[first].page != told[second].page:
            yield told[first], told[second], count
