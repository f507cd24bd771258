"""Where the quotes stand in the intent; computed, not stored: a line inserted above moves them all."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from bmad.model.bounds import SEARCHED, Tally
from bmad.model.normal import fold
from bmad.model.spec import Statement
from bmad.model.specification import IntentText

Range = tuple[int, int]
"""Half-open range of characters."""


class Stands(NamedTuple):
    """The file in which a quote stands, with its first and last line."""

    path: str
    lines: tuple[int, int]


def standing_quotes(
    intents: Iterable[IntentText], statements: Sequence[Statement], searched: Tally | None = None
) -> dict[str, Stands | None]:
    """Where each statement's quote stands in the intent of its register, by id; None where it does not.

    What is looked through is counted in `searched`, so that one bound holds for many calls.
    """
    found: dict[str, Stands | None] = {}
    for intent in intents:
        own = [one for one in statements if one.path == intent.place.register]
        lines = _folded(intent.text or "").find_all(own, searched) if own else {}
        found |= {node: _stands(intent, at) if at is not None else None for node, at in lines.items()}
    return found


def _stands(intent: IntentText, lines: tuple[int, int]) -> Stands:
    path, first = intent.at(lines[0])
    return Stands(path, (first, first + lines[1] - lines[0]))


class FoldedText:
    """A text folded to single blanks, with the way back to line numbers (from 1)."""

    def __init__(self, text: str) -> None:
        starts: list[int] = []
        numbers: list[int] = []
        parts: list[str] = []
        at = 0
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
            folded = fold(line)
            if folded:
                starts.append(at)
                numbers.append(number)
                parts.append(folded)
                at += len(folded) + 1
        self.text = " ".join(parts)
        self._starts = starts
        self._numbers = numbers

    def line(self, offset: int) -> int:
        """The line that holds the folded text's character at offset."""
        return self._numbers[max(0, bisect_right(self._starts, offset) - 1)]

    def find_all(
        self, statements: Iterable[Statement], searched: Tally | None = None
    ) -> dict[str, tuple[int, int] | None]:
        """First and last line of each statement's quote by id, None where it does not stand in the text.

        Statements in the order of the text are found in one pass over it.

        Raises: UndecidableError where so many quotes do not stand in it that to look for them takes too long.
        """
        return {
            node: None if span is None else (self.line(span[0]), self.line(span[1] - 1))
            for node, span in _found(self.text, statements, searched or quotes_searched())
        }


_folded = lru_cache(maxsize=2)(FoldedText)
"""Story by story it is the same intent that is asked about."""


class Words:
    """A text folded to single blanks, with the way back to its characters."""

    def __init__(self, text: str) -> None:
        words = list(_WORD.finditer(text, text.startswith("\ufeff")))
        folded = [fold(word[0]) for word in words]
        self._raw = [word.span() for word in words]
        self._starts = list(accumulate((len(word) + 1 for word in folded), initial=0))
        self._folded = " ".join(folded)

    def spans(self, statements: Iterable[Statement]) -> dict[str, Range | None]:
        """Where each statement's quote stands by id, None where it does not; equal ones one after the other.

        Raises: UndecidableError where so many quotes do not stand in it that to look for them takes too long.
        """
        return {
            node: None if span is None else (self._at(span[0]), self._at(span[1] - 1) + 1)
            for node, span in _found(self._folded, statements, quotes_searched())
        }

    def _at(self, offset: int) -> int:
        """The text's character that the folded one at offset stands for."""
        word = bisect_right(self._starts, offset) - 1
        start, end = self._raw[word]
        return min(start + offset - self._starts[word], end - 1)


_WORD = re.compile(r"\S+")


def quotes_searched() -> Tally:
    """Counts the characters that are looked through for quotes which do not stand there."""
    return Tally("characters of its intent to look through for quotes", SEARCHED)


def _found(text: str, statements: Iterable[Statement], searched: Tally) -> Iterator[tuple[str, Range | None]]:
    """Where each quote stands in a folded text; those in the order of the text are found in one pass over it."""
    at = 0
    for statement in statements:
        quote = fold(statement.quote)
        start = text.find(quote, at)
        if start < 0:
            searched.add(2 * len(text) - at)
            start = text.find(quote)
        if start < 0 or not quote:
            yield statement.id, None
        else:
            yield statement.id, (start, start + len(quote))
            at = start + 1
