"""`python -m bench.fleet`: how far machines on one server carry, on paper: 1,000 workers, 100,000 stories.

What a story costs its worker is measured on a real PostgreSQL, for journals of some sizes, and grows with the
stories that the journal holds; what agents and checks take is assumed. Nothing but the lane of landings and the
reading of the journal is simulated: no story waits for another, no agent fails, a fetch and a push cost nothing.
"""

import heapq
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench.backlog import copy_backlog, write_backlog
from bmad.core.act.replay import runs
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
INSERT INTO bmad.leases (story, epoch, holder, territory)
SELECT 'STORY-' || lpad(story::text, 6, '0'), 3, 'vm, process 1', ARRAY['src/part/**', 'tests/part/**']
FROM generate_series(1, %s) story"""


Told = tuple[int, int, str, str, str]
"""An event of a story, as a journal has it: number, round, step, name, content in JSON."""


class Costs(NamedTuple):
    """Seconds of wall time: for the whole journal, for what is noted of all stories, and for one event."""

    journal: float
    held: float
    event: float


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
    journal, machines = PostgresJournal(server, {}), PostgresMachines(server, "bench", {})
    server.change(jobs.stir)
    with_triggers = "ALTER TABLE bmad.events {} TRIGGER events_in_order"
    server.change(lambda connection: connection.execute(with_triggers.format("DISABLE")))
    rows = [[*told, count] for told in story]
    server.change(lambda connection: connection.cursor().executemany(_EVENTS, rows))
    server.change(lambda connection: connection.execute(with_triggers.format("ENABLE")))
    server.change(lambda connection: connection.execute(_LEASES, [count]))
    numbers = iter(range(1, 1_000))
    now = datetime.now(UTC)

    def append() -> None:
        event = Entry(
            story="STORY-new", seq=next(numbers), round=1, step="", event=Event.WAITS, content={}, time=now
        )
        journal.append(event)

    try:
        return Costs(_median(lambda: runs(journal.entries()), 3), _median(machines.held, 5), _median(append, 100))
    finally:
        server.close()


def _median(work: Callable[[], object], times: int) -> float:
    found: list[float] = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def carry(workers: int, check: float, journal: float, stories: int = STORIES) -> Carried:
    """Carry all stories: each reads the journal (seconds a story in it), is built, and lands in its turn."""
    chance = random.Random(1)  # noqa: S311 - a simulation
    begun = 0
    built = 0.0
    ready: list[float] = []

    def begin(now: float) -> None:
        nonlocal begun, built
        build = chance.lognormvariate(0, 0.6) / 1.197 * BUILD  # its mean is e ** 0.18
        heapq.heappush(ready, now + journal * begun + build)
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
    print("| a journal of | read and replayed | what is held, read | an event, written |")
    print("| --- | --- | --- | --- |")
    for count, cost in zip(SIZES, costs, strict=True):
        print(
            f"| {count:,} stories | {cost.journal:.2f} s | {cost.held * 1e3:.1f} ms | {cost.event * 1e3:.1f} ms |"
        )
    journal = (costs[1].journal - costs[0].journal) / (SIZES[1] - SIZES[0])
    print(f"\n| {STORIES:,} stories | workers | days | workers build | the lane is busy |\n|{' --- |' * 5}")
    for check in CHECKS:
        for each in (journal, 0.0):
            kind = f"checks of {check:.0f} s, {'the journal read for each' if each else 'nothing read'}"
            for workers in WORKERS:
                one = carry(workers, check, each)
                print(f"| {kind} | {workers:,} | {one.hours / 24:,.0f} | {one.building:.0%} | {one.lane:.0%} |")


if __name__ == "__main__":
    main()
