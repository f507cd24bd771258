"""What was read and judged before, by chapters and sections, so that one that is as it was need not be again.

All goes by a digest of what it follows from, so none is void while the code that found it is the same. Whoever
keeps it between runs binds it to that code.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from bmad.core.outline.judge.force import Force, Heard
from bmad.core.outline.judge.verdict import Part, Verdict
from bmad.core.outline.words.language import Rank
from bmad.model.spec import Priority, StatementClass

_MOST = 1 << 14
"""So many findings are kept, or all of the last text: twice what one of a megabyte takes."""
_MOST_BYTES = 1 << 26
_WORDS = " words"
"""What stands behind the digest of a section for its words."""

T = TypeVar("T", Heard, Verdict)


class Judged(NamedTuple):
    """What became of the blocks of one section."""

    verdicts: Sequence[Verdict]
    ranks: Mapping[int, Rank]
    """The priorities of its blocks by their places in it; of the section itself at -1."""
    weak: int
    """How many were taken for want of a reason to leave them."""


class Words(NamedTuple):
    """What a block is called, and its sentences; None of what nobody asked."""

    name: str | None
    cut: list[str] | None


class _Table(Generic[T]):
    """Values once each, and numbers in their place."""

    def __init__(self, values: Iterable[T]) -> None:
        self.values: list[T] = list(values)
        self._at: dict[T, int] = {value: place for place, value in enumerate(self.values)}

    def places(self, values: Iterable[T]) -> list[int]:
        found = []
        for value in values:
            place = self._at.setdefault(value, len(self._at))
            if place == len(self.values):
                self.values.append(value)
            found.append(place)
        return found


class Remembered:
    """What was heard and judged, by digests; `is_news` tells whether there is more than what it was read from."""

    def __init__(self, content: bytes | None = None) -> None:
        told = _read(content)
        self._heard = _Table(told.heard)
        self._verdicts = _Table(told.verdicts)
        self._known = told.known
        self._asked: dict[str, Any] = {}
        self.is_news = False

    def heard(self, digest: str, count: int) -> list[Heard] | None:
        """What so many blocks of a section say."""
        with suppress(TypeError, IndexError):
            return _whole([self._heard.values[place] for place in self._find(digest)], count)
        return None

    def judged(self, digest: str, count: int) -> Judged | None:
        """What became of so many blocks of a section."""
        with suppress(TypeError, IndexError, ValueError):
            places, ranks, weak = self._find(digest)
            verdicts = _whole([self._verdicts.values[place] for place in places], count)
            return Judged(verdicts, {int(at): Rank(rank) for at, rank in ranks}, int(weak)) if verdicts else None
        return None

    def keep_heard(self, digest: str, heard: Iterable[Heard]) -> None:
        self._keep(digest, self._heard.places(heard))

    def keep(self, digest: str, judged: Judged) -> None:
        ranks = [[at, rank.value] for at, rank in judged.ranks.items()]
        self._keep(digest, [self._verdicts.places(judged.verdicts), ranks, judged.weak])

    def words(self, digest: str) -> list[Words]:
        """The words of the blocks of a section; none where they are not known."""
        with suppress(TypeError, ValueError):
            found = [Words(name, cut) for name, cut in self._find(f"{digest}{_WORDS}") or ()]
            if all(_are_words(*one) for one in found):
                return found
        return []

    def keep_words(self, digest: str, words: Sequence[Words]) -> None:
        if words and self._known.get(f"{digest}{_WORDS}") != (told := [list(one) for one in words]):
            self._keep(f"{digest}{_WORDS}", told)

    def row(self, name: str) -> Any:
        """What is known by a name in plain values."""
        return self._find(name)

    def keep_row(self, name: str, row: object) -> None:
        self._keep(name, row)

    def content(self) -> bytes:
        """All of it, to be read again."""
        last = dict(islice({**self._asked, **self._known}.items(), max(len(self._asked), _MOST)))
        told = {"heard": self._heard.values, "verdicts": self._verdicts.values, "known": last}
        return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 1)

    def _find(self, digest: str) -> Any:
        """What is known by a digest; None where nothing is."""
        row = self._known.get(digest)
        if row is not None:
            self._asked[digest] = row
        return row

    def _keep(self, digest: str, row: Any) -> None:
        self._asked[digest] = self._known[digest] = row
        self.is_news = True


def _are_words(name: object, cut: object) -> bool:
    """Whether they are what `Words` says."""
    sentences = cut if isinstance(cut, list) else []
    return isinstance(name, str | None) and isinstance(cut, list | None) and all(type(x) is str for x in sentences)


def _whole(values: list[T], count: int) -> list[T] | None:
    """Values, where they are as many as they should be."""
    return values if len(values) == count else None


class _Told(NamedTuple):
    heard: list[Heard]
    verdicts: list[Verdict]
    known: dict[str, Any]


def _read(content: bytes | None) -> _Told:
    """What was kept; nothing where it is not what this bmad writes."""
    with suppress(ValueError, KeyError, TypeError, zlib.error):
        told: Any = json.loads(zlib.decompressobj().decompress(content or b"", _MOST_BYTES))
        heard = [
            Heard(Force(force), int(says), int(marked), *map(bool, more))
            for force, says, marked, *more in told["heard"]
        ]
        verdicts = [
            Verdict(StatementClass(klass) if klass else None, Part(part), str(why), _priority(given), bool(apart))
            for klass, part, why, given, apart in told["verdicts"]
        ]
        return _Told(heard, verdicts, dict(told["known"]))
    return _Told([], [], {})


def _priority(given: str | None) -> Priority | None:
    return Priority(given) if given else None
