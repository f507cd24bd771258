"""Which new piece is which old one: by its words, by the id its author gave it, by its place, by what is above it.

Words that stand unchanged go first, ids in them aside, so that what was numbered anew keeps its ids; then the same
source id is the same piece, however it was reworded; then what is close. All of it takes a time that grows as the
pieces do: one is held only against those that share something rare with it, and against its neighbours.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Container, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from bmad.model.ends import ends
from bmad.model.normal import fold

K = TypeVar("K")

CLOSE = 0.55
"""Least likeness (Dice coefficient over words) of a reworded statement to the one it replaces."""

_RARE = 24
"""What more old pieces have in common than this tells none of them from another."""

_FEW = 64
"""So many reworded statements are held against each other."""

_NEAR = 8
"""How many neighbours on either side of its place a piece is held against."""

_TOKEN = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")
_NAMED_HEADING = re.compile(r"(?:^|> )([A-Z][A-Za-z]{0,9}[-_.]?\d[\w.-]*?)(?=[\s:：.)–—])")
"""The id that a heading begins with, in the path of headings above a statement."""
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3]|[^\W_]+")


def words(text: str) -> Counter[str]:
    """The words of a text with their counts; each CJK character is one."""
    return Counter(_WORD.findall(text.casefold()))


def likeness(first: Counter[str], second: Counter[str]) -> float:
    """Dice coefficient of two bags of words, 0 to 1."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


class _Sourced(Protocol):
    @property
    def source(self) -> str: ...


P = TypeVar("P", bound=_Sourced)


class Placed(NamedTuple):
    """A statement's words, where it stands, and the id that its author gave it."""

    text: str
    under: str
    source: str = ""

    @property
    def said(self) -> str:
        """Its words without the author's id."""
        return bare(self.text, self.source)


class Hung(NamedTuple):
    """A node by the ids it hangs from, its title, the id that its author gave it, and its mapped title."""

    above: frozenset[str]
    title: str
    source: str = ""
    mapped: str = ""
    """Its title as the lock keeps it, whatever a hand made of it since."""

    @property
    def said(self) -> str:
        """Its title without the author's id."""
        return bare(self.title, self.source)


def bare(text: str, source: str) -> str:
    """Text folded, without the id that its author gave it."""
    return fold(text.replace(source, "", 1) if source else text)


def unreferring(pieces: Sequence[Placed]) -> Callable[[str], str]:
    """What gives words without the ids that their author gave to any of the pieces, or to headings above them."""
    sources = {one.source for one in pieces if not one.source.isdecimal()}
    sources.update(name for under in {one.under for one in pieces} for name in _NAMED_HEADING.findall(under))

    def words_alone(text: str) -> str:
        return _TOKEN.sub(lambda match: "" if match[0] in sources else match[0], text)

    return words_alone


def known_by(one: Placed, alone: Callable[[str], str]) -> set[str]:
    """By what words a statement is found again where they are the same; `alone` is what `unreferring` gave."""
    return {fold(one.text), alone(one.said)}


def are_in_place(
    old: Sequence[Placed],
    new: Sequence[Placed],
    known: Callable[[Placed], Collection[str]],
    beside: Container[str],
    sources: Counter[str],
) -> bool:
    """Whether each of some statements is matched with the one in its place, whatever stands between them.

    Those beside them say what they said; `known` gives what a statement is known by, and `beside` holds that of
    those. `sources` counts the ids that the author gave, in all of the text.
    """
    if [one[1:] for one in old] != [one[1:] for one in new]:
        return False
    names = [{*known(one), *known(other)} for one, other in zip(old, new, strict=True)]
    often = Counter(name for some in names for name in some)
    moved = [
        at for at, (one, other) in enumerate(zip(old, new, strict=True)) if fold(one.text) != fold(other.text)
    ]
    for at in moved:
        if any(often[name] > 1 or name in beside for name in names[at]) or {*known(old[at])} & {*known(new[at])}:
            return False
    return _are_close([(old[at], new[at]) for at in moved if not new[at].source or sources[new[at].source] != 1])


