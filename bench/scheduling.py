"""Backlogs of random stories carried by so many workers, by the very functions that choose in `bmad act`.

No agent, no clock: a story takes the time that it was given. The bound is the largest of the critical path, the
work by workers, and all that those take who claim one path, one after another, with the way to and from them.
"""

import heapq
import random
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.core.act.schedule import Ranks, Work, first_free
from bmad.core.graph import SpecGraph, build
from bmad.model.spec import Criterion, Document, Ref, Story

SIZES, WORKERS = (10, 30, 100, 300, 1000), (1, 2, 4, 8, 16)
SHARED, MOST_SHARED = 0.3, 100
"""The part of the stories that claim one of a few paths, in backlogs of up to so many."""

SEEDS = {10: 60, 30: 40, 100: 20, 300: 6, 1000: 2}


class Backlog(NamedTuple):
    """Stories by name: what each waits for, how long it takes, its territory; `graph` holds all of them."""

    waits: Mapping[str, tuple[str, ...]]
    takes: Mapping[str, float]
    territory: Mapping[str, tuple[str, ...]]
    graph: SpecGraph


class Carried(NamedTuple):
    """What came of it; `spans` are when each story began and ended."""

    makespan: float
    spans: Mapping[str, tuple[float, float]]


def backlog(count: int, seed: int, shared: float = 0.0) -> Backlog:
    """Stories that wait for up to two earlier ones, and take half to twice as long as each other, most of them.

    Their criteria are about as many as that takes, give or take a half. A part of them, `shared`, claims one of a
    few paths that others claim, too.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation
    names = [f"STORY-{number:06d}" for number in range(count)]
    waits = {
        name: tuple({chance.choice(names[:at]) for _ in range(chance.choice((0, 0, 1, 1, 2)))}) if at else ()
        for at, name in enumerate(names)
    }
    takes = {name: chance.lognormvariate(0, 0.6) for name in names}
    territory = {
        name: (f"src/{chance.randrange(max(1, count // 8)) if chance.random() < shared else name}.py",)
        for name in names
    }
    counts = {name: max(1, round(4 * takes[name] * chance.lognormvariate(0, 0.4))) for name in names}
    return Backlog(waits, takes, territory, build([_document(waits, counts, territory)]))


def _document(
    waits: Mapping[str, tuple[str, ...]], counts: Mapping[str, int], territory: Mapping[str, tuple[str, ...]]
) -> Document:
    stories = (
        Story(
            id=name,
            title=name,
            depends_on=tuple(Ref(other, 1) for other in others),
            territory=tuple(Ref(glob, 1) for glob in territory[name]),
            criteria=tuple(Criterion(id=f"AC-{number}", text="It holds.") for number in range(counts[name])),
        )
        for name, others in waits.items()
    )
    return Document(path="stories/all.md", items=tuple(stories))


def carry(one: Backlog, workers: int) -> Carried:
    """Carry all of it: whenever a worker is free, the first story that may be worked on is begun."""
    left, ranks = [*one.waits], Ranks(one.graph)
    busy: dict[str, Work] = {}
    ends: list[tuple[float, str]] = []
    done: set[str] = set()
    spans: dict[str, tuple[float, float]] = {}
    now = 0.0
    while left or busy:
        while len(busy) < workers:
            ready = (
                Work(name, one.territory[name]) for name in ranks.sorted(left) if done.issuperset(one.waits[name])
            )
            story = first_free(ready, tuple(busy.values()))
            if story is None:
                break
            left.remove(story)
            busy[story] = Work(story, one.territory[story])
            spans[story] = (now, now + one.takes[story])
            heapq.heappush(ends, (spans[story][1], story))
        now, story = heapq.heappop(ends)
        del busy[story]
        done.add(story)
    return Carried(now, spans)


def bound(one: Backlog, workers: int) -> float:
    """What no order of work goes below: ways through what waits, work by workers, those who share a territory."""
    before: dict[str, float] = {}
    for name, waits in one.waits.items():  # each after those that it waits for
        before[name] = max((before[other] + one.takes[other] for other in waits), default=0.0)
    after = dict.fromkeys(one.waits, 0.0)
    for name in reversed([*one.waits]):
        for other in one.waits[name]:
            after[other] = max(after[other], after[name] + one.takes[name])
    claims: dict[tuple[str, ...], list[str]] = {}
    for name, territory in one.territory.items():
        claims.setdefault(territory, []).append(name)
    rows = (
        min(map(before.__getitem__, names))
        + sum(map(one.takes.__getitem__, names))
        + min(map(after.__getitem__, names))
        for names in claims.values()
    )
    ways = (before[name] + one.takes[name] for name in one.waits)
    return max(*ways, *rows, sum(one.takes.values()) / workers)


def ratios(count: int, workers: int, seeds: Sequence[int], shared: float = 0.0) -> list[float]:
    made = (backlog(count, seed, shared) for seed in seeds)
    return [carry(one, workers).makespan / bound(one, workers) for one in made]


def table(seeds: Mapping[int, int]) -> str:
    """Makespans against their bound as a table in Markdown: the mean of some backlogs of each size, the worst."""
    lines = [
        f"| makespan against its bound | {' | '.join(f'{count} workers' for count in WORKERS)} |",
        f"|{' --- |' * (len(WORKERS) + 1)}",
    ]
    rows = [(count, number, 0.0) for count, number in seeds.items()]
    rows += [(count, number, SHARED) for count, number in seeds.items() if count <= MOST_SHARED]
    for count, number, shared in rows:
        found = [ratios(count, workers, range(number), shared) for workers in WORKERS]
        cells = (f"{statistics.mean(one):.3f} ({max(one):.2f})" for one in found)
        kind = f", {shared:.0%} of them claim a path that others claim" if shared else ""
        lines.append(f"| {count:,} stories, {number} backlogs{kind} | {' | '.join(cells)} |")
    return "\n".join(lines)
