"""The remote that machines have in common, and how each of them reaches it, in memory (`git.work.fence`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bmad.errors import CannotAnswerError
from bmad.git.work.fence import HELD, Move
from bmad.git.work.refs import HEADS
from tests.act.simulation.clockwork import Clockwork
from tests.act.simulation.faults import CutError, Process
from tests.act.simulation.repository import Ground

_LOOK = 0.5
_LONGEST_LOOK = 10.0


class CommonRemote:
    """Takes moves whole or not at all; `pushed` is told of those that it takes, and who made them."""

    def __init__(self, ground: Ground, works: Clockwork) -> None:
        self.ground = ground
        self.works = works
        self.away = 0.0
        """Until when it cannot be reached."""
        self.checks_holds = True
        self.pushed: Callable[[Sequence[Move], Process], None] = lambda _moves, _by: None

    def take(self, moves: Sequence[Move], by: Process) -> bool:
        if any(self.ground.refs.get(one.ref) != one.old for one in moves if self._counts(one)):
            return False
        self.pushed(moves, by)
        for one in moves:
            if one.new is None:
                self.ground.refs.pop(one.ref, None)
            else:
                self.ground.put(one.ref, one.new)
        return True

    def _counts(self, one: Move) -> bool:
        return self.checks_holds or not one.ref.startswith(HELD)


class RemoteWire:
    """What one process has of the remote: a fetch into its clone, and a push; `is_cut` says that nothing comes."""

    def __init__(self, remote: CommonRemote, clone: "Clone", process: Process, is_cut: Callable[[], bool]) -> None:
        self._remote, self._clone, self._process = remote, clone, process
        self._is_cut = is_cut

    def fetch(self) -> None:
        self._reach()
        there = self._remote.ground.refs
        self._clone.ground.store.bring(there.values())
        self._clone.tracked = {ref: at for ref, at in there.items() if ref.startswith(HEADS)}
        held = {ref: at for ref, at in there.items() if ref.startswith(HELD)}
        for gone in [ref for ref in self._clone.ground.refs if ref.startswith(HELD) and ref not in held]:
            del self._clone.ground.refs[gone]
        self._clone.ground.refs.update(held)

    def push(self, moves: Sequence[Move]) -> bool:
        self._reach()
        return self._remote.take(moves, self._process)

    def _reach(self) -> None:
        if self._is_cut() or self._remote.away > self._remote.works.seconds:
            raise CutError("The remote cannot be reached.")


class Clone:
    """A clone of bmad's own: its objects, refs and worktrees, and where the remote's branches were."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.tracked: dict[str, str] = {}


class SimOrigin:
    """Fulfils `git.work.fence.Remote` as `Origin` does: where it is not told what a push did, it looks."""

    def __init__(
        self,
        wire: Any,
        clone: Clone,
        works: Clockwork,
        patience: float,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._wire, self._clone, self._works = wire, clone, works
        self._patience, self._over = patience, over

    def fetch(self) -> None:
        deadline, look = self._deadline(), _LOOK
        while True:
            try:
                self._wire.fetch()
            except CutError as error:
                look = self._wait(deadline, look, error)
            else:
                return

    def seen(self, ref: str) -> str | None:
        return self._clone.tracked.get(ref) if ref.startswith(HEADS) else self._clone.ground.refs.get(ref)

    def branches(self) -> Mapping[str, str]:
        return dict(self._clone.tracked)

    def push(self, moves: Sequence[Move]) -> bool:
        moves = [one for one in moves if one.new != one.old]
        deadline, look = self._deadline(), _LOOK
        while moves and not self._took(moves):
            self.fetch()
            if self.seen(moves[-1].ref) == moves[-1].new:
                break
            if any(self.seen(one.ref) != one.old for one in moves):
                return False
            look = self._wait(deadline, look, CutError("The remote did not take it."))
        for one in moves:
            self._note(one)
        return True

    def _took(self, moves: Sequence[Move]) -> bool:
        try:
            return bool(self._wire.push(moves))
        except CannotAnswerError:
            return False

    def _note(self, one: Move) -> None:
        where = self._clone.tracked if one.ref.startswith(HEADS) else self._clone.ground.refs
        if one.new is None:
            where.pop(one.ref, None)
        else:
            where[one.ref] = one.new

    def _deadline(self) -> float:
        return self._works.seconds + self._patience

    def _wait(self, deadline: float, look: float, error: CutError) -> float:
        if self._over() or self._works.seconds + look > deadline:
            raise error
        self._works.wait(self._over, look)
        return min(look * 2, _LONGEST_LOOK)


class SimRefs:
    """Fulfils `git.work.fence.Refs`; `leaves` is told of a ref before it goes elsewhere, or away."""

    def __init__(self, ground: Ground, between: Callable[[], None]) -> None:
        self._ground, self._between = ground, between
        self.leaves: Callable[[str, str, str | None], None] = lambda _ref, _old, _new: None

    def settle(self) -> None:
        """Nothing is begun here that goes on by itself."""

    def tip(self, ref: str) -> str | None:
        return self._ground.refs.get(ref)

    def below(self, folder: str) -> Mapping[str, str]:
        return {ref: at for ref, at in self._ground.refs.items() if ref.startswith(folder)}

    def put(self, ref: str, new: str) -> None:
        self._between()
        self._leave(ref, new)
        self._ground.put(ref, new)

    def drop_all(self, names: Iterable[str]) -> None:
        for name in names:
            self._leave(name, None)
            self._ground.refs.pop(name, None)

    def _leave(self, ref: str, new: str | None) -> None:
        if ref in self._ground.refs:
            self.leaves(ref, self._ground.refs[ref], new)

    def descends(self, commit: str, ancestor: str) -> bool:
        return ancestor in self._ground.store.above(commit)

    def mark(self, head: str, parents: Sequence[str], message: str) -> str:
        return self._ground.commit(self._ground.store.files(head), parents, message)
