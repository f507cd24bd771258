"""`python -m bench.fleet`: how far machines on one server carry, on paper: 1,000 workers, 100,000 stories.

What a story costs its worker is measured on a real PostgreSQL, for journals of some sizes, and grows with the
stories that the journal holds; what agents and checks take is assumed. Nothing but the lane of landings and what
is asked of the server is simulated: no story waits for another, no agent fails, a fetch and a push cost nothing.
"""

import heapq
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench.backlog import copy_backlog, write_backlog
from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.store.postgres import jobs
from bmad.store.postgres.journal import PostgresJournal
from bmad.store.postgres.machines import PostgresMachines
from bmad.store.postgres.server import Server
from tests.act import postgres

SIZES = (1_000, 4_000)
STORIES, WORKERS = 100_000, (10, 30, 100, 300, 1_000)
BUILD, CHECKS = 30 * 60.0, (60.0, 5.0)
"""Seconds that agents take for a story, the mean, and that its checks take once more as it lands."""

_EVENTS = """
INSERT INTO bmad.events (story, seq, round, step, event, content, time)
SELECT 'STORY-' || lpad(story::text, 6, '0'), %s, %s, %s, %s, %s::json, now() FROM generate_series(1, %s) story"""
_LEASES = """
INSERT INTO bmad.leases (story, epoch, holder, until, territory)
SELECT %s || lpad(story::text, 6, '0'), 3, 'vm, process 1', now() + %s * interval '1h', %s
FROM generate_series(1, %s) story"""
_HELD = 300
"""Stories that others hold, beside those that have landed."""
_ASKS = 3
"""So many times a story has what is new be read, and its territory claimed: dispatched, begun, about to land."""

Told = tuple[int, int, str, str, str]
"""An event of a story, as a journal has it: number, round, step, name, content in JSON."""


class Costs(NamedTuple):
    """Seconds of wall time for what a worker asks of the server, the best of some tries."""

    journal: float
    """The whole journal, read and replayed, in CPU seconds of the worker: once, as it begins."""
    news: float
    """What is new in it, where that is one event."""
    claim: float
    """A territory, claimed beside those of all that are held."""
    lane: float
    """Whether another one lands, which is asked twice a second while it does."""
    held: float
    """All that is noted of stories, for each dispatch, and each second for whoever watches."""
    event: float
    """One event, written."""


_TOLD: Mapping[str, str] = {
    "journal": "the whole journal, read and replayed (CPU)",
    "news": "what is new in it",
    "claim": f"a claim, {_HELD} stories held",
    "lane": "whether another one lands",
    "held": "all leases, read",
    "event": "an event, written",
}


class Carried(NamedTuple):
    """What came of it: hours, the part of the time that workers build in, and that the lane is busy."""

    hours: float
    building: float
    lane: float


def landed(root: Path) -> list[Told]:
    """The events of a story that agents of the bench carried below root, and that landed in its first round."""
    write_backlog(root / "backlog", 1)
    repository = copy_backlog(root / "backlog", root / "run")
    subprocess.run([sys.executable, "-m", "bmad", "act"], cwd=repository, capture_output=True, check=True)
    with sqlite3.connect(repository / ".bmad/journal.db") as connection:
        found: list[Told] = connection.execute("SELECT seq, round, step, event, content FROM events").fetchall()
    return found


def measure(count: int, story: Sequence[Told]) -> Costs:
    """What a journal of so many such stories costs."""
    server = Server(postgres.server().database(), "bench")
    epochs: dict[str, int] = {}
    journal, machines = PostgresJournal(server, {}), PostgresMachines(server, "bench", epochs)
    server.change(jobs.stir)
    with_triggers = "ALTER TABLE bmad.events {} TRIGGER events_in_order"
    server.change(lambda connection: connection.execute(with_triggers.format("DISABLE")))
    rows = [[*told, count] for told in story]
    server.change(lambda connection: connection.cursor().executemany(_EVENTS, rows))
    server.change(lambda connection: connection.execute(with_triggers.format("ENABLE")))
    over = ["STORY-", None, None, count]
    held = ["STORY-held", 1, ["src/part/**", "tests/part/**"], _HELD]
    server.change(lambda connection: connection.cursor().executemany(_LEASES, [over, held]))
    server.change(lambda connection: connection.execute("ANALYZE bmad.events, bmad.leases"))
    machines.take("STORY-new")
    numbers = iter(range(1, 1_000))
    now = datetime.now(UTC)

    def append() -> None:
        event = Entry(
            story="STORY-new", seq=next(numbers), round=1, step="", event=Event.WAITS, content={}, time=now
        )
        journal.append(event)

    def claim() -> None:
        machines.claim("STORY-new", ["src/new/**"], lambda _: True, lands=False)

    known: dict[str, Run] = {}
    try:
        return Costs(
            journal=_best(lambda: known.update(runs(journal.entries())), 3, time.process_time),
            news=_best(lambda: journal.beyond({story: run.seq for story, run in known.items()}), 20),
            claim=_best(claim, 20),
            lane=_best(lambda: machines.another_lands("STORY-new"), 50),
            held=_best(machines.held, 5),
            event=_best(append, 100),
        )
    finally:
        server.close()


def _best(work: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter) -> float:
    found: list[float] = []
    for _ in range(times):
        begun = clock()
        work()
        found.append(clock() - begun)
    return min(found)


def carry(workers: int, check: float, asked: float, stories: int = STORIES) -> Carried:
    """Carry all stories: each asks the server (seconds a story there), is built, and lands in its turn."""
    chance = random.Random(1)  # noqa: S311 - a simulation
    begun = 0
    built = 0.0
    ready: list[float] = []

    def begin(now: float) -> None:
        nonlocal begun, built
        build = chance.lognormvariate(0, 0.6) / 1.197 * BUILD  # its mean is e ** 0.18
        heapq.heappush(ready, now + asked * begun + build)
        begun += 1
        built += build

    for _ in range(workers):
        begin(0.0)
    lane = 0.0
    while ready:
        lane = max(lane, heapq.heappop(ready)) + check
        if begun < stories:
            begin(lane)
    return Carried(lane / 3600, built / (workers * lane), stories * check / lane)


def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        story = landed(Path(root))
    costs = [measure(count, story) for count in SIZES]
    print(f"| ms of | {' | '.join(f'{count:,} stories' for count in SIZES)} |\n|{' --- |' * (1 + len(SIZES))}")
    for name, words in _TOLD.items():
        print(f"| {words} | {' | '.join(f'{getattr(cost, name) * 1e3:,.1f}' for cost in costs)} |")
    asked = _ASKS * sum(_growth(costs, name) for name in ("news", "claim"))
    print(f"\nthe whole journal of {STORIES:,}: {_growth(costs, 'journal') * STORIES:.0f} s")
    print(f"what each of {STORIES:,} asks at the end: {asked * STORIES:.1f} s")
    print(f"\n| {STORIES:,} stories | workers | days | workers build | the lane is busy |\n|{' --- |' * 5}")
    for check in CHECKS:
        for workers in WORKERS:
            one = carry(workers, check, asked)
            told = f"{one.hours / 24:,.0f} | {one.building:.0%} | {one.lane:.0%}"
            print(f"| checks of {check:.0f} s | {workers:,} | {told} |")


def _growth(costs: Sequence[Costs], name: str) -> float:
    """Seconds for each story more that stands there."""
    first, last = (float(getattr(costs[at], name)) for at in (0, -1))
    return max(0.0, (last - first) / (SIZES[-1] - SIZES[0]))


if __name__ == "__main__":
    main()
