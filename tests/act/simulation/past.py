"""What the gate lets stay of code that stood before the backlog: all that no story has changed since."""

from typing import cast

from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.ports.history import Clock, History
from tests.act.simulation.backlog import PAST
from tests.act.simulation.invariants import hold
from tests.act.simulation.objects import Archive
from tests.act.simulation.repository import MAIN, Ground
from tests.act.simulation.world import FORMATS


def stays_as_told(ground: Ground, base: str, clock: Clock) -> None:
    """What `gate.baseline` is said to excuse on `main`, since the commit that adopted it, is what is so."""
    tip = ground.refs[MAIN]
    history = cast("History", Archive(ground.store))
    told = gate(history, FORMATS, clock, GateRequest(base, tip)).baseline
    now = ground.contents(tip)
    stays = sorted(path.decode() for path, content in PAST.items() if now.get(path) == content)
    hold(told is None or sorted(told.files) == stays, f"{told} is excused, and {stays} is what no story changed")
    hold(told is not None or tip == base, "the gate does not tell what its baseline excuses")
