"""The locks of a machine: held by processes, and by agents that inherited them (`ports.acting.Locks`)."""

from collections.abc import Callable

from bmad.ports.acting import Hold
from tests.act.simulation.faults import Process
from tests.act.simulation.repository import Tree


class Locks:
    """Each held by processes and by agents that inherited it; `tokens` are the agents, and what they may write."""

    def __init__(self) -> None:
        self._held: dict[str, set[object]] = {}
        self._trees: dict[object, Tree | None] = {}
        self._dead: set[object] = set()

    def take(self, process: Process, name: str) -> "SimHold | None":
        if self._held.get(name):
            return None
        self._held[name] = {process}
        return SimHold(self, name, process)

    def is_held(self, name: str) -> bool:
        return bool(self._held.get(name))

    def release(self, name: str, holder: object) -> None:
        self._held.get(name, set()).discard(holder)

    def lend(self, hold: Hold, tree: Tree | None) -> object:
        assert isinstance(hold, SimHold)
        token = object()
        self._held[hold.name].add(token)
        self._trees[token] = tree
        return token

    def give_back(self, hold: Hold, token: object) -> None:
        assert isinstance(hold, SimHold)
        self._held[hold.name].discard(token)
        self._trees.pop(token, None)

    def died(self, process: Process, outlives: Callable[[], bool]) -> None:
        """A process is gone; its agents go on, or not."""
        for holders in self._held.values():
            for one in list(holders):
                if one is process or (one in self._trees and not outlives()):
                    holders.discard(one)
        left = {one for holders in self._held.values() for one in holders}
        self._trees = {token: tree for token, tree in self._trees.items() if token in left}
        self._dead |= self._trees.keys()

    def end(self, name: str) -> bool:
        """End what outlived its process under a lock, and under those of its reviewers."""
        for lock, holders in self._held.items():
            if lock == name or lock.startswith(f"{name}+"):
                gone = holders & self._dead
                self._trees = {one: tree for one, tree in self._trees.items() if one not in gone}
                holders.difference_update(gone)
        return True

    def survivors(self) -> list[Tree]:
        """The worktrees that agents still write to whose process is gone."""
        return [tree for token, tree in self._trees.items() if token in self._dead and tree is not None]


class SimHold:
    def __init__(self, locks: Locks, name: str, process: Process) -> None:
        self._locks, self.name, self._process = locks, name, process

    def fileno(self) -> int:
        return 3

    def release(self) -> None:
        if self._process.alive:
            self._locks.release(self.name, self._process)


class LocksOf:
    """The locks as one process takes them."""

    def __init__(self, locks: Locks, process: Process) -> None:
        self._locks, self._process = locks, process
        self._taken: set[str] = set()

    def take(self, name: str, about: str) -> SimHold | None:
        del about
        hold = self._locks.take(self._process, name)
        if hold is not None:
            self._taken.add(name)
        return hold

    def is_held(self, name: str) -> bool:
        return self._locks.is_held(name)

    def was_taken_here(self, name: str) -> bool:
        return name in self._taken

    def holder(self, name: str) -> str:
        return f"who has {name}"
