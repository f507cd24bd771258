"""`make crash`: runners killed over one backlog, on each journal that there is, and what that lost or did twice.

The last line sums it up: `crash: sqlite kills=200 lost=0 twice=0; postgresql kills=200 lost=0 twice=0`. On SQLite
it is `bmad act` that is killed, on PostgreSQL one of several `bmad worker`. It ends with 1 where a number is
wrong, a state in which work is done was never hit, or anything else does not hold that `unharmed` looks for.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.act.crash_machines import killed
from tests.act.ground import Ground
from tests.act.killing import carried
from tests.act.unharmed import check_commits, check_ground, check_landed, landed, lost, twice

_LEFT = 0.85
"""The share of the backlog that may have landed when the last kill comes."""


class Asked(NamedTuple):
    kills: int
    stories: int
    workers: int
    seed: int

    @property
    def pace(self) -> float:
        """The stories that may land a kill."""
        return _LEFT * self.stories / self.kills


class Told(NamedTuple):
    """What came of a backend; `missing` are states in which no kill hit live work."""

    backend: str
    kills: int
    lost: int
    twice: int
    missing: list[str]

    def __str__(self) -> str:
        return f"{self.backend} kills={self.kills} lost={self.lost} twice={self.twice}"


def on_sqlite(folder: Path, asked: Asked) -> Told:
    """Raises: AssertionError where something is harmed that is no number here."""
    ground = Ground(folder / "killed")
    ground.make(asked.stories)
    killer, undisturbed = carried(ground, folder, asked.seed, asked.kills, asked.workers, asked.pace)
    gone = lost(ground, killer.seen) | (set(landed(undisturbed)) - set(landed(ground)))
    told = Told("sqlite", len(killer.kills), len(gone), len(twice(ground)), killer.missing)
    _say(f"sqlite: {killer.summary()}")
    if not (told.lost or told.twice):
        check_landed(ground, undisturbed)
        check_commits(ground, killer.seen, killer.mains)
        check_ground(ground)
    return told


def on_postgresql(folder: Path, asked: Asked) -> Told:
    found = killed(folder, asked.stories, asked.workers, asked.kills, asked.seed, asked.pace)
    _say(f"postgresql: {found.summary()}")
    return Told("postgresql", found.kills, found.lost, found.twice, found.missing)


BACKENDS: dict[str, Callable[[Path, Asked], Told]] = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


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
    _say(f"seed {asked.seed}")
    told: list[Told] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bmad-crash-") as folder:
            told.append(BACKENDS[name](Path(folder), asked))
            _say(str(told[-1]))
    _say(f"crash: {'; '.join(map(str, told))}")
    whole = all(one.kills >= asked.kills and not one.missing for one in told)
    return 0 if whole and not any(one.lost or one.twice for one in told) else 1


if __name__ == "__main__":
    sys.exit(main())
