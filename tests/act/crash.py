"""`make crash`: runners killed over one backlog, on each journal that there is, and what that lost or did twice.

The last line sums it up: `crash: sqlite kills=200 lost=0 twice=0`. It ends with 1 where a number is wrong, a state
in which work is done was never hit, or anything else does not hold that `unharmed` looks for.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.act.ground import Ground
from tests.act.killing import Killer, carried
from tests.act.unharmed import check_commits, check_ground, check_landed, landed, lost, twice

BACKENDS: dict[str, Callable[[Path], Ground]] = {"sqlite": Ground}
"""A journal -> the ground on which runners keep one."""

_LEFT = 0.85
"""The share of the backlog that may have landed when the last kill comes."""


class Asked(NamedTuple):
    kills: int
    stories: int
    workers: int
    seed: int


class Told(NamedTuple):
    """What came of a backend; `kills` are those that hit a runner."""

    backend: str
    killer: Killer
    lost: int
    twice: int

    def __str__(self) -> str:
        return f"{self.backend} kills={len(self.killer.kills)} lost={self.lost} twice={self.twice}"


def crash(folder: Path, backend: str, asked: Asked) -> Told:
    """Raises: AssertionError where something is harmed that is no number here."""
    ground = BACKENDS[backend](folder / "killed")
    ground.make(asked.stories)
    pace = _LEFT * asked.stories / asked.kills
    killer, undisturbed = carried(ground, folder, asked.seed, asked.kills, asked.workers, pace)
    wanted = set(landed(undisturbed))
    gone = lost(ground, killer.seen) | (wanted - set(landed(ground)))
    told = Told(backend, killer, len(gone), len(twice(ground)))
    print(f"{backend}: {killer.summary()}", flush=True)  # noqa: T201
    if not (told.lost or told.twice):
        check_landed(ground, undisturbed)
        check_commits(ground, killer.seen, killer.mains)
        check_ground(ground)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stories", type=int, default=30)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--backend", action="append", choices=BACKENDS, help="by default all")
    given = vars(parser.parse_args())
    names = given.pop("backend") or list(BACKENDS)
    asked = Asked(**given)
    print(f"seed {asked.seed}", flush=True)  # noqa: T201
    told: list[Told] = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            told.append(crash(Path(folder), name, asked))
    print(f"crash: {'; '.join(map(str, told))}")  # noqa: T201
    whole = all(len(one.killer.kills) >= asked.kills and not one.killer.missing for one in told)
    return 0 if whole and not any(one.lost or one.twice for one in told) else 1


if __name__ == "__main__":
    sys.exit(main())
