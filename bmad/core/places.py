"""Where the quotes stand in the intent; computed, not stored: a line inserted above moves them all."""

from bisect import bisect_right
from collections.abc import Iterable

from bmad.core.fingerprint import fold
from bmad.model.bounds import SEARCHED, Tally
from bmad.model.spec import Statement


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

    def find_all(self, statements: Iterable[Statement]) -> dict[str, tuple[int, int] | None]:
        """First and last line of each statement's quote by id, None where it does not stand in the text.

        Statements in the order of the text are found in one pass over it.

        Raises: UndecidableError where so many quotes do not stand in it that to look for them takes too long.
        """
        found: dict[str, tuple[int, int] | None] = {}
        at = 0
        searched = Tally("characters of its intent to look through for quotes", SEARCHED)
        for statement in statements:
            quote = fold(statement.quote)
            start = self.text.find(quote, at)
            if start < 0:
                searched.add(2 * len(self.text) - at)
                start = self.text.find(quote)
            if start < 0 or not quote:
                found[statement.id] = None
            else:
                found[statement.id] = (self.line(start), self.line(start + len(quote) - 1))
                at = start
        return found
