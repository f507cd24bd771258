"""Some seeds of several machines, and mistakes made on purpose (`python -m tests.act.simulation --machines`)."""

from collections import Counter
from dataclasses import replace

import pytest

from bmad.core.act.run import Run
from bmad.git.work.fence import Fence
from bmad.model.act import Content, Event
from bmad.pipeline.act import session, worker
from bmad.pipeline.act.journal import note
from bmad.ports.acting import Desk
from tests.act.simulation.faults import FLEET
from tests.act.simulation.fleet import FleetMistakes
from tests.act.simulation.fleet_seeds import play
from tests.act.simulation.seeds import SeedError
from tests.act.simulation.server import Mistakes

SEEDS = (*range(24), 63, 2639, 7449)
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


class _KeepsNothing(Fence):
    def _keep(self, ref: str, here: str) -> None:
        """What only this clone has of a story is lost."""


@pytest.mark.parametrize(
    ("seed", "mistakes", "told"),
    [
        (80, FleetMistakes(Mistakes(appends_unfenced=True)), "started is written by one who holds it no more"),
        (29, FleetMistakes(Mistakes(believes_late_beats=True)), "is written by one who holds it no more"),
        (29, FleetMistakes(checks_holds=False), "a push of one who holds it no more is taken"),
        (52, FleetMistakes(renews=False), "which is at it and was never out of reach"),
        (10, FleetMistakes(Mistakes(keeps_jobs_of_the_dead=True)), "faults have stopped, and it comes to no end"),
        (256, FleetMistakes(Mistakes(keeps_the_lane=True)), "two would land at once"),
        (1, FleetMistakes(Mistakes(forgets=True)), "work begins on STORY-qrwkpr, which is in state failed"),
        (18, FleetMistakes(fence=_KeepsNothing), "which was never pushed, and nothing keeps it"),
    ],
    ids=["append", "beat", "push", "renew", "sweep", "lane", "forget", "keep"],
)
def test_a_mistake_is_seen(seed: int, mistakes: FleetMistakes, told: str) -> None:
    with pytest.raises(SeedError, match=told):
        play(seed, mistakes=mistakes)


def test_a_territory_that_nobody_is_asked_about_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "free", lambda *_: True)
    with pytest.raises(SeedError, match="both may write"):
        play(18)


def test_an_event_that_is_written_before_its_commits_are_pushed_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(desk: Desk, run: Run, event: Event, content: Content) -> Run:
        then = note(replace(desk, together=None), run, event, content)
        if desk.together is not None:
            desk.together.common.publish(run.story)
        return then

    monkeypatch.setattr(session, "note", early)
    with pytest.raises(SeedError, match=r"tested names .*, which the remote has not"):
        play(0)
