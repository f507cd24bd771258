"""Some seeds of several machines, and mistakes made on purpose (`python -m tests.act.simulation --machines`)."""

from collections import Counter

from tests.act.simulation.faults import FLEET
from tests.act.simulation.fleet_seeds import play

SEEDS = 25


def test_whatever_befalls_machines_each_story_lands_once_and_nothing_is_lost() -> None:
    faults, ends = Counter[str](), Counter[str]()
    for seed in range(SEEDS):
        told = play(seed)
        faults += told.faults
        ends += told.ends
    assert set(FLEET) - faults.keys() <= {"survivor"}, "each kind of fault came"
    assert ends["done"] > 2 * SEEDS


def test_a_seed_of_several_machines_is_the_same_each_time() -> None:
    said: list[list[str]] = [[], []]
    for lines in said:
        play(21, lines.append)
    assert said[0] == said[1]
    assert len(said[0]) > 20
