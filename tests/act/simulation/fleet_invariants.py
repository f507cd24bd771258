"""What must hold at every step of every seed with several machines, beside what holds with one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from bmad.core.act.run import Run
from bmad.git.work.fence import HELD, Move
from bmad.model.act import Event, State
from bmad.model.act_reports import ActReport
from bmad.model.journal import Entry
from bmad.model.layout import KEPT
from bmad.pipeline.act.runner import STEPS
from bmad.pipeline.act.together import NOBODY
from tests.act.simulation.faults import Process
from tests.act.simulation.invariants import PERSONS, Invariants, hold, shared
from tests.act.simulation.repository import ARCHIVE, MADE

if TYPE_CHECKING:
    from tests.act.simulation.fleet import Fleet
    from tests.act.simulation.remote import Clone
    from tests.act.simulation.world import World

LEASE = 60.0
"""Seconds after which a machine that is not heard of is taken for dead."""
_LONGEST_CALM = 5_000.0
"""Seconds that a call takes at most once faults have stopped."""
_MOMENT = 30.0
"""A story is let go of within that time, also where a connection was cut meanwhile."""


class FleetInvariants(Invariants):
    def __init__(self, fleet: "Fleet") -> None:
        super().__init__(cast("World", fleet))
        self._fleet = fleet
        self._holders: dict[str, Process] = {}
        """Who took a story last."""
        self._fences: dict[str, Process] = {}
        """Who holds it on the remote."""
        self._pushed: set[str] = {fleet.base}
        """Every commit that was ever on the remote."""
        self._local: dict[int, tuple[Clone, set[str]]] = {}
        """The commits that branches of each clone were at."""
        self._changed: dict[str, float] = {}
        """When a story last changed its state, or hands."""

    def took(self, story: str, process: Process) -> None:
        """A story is held from now on: it is taken from nobody who is at it and was in reach of the server."""
        before, now = self._holders.get(story), self._fleet.works.seconds
        self._holders[story], self._changed[story] = process, now
        for one in self._fleet.machines:
            kept = one.process is before is not process and before.alive and one.at == story
            in_vain = kept and one.process.is_whole and not one.is_hindered and now - one.free_since > LEASE
            hold(not in_vain, f"{story} is taken from {one.name}, which is at it and was never out of reach")

    def appended(self, entry: Entry, before: Run, after: Run) -> None:
        self._changed[entry.story] = self._fleet.works.seconds
        named = {after.base, after.head, after.landed} - {before.base, before.head, before.landed, ""}
        missing = [one for one in named if not self._is_on_the_remote(one)]
        hold(not missing, f"{entry.story}: {entry.event} names {missing}, which the remote has not")
        super().appended(entry, before, after)

    def _is_on_the_remote(self, commit: str) -> bool:
        ground = self._fleet.ground
        return any(commit in ground.store.above(at) for at in ground.refs.values())

    def may_append(self, entry: Entry, epoch: int | None, by: Process) -> None:
        """An event is written under a lease by whoever has it now, and by nobody else."""
        late = epoch is not None and self._holders.get(entry.story) is not by
        hold(not late, f"{entry.story}: {entry.event} is written by one who holds it no more")

    def _lands_alone(self, entry: Entry, after: Run) -> None:
        """The remote takes one landing after the other; see `ref_moved`."""

    def pushed(self, moves: Sequence[Move], by: Process) -> None:
        """The remote takes a push: of whoever held the story there last."""
        held = [one for one in moves if one.ref.startswith(HELD)]
        hold(len(held) == 1, f"a push moves {[one.ref for one in moves]}, and no hold")
        for one in moves:
            self._pushed |= self._fleet.ground.store.above(one.new) if one.new is not None else set()
        story = held[0].ref.removeprefix(HELD)
        if len(moves) == 1 and held[0].new is not None:
            self._fences[story] = by
            return
        hold(self._fences.get(story) is by, f"{story}: a push of one who holds it no more is taken")

    def seen_in(self, clone: "Clone", ref: str, new: str) -> None:
        """A branch of a clone goes elsewhere."""
        if not ref.startswith((MADE, KEPT, HELD)):
            self._local.setdefault(id(clone), (clone, set()))[1].add(new)

    def leaves(self, clone: "Clone", ref: str, old: str, new: str | None) -> None:
        """A branch of a clone is put where the remote has it: what was never pushed of it is kept."""
        then, above = {**clone.ground.refs, ref: new}, clone.ground.store.above
        stays = old in self._pushed or any(old in above(at) for at in then.values() if at is not None)
        hold(stays, f"{ref} leaves {old}, which was never pushed, and nothing keeps it")

    def goes_with_its_disk(self, clone: "Clone") -> None:
        """What a clone kept aside of earlier attempts is on no other."""
        kept = [at for ref, at in clone.ground.refs.items() if ref.startswith(KEPT) or ref == ARCHIVE]
        self._given_up |= frozenset[str]().union(*map(self._fleet.ground.store.above, kept))

    def ref_moved(self, ref: str, old: str | None, new: str) -> None:
        if not ref.startswith(HELD):
            super().ref_moved(ref, old, new)

    def works_on(self, story: str, process: Process) -> None:
        """Somebody begins to work on a story, on its own machine and on the others alike."""
        fleet = self._fleet
        if story not in fleet.stories or self._holders.get(story) is not process:
            return
        state = fleet.state(story)
        hold(state in (*STEPS, State.CANCELLED), f"work begins on {story}, which is in state {state}")
        if state in (State.CREATE, State.CANCELLED):
            return
        for machine in fleet.machines:
            for other in machine.busy:
                mine = self._holders.get(other) is machine.process
                if other == story or not mine or fleet.state(other) in (State.CREATE, State.CANCELLED):
                    continue
                both = shared(fleet.item(story), fleet.item(other))
                hold(not both, f"{story} is worked on beside {other}, and both may write {both}")

    def look(self) -> None:
        """While one thread gives way to another."""
        self.nobody_holds_a_worker_in_vain()
        fleet = self._fleet
        hold(
            fleet.fate is not None or fleet.works.seconds - fleet.calm_since < _LONGEST_CALM,
            "faults have stopped, and it comes to no end",
        )

    def nobody_holds_a_worker_in_vain(self) -> None:
        """No worker keeps a story that waits for a person longer than it takes to let it go."""
        fleet, now = self._fleet, self._fleet.works.seconds
        for machine in fleet.machines:
            story = machine.at
            if not story or not machine.process.alive or machine.is_hindered or story in machine.busy:
                continue
            since = max(self._changed.get(story, now), machine.free_since)
            waits = fleet.state(story) in PERSONS and self._holders.get(story) is machine.process
            hold(
                not waits or now - since < _MOMENT, f"{story} is in state {fleet.state(story)} and holds a worker"
            )

    def reported(self, report: ActReport) -> None:
        """What nobody works on yet, or what a message was lost of, is told in a note, or not at all."""
        if not self._fleet.jobs_lost and NOBODY not in report.notes:
            super().reported(report)

    def end(self) -> None:
        there = {id(one) for one in self._fleet.clones}
        for clone, commits in self._local.values():
            if id(clone) in there:
                self._seen |= commits
        super().end()

    def _all_refs(self) -> dict[str, str]:
        every = dict(self._fleet.ground.refs)
        for number, clone in enumerate(self._fleet.clones):
            every |= {f"{ref} in {number}": at for ref, at in clone.ground.refs.items()}
        return every


__all__ = ["Event", "FleetInvariants"]
