"""Dependencies that the author wrote: `depends on REQ-3`, `Depends on: US-1`, a column of ids. None is guessed."""

import re
from collections.abc import Iterable, Mapping

from bmad.core.outline.read.names import names_in
from bmad.core.outline.words.lexicon import Lexicon, folded, split

_REACH = 160
_NAMED = r"[^\W\d_]{1,10}[-_. ]?\d[\d.]*(?:['’]?[^\W\d_]{1,6})?"
_RUN = re.compile(rf"{_NAMED}(?:(?:\s*[,、]\s*|\s+(?:ve|ile)\s+|[とや]|[와과]\s*){_NAMED})*\s*\Z")
"""Ids with the endings that a language gives them, at the end of a text."""
_ENDS = re.compile(r"[.;。；](?=\s|$)|\n")


class Written:
    """Finds the ids that parts of a document say they depend on, by the phrases whose words stand in it at all."""

    def __init__(self, known: Lexicon, document: str) -> None:
        phrases = sorted({phrase for language in known.languages for phrase in split(language.depends)}, key=len)
        there = folded(document)
        phrases = [one for one in phrases if all(word in there for word in one.split())]
        self.phrase = (
            re.compile("|".join(re.escape(one).replace(r"\ ", "[ _]") for one in phrases[::-1]))
            if phrases
            else None
        )

        behind = [p for one in known.languages for p in split(one.waits) if p in there]
        parts = "|".join(map(re.escape, sorted(behind, key=len)[::-1]))
        self.behind = re.compile(rf"(?:{parts})(?!\w)") if behind else None

    def names(self, text: str) -> list[str]:
        """The names after each phrase of dependence, and those right before one that stands behind them."""
        found = self._before(text) if self.behind is not None else []
        return found + self._after(text) if self.phrase is not None else found

    def _before(self, text: str) -> list[str]:
        same = text.replace("İ", "I")
        found: list[str] = []
        for match in self.behind.finditer(same.lower()) if self.behind is not None else ():
            run = _RUN.search(_ENDS.split(same[max(match.start() - _REACH, 0) : match.start()])[-1])
            found += names_in(run[0]) if run else []
        return found

    def _after(self, text: str) -> list[str]:
        if self.phrase is None:
            return []
        low = folded(text)
        if len(low) != len(text):
            text = text.replace("'", "").replace("’", "")
            low = text.lower() if len(text.lower()) == len(text) else text
        found: list[str] = []
        for match in self.phrase.finditer(low):
            rest = text[match.end() : match.end() + _REACH]
            end = _ENDS.search(rest)
            found += names_in(rest[: end.start()] if end else rest)
        return found


def acyclic(wanted: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The same edges without those that would close a cycle; an edge of an earlier story wins."""
    kept: list[list[int]] = []
    edges = [list(dict.fromkeys(ends)) for ends in wanted]
    after: dict[int, list[int]] = {}
    awaited: set[int] = set()
    """What a kept edge ends at: nothing else can be reached."""
    for start, ends in enumerate(edges):
        kept.append([])
        for end in ends:
            if end != start and not (start in awaited and _reaches(after, end, start)):
                kept[start].append(end)
                after.setdefault(start, []).append(end)
                awaited.add(end)
    return [tuple(sorted(ends)) for ends in kept]


def _reaches(after: Mapping[int, list[int]], start: int, goal: int) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        one = waiting.pop()
        if one == goal:
            return True
        new = [end for end in after.get(one, ()) if end not in seen]
        seen.update(new)
        waiting += new
    return False
