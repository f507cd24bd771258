"""Findings that stand on the same lines, seen through different lenses: one defect raised twice, or several.

Place alone does not tell which: a line may leak and be wrong. So they are shown together and each stays its own,
with its words, its stand and the judgement of its own lens; that one repeats another is for people who read them
to say, the developer and the lens that raised it.
"""

from collections.abc import Iterable, Sequence

from bmad.model.normal import fold
from bmad.model.review import Finding, Kind

WIDEST = 30
"""Lines; what is quoted over more stands near everything, and only with what has the same quote."""


def groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """All of the findings, those of one place together, in the order of the first of each; of a lens never two."""
    found: list[list[Finding]] = []
    for one in findings:
        near = (group for group in found if all(each.lens != one.lens for each in group))
        place = next((group for group in near if any(at_one_place(each, one) for each in group)), None)
        if place is None:
            found.append([one])
        else:
            place.append(one)
    return found


def at_one_place(one: Finding, other: Finding) -> bool:
    """Whether two findings of one round stand on lines in common; the lines of another round were others."""
    if any(each.kind is not Kind.FINDING for each in (one, other)):
        return False
    if (one.path, one.round, one.before) != (other.path, other.round, other.before) or not one.path:
        return False
    first, second = _span(one), _span(other)
    if first.start >= second.stop or second.start >= first.stop:
        return False
    return max(len(first), len(second)) <= WIDEST or fold(one.quote) == fold(other.quote)


def same_place(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Of each that does not stand alone: the ids of those that it stands with."""
    together = (group for group in groups(findings) if len(group) > 1)
    return {one.id: [each.id for each in group if each is not one] for group in together for one in group}


def _span(one: Finding) -> range:
    return range(one.line, max(one.end_line, one.line) + 1)
