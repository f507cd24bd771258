"""Backlogs of random stories carried by so many workers, by the very functions that choose in `bmad act`.

No agent, no clock: a story takes the time that it was given. The bound is max(critical path, work / workers).
"""

import heapq
import random
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.core.act.schedule import Work, first_free, order, size
from bmad.core.graph import SpecGraph, build
from bmad.model.spec import Criterion, Document, Ref, Story

SIZES, WORKERS = (10, 30, 100, 300, 1000), (1, 2, 4, 8, 16)
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
    return Backlog(waits, takes, territory, build([_document(waits, counts)]))


def _document(waits: Mapping[str, tuple[str, ...]], counts: Mapping[str, int]) -> Document:
    stories = (
        Story(
            id=name,
            title=name,
            depends_on=tuple(Ref(other, 1) for other in others),
            criteria=tuple(Criterion(id=f"AC-{number}", text="It holds.") for number in range(counts[name])),
        )
        for name, others in waits.items()
    )
    return Document(path="stories/all.md", items=tuple(stories))


def carry(one: Backlog, workers: int) -> Carried:
    """Carry all of it: whenever a worker is free, the first story that may be worked on is begun."""
    left = order(one.graph, one.waits, size)
    busy: dict[str, Work] = {}
    ends: list[tuple[float, str]] = []
    done: set[str] = set()
    spans: dict[str, tuple[float, float]] = {}
    now = 0.0
    while left or busy:
        while len(busy) < workers:
            ready = (Work(name, one.territory[name]) for name in left if done.issuperset(one.waits[name]))
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
    """What no order of work goes below: the longest way through what waits, and the work by workers."""
    ways: dict[str, float] = {}
    for name, waits in one.waits.items():  # each after those that it waits for
        ways[name] = one.takes[name] + max((ways[other] for other in waits), default=0.0)
    return max(*ways.values(), sum(one.takes.values()) / workers)


def ratios(count: int, workers: int, seeds: Sequence[int]) -> list[float]:
    return [carry(one, workers).makespan / bound(one, workers) for one in (backlog(count, seed) for seed in seeds)]


def table(seeds: Mapping[int, int]) -> str:
    """Makespans against their bound as a table in Markdown: the mean of some backlogs of each size, the worst."""
    lines = [
        f"| makespan against its bound | {' | '.join(f'{count} workers' for count in WORKERS)} |",
        f"|{' --- |' * (len(WORKERS) + 1)}",
    ]
    for count, number in seeds.items():
        found = [ratios(count, workers, range(number)) for workers in WORKERS]
        cells = (f"{statistics.mean(one):.3f} ({max(one):.2f})" for one in found)
        lines.append(f"| {count:,} stories, {number} backlogs | {' | '.join(cells)} |")
    return "\n".join(lines)
