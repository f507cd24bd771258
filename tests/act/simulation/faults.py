"""What fails, when: one process of `bmad act`, and a hand on every call that it makes of the world.

A call may find the process killed before it, in the middle or after it; it may come to nothing and say so, come to
something and say otherwise, or be made twice; and while it lasts a person may do what people do.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from bmad.errors import CannotAnswerError


class KilledError(BaseException):
    """The process is no more: nothing that it would do has an effect."""


class EndlessError(AssertionError):
    """A process makes one call after another and comes to no end."""


class BrokenError(Exception):
    """A fault that no code of bmad knows of, as a lack of memory is one."""


class CutError(CannotAnswerError):
    """What was asked did not come there, or its answer did not come here."""


KINDS = (
    "killed",
    "worker",
    "lost",
    "unanswered",
    "doubled",
    "disk",
    "late",
    "clock",
    "moved",
    "rewound",
    "dirty",
    "worktree",
    "state",
    "signal",
    "cancelled",
    "survivor",
    "restored",
)
"""Every kind. `late`: a thread that wakes late; `survivor`: an agent that outlived its runner works on;
`restored`: the process is ended, and the next one finds a journal that is older than what git holds."""

FLEET = (
    *("killed", "worker", "lost", "unanswered", "disk", "late", "clock", "moved", "worktree", "signal"),
    *("cancelled", "survivor", "disk-lost", "asleep", "no-server", "no-remote", "server-ends", "remote-away"),
    *("job-lost", "job-doubled"),
)
"""Those of several machines. `disk-lost`: killed, and its clone is gone; `asleep`: a machine stands still;
`no-server`, `no-remote`: one is cut off; `server-ends`: it is begun again with all that it acknowledged."""

EFFECTS: Mapping[str, frozenset[str]] = {
    "journal": frozenset({"append"}),
    "notes": frozenset({"write"}),
    "locks": frozenset({"take"}),
    "agents": frozenset({"run", "check"}),
    "repository": frozenset(
        (
            *("worktree", "remove", "reset", "bench", "clear_bench", "commit", "commit_files", "join", "squash"),
            *("rebase", "move", "drop", "land", "forget_kept"),
        )
    ),
    "server": frozenset({"change"}),
    "remote": frozenset({"fetch", "push"}),
}
"""The calls of each port that leave something behind."""

_ASKS = frozenset({"agents.run", "agents.check"})
_SURE = frozenset({"locks.take"})
_ELSEWHERE = frozenset({"server.change"})
"""What is written on no disk of this machine."""
_WRITES = frozenset({"journal.append", "notes.write"})

_MOST = 5_000
"""Calls of one process that leave something behind; seeds have some hundreds."""

NO_SPACE = "No space left on device. Make room on the disk and go on; what was written stands."
CUT = "The server cannot be reached. Try again."


class Fate:
    """Which faults a seed has, how often, and how many at the most; `told` counts those that came."""

    def __init__(self, rng: random.Random, every: Sequence[str] = KINDS) -> None:
        self._rng = rng
        kinds = rng.sample(every, rng.randint(1, len(every)))
        rate = rng.choice((0.004, 0.015, 0.05))
        self.rates = {kind: rate * rng.choice((0.3, 1, 2)) for kind in kinds}
        self.left = rng.randint(1, 25)
        self.told: Counter[str] = Counter()

    def draw(self, label: str) -> str:
        """The kind of fault that meets a call; mostly none."""
        if self.left <= 0:
            return ""
        roll = self._rng.random()
        for kind, rate in self.rates.items():
            roll -= rate
            if roll < 0:
                return kind if self._fits(kind, label) else ""
        return ""

    @staticmethod
    def _fits(kind: str, label: str) -> bool:
        if kind == "doubled":
            return label == "journal.append"
        if kind == "disk" and label in _ELSEWHERE:
            return False
        if kind in ("lost", "unanswered", "disk"):
            return label not in _SURE and label not in _ASKS
        return True

    def came(self, kind: str) -> None:
        self.left -= 1
        self.told[kind] += 1


class Process:
    """One call of bmad, from its begin to its end; `acts` are what others do meanwhile, by kind."""

    def __init__(self, fate: Fate | None, rng: random.Random, acts: Mapping[str, Callable[[], bool]]) -> None:
        self._fate = fate
        self._rng = rng
        self._acts = acts
        self.alive = True
        self.full = 0
        """So many writes still find the disk full."""
        self.calls = 0
        self.asked: list[int] = []
        """Signals that came."""
        self.stopped = False
        """Whether a worker was asked to end."""
        self.is_whole = True
        """Whether no thread has ended before its time."""
        self.loses = False
        """Whether what is on its machine's disk goes with it."""
        self.ends: Callable[[], None] = lambda: None
        self._dies_within = False
        self.say: Callable[[str], None] = lambda _: None
        self.dies: Callable[[], None] = lambda: None
        self.restores: Callable[[], None] = lambda: None
        self.unheard: Callable[[Callable[[], Any]], None] = lambda does: does()
        """Makes a call that comes to something, and whose caller is told otherwise."""
        self.journal = 0
        """The number of the journal that it began with."""
        self.stands_still: Callable[[], None] = lambda: None
        """Waits for as long as its machine sleeps."""

    def calm(self) -> None:
        """Nothing befalls it any more."""
        self._fate, self._acts, self.full = None, {}, 0

    def port(self, name: str, one: object) -> Any:
        return Port(self, name, one)

    def see_that_it_lives(self) -> None:
        if self.alive:
            self.stands_still()
        if not self.alive:
            raise KilledError

    def between(self) -> None:
        """In the middle of an effect."""
        if self._dies_within and self._rng.random() < 0.5:
            self._die()

    def _die(self) -> NoReturn:
        self.dies()
        self.alive = self._dies_within = False
        raise KilledError

    def through(self, label: str, does: Callable[[], Any]) -> Any:
        """Make a call, with whatever comes between."""
        self.calls += 1
        if self.calls > _MOST:
            raise EndlessError(label)
        kind = self._fate.draw(label) if self._fate is not None else ""
        if kind in self._acts:
            if self._acts[kind]():
                self._came(kind)
                self.say(f"  {kind} before {label}")
            kind = ""
        if kind:
            self._came(kind)
            self.say(f"  {kind} at {label}")
        if self.full and not {label} & (_ASKS | _SURE | _ELSEWHERE):
            self.full -= 1
            raise CannotAnswerError(NO_SPACE)
        return self._meet(kind, label, does)

    def _came(self, kind: str) -> None:
        if self._fate is not None:
            self._fate.came(kind)

    def _meet(self, kind: str, label: str, does: Callable[[], Any]) -> Any:
        match kind:
            case "killed":
                return self._killed(does)
            case "restored":
                self.restores()
                return self._killed(does)
            case "disk-lost":
                self.loses = True
                return self._killed(does)
            case "worker":
                raise BrokenError(label)
            case "disk":
                self.full = self._rng.randint(1, 12)
                raise CannotAnswerError(NO_SPACE)
            case "lost":
                raise CutError(CUT)
            case "unanswered":
                self.unheard(does)
                raise CutError(CUT)
            case "doubled":
                does()
        return does()

    def _killed(self, does: Callable[[], Any]) -> Any:
        where = self._rng.choice(("before", "within", "after"))
        if where == "before":
            self._die()
        self._dies_within = where == "within"
        does()
        self._die()


class Port:
    """A port of the world as one process has it."""

    def __init__(self, process: Process, name: str, one: object) -> None:
        self._process, self._name, self._one = process, name, one
        self._effects = EFFECTS.get(name, frozenset())

    def __getattr__(self, name: str) -> Any:
        self._process.see_that_it_lives()
        found = getattr(self._one, name)
        if name not in self._effects:
            return found
        label = f"{self._name}.{name}"

        def called(*given: Any, **named: Any) -> Any:
            self._process.see_that_it_lives()
            came = self._process.through(label, lambda: found(*given, **named))
            self._process.see_that_it_lives()
            return came

        return called
