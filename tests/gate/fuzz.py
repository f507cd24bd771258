"""`nice python -m tests.gate.fuzz [--minutes N] [--seed N]`: several hostile shapes at once, near their bounds.

Each try gates some shapes at random in a random order, each at a random share of the size at which it alone comes
near a bound without passing it. Every try is printed, and at the end the worst ones; it ends with 1 where one took
more than 60 CPU seconds or 1 GiB, or crashed. A try is made again by its seed.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.gate.hostile import gated
from tests.gate.measured import Done

NEAR: dict[str, float] = {
    "messages": 0.95,
    "lines": 0.95,
    "signatures": 0.95,
    "headers": 0.95,
    "commits": 0.9,
    "paths": 0.045,
    "deep": 0.3,
    "requirements": 0.35,
    "prd": 0.04,
    "references": 0.6,
    "quotes": 0.25,
    "globs": 0.2,
    "stories": 0.6,
    "locks": 0.27,
    "policies": 0.9,
    "records": 0.02,
    "nested": 0.04,
    "noise": 1.0,
}
"""By shape the share of its full size at which no bound of its own is met."""


def shapes(chance: random.Random, most: float = 1.0) -> dict[str, float]:
    """Two to six of them; half of the tries have all as large as they may be."""
    names = chance.sample(sorted(NEAR), chance.randint(2, 6))
    least = chance.choice((0.3, 0.95))
    return {name: round(NEAR[name] * chance.uniform(least, 1.0) * most, 4) for name in names}


def tried(seed: int, most: float = 1.0) -> tuple[dict[str, float], Done]:
    made = shapes(random.Random(seed), most)  # noqa: S311 - a fuzz, not a secret
    with tempfile.TemporaryDirectory(prefix="bmad-fuzz-") as folder:
        return made, gated(made, Path(folder) / "r")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.gate.fuzz", description=__doc__)
    options.add_argument("--minutes", type=float, default=30.0)
    options.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(1 << 32), help="of the first try"
    )
    options.add_argument("--tries", type=int, default=1 << 32)
    asked = options.parse_args()
    until = time.monotonic() + asked.minutes * 60
    found: list[tuple[int, Done]] = []
    while time.monotonic() < until and len(found) < asked.tries:
        seed = asked.seed + len(found)
        made, done = tried(seed)
        found.append((seed, done))
        sys.stdout.write(f"{seed} {made}\n  {done}\n")
        sys.stdout.flush()
    slowest = max(found, key=lambda one: one[1].seconds)
    largest = max(found, key=lambda one: one[1].mib)
    sys.stdout.write(
        f"{len(found)} tries\nslowest {slowest[0]}: {slowest[1]}\nlargest {largest[0]}: {largest[1]}\n"
    )
    return int(any(done.wrong for _, done in found))


if __name__ == "__main__":
    sys.exit(main())
