"""Three-way merge of one node: what the mapper wrote last, what stands there, what it would write now."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from bmad.core.mapping.match import likeness, words
from bmad.core.mapping.parts import LISTS, encode, listed
from bmad.model.spec import Criterion

ALIKE = 0.4
"""Least likeness of a reworded criterion to the one it replaces."""
_CRITERION = "AC-1"
_RUNNING = frozenset({"text", "story", "dev-notes"})
"""The parts that are running text, which a hand may write beside what a mapper wrote."""
_MOST = 40
"""So many paragraphs are looked through."""


class Merged(NamedTuple):
    """`changes` holds the parts to write (None takes one away); `conflicts` the parts both sides changed."""

    changes: dict[str, str | None]
    conflicts: list[str]

    def without(self, held: Callable[[str], bool]) -> "Merged":
        """The same but for some parts, which stay as they stand."""
        changes = {name: value for name, value in self.changes.items() if not held(name)}
        return Merged(changes, [name for name in self.conflicts if not held(name)])

    def won(self, by_hand: Callable[[str], bool]) -> "Merged":
        """The same but that a hand has its way in some parts."""
        return self._replace(conflicts=[name for name in self.conflicts if not by_hand(name)])


def merge(base: Mapping[str, str], now: Mapping[str, str], new: Mapping[str, str]) -> Merged:
    """Merge part by part; base as the lock keeps it, now and new in their written form."""
    changes: dict[str, str | None] = {}
    conflicts: list[str] = []
    for name in dict.fromkeys([*new, *base]):
        was, is_, want = base.get(name), now.get(name), new.get(name)
        if name == "quote":
            if is_ != want:
                changes[name] = want
        elif name in LISTS:
            merged = merge_list(listed(was or ""), listed(is_ or ""), listed(want or ""))
            if merged != listed(is_ or ""):
                changes[name] = ", ".join(merged)
        elif want == is_ or _same(name, was, want):
            continue
        elif _same(name, was, is_):
            changes[name] = want
        elif (both := _beside(name, was, is_ or "", want or "")) is not None:
            changes[name] = both
        else:
            conflicts.append(name)
    return Merged(changes, conflicts)


def _same(name: str, base: str | None, value: str | None) -> bool:
    return base is None if value is None else base == encode(name, value)


def _beside(name: str, was: str | None, now: str, new: str) -> str | None:
    """What a hand wrote before and behind what a mapper last wrote, with what it would write now; else None.

    The lock does not keep that text, but it tells whether some paragraphs that stand there are it.
    """
    told = now.split("\n\n") if name in _RUNNING and was is not None else []
    for size in range(len(told) - 1, 0, -1) if len(told) <= _MOST else ():
        for start in range(len(told) - size + 1):
            if encode(name, "\n\n".join(told[start : start + size])) == was:
                paragraphs = [*told[:start], new, *told[start + size :]]
                return "\n\n".join(one.strip("\n") for one in paragraphs if one.strip())
    return None


def merge_list(base: list[str], now: list[str], new: list[str]) -> list[str]:
    """What a person added or removed stays so; the rest follows the mapper."""
    was, want = frozenset(base), frozenset(new)
    kept = [entry for entry in now if entry not in was or entry in want]
    stays = was.union(kept)
    return kept + [entry for entry in new if entry not in stays]


def number_criteria(
    texts: tuple[str, ...], base: Mapping[str, str], now: Mapping[str, str], used: int
) -> tuple[Criterion, ...]:
    """Give each derived criterion its id: that of the same text, else of a like one, else a new number.

    `used` is the highest number that the story ever had.
    """
    fresh = _numbers(used)
    if not base:
        return tuple([Criterion(id=next(fresh), text=text) for text in texts])
    of_text: dict[str, deque[str]] = {}
    for name in base:
        if name.startswith("AC-"):
            of_text.setdefault(base[name], deque()).append(name)
    ids = {
        index: names.popleft()
        for index, text in enumerate(texts)
        if (names := of_text.get(encode(_CRITERION, text)))
    }
    bags = {name: words(now.get(name, "")) for names in of_text.values() for name in names}
    for index, text in enumerate(texts):
        if index not in ids and bags:
            bag = words(text)
            score, best = max((likeness(bag, held), name) for name, held in bags.items())
            if score >= ALIKE:
                ids[index] = best
                del bags[best]
    return tuple(Criterion(id=ids.get(index) or next(fresh), text=text) for index, text in enumerate(texts))


def _numbers(used: int) -> Iterator[str]:
    while True:
        used += 1
        yield f"AC-{used}"


def retired_criteria(retired: Iterable[str]) -> dict[str, int]:
    """Story -> the highest number of a criterion of it that is retired."""
    highest: dict[str, int] = {}
    for node in retired:
        story, slash, criterion = node.partition("/")
        if slash:
            highest[story] = max(highest.get(story, 0), *criterion_numbers([criterion]))
    return highest


def criterion_numbers(names: Iterable[str]) -> list[int]:
    """The numbers of criteria among the names of parts, and 0."""
    return [0, *(int(name[3:]) for name in names if name.startswith("AC-"))]
