"""A context pack: parts of a bounded size, which give way in a stated order, the same for the same input."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from bmad.core.packs.texts import size

_BESIDE = 160
"""Bytes that a part takes in a prompt beside its texts: its title, fences and blank lines."""

_HEAVIEST = 3
"""Items of a part that give way last."""


class Item(NamedTuple):
    """What a part gives up as one: its text, what stands for it where there is little room, the file it is of."""

    text: str
    short: str = ""
    path: str = ""


class Part(NamedTuple):
    """Items in the order of their weight, the heaviest first; `title` is bmad's word on what they are.

    `most` are the bytes that they may take together, so that no part crowds out the others; 0 is no bound.
    """

    name: str
    title: str
    items: tuple[Item, ...]
    most: int = 0


class Section(NamedTuple):
    """A part as it is shown: its text, the files of which it holds something, how many items gave way."""

    name: str
    title: str
    text: str
    paths: tuple[str, ...] = ()
    shortened: int = 0
    dropped: int = 0

    @property
    def bytes(self) -> int:
        return size(self.text)

    @property
    def heading(self) -> str:
        """The title with a word on what there was no room for."""
        told = [
            f"{count} {how}" for count, how in ((self.shortened, "shortened"), (self.dropped, "left out")) if count
        ]
        return f"{self.title} ({', '.join(told)} for want of room)" if told else self.title


class Pack(NamedTuple):
    """The parts that an agent is given, and the titles of those that had to go whole."""

    sections: tuple[Section, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(_BESIDE + one.bytes for one in self.sections)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of which it holds something, sorted."""
        return tuple(sorted({path for one in self.sections for path in one.paths}))

    @property
    def hash(self) -> str:
        """SHA-256 over all of it, 64 hex digits."""
        told = [text for one in self.sections for text in (one.name, one.heading, one.text)]
        return sha256("\0".join([*told, *self.gone]).encode("utf-8", "surrogatepass")).hexdigest()

    def only(self, *names: str) -> "Pack":
        """The pack with these parts alone."""
        return Pack(tuple(one for one in self.sections if one.name in names))


def fit(parts: Sequence[Part], budget: int, order: Sequence[str]) -> Pack:
    """The parts within `budget` bytes.

    `order` names those that give way, the first one first: each shortens its items from the last on, then gives
    them up, the heaviest few after the others, before the next one is touched. What it does not name stays whole.
    """
    kept = {part.name: [*part.items] for part in parts if part.items}
    short = {part.name: _bounded(kept[part.name], part.most) for part in parts if part.items}
    excess = sum(map(_weight, kept.values())) - budget
    for name in (name for name in order if name in kept):
        excess, more = _give_way(kept[name], excess)
        short[name] = min(short[name] + more, len(kept[name]))
    there = [part for part in parts if kept.get(part.name)]
    sections = [_section(part, kept[part.name], short[part.name]) for part in there]
    return Pack(tuple(sections), tuple(part.title for part in parts if part.items and part not in there))


def _bounded(items: list[Item], most: int) -> int:
    """Take items away until they take at most so many bytes; how many of the others are shortened."""
    return _give_way(items, _weight(items) - most)[1] if most else 0


def _weight(items: Sequence[Item]) -> int:
    return _BESIDE + sum(size(one.text) + 2 for one in items) if items else 0


def _give_way(items: list[Item], excess: int) -> tuple[int, int]:
    """Take from the end of the items until the excess is none; what is left of it, and how many are shortened.

    Those behind the heaviest few are shortened, then dropped; only then the heaviest are.
    """
    short = [False] * len(items)
    for least in (_HEAVIEST, 0):
        for at in range(len(items) - 1, least - 1, -1):
            one = items[at]
            if excess > 0 and one.short and size(one.short) < size(one.text):
                items[at] = one._replace(text=one.short, short="")
                excess -= size(one.text) - size(one.short)
                short[at] = True
        while len(items) > least and excess > 0:
            excess -= size(items.pop().text) + 2 + (0 if items else _BESIDE)
    return excess, sum(short[: len(items)])


def _section(part: Part, items: Sequence[Item], short: int) -> Section:
    return Section(
        part.name,
        part.title,
        ("\n\n" if any("\n" in one.text for one in items) else "\n").join(one.text for one in items),
        tuple(sorted({one.path for one in items if one.path})),
        short,
        len(part.items) - len(items),
    )
