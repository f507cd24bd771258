"""Some seeds of several machines, and mistakes made on purpose (`python -m tests.act.simulation --machines`)."""

from collections import Counter

import pytest

from bmad.pipeline.act import worker
from tests.act.simulation.faults import FLEET
from tests.act.simulation.fleet import FleetMistakes
from tests.act.simulation.fleet_seeds import play
from tests.act.simulation.seeds import SeedError
from tests.act.simulation.server import Mistakes

SEEDS = (*range(24), 63, 2639)
"""The last two once showed a fault: a lane that nobody left, and two territories that kept each other off."""


def test_whatever_befalls_machines_each_story_lands_once_and_nothing_is_lost() -> None:
    faults, ends = Counter[str](), Counter[str]()
    for seed in SEEDS:
        told = play(seed)
        faults += told.faults
        ends += told.ends
    assert set(FLEET) - faults.keys() <= {"survivor"}, "each kind of fault came"
    assert ends["done"] > 2 * len(SEEDS)


def test_a_seed_of_several_machines_is_the_same_each_time() -> None:
    said: list[list[str]] = [[], []]
    for lines in said:
        play(21, lines.append)
    assert said[0] == said[1]
    assert len(said[0]) > 20


@pytest.mark.parametrize(
    ("seed", "mistakes", "told"),
    [
        (80, FleetMistakes(Mistakes(appends_unfenced=True)), "started is written by one who holds it no more"),
        (149, FleetMistakes(Mistakes(believes_late_beats=True)), "is written by one who holds it no more"),
        (29, FleetMistakes(checks_holds=False), "a push of one who holds it no more is taken"),
        (29, FleetMistakes(renews=False), "which is at it and was never out of reach"),
        (10, FleetMistakes(Mistakes(keeps_jobs_of_the_dead=True)), "faults have stopped, and it comes to no end"),
        (101, FleetMistakes(Mistakes(keeps_the_lane=True)), "two would land at once"),
        (1, FleetMistakes(Mistakes(forgets=True)), "work begins on STORY-qrwkpr, which is in state failed"),
    ],
    ids=["append", "beat", "push", "renew", "sweep", "lane", "forget"],
)
def test_a_mistake_is_seen(seed: int, mistakes: FleetMistakes, told: str) -> None:
    with pytest.raises(SeedError, match=told):
        play(seed, mistakes=mistakes)


def test_a_territory_that_nobody_is_asked_about_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "free", lambda *_: True)
    with pytest.raises(SeedError, match="both may write"):
        play(18)
