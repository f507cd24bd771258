"""What several reviewers found, joined into defects: the same one is the same place in the same file.

Of two reviewers in the first round each claim of one is taken for at most one claim of the other, the nearest
first, so that one claim over many lines does not pass for agreement with all that stands there. In later rounds,
when they have been shown what is known, what stands at a known place is that again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from bmad.core.act.review import as_one
from bmad.core.scan.estimate import estimate
from bmad.model.agents import Severity
from bmad.model.review import Finding, Kind
from bmad.model.scan import Estimate

WIDEST = 30
"""Lines; a claim over more says too little about its place to be another one that stands within them."""


class Sighting(NamedTuple):
    """A finding of one reviewer in one round; `key` is its id without the lens, the same for the same lines."""

    reviewer: int
    round: int
    unit: str
    key: str
    finding: Finding


class Defect(NamedTuple):
    """All sightings of one place, in the order of rounds and reviewers."""

    sightings: tuple[Sighting, ...]

    @property
    def first(self) -> Sighting:
        return self.sightings[0]

    @property
    def id(self) -> str:
        return self.first.key

    @property
    def finding(self) -> Finding:
        """The gravest claim, with the others' words behind its own."""
        told = self.first.finding
        for one in self.sightings[1:]:
            told = as_one(told, one.finding)
        return told

    @property
    def reviewers(self) -> frozenset[int]:
        return frozenset(one.reviewer for one in self.sightings)

    @property
    def lenses(self) -> tuple[str, ...]:
        return tuple(sorted({one.finding.lens for one in self.sightings}))


def defects(sightings: Iterable[Sighting]) -> tuple[Defect, ...]:
    """The defects by path and line; claims without a place come last, joined only where they are the same."""
    placed: dict[str, list[Sighting]] = {}
    homeless: dict[str, list[Sighting]] = {}
    for one in sorted(sightings, key=_order):
        if one.finding.kind is Kind.FINDING:
            placed.setdefault(one.finding.path, []).append(one)
        else:
            homeless.setdefault(one.key, []).append(one)
    found = [one for path in sorted(placed) for one in _in_file(placed[path])]
    return (*found, *(Defect(tuple(each)) for each in homeless.values()))


def _order(one: Sighting) -> tuple[int, int, int, str]:
    return one.round, one.reviewer, one.finding.line, one.key


def _in_file(sightings: Sequence[Sighting]) -> list[Defect]:
    groups: list[list[Sighting]] = []
    for (number, _), batch in groupby(sightings, key=lambda one: (one.round, one.reviewer)):
        before = len(groups)
        left = list(_matched(groups[:before], _same_once(batch)))
        for each in left:
            known = _known(groups[:before], each[0]) if number > 1 else None
            if known is None:
                groups.append(each)
            else:
                known.extend(each)
    found = [Defect(tuple(sorted(each, key=_order))) for each in groups]
    return sorted(found, key=lambda one: (one.finding.line, one.id))


def _same_once(batch: Iterable[Sighting]) -> list[list[Sighting]]:
    """What one reviewer says of the same lines in one round, through several lenses or from several units."""
    same: dict[str, list[Sighting]] = {}
    for one in batch:
        same.setdefault(one.key, []).append(one)
    return list(same.values())


def _matched(groups: Sequence[list[Sighting]], batch: Sequence[list[Sighting]]) -> Iterator[list[Sighting]]:
    """Join each of a batch to the nearest group, one to one; what is left over."""
    pairs = [
        (near, at, number)
        for at, each in enumerate(batch)
        for number, group in enumerate(groups)
        if (near := max(nearness(one, each[0]) for one in group)) > 0
    ]
    taken: set[int] = set()
    joined: set[int] = set()
    for _, at, number in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if at not in joined and number not in taken:
            joined.add(at)
            taken.add(number)
            groups[number].extend(batch[at])
    return (each for at, each in enumerate(batch) if at not in joined)


def _known(groups: Sequence[list[Sighting]], one: Sighting) -> list[Sighting] | None:
    return next((group for group in groups if any(nearness(each, one) > 0 for each in group)), None)


def nearness(one: Sighting, other: Sighting) -> float:
    """How much two places in the same file are one: 2 the same quoted lines, else the share of common lines."""
    if one.key == other.key:
        return 2.0
    first, second = _span(one.finding), _span(other.finding)
    if max(len(first), len(second)) > WIDEST:
        return 0.0
    common = min(first.stop, second.stop) - max(first.start, second.start)
    return max(common, 0) / (max(first.stop, second.stop) - min(first.start, second.start))


def _span(one: Finding) -> range:
    return range(one.line, max(one.end_line, one.line) + 1)


def estimates(lens: str, sightings: Iterable[Sighting], both_saw: Mapping[str, bool]) -> tuple[Estimate, ...]:
    """The estimates for one lens, of all defects and of those that are P0 or P1.

    `both_saw` are the units, and whether both reviewers looked through them in the first round, unknown to each
    other: only these count.
    """
    every = defects(one for one in sightings if both_saw.get(one.unit) and one.finding.kind is Kind.FINDING)
    grave = [one for one in every if one.finding.severity is not Severity.P2]
    return _estimate(lens, every, grave=False), _estimate(lens, grave, grave=True)


def _estimate(lens: str, every: Sequence[Defect], *, grave: bool) -> Estimate:
    first = [{one.reviewer for one in each.sightings if one.round == 1} for each in every]
    by = [sum(number in found for found in first) for number in (0, 1)]
    both = sum({0, 1} <= found for found in first)
    return estimate(lens, by[0], by[1], both, sum(not found for found in first), grave=grave)
