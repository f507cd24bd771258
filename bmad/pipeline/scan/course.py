"""How far a scan has come: which looks were had, what they found, which are left, and whether anything was new."""

from collections.abc import Iterator, Mapping, Sequence

from bmad.core.scan.defects import Defect, Sighting, defects
from bmad.core.scan.units import Unit
from bmad.model.record import Work
from bmad.model.review import Kind
from bmad.pipeline.scan.look import Answer, Look


class Course:
    """The looks so far, in order; `blobs` are the files of the commit."""

    def __init__(
        self, units: Sequence[Unit], lenses: Sequence[str], reviewers: int, blobs: Mapping[str, str]
    ) -> None:
        self._units = units
        self._lenses = lenses
        self._reviewers = reviewers
        self._blobs = blobs
        self._had: list[tuple[Look, Answer]] = []
        self.rounds = 0
        """Those that were begun."""

    def had(self, look: Look, answer: Answer) -> None:
        self._had.append((look, answer))

    def round(self) -> list[Look]:
        """Begin the next round: its looks."""
        fresh = {lens: self._fresh(lens) for lens in self._lenses}
        known = {lens: self._by_path(lens) for lens in self._lenses}
        self.rounds += 1
        return [
            Look(unit, lens, reviewer, self.rounds, _before(known[lens], unit))
            for unit in self._units
            for lens in self._lenses
            if unit.id in fresh[lens]
            for reviewer in range(self._reviewers)
        ]

    @property
    def is_over(self) -> bool:
        """Whether the last round gave nothing new."""
        return not any(map(self._fresh, self._lenses))

    def _fresh(self, lens: str) -> frozenset[str]:
        """The units that gave something new in the last round; all where there was none yet."""
        if not self.rounds:
            return frozenset(unit.id for unit in self._units)
        every = defects(self.sightings(lens))
        return frozenset(one.first.unit for one in every if one.first.round == self.rounds and _has_place(one))

    def _by_path(self, lens: str) -> dict[str, list[Sighting]]:
        found: dict[str, list[Sighting]] = {}
        for one in self.sightings(lens):
            found.setdefault(one.finding.path, []).append(one)
        return found

    def sightings(self, lens: str = "") -> list[Sighting]:
        """All there are, or those through one lens."""
        return [
            one
            for look, answer in self._had
            if lens in ("", look.lens)
            for one in answer.sightings(look, self._blobs)
        ]

    def both_saw(self, lens: str) -> dict[str, bool]:
        """The units, and whether every reviewer has looked through them in the first round."""
        had = [look.unit.id for look, _ in self._had if (look.lens, look.round) == (lens, 1)]
        return {unit.id: had.count(unit.id) == self._reviewers for unit in self._units}

    def works(self, reviewer: int) -> Iterator[Work]:
        return (work for look, answer in self._had if look.reviewer == reviewer for work in answer.works)

    @property
    def false_alarms(self) -> int:
        return sum(answer.false_alarms for _, answer in self._had)

    @property
    def outdated(self) -> int:
        return sum(len(answer.seen) - len(answer.sightings(look, self._blobs)) for look, answer in self._had)


def _before(known: Mapping[str, Sequence[Sighting]], unit: Unit) -> tuple[Defect, ...]:
    """What is known of a unit's files."""
    return defects(one for path in dict.fromkeys(unit.paths) for one in known.get(path, ()))


def _has_place(one: Defect) -> bool:
    return one.first.finding.kind is Kind.FINDING
