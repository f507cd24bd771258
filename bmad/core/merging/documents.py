"""Three-way merge of one document: by heading, and under it by field, criterion, item and paragraph.

What one side alone changed stands, what both added stands ours first, and of a list of ids each side keeps what
it added and took away. Only where both sides say the same thing otherwise is there a conflict, with git's marks.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import count, zip_longest
from typing import Generic, NamedTuple, TypeVar

from bmad.core.mapping.merge import merge_list
from bmad.core.merging.sequences import Region, regions, woven
from bmad.core.merging.spacing import CONFLICT, spaced
from bmad.core.merging.units import Key, Part, Unit, parts

T = TypeVar("T")

_LISTS = frozenset({"Traces", "Covers", "Implements", "Depends on", "Territory", "Aliases"})
_ELEMENT = re.compile(r"\s*(`[^`]*`|[^,`\s][^,`]*?)\s*(?:,|$)")
MARK = 7
"""Signs in a conflict mark, as git has it unless it is told otherwise."""


class Merged(NamedTuple):
    """The text, and in how many places both sides are left standing between marks."""

    text: str
    conflicts: int


class _Sides(NamedTuple, Generic[T]):
    """One thing as the three sides have it, None where it is not there."""

    base: T | None
    ours: T | None
    theirs: T | None


def merge(base: str, ours: str, theirs: str, mark: int = MARK) -> Merged:
    """Merge a document of which two sides made something else; `mark` is the length of a conflict mark."""
    if theirs in (ours, base):
        return Merged(ours, 0)
    if ours == base:
        return Merged(theirs, 0)
    merger = _Merger(mark)
    found = [{part.key: part for part in parts(text)} for text in (base, ours, theirs)]
    found[2] = _told_apart(*found)
    made = [(sides, merger.part(sides)) for _, sides in _paired(*found) if sides is not None]
    return Merged(_joined([one for one in made if one[1]], [list(side)[-1] for side in found]), merger.conflicts)


def _told_apart(base: Mapping[Key, Part], ours: Mapping[Key, Part], theirs: Mapping[Key, Part]) -> dict[Key, Part]:
    """Theirs, where what both added under one id with another heading, and what is below it, is another thing."""
    found: dict[Key, Part] = {}
    other = 0
    for key, part in theirs.items():
        if not other or _level(part) <= other:
            new = key.kind == "item" and key not in base and key in ours
            other = _level(part) if new and ours[key].heading.strip() != part.heading.strip() else 0
        made = part._replace(key=key._replace(kind=f"their {key.kind}")) if other else part
        found[made.key] = made
    return found


def _level(part: Part) -> int:
    return len(part.heading) - len(part.heading.lstrip("#"))


def _joined(made: Sequence[tuple["_Sides[Part]", str]], last: Collection[Key]) -> str:
    """The texts of the parts; one that was the end of a document, and is no more, gets its blank line."""
    rows: list[str] = []
    for number, (sides, text) in enumerate(made, 1):
        there = sides.ours or sides.theirs or sides.base
        ended = text if text.endswith("\n") or number == len(made) else f"{text}\n"
        apart = number < len(made) and there is not None and there.key in last and not ended.endswith("\n\n")
        rows.append(f"{ended}\n" if apart else ended)
    return "".join(rows)


def _paired(
    base: Mapping[Key, T], ours: Mapping[Key, T], theirs: Mapping[Key, T]
) -> Iterator[tuple[Region[Key], _Sides[T] | None]]:
    """Everything that one of the sides has, once, in the order of ours with theirs in its place.

    None stands for a region as a whole, where both sides wrote something else in the place of the same text.
    """
    seen: set[Key] = set()
    for region in regions(list(base), list(ours), list(theirs)):
        if region.settled is None and _clash(region):
            seen.update(region.base, region.ours, region.theirs)
            yield region, None
            continue
        order = woven(region) if region.settled is None else region.settled
        for key in dict.fromkeys([*order, *region.base]):
            if key not in seen:
                seen.add(key)
                yield region, _Sides(base.get(key), ours.get(key), theirs.get(key))


def _clash(region: Region[Key]) -> bool:
    """Whether both sides took the same text away, and at least one put something else there."""
    base, ours, theirs = ({key for key in side if key.kind == "text"} for side in region[:3])
    taken = base - ours - theirs
    return bool(taken) and ours - base != theirs - base


class _Merger:
    """Merges parts and units, and counts what it leaves to a person."""

    def __init__(self, mark: int) -> None:
        self.conflicts = 0
        self._mark = mark

    def part(self, sides: _Sides[Part]) -> str:
        """The text of a part; empty where a side took it away and the other left it as it was."""
        base, ours, theirs = sides
        if ours is None or theirs is None:
            return self._one_side(sides, lambda part: _text(part.heading, part.units))
        heading = self._settled(_Sides(base.heading if base else None, ours.heading, theirs.heading))
        found = [{unit.key: unit for unit in (side.units if side else ())} for side in sides]
        found[2] = _renumbered(*found)
        units: list[Unit] = []
        for region, unit in _paired(*found):
            if unit is None:
                ours_there = _text("", [found[1][key] for key in region.ours])
                units.append(self._conflict(ours_there, _text("", [found[2][key] for key in region.theirs])))
            elif (made := self._unit(unit)) is not None:
                units.append(made)
        return _text(heading, spaced(units, [list(side.values()) for side in found]))

    def _unit(self, sides: _Sides[Unit]) -> Unit | None:
        base, ours, theirs = sides
        if ours is None or theirs is None:
            text = self._one_side(sides, lambda unit: unit.body)
            there = ours or theirs
            return there._replace(body=text) if text and there else None
        gap = theirs.gap if base is not None and ours.gap == base.gap else ours.gap
        if ours.key.kind == "field" and ours.key.name in _LISTS:
            return ours._replace(body=_listed(sides), gap=gap)
        bodies = _Sides(base.body if base else None, ours.body, theirs.body)
        return ours._replace(body=self._settled(bodies).rstrip("\n"), gap=gap)

    def _one_side(self, sides: _Sides[T], text: Callable[[T], str]) -> str:
        """What becomes of a thing that a side does not have."""
        base, ours, theirs = sides
        there = ours if ours is not None else theirs
        if there is None or (base is not None and text(there) == text(base)):
            return ""
        if base is None:
            return text(there)
        return self._conflict(text(ours) if ours else "", text(theirs) if theirs else "").body

    def _settled(self, sides: _Sides[str]) -> str:
        base, ours, theirs = sides
        if theirs in (ours, base):
            return ours or ""
        return theirs or "" if ours == base else self._conflict(ours or "", theirs or "").body + "\n"

    def _conflict(self, ours: str, theirs: str) -> Unit:
        self.conflicts += 1
        rows = ["<" * self._mark + " ours", ours.rstrip("\n"), "=" * self._mark, theirs.rstrip("\n")]
        body = "\n".join([*(row for row in rows if row), ">" * self._mark + " theirs"])
        return Unit(Key(CONFLICT, ""), body, "\n\n" if ours.endswith("\n\n") else "\n")


def _renumbered(base: Mapping[Key, Unit], ours: Mapping[Key, Unit], theirs: Mapping[Key, Unit]) -> dict[Key, Unit]:
    """Theirs, with free numbers for the criteria that both added under one number as something else.

    One that ours added as well, under whatever number, has the number that it has there.
    """
    numbers = [
        int(key.name.removeprefix("AC-")) for side in (base, ours, theirs) for key in side if _is_criterion(key)
    ]
    free = count(max(numbers, default=0) + 1)
    added = {_words(unit): unit for key, unit in ours.items() if _is_criterion(key) and key not in base}
    found: dict[Key, Unit] = {}
    for key, unit in theirs.items():
        new = _is_criterion(key) and key not in base
        if new and (same := added.pop(_words(unit), None)):
            found[same.key] = same._replace(gap=unit.gap)
        elif new and key in ours and ours[key].body != unit.body:
            name = f"AC-{next(free)}"
            body = unit.body.replace(f"**{key.name}**", f"**{name}**", 1)
            made = Unit(key._replace(name=name), body, unit.gap)
            found[made.key] = made
        else:
            found[key] = unit
    return found


def _words(criterion: Unit) -> str:
    """What a criterion says, without its number."""
    return criterion.body.replace(f"**{criterion.key.name}**", "", 1)


def _is_criterion(key: Key) -> bool:
    return key.kind == "criterion" and key.name.removeprefix("AC-").isdecimal()


def _listed(sides: _Sides[Unit]) -> str:
    """A field that is a list, with what each side added and without what each took away."""
    values = [_ELEMENT.findall(side.body.partition(":")[2]) if side else [] for side in sides]
    name = (sides.ours or sides.theirs or sides.base).body.partition(":")[0]  # type: ignore[union-attr]
    return f"{name}: {', '.join(merge_list(*values))}"


def _text(heading: str, units: Sequence[Unit]) -> str:
    """Units under their heading, each on lines of its own."""
    rows = [heading if not units or heading.endswith("\n") or not heading else f"{heading}\n"]
    for unit, after in zip_longest(units, units[1:]):
        gap = unit.gap
        if after is not None and not gap:
            gap = "\n"
        rows += [unit.body, gap]
    return "".join(rows)
