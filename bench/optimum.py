"""The least makespan of a small backlog, by exact search: how far the bound, and the scheduler, are from it.

Who schedules best knows beforehand how long each story takes, and may let a worker wait. Stories are placed one
after another by when they begin, each as early as those before it allow; every schedule in which no story could
begin sooner comes of such an order, and one of them is the best (Sprecher, Kolisch and Drexl, Semi-active, active
and non-delay schedules, 1995). A branch is left where not even its bound is better than what was found.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.scheduling import SHARED, Backlog, backlog, bound, carry

_SAME = 1e-9
MOST_NODES = 300_000
STORIES, BACKLOGS, WORKERS = 10, 60, (2, 4, 8)


class Found(NamedTuple):
    """The makespan by the scheduler, the least one, and the bound; `is_exact` where the search came to its end."""

    carried: float
    least: float
    bound: float
    is_exact: bool


class _Placed(NamedTuple):
    """What has been placed: when each story ends, and when the last one of them begins."""

    ends: Mapping[str, float]
    at: float


class _Search:
    def __init__(self, one: Backlog, workers: int, known: float) -> None:
        self._one = one
        self._workers = workers
        self._low = bound(one, workers)
        self.best = known
        self.nodes = 0
        self._behind = _behind(one)
        claims: dict[tuple[str, ...], list[str]] = {}
        for name, territory in one.territory.items():
            claims.setdefault(territory, []).append(name)
        self._beside = {name: claims[one.territory[name]] for name in one.waits}
        self._rows = [names for names in claims.values() if len(names) > 1]
        self._seen: set[tuple[frozenset[str], float, tuple[tuple[str, float], ...]]] = set()

    @property
    def is_over(self) -> bool:
        return self.nodes > MOST_NODES or self.best <= self._low + _SAME

    def look(self, placed: _Placed) -> None:
        """Go on from what is placed; `best` is the least makespan that was found."""
        self.nodes += 1
        ends = placed.ends
        if len(ends) == len(self._one.waits):
            self.best = min(self.best, max(ends.values()))
            return
        soonest = self._soonest(placed)
        running = tuple(sorted((name, end) for name, end in ends.items() if end > placed.at + _SAME))
        seen = (frozenset(ends), placed.at, running)
        if seen in self._seen or self._bound(placed, soonest) >= self.best - _SAME:
            return
        self._seen.add(seen)
        for begins, name in sorted(self._next(placed, soonest), key=lambda one: (one[0], -self._behind[one[1]])):
            self.look(_Placed({**ends, name: begins + self._one.takes[name]}, begins))
            if self.is_over:
                return

    def _soonest(self, placed: _Placed) -> dict[str, float]:
        """When each story that is left can begin at the earliest, for all that it waits for and shares."""
        found: dict[str, float] = {}
        for name, waits in self._one.waits.items():  # each after those that it waits for
            if name not in placed.ends:
                before = (placed.ends.get(other) or found[other] + self._one.takes[other] for other in waits)
                shared = (placed.ends[other] for other in self._beside[name] if other in placed.ends)
                found[name] = max((placed.at, *before, *shared))
        return found

    def _next(self, placed: _Placed, soonest: Mapping[str, float]) -> Iterator[tuple[float, str]]:
        """The stories that can be placed next, and when they begin: once a worker is free for them, too."""
        for name, begins in soonest.items():
            if all(other in placed.ends for other in self._one.waits[name]):
                busy = sorted(end for end in placed.ends.values() if end > begins + _SAME)
                yield (begins if len(busy) < self._workers else busy[-self._workers]), name

    def _bound(self, placed: _Placed, soonest: Mapping[str, float]) -> float:
        """What no schedule that goes on from what is placed goes below."""
        takes = self._one.takes
        ways = (begins + takes[name] + self._behind[name] for name, begins in soonest.items())
        busy = sum(end - placed.at for end in placed.ends.values() if end > placed.at)
        work = placed.at + (busy + sum(takes[name] for name in soonest)) / self._workers
        rows = ([name for name in row if name in soonest] for row in self._rows)
        claimed = (
            min(soonest[name] for name in row)
            + sum(takes[name] for name in row)
            + min(self._behind[name] for name in row)
            for row in rows
            if row
        )
        return max(work, *ways, *claimed, *placed.ends.values())


def _behind(one: Backlog) -> dict[str, float]:
    """How long the way is from the end of each story to the end of all."""
    found = dict.fromkeys(one.waits, 0.0)
    for name in reversed([*one.waits]):
        for other in one.waits[name]:
            found[other] = max(found[other], found[name] + one.takes[name])
    return found


def least(one: Backlog, workers: int) -> Found:
    """How soon a backlog is done by the scheduler, and how soon it could be."""
    search = _Search(one, workers, carry(one, workers).makespan)
    known = search.best
    if not search.is_over:
        search.look(_Placed({}, 0.0))
    return Found(known, search.best, bound(one, workers), search.nodes <= MOST_NODES)


def table() -> str:
    """Means of some backlogs as a table in Markdown, and the worst. Raises: ValueError where one is not exact."""
    lines = [
        f"| {STORIES} stories, {BACKLOGS} backlogs | {' | '.join(f'{count} workers' for count in WORKERS)} |",
        f"|{' --- |' * (len(WORKERS) + 1)}",
    ]
    for shared in (0.0, SHARED):
        kind = f", {shared:.0%} claim a path that others claim" if shared else ""
        found = [[least(backlog(STORIES, seed, shared), count) for seed in range(BACKLOGS)] for count in WORKERS]
        if not all(one.is_exact for row in found for one in row):
            raise ValueError(f"{MOST_NODES} nodes are not enough for {STORIES} stories")
        told = [[one.least / one.bound for one in row] for row in found]
        lines.append(f"| the least by the bound{kind} | {' | '.join(map(_cell, told))} |")
        told = [[one.carried / one.least for one in row] for row in found]
        lines.append(f"| the scheduler's by the least{kind} | {' | '.join(map(_cell, told))} |")
    return "\n".join(lines)


def _cell(ratios: Sequence[float]) -> str:
    return f"{statistics.mean(ratios):.3f} ({max(ratios):.2f})"
