"""Where the work departs from Dev Notes or assumptions, by the words of those who did it, over a whole run."""

from collections.abc import Iterable

from bmad.model.normal import fold
from bmad.model.record import Departure
from bmad.model.tested import Deviation


def departed(known: Iterable[Departure], told: Iterable[Deviation], step: str) -> tuple[Departure, ...]:
    """All deviations after a step's own: of one rule the last word counts, where the first one stood."""
    every = {fold(one.rule): one for one in known}
    every |= {fold(one.rule): Departure(rule=one.rule, reason=one.reason, step=step) for one in told}
    return tuple(every.values())
