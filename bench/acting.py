"""What `bmad act` takes beside its agents: wall time until the first of them starts, and by step after that.

The floors are what one step cannot do without: an event on the disk, a commit by git itself, a process.

`python -m bench.acting [8 200] [--rounds 1]` carries backlogs of these sizes and tells of the longest, too, what
CPU time its stories take, early ones beside late ones: a long backlog should add nothing to a step.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from bench.backlog import copy_backlog, first_mark, write_backlog

START, STEP = 0.4, 0.020
"""Seconds until the first agent starts, and beside agents for a step: at most so many, of 8 stories as of 200."""

STATES = ("backlog", "create", "dev", "verify", "review", "triage", "accept", "land")
_APPENDS = 50
_WINDOW = 20
"""Stories of which the CPU time is told together."""
_LOOK = 0.02


class Used(NamedTuple):
    """CPU seconds of the runner, and of the gits, agents and checks that it has waited for, by a landing."""

    landed: int
    own: float
    children: float


class Pace(NamedTuple):
    """One run of a backlog, in seconds: `step` is the mean beside the agents, `by_state` the same by state."""

    start: float
    step: float
    by_state: dict[str, float]
    used: list[Used]


class Floor(NamedTuple):
    """One append to SQLite with `synchronous=FULL`, one commit by git's plumbing, one process; in seconds."""

    append: float
    commit: float
    process: float


class _Noted(NamedTuple):
    """An event of the journal; `work` are the seconds that agents and checks took in its step."""

    story: str
    state: str
    work: float
    time: float


def measure(root: Path, sizes: Sequence[int], rounds: int) -> tuple[dict[int, list[Pace]], list[Floor]]:
    """Backlogs of some sizes carried out below root, and the floors, in alternation."""
    for size in sizes:
        write_backlog(root / f"backlog-{size}", size)
    found: dict[int, list[Pace]] = {size: [] for size in sizes}
    floors: list[Floor] = []
    for number in range(rounds):
        for size in sizes:
            repository = copy_backlog(root / f"backlog-{size}", root / f"run-{size}-{number}")
            found[size].append(_carried_out(repository, size))
            floors.append(_floor(repository))
    return found, floors


def table(found: dict[int, list[Pace]], floors: Sequence[Floor]) -> str:
    """The medians as a table in Markdown."""
    ms = {name: _median([getattr(one, name) for one in floors]) * 1000 for name in Floor._fields}
    floor = (
        f"one SQLite append with fsync {ms['append']:.1f} ms, one commit by git's plumbing {ms['commit']:.1f} ms"
    )
    lines = [
        f"Floors: {floor}, one process {ms['process']:.1f} ms.",
        "",
        f"| wall time beside the agents | start to first step | a step | {' | '.join(STATES)} |",
        f"|{' --- |' * (len(STATES) + 3)}",
    ]
    for size, paces in found.items():
        states = [f"{_median([one.by_state.get(state, 0.0) for one in paces]) * 1000:.1f}" for state in STATES]
        start = _barred(_median([one.start for one in paces]), START, "{:.2f} s", 1)
        step = _barred(_median([one.step for one in paces]), STEP, "{:.1f} ms", 1000)
        lines.append(f"| bmad act, {size} stories | {start} | {step} | {' | '.join(states)} |")
    return "\n".join(lines)


def _barred(value: float, bar: float, form: str, scale: int) -> str:
    return form.format(value * scale) + f" (bar {bar * scale:g}{', over' if value > bar else ''})"


def _carried_out(repository: Path, stories: int) -> Pace:
    """Carry the backlog out. Raises: SystemExit where not all of it lands."""
    begun, told = time.time(), repository.parent / "told"
    with told.open("wb") as out:
        command = [sys.executable, "-m", "bmad", "act"]
        runner = subprocess.Popen(command, cwd=repository, stdout=out, stderr=subprocess.STDOUT)
        used = [Used(0, 0.0, 0.0)]
        while runner.poll() is None:
            time.sleep(_LOOK)
            used += _used(runner.pid, told, used[-1].landed)
    over = time.time()
    if runner.returncode:
        sys.exit(f"bmad act ended with {runner.returncode} in {repository}: {told.read_text('utf-8')[-2000:]}")
    noted = _noted(repository / ".bmad/journal.db")
    if sum(one.state == "land" for one in noted) != stories:
        sys.exit(f"bmad act landed not all of {stories} stories: {told.read_text('utf-8')[-2000:]}")
    first = first_mark(repository)
    beside = over - first - sum(one.work for one in noted)
    return Pace(first - begun, beside / len(noted), _by_state(noted), used)


