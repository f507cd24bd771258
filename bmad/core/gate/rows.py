"""Landings that one push may have brought: in an audit, those of an unbroken row of plain steps.

A fast-forward or a rebase puts all landings of a request onto the line one after the other. As a request they were
one range, in which a story may land twice (each time with a review of its own), so a later one finds its story
open there, too. A merge begins a new row, since hosts make one of each request. Which commits a push brought no
history says: the audit of each push tells two of them apart, a longer one tells what it let pass.
"""

from bisect import bisect_left
from collections.abc import Iterator

from bmad.core.gate.facts import Evidence, Step
from bmad.core.gate.words import printable


class Rows:
    """Knows which landings each step of an audit shares its row with."""

    def __init__(self, evidence: Evidence) -> None:
        self._brought: dict[tuple[str, int], list[int]] = {}
        """Where each landing's record comes, or comes back."""
        self._bends = [0]
        """How many steps before each one are not plain."""
        for at, step in enumerate(evidence.steps if evidence.audit else ()):
            files = step.added.files if step.added is not None else ()
            for one in files:
                self._brought.setdefault((one.story, one.number), []).append(at)
            self._bends.append(self._bends[-1] + (not _is_plain(step)))

    def holds(self, story: str, landing: int, at: int) -> bool:
        """Whether an earlier step of the row of the one at a place brought a landing."""
        places = self._brought.get((story, landing), [])
        last = bisect_left(places, at) - 1
        return last >= 0 and self._bends[places[last]] == self._bends[at + 1]

    def notes(self, step: Step, at: int) -> Iterator[str]:
        """What the report tells of landings that came so."""
        for one in step.added.files if step.added is not None else ():
            if one.number > 1 and self.holds(one.story, one.number - 1, at):
                yield (
                    f"{printable(one.story)} lands again (landing {one.number}) in a row of commits that one push "
                    "may have brought, so whether it was reopened in between was not asked"
                )


def _is_plain(step: Step) -> bool:
    """Whether it merges nothing."""
    return all(len(facts.commit.parents) == 1 for facts in step.commits)
