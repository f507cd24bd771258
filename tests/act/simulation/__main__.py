"""`python -m tests.act.simulation --seeds 10000`: that many seeds, or `--seed K -v` one of them again.

With `--machines` several machines share a server and a remote; else it is one.
"""

import argparse
import gc
import sys
import time
from collections import Counter

from tests.act.simulation import fleet_seeds, seeds
from tests.act.simulation.seeds import SeedError, Told

_COLLECTED = 50
"""After so many seeds the worlds go that were: they refer to themselves."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--machines", action="store_true", help="several machines")
    parser.add_argument(
        "--keep-going", action="store_true", help="tell of every seed that fails, not only the first"
    )
    parser.add_argument("-v", "--verbose", action="store_true")
    asked = parser.parse_args()
    several = range(asked.first, asked.first + asked.seeds) if asked.seed is None else [asked.seed]
    play = fleet_seeds.play if asked.machines else seeds.play
    begun, failed, told = time.process_time(), 0, Counter[str]()
    for seed in several:
        try:
            one = play(seed, say=_say if asked.verbose else None)
        except SeedError as error:
            failed += 1
            print(error, flush=True)  # noqa: T201
            if asked.verbose:
                raise
            if not asked.keep_going:
                return 1
            continue
        told += _flat(one)
        if seed % _COLLECTED == 0:
            gc.collect()
    seconds = time.process_time() - begun
    each = 1000 * seconds / len(several)
    print(f"{len(several)} seeds, {failed} failed, {seconds:.1f} s of CPU ({each:.1f} a thousand)")  # noqa: T201
    for name, count in sorted(told.items()):
        print(f"  {name}: {count}")  # noqa: T201
    return 1 if failed else 0


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def _flat(one: Told) -> Counter[str]:
    found = Counter({"runs": one.runs, "switches": one.switches})
    for name in ("faults", "killed", "agents", "ends"):
        found += Counter({f"{name}: {key}": count for key, count in getattr(one, name).items()})
    return found


if __name__ == "__main__":
    sys.exit(main())