def _are_close(pairs: Sequence[tuple[Placed, Placed]]) -> bool:
    """Whether each of some reworded statements is close to what it was, and closer than to any other of them."""
    was, now = [words(one.said) for one, _ in pairs], [words(one.said) for _, one in pairs]
    if len(pairs) > _FEW:
        return False
    for at, bag in enumerate(now):
        own = likeness(bag, was[at])
        others = [place for place in range(len(pairs)) if place != at]
        rival = max((max(likeness(bag, was[one]), likeness(now[one], was[at])) for one in others), default=0.0)
        if own < CLOSE or rival >= own:
            return False
    return True


def match_statements(old: Mapping[str, Placed], new: Sequence[Placed]) -> dict[int, str]:
    """New index -> old id: the same quote, then the same source id, then a close quote in the same place.

    The same place is the same heading path, or the gap between the same two unchanged neighbours.
    """
    if not old:
        return {}
    found = _at_ends(old, new, lambda one: (one.said, one.under, one.source))
    alone = unreferring([*old.values(), *new])
    sames: tuple[Callable[[Placed], Hashable], ...] = (
        lambda one: (one.said, one.under, one.source),
        lambda one: (one.said, one.under),
        lambda one: fold(one.text),
        lambda one: one.said,
        lambda one: (alone(one.said), one.under),
        lambda one: (alone(one.said), alone(one.under)),
    )
    for same in sames:
        _pair(old, new, found, same)
    _pair_sources(old, new, found)
    return found | _greedy(_close(old, new, found))


def renumbered(old: Mapping[str, Placed], new: Sequence[Placed], found: Mapping[int, str]) -> set[str]:
    """The old ids of what was found to say the same words as before, ids in them aside."""
    if not found:
        return set()
    alone = unreferring([*old.values(), *new])
    pairs = ((key, old[key], new[index]) for index, key in found.items())
    return {
        key
        for key, was, now in pairs
        if (was.text, was.source) == (now.text, now.source) or alone(was.said) == alone(now.said)
    }


def match_hung(old: Mapping[str, Hung], new: Sequence[Hung]) -> dict[int, str]:
    """New index -> old id, by what both hang from, title and source id, then by like titles, then by order."""
    found = _at_ends(old, new, lambda one: (one.above, one.mapped or one))
    _pair(old, new, found, lambda one: (one.above, one.mapped or one))
    _pair(old, new, found, lambda one: (one.above, one.said))
    taken = set(found.values())
    left = {key: one for key, one in old.items() if key not in taken}
    if not left:
        return found
    sources = _sole(left)
    holders = _index({key: one.above for key, one in left.items()})
    again = _sole({index: one for index, one in enumerate(new) if index not in found})
    order = {key: position for position, key in enumerate(left)}
    bags = {key: words(one.said) for key, one in left.items()}
    pairs: list[tuple[float, float, int, int, str]] = []
    for index, one in enumerate(new):
        if index in found:
            continue
        bag = words(one.said)
        named = sources.get(one.source) if again.get(one.source) == index else None
        keys = dict.fromkeys(key for above in sorted(one.above) for key in holders.get(above, ()))
        for key in {**keys, named: None} if named is not None else keys:
            score = _alike(one, left[key]) + (_NAMED if key == named else 0)
            pairs.append((-score, -likeness(bag, bags[key]), index, order[key], key))
    return found | _greedy((score, index, key) for score, _, index, _, key in sorted(pairs))


_NAMED = 1.5
"""What the same source id counts beside a share of 0 to 1 in what is above, and 1 for the same title."""


def _alike(one: Hung, other: Hung) -> float:
    share = len(one.above & other.above) / (len(one.above | other.above) or 1)
    return share + (one.said == other.said or one.mapped == other.mapped != "")


