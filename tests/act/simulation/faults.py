"""What fails, when: one process of `bmad act`, and a hand on every call that it makes of the world.

A call may find the process killed before it, in the middle or after it; it may come to nothing and say so, come to
something and say otherwise, or be made twice; and while it lasts a person may do what people do.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from bmad.errors import CannotAnswerError


class KilledError(BaseException):
    """The process is no more: nothing that it would do has an effect."""


class EndlessError(AssertionError):
    """A process makes one call after another and comes to no end."""


class BrokenError(Exception):
    """A fault that no code of bmad knows of, as a lack of memory is one."""


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
}
"""The calls of each port that leave something behind."""

_ASKS = frozenset({"agents.run", "agents.check"})
_SURE = frozenset({"locks.take"})
_ACTS = frozenset(
    {"late", "clock", "moved", "rewound", "dirty", "worktree", "state", "signal", "cancelled", "survivor"}
)
_WRITES = frozenset({"journal.append", "notes.write"})

_MOST = 5_000
"""Calls of one process that leave something behind; seeds have some hundreds."""

NO_SPACE = "No space left on device. Make room on the disk and go on; what was written stands."
CUT = "The server cannot be reached. Try again."


class Fate:
    """Which faults a seed has, how often, and how many at the most; `told` counts those that came."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        kinds = rng.sample(KINDS, rng.randint(1, len(KINDS)))
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
        self._dies_within = False
        self.say: Callable[[str], None] = lambda _: None
        self.dies: Callable[[], None] = lambda: None
        self.restores: Callable[[], None] = lambda: None
        self.journal = 0
        """The number of the journal that it began with."""

    def port(self, name: str, one: object) -> Any:
        return Port(self, name, one)

    def see_that_it_lives(self) -> None:
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
        if kind in _ACTS:
            if self._acts[kind]():
                self._came(kind)
                self.say(f"  {kind} before {label}")
            kind = ""
        if kind:
            self._came(kind)
            self.say(f"  {kind} at {label}")
        if self.full and label not in _ASKS and label not in _SURE:
            self.full -= 1
            raise CannotAnswerError(NO_SPACE)
        return self._meet(kind, label, does)

    def _came(self, kind: str) -> None:
        assert self._fate is not None
        self._fate.came(kind)

    def _meet(self, kind: str, label: str, does: Callable[[], Any]) -> Any:
        match kind:
            case "killed":
                return self._killed(does)
            case "restored":
                self.restores()
                return self._killed(does)
            case "worker":
                raise BrokenError(label)
            case "disk":
                self.full = self._rng.randint(1, 12)
                raise CannotAnswerError(NO_SPACE)
            case "lost":
                raise CannotAnswerError(CUT)
            case "unanswered":
                does()
                raise CannotAnswerError(CUT)
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
            return self._process.through(label, lambda: found(*given, **named))

        return called
