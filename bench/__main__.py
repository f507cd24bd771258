"""`python -m bench [--quick]`: rows of median CPU seconds (user + system, children included), side by side.

The loop is measured in wall time (`bench.acting`), since most of what it takes is waiting for git and the disk.
What agents are given to read is measured in bytes (`bench.prompts`).
"""

import argparse
import contextlib
import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench import acting, optimum, prompts, scheduling
from bench.committing import COMMIT, LOOSE, write_repository
from bench.history import write_history
from bench.intents import write_bullets, write_edited, write_intent
from bench.specs import write_spec

BMAD = [sys.executable, "-m", "bmad"]


class Row(NamedTuple):
    """What is measured: the command, where, what it may cost (CPU s), and the floor it stands on."""

    name: str
    command: Sequence[str]
    folder: Path
    bar: float | None = None
    floor: Sequence[str] = ()
    known: Path | None = None
    """What the user's cache folder holds before each run; without it nothing."""


class Spent(NamedTuple):
    """CPU seconds (user + system, children included) and peak memory in MiB."""

    cpu: float
    memory: float


_LAUNCH = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Started small, since Linux counts what a process held before it became the command as the command's own."""


def run(command: Sequence[str], folder: Path) -> Spent:
    """Run a command to its end. Raises: SystemExit where it fails, since a failed run measures nothing."""
    launched = [sys.executable, "-I", "-S", "-c", _LAUNCH, *command]
    done = subprocess.run(launched, cwd=folder, capture_output=True, check=False, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    cpu, memory = done.stdout.split()
    return Spent(float(cpu), int(memory) / 1024)


def rows(root: Path, *, quick: bool) -> list[Row]:
    sizes = (100, 1_000) if quick else (100, 1_000, 10_000)
    found = [
        Row("interpreter", [sys.executable, "-c", "pass"], root),
        Row("bmad --help", [*BMAD, "--help"], root, 0.20, [sys.executable, "-c", "import typer"]),
    ]
    read = [sys.executable, "-c", _READ]
    for size in sizes:
        folder = root / f"spec-{size}"
        items = write_spec(folder, size)
        bar = {1_000: 0.2, 10_000: 0.55}.get(size)
        found.append(Row(f"bmad validate, {items:,} items", [*BMAD, "validate", "--strict"], folder, bar, read))
    for size in sizes:
        folder = root / f"commit-{size}"
        write_repository(folder, size, BMAD)
        found.append(Row(f"git commit with both hooks, {size:,} items", COMMIT, folder, 0.15, LOOSE))
        found.append(Row(f"bmad status, {size:,} items", [*BMAD, "status"], folder, None, read))
    for size in sizes:
        folder = root / f"history-{size}"
        base = write_history(folder, size)
        bar = {1_000: 0.8, 10_000: 2.5}.get(size)
        floor = ["git", "log", "--format=raw", "--raw", "-m", "-z", "--no-renames", f"{base}..main"]
        found.append(Row(f"bmad gate, {size:,} commits", [*BMAD, "gate", "--base", base], folder, bar, floor))
    for size in (10, 100, 1_000):
        if size < 1_000 or not quick:
            folder = root / f"intent-{size}"
            write_intent(folder, size * 1_000)
            bar = 5.0 if size == 1_000 else None
            found.append(Row(f"bmad map, intent of {size} kB", MAP, folder, bar, PARSE))
    if not quick:
        known = write_edited(root / "edited", 1_000_000, BMAD)
        found.append(Row("bmad map again, one sentence of 1000 kB", MAP, root / "edited", 1.5, PARSE, known))
        write_bullets(root / "bullets", 20_000)
        found.append(Row("bmad map, 20,000 equal bullets", MAP, root / "bullets", 5.0, PARSE))
    return found


_READ = "import pathlib; [p.read_text() for p in pathlib.Path().rglob('*.md')]"
_MARKDOWN = "import markdown_it, pathlib; markdown_it.MarkdownIt().parse(pathlib.Path('intent.md').read_text())"
MAP = [*BMAD, "map", "intent.md", "--dry-run", "--json"]
PARSE = [sys.executable, "-c", _MARKDOWN]


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="leave out the largest sizes")
    options.add_argument("--rounds", type=int, default=5, help="runs of each row, in alternation")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as folder:
        cache = Path(folder) / "cache"
        os.environ["XDG_CACHE_HOME"] = str(cache)
        table = rows(Path(folder), quick=chosen.quick)
        carried, steps = acting.measure(Path(folder), (3, 8) if chosen.quick else (8, 40), chosen.rounds)
        with contextlib.redirect_stdout(io.StringIO()):
            told = prompts.measure()
        spent: dict[str, list[Spent]] = {}
        floors: dict[str, list[Spent]] = {}
        for _ in range(chosen.rounds):
            for row in table:
                shutil.rmtree(cache, ignore_errors=True)
                if row.known is not None:
                    shutil.copytree(row.known, cache)
                spent.setdefault(row.name, []).append(run(row.command, row.folder))
                if row.floor:
                    floors.setdefault(row.name, []).append(run(row.floor, row.folder))
    print(_versions())
    print(f"\n| work | CPU s | floor | ratio | bar | MiB |\n|{' --- |' * 6}")
    for row in table:
        cpu = statistics.median(one.cpu for one in spent[row.name])
        memory = max(one.memory for one in spent[row.name])
        floor = statistics.median(one.cpu for one in floors[row.name]) if row.floor else None
        ratio = f"{cpu / floor:.1f}" if floor else ""
        mark = "" if row.bar is None else f"{row.bar:.2f}{'' if cpu <= row.bar else ' (over)'}"
        below = "" if floor is None else f"{floor:.2f}"
        print(f"| {row.name} | {cpu:.2f} | {below} | {ratio} | {mark} | {memory:.0f} |")
    print(f"\n{acting.table(carried, steps)}\n\n{prompts.table(told)}\n\n{scheduling.table(scheduling.SEEDS)}")
    print(f"\n{optimum.table()}")


def _versions() -> str:
    git = subprocess.run(["git", "--version"], capture_output=True, check=True, text=True).stdout.strip()
    return f"Python {platform.python_version()}, {git}, {os.cpu_count()} cores, {platform.system()}"


if __name__ == "__main__":
    main()