def _at_ends(old: Mapping[str, P], new: Sequence[P], same: Callable[[P], Hashable]) -> dict[int, str]:
    """The pairs that `_pair` finds at both ends, where all stands as it did, and so is compared as a whole.

    Where what lies between them has one thing more often than before, it may take the place of one behind it.
    """
    keys, was = list(old), list(old.values())
    before, behind = ends(was, list(new))
    last, end = len(was) - behind, len(new) - behind
    more = Counter(map(same, was[before:last]))
    more.subtract(map(same, new[before:end]))
    odd = {one for one, count in more.items() if count}
    found = dict(enumerate(keys[:before]))
    if not odd or odd.isdisjoint(map(same, was[last:])):
        found |= dict(enumerate(keys[last:], end))
    return found


def _pair(old: Mapping[str, P], new: Sequence[P], found: dict[int, str], same: Callable[[P], Hashable]) -> None:
    """Add the pairs of what is the same by some measure and not found yet, each in order."""
    taken = set(found.values())
    waiting: dict[Hashable, deque[str]] = {}
    for key, one in old.items():
        if key not in taken:
            waiting.setdefault(same(one), deque()).append(key)
    for index, one in enumerate(new if waiting else ()):
        if index not in found and (keys := waiting.get(same(one))):
            found[index] = keys.popleft()


def _pair_sources(old: Mapping[str, P], new: Sequence[P], found: dict[int, str]) -> None:
    """Add the pairs of one source id: one that names a single piece before, and a single one now."""
    taken = set(found.values())
    before, now = _sole(old), _sole(dict(enumerate(new)))
    for source, index in now.items():
        key = before.get(source)
        if key is not None and index not in found and key not in taken:
            found[index] = key


def _sole(pieces: Mapping[K, _Sourced]) -> dict[str, K]:
    """Source id -> the one piece that has it; an id that several have tells none of them."""
    count = Counter(one.source for one in pieces.values())
    return {one.source: key for key, one in pieces.items() if one.source and count[one.source] == 1}


def _close(
    old: Mapping[str, Placed], new: Sequence[Placed], found: Mapping[int, str]
) -> list[tuple[float, int, str]]:
    """The pairs of close quotes in the same place, the closest first."""
    taken = set(found.values())
    olds = _gaps([(key if key in taken else None, key) for key in old])
    if not olds:
        return []
    news = _gaps([(found.get(index), index) for index in range(len(new))])
    bags = {key: words(old[key].said) for keys in olds.values() for key in keys}
    rare = _index(bags)
    gap_of = {key: gap for gap, keys in olds.items() for key in keys}
    pairs: list[tuple[float, int, str]] = []
    for gap, indices in news.items():
        beside = olds.get(gap, [])
        for position, index in enumerate(indices):
            one, bag = new[index], words(new[index].said)
            near = beside[max(0, position - _NEAR) : position + _NEAR + 1]
            alike = (key for word in sorted(bag) for key in rare.get(word, ()))
            here = (key for key in alike if gap_of[key] == gap or old[key].under == one.under)
            scored = ((likeness(bag, bags[key]), key) for key in dict.fromkeys([*near, *here]))
            pairs += [(-score, index, key) for score, key in scored if score >= CLOSE]
    return sorted(pairs)


def _index(held: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What a few pieces hold -> those that hold it."""
    holders: dict[str, list[str]] = {}
    for key, things in held.items():
        for thing in things:
            holders.setdefault(thing, []).append(key)
    return {thing: keys for thing, keys in holders.items() if len(keys) <= _RARE}


def _gaps(entries: Iterable[tuple[str | None, K]]) -> dict[str, list[K]]:
    """The matched piece before them, or none -> the pieces that are not matched yet, in order."""
    gap = ""
    gaps: dict[str, list[K]] = {}
    for matched, key in entries:
        if matched is None:
            gaps.setdefault(gap, []).append(key)
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
