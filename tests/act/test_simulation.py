"""Some seeds of the simulation, and those that once showed a fault; see `python -m tests.act.simulation`."""

from collections import Counter

from tests.act.simulation.faults import KINDS
from tests.act.simulation.seeds import play

SEEDS = (*range(60), 880, 305769)
"""The last ones once showed a fault, of the simulation: a step is made again whose commit nobody heard of; a
thread of a process that was killed before it came to work is none of the next one's."""


def test_every_seed_keeps_what_must_hold_and_comes_to_its_end() -> None:
    faults, ends = Counter[str](), Counter[str]()
    for seed in SEEDS:
        told = play(seed)
        faults += told.faults
        ends += told.ends
    assert set(KINDS) - faults.keys() <= {"survivor"}, "each kind of fault came"
    assert ends["done"] > 2 * len(SEEDS)


def test_a_seed_is_the_same_each_time() -> None:
    said: list[list[str]] = [[], []]
    for lines in said:
        play(7, lines.append)
    assert said[0] == said[1]
    assert len(said[0]) > 20
