"""How a backlog stands that machines work on together, as numbers, read anew each time it is asked."""

from collections.abc import Mapping

from bmad.core.act.measures import measures
from bmad.core.act.run import Run
from bmad.model.measures import Measure
from bmad.model.settings import Price
from bmad.pipeline.act.journal import heard
from bmad.ports.journal import Journal
from bmad.ports.machines import Machines


class Meter:
    """Keeps the runs, so that each reading costs what is new in the journal. `prices` are of models."""

    def __init__(self, journal: Journal, machines: Machines, prices: Mapping[str, Price]) -> None:
        self._journal = journal
        self._machines = machines
        self._prices = prices
        self._runs: dict[str, Run] = {}

    def read(self) -> tuple[Measure, ...]:
        """The numbers now. Raises: CannotAnswerError where the server is away."""
        heard(self._journal, self._runs)
        machines = self._machines
        return measures(self._runs.values(), machines.fleet(), machines.held(), self._prices)
