"""`python -m bench.memory [--stories 1000] [--workers 1]`: the memory of a `bmad act` that carries a long backlog.

Its agents are quick and its checks do nothing, so that it is over in minutes. What is told is what the runner
itself holds, without its children: as it stands each time that a part of the stories has landed, and the most.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.backlog import copy_backlog, write_backlog

BAR = 300
"""MiB, for 1,000 stories."""
_PARTS = 10
_LOOK = 0.5


class Held(NamedTuple):
    """So many stories have landed: what the runner holds then, and the most that it held so far, in MiB."""

    landed: int
    now: int
    most: int


def measure(root: Path, stories: int, workers: int) -> Iterator[Held]:
    """Carry a backlog below root. Raises: SystemExit where not all of it lands."""
    write_backlog(root / "backlog", stories)
    repository, told = copy_backlog(root / "backlog", root / "run"), root / "told"
    command = [sys.executable, "-m", "bmad", "act", "--workers", str(workers)]
    due = 0
    last = Held(0, 0, 0)
    with told.open("w", encoding="utf-8") as out:
        runner = subprocess.Popen(command, cwd=repository, stdout=out, stderr=subprocess.STDOUT)
        while runner.poll() is None:
            time.sleep(_LOOK)
            landed = told.read_text(encoding="utf-8").count(" landed ")
            last = _held(runner.pid, landed) or last
            if landed >= due and last.landed == landed:
                yield last
                due = (landed * _PARTS // stories + 1) * stories // _PARTS
    landed = told.read_text(encoding="utf-8").count(" landed ")
    if runner.returncode or landed != stories:
        sys.exit(f"bmad act ended with {runner.returncode} and landed {landed} of {stories} stories.")
    yield last._replace(landed=landed)


def _held(pid: int, landed: int) -> Held | None:
    """What Linux tells of a process; None where it is over."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    rows = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    sizes = [rows.get(name, "").split() for name in ("VmRSS", "VmHWM")]
    return Held(landed, *(int(size[0]) >> 10 for size in sizes)) if all(sizes) else None


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    options.add_argument("--stories", type=int, default=1_000)
    options.add_argument("--workers", type=int, default=1)
    chosen = options.parse_args()
    print("| stories landed | MiB | the most so far |\n| --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="bmad-bench-") as folder:
        for one in measure(Path(folder), chosen.stories, chosen.workers):
            over = " (over)" if one.landed == chosen.stories and one.most > BAR else ""
            print(f"| {one.landed:,} of {chosen.stories:,} | {one.now} | {one.most}{over} |", flush=True)


if __name__ == "__main__":
    main()
