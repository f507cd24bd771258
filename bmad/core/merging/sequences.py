"""Three-way merge of sequences (diff3): where one side alone changed something, that stands."""

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from heapq import merge
from typing import Generic, NamedTuple, TypeVar

from bmad.model.ends import ends

K = TypeVar("K", bound=Hashable)


class Region(NamedTuple, Generic[K]):
    """A stretch of the three sides; `settled` is what stands there, None where both sides changed it otherwise."""

    base: Sequence[K]
    ours: Sequence[K]
    theirs: Sequence[K]
    settled: Sequence[K] | None


def regions(base: Sequence[K], ours: Sequence[K], theirs: Sequence[K]) -> Iterator[Region[K]]:
    """The three sides in order, cut where all agree and where they do not."""
    at = mine = other = 0
    for start, left, right, size in _common(base, ours, theirs):
        if start > at or left > mine or right > other:
            yield _settle(base[at:start], ours[mine:left], theirs[other:right])
        if size:
            same = base[start : start + size]
            yield Region(same, same, same, same)
        at, mine, other = start + size, left + size, right + size


def woven(region: Region[K]) -> list[K]:
    """All that the three sides of a region have, once, each where its side has it beside the base; ours first."""
    base, *sides = region[:3]
    placed = merge(*(_placed(base, side) for side in (*sides, base)), key=lambda one: one[0])
    return list(dict.fromkeys(key for _, key in placed))


def _placed(base: Sequence[K], side: Sequence[K]) -> Iterator[tuple[int, K]]:
    """Each thing of a side with the place in the base that it has or takes; what was put between goes before."""
    for _, start, end, left, right in SequenceMatcher(None, base, side, autojunk=False).get_opcodes():
        for number, key in enumerate(side[left:right]):
            yield (2 * min(start + number, end - 1) + 1 if end > start else 2 * start), key


def _settle(base: Sequence[K], ours: Sequence[K], theirs: Sequence[K]) -> Region[K]:
    if list(ours) == list(theirs) or list(theirs) == list(base):
        return Region(base, ours, theirs, ours)
    return Region(base, ours, theirs, theirs if list(ours) == list(base) else None)


def _common(base: Sequence[K], ours: Sequence[K], theirs: Sequence[K]) -> Iterator[tuple[int, int, int, int]]:
    """Runs that all three share, as starts in each and a length; the last one is the empty run at the ends."""
    left, right = _runs(base, ours), _runs(base, theirs)
    mine = other = 0
    while mine < len(left) and other < len(right):
        first, second = left[mine], right[other]
        start = max(first.a, second.a)
        end = min(first.a + first.size, second.a + second.size)
        if start < end:
            yield start, first.b + start - first.a, second.b + start - second.a, end - start
        if first.a + first.size < second.a + second.size:
            mine += 1
        else:
            other += 1
    yield len(base), len(ours), len(theirs), 0


class _Run(NamedTuple):
    a: int
    b: int
    size: int


def _runs(base: Sequence[K], side: Sequence[K]) -> list[_Run]:
    """What the side keeps of the base. The common ends are cut first: most of a document is as it was."""
    head, tail = ends(base, side)
    inner = SequenceMatcher(
        None, base[head : len(base) - tail], side[head : len(side) - tail], autojunk=False
    ).get_matching_blocks()
    runs = [_Run(0, 0, head), *(_Run(one.a + head, one.b + head, one.size) for one in inner)]
    runs.append(_Run(len(base) - tail, len(side) - tail, tail))
    return [run for run in runs if run.size]
