"""Runners that are killed at random, and what was live then.

`python -m tests.act.killing --kills 300` does it for as long as one likes, and says what it saw.
"""

import argparse
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from bmad.git.work.detached_calls import wait
from bmad.model.layout import KEPT
from bmad.pipeline.act.runner import STEPS
from tests import forking
from tests.act.ground import Ground
from tests.act.unharmed import check_commits, check_ground, check_landed, landed, overlaps
from tests.act.writing_beside import Writers

STATES = tuple(str(state) for state in STEPS)
"""In which a kill must hit; in all but `land` an agent or a check must be live then."""
LIVE = 15
"""How many kills must hit live work, at least."""

_HELD = "refs/bmad/made"
_LONGEST = 1.7
_HASTE = 0.5
_PATIENCE = 60.0
_A_PERSON_COMMITS = 0.15


class Kill(NamedTuple):
    """What a kill hit: the states of what was at work, and how many agents or checks went on without it."""

    states: frozenset[str]
    live: int


class Killer:
    """Starts runners in one repository and kills them; `seen` are all commits that a ref was ever at.

    But for what is kept of unfinished work, which goes when its story is done, and for what is about to land: that
    is made again where the runner is killed before it has.
    """

    def __init__(self, ground: Ground, seed: int, workers: int = 1, pace: float = 0) -> None:
        self.ground = ground
        self.workers = workers
        self.pace = pace
        """The stories that may land a kill, so that the backlog is not at its end before the kills are; 0: any."""
        self.random = random.Random(seed)  # noqa: S311 - it chooses times
        self.kills: list[Kill] = []
        self.seen: set[str] = set(ground.refs().values())
        self.beside = ""
        """What was written beside the runners."""
        self.mains: list[str] = [ground.git("rev-parse", "main")]

    def hit(self, state: str) -> int:
        """How many kills hit a state with all that there is to hit in it."""
        return sum(state in kill.states for kill in self.kills)

    @property
    def live(self) -> int:
        """How many kills hit live work."""
        return sum(kill.live > 0 for kill in self.kills)

    @property
    def missing(self) -> list[str]:
        return [state for state in STATES if not self.hit(state)]

    def summary(self) -> str:
        states = Counter(state for kill in self.kills for state in kill.states or {"between"})
        parts = ", ".join(f"{state} {count}" for state, count in sorted(states.items()))
        several = sum(kill.live > 1 for kill in self.kills)
        told = f"{len(self.kills)} kills, {self.live} of them of live work, {several} of several at once"
        return f"{told} (workers: {self.workers}): {parts}; {self.beside}"

    def once(self, aims: Collection[str] = ()) -> bool:
        """Start a runner and kill it, after a random time or in one of some states.

        False where it came to the end of the backlog before.
        """
        with self.ground.out.open("ab") as out:
            child = self.ground.begin("act", "--workers", str(self.workers), out=out)
        self._wait(child, aims)
        child.kill()
        code = child.wait()
        assert code in (0, -signal.SIGKILL), self.ground.out.read_text(encoding="utf-8")[-4000:]
        if code:
            self.kills.append(Kill(frozenset(self.ground.states()), len(self.ground.live())))
        self._look()
        if self.random.random() < _A_PERSON_COMMITS:
            self._commit()
        return code != 0

    def _commit(self) -> None:
        """As a person does, who lets the git that the runner left behind come to its end."""
        wait(self.ground.repo / ".git")
        note = self.ground.repo / "notes" / f"{len(self.mains)}.md"
        note.parent.mkdir(exist_ok=True)
        note.write_text("A note.\n", encoding="utf-8")
        self.ground.git("add", "notes")
        self.ground.git("commit", "--quiet", "-m", "Take a note")
        self._look()

    def _wait(self, child: forking.Runner, aims: Collection[str]) -> None:
        if not aims and self.random.random() < 0.1:
            time.sleep(self.random.uniform(0, 0.5))  # while it starts
            return
        self._until(child, lambda: f'"pid": {child.pid},' in self.ground.runner())
        if not aims:
            time.sleep(self.random.uniform(0, self._longest()))
            return
        self._until(child, lambda: not self.ground.states().isdisjoint(aims))
        if self.random.random() < 0.5:  # a landing is over before
            time.sleep(self.random.uniform(0, 0.1))

    def _longest(self) -> float:
        """The seconds that a runner has at most."""
        ahead = self.pace and len(landed(self.ground)) > self.pace * len(self.kills)
        return _HASTE if ahead else _LONGEST

    def _until(self, child: forking.Runner, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while child.poll() is None and time.monotonic() < deadline and not holds():
            time.sleep(0.005)

    def _look(self) -> None:
        """What holds at any moment."""
        refs = self.ground.refs()
        self.seen |= {at for name, at in refs.items() if not name.startswith((KEPT, _HELD))}
        self.mains.append(refs["refs/heads/main"])
        assert not overlaps(self.ground)


def kill(ground: Ground, seed: int, kills: int, workers: int = 1, pace: float = 0) -> Killer:
    """Kill runners at random, then where it takes to have hit every state, and live work often enough."""
    killer = Killer(ground, seed, workers, pace)
    while len(killer.kills) < kills and killer.once():
        continue
    for _ in range(6 * len(STATES)):
        if killer.missing or killer.live < LIVE:
            killer.once(killer.missing or STATES)
    return killer


def let_end(ground: Ground, workers: int = 1) -> None:
    """Carry the backlog to its end, undisturbed."""
    code, told = ground.bmad("act", "--workers", str(workers))
    assert code == 0, told


def beside(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work)
    thread.start()
    return thread


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--land", default="merge")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(f"seed {asked.seed} in {name}", flush=True)  # noqa: T201
        print(carry_out(Path(name), asked.seed, asked.kills, asked.workers, asked.land).summary())  # noqa: T201


def carry_out(folder: Path, seed: int, kills: int, workers: int = 1, land: str = "merge") -> Killer:
    """Two runs of one backlog, one of them killed again and again, compared; the other one has one worker."""
    ground = Ground(folder / "killed")
    ground.make(max(8, kills * 3 // 10), land=land)
    killer, undisturbed = carried(ground, folder, seed, kills, workers)
    check_landed(ground, undisturbed)
    check_commits(ground, killer.seen, killer.mains)
    check_ground(ground)
    return killer


def carried(
    ground: Ground, folder: Path, seed: int, kills: int, workers: int, pace: float = 0
) -> tuple[Killer, Ground]:
    """Kill runners of a backlog and let it end; the same backlog without a kill, carried by one worker."""
    undisturbed = ground.copy(folder / "undisturbed")
    other = beside(lambda: let_end(undisturbed))
    with Writers(ground, folder / "beside", seed, max(4, kills // 6)) as writers:
        killer = kill(ground, seed, kills, workers, pace)
        let_end(ground, workers)
    other.join()
    writers.check()
    killer.beside = writers.summary()
    return killer, undisturbed


if __name__ == "__main__":
    main()