def _used(pid: int, told: Path, before: int) -> list[Used]:
    """What Linux tells of a process, where more has landed since."""
    landed = told.read_bytes().count(b" landed ")
    try:
        row = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:  # it is over, or this is no Linux
        return []
    user, system, waited_user, waited_system = (int(one) / os.sysconf("SC_CLK_TCK") for one in row[11:15])
    return [Used(landed, user + system, waited_user + waited_system)] if landed > before else []


def growth(paces: Sequence[Pace]) -> str:
    """The CPU time of a story, early ones beside late ones, as a table in Markdown; medians of several runs."""
    spans = [_spans(one.used) for one in paces]
    lines = ["| stories | CPU ms of bmad a story | of its gits, agents and checks |", "| --- | --- | --- |"]
    for first in spans[0]:
        own, children = (_median([one[first][at] for one in spans if first in one]) * 1000 for at in (0, 1))
        lines.append(f"| from {first + 1} on | {own:.0f} | {children:.0f} |")
    return "\n".join(lines)


def _spans(used: Sequence[Used]) -> dict[int, tuple[float, float]]:
    """By how many had landed before: the CPU seconds a story of the next ones, without what starts the first."""
    found: dict[int, tuple[float, float]] = {}
    last = next((one for one in used if one.landed), used[0])
    for one in used:
        if one.landed // _WINDOW > last.landed // _WINDOW:
            more = one.landed - last.landed
            first = last.landed // _WINDOW * _WINDOW
            found[first] = (one.own - last.own) / more, (one.children - last.children) / more
            last = one
    return found


def _noted(journal: Path) -> list[_Noted]:
    with sqlite3.connect(journal) as connection:
        rows = connection.execute("SELECT story, step, content, time FROM events ORDER BY rowid").fetchall()
    return [
        _Noted(story, step.partition(".")[0], _worked(json.loads(content)), datetime.fromisoformat(at).timestamp())
        for story, step, content, at in rows
    ]


def _worked(content: dict[str, list[dict[str, float]]]) -> float:
    return sum(one.get("seconds", 0.0) for part in ("work", "checks") for one in content.get(part, []))


def _by_state(noted: Sequence[_Noted]) -> dict[str, float]:
    """The mean seconds of each state; the first event of a story also has what was left of the one before."""
    taken: dict[str, list[float]] = {}
    last: dict[str, float] = {}
    before = noted[0].time
    for one in noted:
        taken.setdefault(one.state, []).append(one.time - last.get(one.story, before) - one.work)
        before = last[one.story] = one.time
    return {state: statistics.mean(spent) for state, spent in taken.items()}


def _floor(repository: Path) -> Floor:
    connection = sqlite3.connect(repository.parent / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE events (content TEXT)")
    appends = [_timed(lambda: connection.execute("INSERT INTO events VALUES ('x')")) for _ in range(_APPENDS)]
    connection.close()
    return Floor(
        statistics.median(appends),
        _timed(lambda: _commit(repository)),
        _timed(lambda: subprocess.run(["true"], check=True)),
    )


def _commit(repository: Path) -> None:
    tree = _git(repository, "write-tree")
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@bmad.invalid")
    commit = _git(repository, *identity, "commit-tree", "-m", "One", "-p", "HEAD", tree)
    _git(repository, "update-ref", "refs/heads/floor", commit)


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.acting", description=__doc__)
    options.add_argument("stories", type=int, nargs="*", default=[8, 200], help="how many stories backlogs have")
    options.add_argument("--rounds", type=int, default=1, help="runs of each backlog, in alternation")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as folder:
        found, floors = measure(Path(folder), chosen.stories, chosen.rounds)
    print(f"{table(found, floors)}\n\n{growth(found[max(chosen.stories)])}")


if __name__ == "__main__":
    main()
