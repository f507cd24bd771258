"""Dependencies that the author wrote: `depends on REQ-3`, `Depends on: US-1`, a column of ids. None is guessed."""

import re
from collections.abc import Iterable, Mapping

from bmad.core.outline.read.names import names_in
from bmad.core.outline.words.lexicon import Lexicon, folded, split

_REACH = 160
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

    def names(self, text: str) -> list[str]:
        """The names after each phrase of dependence."""
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
