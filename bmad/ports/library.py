"""An index of the words of files, from which what an agent is given to know is chosen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol


class Library(Protocol):
    """An index of files by the words in them; each text once, by its blob. Derived: it may be lost."""

    def missing(self, blobs: Iterable[str]) -> list[str]:
        """Those of the blobs whose text it does not hold, in their order."""
        ...

    def add(self, texts: Mapping[str, str]) -> None:
        """Lay down texts by their blobs; those that are there stay."""
        ...

    def holding(self, words: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """A word -> the blobs of which the text holds it, by its stem."""
        ...

    def sizes(self, blobs: Collection[str]) -> Mapping[str, int]:
        """The characters of each of the blobs that it holds."""
        ...
