"""`bmad retro`: what the journal says of the runs so far."""

from collections.abc import Mapping

from bmad.core.act.replay import runs
from bmad.core.act.retro import retro as looked_back
from bmad.model.retro import RetroReport
from bmad.model.settings import Price
from bmad.pipeline.act.reports.stand import look_up
from bmad.ports.acting import Desk


def retro(desk: Desk, prices: Mapping[str, Price]) -> RetroReport:
    """Over every story that `bmad act` has begun; `prices` are of models."""
    entries = desk.journal.entries()
    known = runs(entries)
    titles = {name: one.title for name, one in look_up(desk, list(known.values())).stories.items()}
    return looked_back(entries, titles, prices)
