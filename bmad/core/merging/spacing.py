"""The line ends between units that met from two sides: items of a list stay together, all else stands apart."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bmad.core.merging.units import Key, Unit

CONFLICT = "conflict"
_MARKED = re.compile(r"[ \t]*(?:(?P<item>(?:[-*+]|\d{1,9}[.)])[ \t])|(?P<row>\|)|(?P<quote>>))")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")


def spaced(units: Sequence[Unit], sides: Sequence[Sequence[Unit]]) -> list[Unit]:
    """The units with the line ends that each needs before its neighbour; `sides` are base, ours and theirs."""
    if not units:
        return []
    there = [{(one.key, after.key): one.gap for one, after in pairwise(side)} for side in sides]
    made = [unit._replace(gap=_between(unit, after, there)) for unit, after in pairwise(units)]
    return [*made, units[-1]._replace(gap=_at_end(units[-1], sides))]


def _between(unit: Unit, after: Unit, there: Sequence[Mapping[tuple[Key, Key], str]]) -> str:
    """As the one side has it that has them beside each other."""
    met = (unit.key, after.key)
    gaps = [side[met] for side in there if met in side]
    if not gaps:
        return _met(unit, after)
    return unit.gap if all(met in side for side in there[1:]) else gaps[-1]


def _met(unit: Unit, after: Unit) -> str:
    """Between two units that no side has beside each other."""
    end = "\r\n" if "\r\n" in unit.gap else "\n"
    if not unit.body or CONFLICT in {unit.key.kind, after.key.kind}:
        return unit.gap or end
    if _FENCE.match(unit.body) or _FENCE.match(after.body):
        return unit.gap or end
    one, other = _MARKED.match(unit.body), _MARKED.match(after.body)
    if one and other and one.lastgroup == other.lastgroup:
        return end
    return unit.gap if unit.gap.count("\n") > 1 else end * 2


def _at_end(unit: Unit, sides: Sequence[Sequence[Unit]]) -> str:
    """After the last unit of a part: as one side alone changed it, else as ours has it."""
    base, ours, theirs = (side[-1].gap if side else unit.gap for side in sides)
    return (theirs if ours == base else ours) or unit.gap
