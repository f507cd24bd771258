"""The words that texts are found by, and how much a file has to do with some of them."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

MOST = 40
"""Words of a story that files are looked for by."""

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS = """
a all also an and any are as at be been but by can could do does each for from given has have how if in into
is it its let like made make may more most must no not of off on once one only or other our out over own
shall she should so some story such than that the their them then there these they this those to under until
up use used user users uses want was we were what when where which while who whose why will with within
without would you your der die das und oder nicht ein eine ist sind wird werden mit von zu im auf für als
dass
"""
_COMMON = frozenset(_WORDS.split())
_SHORT = 2


def indexed(text: str) -> str:
    """A text as it is laid down to be searched: names of several words beside their words."""
    return (
        text
        + "\n"
        + " ".join(" ".join(parts) for parts in map(_CAMEL.split, _WORD.findall(text)) if len(parts) > 1)
    )


def telling(texts: Iterable[str]) -> list[str]:
    """The words of some texts that may tell files apart, in lower case, in their order, each once."""
    words = (part.lower() for text in texts for word in _WORD.findall(text) for part in _CAMEL.split(word))
    kept = (word for word in words if len(word) > _SHORT and word not in _COMMON and not word.isdigit())
    return list(dict.fromkeys(kept))[:MOST]


def ranked(found: Mapping[str, frozenset[str]], sizes: Mapping[str, int]) -> list[tuple[float, str]]:
    """The files that hold words, each with a score above 0, the best first; of equal ones the first by path.

    `found` maps a word to the files that hold it, `sizes` a file to its characters. A rare word counts more than a
    common one, one in the path twice, and a long file less than a short one that holds as much.
    """
    scores: dict[str, float] = {}
    for word, paths in sorted(found.items()):
        worth = math.log(1 + len(sizes) / (1 + len(paths)))
        for path in paths:
            scores[path] = scores.get(path, 0.0) + worth * (2 if word in path.lower() else 1)
    told = [(round(score / _long(sizes.get(path, 0)), 6), path) for path, score in scores.items()]
    return sorted(told, key=lambda one: (-one[0], one[1]))


def _long(size: int) -> float:
    return 1 + math.log10(1 + size / 4000)


def excerpt(text: str, words: Sequence[str], most: int) -> str:
    """The section of a document that holds the most of some words, as many of its lines as have room."""
    sections = re.split(r"(?m)^(?=#{1,4} )", text)
    folded = [section.lower() for section in sections]
    best = max(range(len(sections)), key=lambda at: (sum(word in folded[at] for word in words), -at))
    lines: list[str] = []
    used = 0
    for line in sections[best].strip().split("\n"):
        used += len(line.encode("utf-8", "replace")) + 1
        if used > most and lines:
            return "\n".join([*lines, "…"])
        lines.append(line[:most])
    return "\n".join(lines)
