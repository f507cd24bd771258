"""Which new piece is which old one: statements by their words and place, all else by what it hangs from."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from bmad.core.fingerprint import fold

K = TypeVar("K")

CLOSE = 0.55
"""Least likeness (Dice coefficient over words) of a reworded statement to the one it replaces."""

_MAX_PAIRS = 250_000
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3]|[^\W_]+")


def words(text: str) -> Counter[str]:
    """The words of a text with their counts; each CJK character is one."""
    return Counter(_WORD.findall(text.casefold()))


def likeness(first: Counter[str], second: Counter[str]) -> float:
    """Dice coefficient of two bags of words, 0 to 1."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


class Placed(NamedTuple):
    """A statement's words and where it stands."""

    text: str
    under: str


def match_statements(old: Mapping[str, Placed], new: Sequence[Placed]) -> dict[int, str]:
    """New index -> old id: the same quote first, then a close quote in the same place.

    The same place is the same heading path, or the gap between the same two unchanged neighbours.
    """
    found = _same(old, new)
    taken = set(found.values())
    old_gaps = _gaps([(key if key in taken else None, key) for key in old])
    new_gaps = _gaps([(found.get(index), index) for index in range(len(new))])
    by_place: dict[object, list[str]] = {}
    for key, gap in old_gaps.items():
        by_place.setdefault(("gap", gap), []).append(key)
        by_place.setdefault(("under", old[key].under), []).append(key)
    pairs: list[tuple[float, int, str]] = []
    bags = {key: words(old[key].text) for key in old_gaps}
    for index, gap in new_gaps.items():
        places = (("gap", gap), ("under", new[index].under))
        candidates = dict.fromkeys(key for place in places for key in by_place.get(place, ()))
        if len(pairs) + len(candidates) > _MAX_PAIRS:
            break
        bag = words(new[index].text)
        scored = ((likeness(bag, bags[key]), key) for key in candidates)
        pairs += [(-score, index, key) for score, key in scored if score >= CLOSE]
    return found | _greedy(sorted(pairs))


def _same(old: Mapping[str, Placed], new: Sequence[Placed]) -> dict[int, str]:
    """The same words: under the same headings first, then anywhere, each in order."""
    found: dict[int, str] = {}
    for place in (lambda entry: (fold(entry.text), entry.under), lambda entry: fold(entry.text)):
        waiting: dict[object, list[str]] = {}
        taken = set(found.values())
        for key, entry in old.items():
            if key not in taken:
                waiting.setdefault(place(entry), []).append(key)
        for index, entry in enumerate(new):
            keys = waiting.get(place(entry))
            if index not in found and keys:
                found[index] = keys.pop(0)
    return found


def _gaps(entries: Iterable[tuple[str | None, K]]) -> dict[K, str]:
    """For each entry that is not matched yet, the matched one before it."""
    gap, gaps = "", {}
    for matched, key in entries:
        if matched is None:
            gaps[key] = gap
        else:
            gap = matched
    return gaps


def _greedy(pairs: Iterable[tuple[float, int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    taken: set[str] = set()
    for _, index, key in pairs:
        if index not in found and key not in taken:
            found[index] = key
            taken.add(key)
    return found


class Hung(NamedTuple):
    """A node by the ids it hangs from, and its title."""

    above: frozenset[str]
    title: str


def match_hung(old: Mapping[str, Hung], new: Sequence[Hung]) -> dict[int, str]:
    """New index -> old id, by the share of what both hang from, then by title, then by order."""
    by_above: dict[str, list[str]] = {}
    for key, entry in old.items():
        for above in sorted(entry.above):
            by_above.setdefault(above, []).append(key)
    order = {key: position for position, key in enumerate(old)}
    pairs: list[tuple[float, int, int, str]] = []
    for index, entry in enumerate(new):
        candidates = dict.fromkeys(key for above in sorted(entry.above) for key in by_above.get(above, ()))
        for key in candidates:
            share = len(entry.above & old[key].above) / len(entry.above | old[key].above)
            bonus = 1.0 if entry.title == old[key].title else 0.0
            pairs.append((-(share + bonus), index, order[key], key))
    return _greedy((score, index, key) for score, index, _, key in sorted(pairs))
