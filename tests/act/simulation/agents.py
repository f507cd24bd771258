"""Agents and checks that take their time, and what goes wrong with them (`ports.acting.Agents`).

What they make follows from the story alone, so that a step that is done once more comes to the same.
"""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bmad.model.agents import AnswerKind, Fault, Outcome, Ran, Task
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.settings import AgentSettings, CheckSettings
from bmad.ports.acting import Hold
from tests.act.copying import copied
from tests.act.simulation.backlog import HUB, LYING, Item
from tests.act.simulation.faults import KilledError, Process
from tests.act.simulation.repository import Tree

if TYPE_CHECKING:
    from collections import Counter
    from contextlib import AbstractContextManager

    from tests.act.simulation.backlog import Plan
    from tests.act.simulation.clockwork import Clockwork
    from tests.act.simulation.locks import Locks
    from tests.act.simulation.repository import Ground

_BAD = (b"broken", b"half of", b"<<<<<<< ")
"""What no check passes."""

_AILS = (
    *(
        Fault.TIMEOUT,
        Fault.UNFINISHED,
        Fault.NO_ANSWER,
        Fault.FLOOD,
        Fault.BAD_ANSWER,
        Fault.QUOTA,
        Fault.OVERLOAD,
    ),
    *(Fault.RATE_LIMIT, Fault.LOGIN, Fault.BROKE_GIT, Fault.NO_CHANGE, Fault.OUT_OF_BOUNDS, Fault.DECLINED),
    "unclear",
    "wrong",
)
_PASSING = (Fault.QUOTA, Fault.RATE_LIMIT, Fault.OVERLOAD)
_STRAY = b"src/stray.txt"


class Ills:
    """How often agents fail, in which ways, and how often at the most."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.rate = rng.choice((0.0, 0.03, 0.1))
        self.left = rng.randint(0, 10)
        self._kinds = rng.sample(_AILS, rng.randint(1, len(_AILS)))

    def draw(self) -> str:
        if self.left <= 0 or self._rng.random() >= self.rate:
            return ""
        self.left -= 1
        return self._rng.choice(self._kinds)


@contextmanager
def counted(busy: "Counter[str]", story: str) -> Iterator[None]:
    """Count somebody who works on a story; a process that begins has a count of its own, and of it alone."""
    busy[story] += 1
    try:
        yield
    finally:
        busy[story] -= 1
        if not busy[story]:
            del busy[story]


class Room(Protocol):
    """Where agents are at work: on the one machine that there is, or on one of several."""

    @property
    def plan(self) -> "Plan": ...

    @property
    def works(self) -> "Clockwork": ...

    @property
    def ground(self) -> "Ground": ...

    @property
    def locks(self) -> "Locks": ...

    @property
    def ills(self) -> Ills | None: ...

    @property
    def told(self) -> "Counter[str]": ...

    @property
    def created(self) -> set[str]: ...

    @property
    def pace(self) -> float:
        """How slow agents and checks are."""
        ...

    @property
    def busy(self) -> "Counter[str]": ...

    def item(self, story: str) -> Item: ...

    def at_work(self, story: str, process: Process) -> "AbstractContextManager[None]": ...


class SimAgents:
    def __init__(self, world: Room, process: Process, rng: random.Random) -> None:
        self._world, self._process, self._rng = world, process, rng
        self._stopped = False

    @property
    def confines(self) -> bool:
        return self._world.plan.confines

    @property
    def are_calling(self) -> bool:
        return False

    def lacking(self, agent: AgentSettings) -> str:
        del agent
        return ""

    @property
    def left_nothing(self) -> bool:
        return not self._world.busy and not self._world.locks.survivors()

    def moment(self) -> str:
        return ""

    def outlived(self, moment: str) -> list[str]:
        del moment
        return []

    def stop(self) -> None:
        self._stopped = True

    @contextmanager
    def interrupts(self) -> Iterator[list[int]]:
        asked = self._process.asked
        yield asked
        if asked and self._process.alive:
            raise KeyboardInterrupt

    def end_survivors(self, name: str, taken_here: Callable[[str], bool] = lambda _: False) -> bool:
        return taken_here(name) or self._world.locks.end(name)

    def check(
        self, check: CheckSettings, folder: Path, hold: Hold, log: Path, *, confine: bool, cache: Cache = NO_CACHE
    ) -> Ran:
        del check, confine, cache
        story = log.parent.name
        with self._world.at_work(story, self._process):
            self._take(hold, None, self._rng.uniform(0.1, 2))
        files = self._world.ground.trees[folder.name].files
        bad = sorted(path for path, content in files.items() if any(one in content for one in _BAD))
        return Ran(1 if bad else 0, None, "", b" ".join(bad).decode(), 0.1)

    def run(self, task: Task, hold: Hold) -> Outcome:
        tree = self._world.ground.trees.get(task.folder.name) or Tree("", {})
        ill = self._world.ills.draw() if self._world.ills else ""
        kind = task.key.split("/")[2].partition(".")[0]
        worker = _Worker(self._world.item(task.story), task, tree, self._world.created)
        with self._world.at_work(task.story, self._process):
            if task.writable and kind in ("dev", "fix", "test"):
                worker.write(b"half of it\n")
            late = self._rng.choice((0.1, 0.5, 1, 2, 40 if ill == Fault.TIMEOUT else 3))
            self._take(hold, tree if task.writable else None, self._rng.uniform(0, late))
        self._world.told[f"agent {ill}" if ill else "agent"] += 1
        return self._come(ill, worker, kind)

    def _take(self, hold: Hold, tree: Tree | None, seconds: float) -> None:
        """Work for a while under a lock; where the process dies in it the agent may go on without it."""
        process = self._process
        token = self._world.locks.lend(hold, tree)
        over = self._world.works.wait(lambda: self._stopped or not process.alive, seconds * self._world.pace)
        if not process.alive:
            raise KilledError
        process.between()
        self._world.locks.give_back(hold, token)
        if over and self._stopped:
            raise KeyboardInterrupt

    def _come(self, ill: str, worker: "_Worker", kind: str) -> Outcome:
        context = f"c{sum(self._world.told.values())}-{self._rng.randrange(1 << 40):x}"
        plain = Outcome(None, None, "", "agent", "", context, 0, 1.0)
        if self.item_is_gone(worker):
            return plain._replace(fault=Fault.UNFINISHED, words="There are no files here.", exit=1)
        match ill:
            case Fault.NO_CHANGE if kind in ("dev", "fix", "test"):
                worker.undo()
                return plain._replace(answer={})
            case Fault.OUT_OF_BOUNDS if kind in ("dev", "fix"):
                worker.tree.files[_STRAY] = b"stray\n"
                return plain._replace(answer=worker.answer(kind))
            case "wrong" if kind in ("dev", "fix"):
                answer = worker.answer(kind)
                worker.write(b"VALUE = 'broken'\n")
                return plain._replace(answer=answer)
            case "unclear" if kind == "create":
                return plain._replace(answer={"clarification": "Which one?"})
            case Fault.BROKE_GIT:
                worker.tree.broken = "Its .git was gone."
                return plain._replace(answer=worker.answer(kind))
            case "" | "wrong" | "unclear" | Fault.NO_CHANGE | Fault.OUT_OF_BOUNDS:
                return plain._replace(answer=worker.answer(kind))
        return self._failed(plain, Fault(ill))

    def _failed(self, plain: Outcome, fault: Fault) -> Outcome:
        told = plain._replace(fault=fault, words=f"It failed: {fault}.", exit=1)
        until = self._world.works.now() + timedelta(minutes=self._rng.choice((1, 90, 1000)))
        return told._replace(until=until) if fault in _PASSING and self._rng.random() < 0.7 else told

    @staticmethod
    def item_is_gone(worker: "_Worker") -> bool:
        """Whether somebody took the worktree away."""
        return worker.item.file.encode() not in worker.tree.files

    def free_port(self, name: str) -> int:
        del name
        return 0

    def answered(self, key: str, kind: AnswerKind) -> bool | None:
        del key, kind
        return None

    def given(self, key: str, kind: AnswerKind) -> object:
        del key, kind
        return None

    def set_aside(self, key: str, kind: AnswerKind) -> None:
        """Nobody is asked here."""


class _Worker:
    """What an agent makes of a task, as `killed_agent` does."""

    def __init__(self, item: Item, task: Task, tree: Tree, created: set[str]) -> None:
        self.item, self.task, self.tree = item, task, tree
        self._before = dict(tree.files)
        self._created = created
        self._findings = sorted(set(re.findall(r"\bF-[0-9a-z]{8}\b", task.prompt)))
        self._again = not task.key.split("/")[1].startswith("1")

    def write(self, text: bytes) -> None:
        self.tree.files[self.item.paths[0].encode()] = text

    def undo(self) -> None:
        self.tree.files = dict(self._before)

    def answer(self, kind: str) -> dict[str, Any]:
        return getattr(self, f"_{kind}")()  # type: ignore[no-any-return]

    def _create(self) -> dict[str, Any]:
        path = self.item.file.encode()
        text = self.tree.files[path].decode()
        if "- Territory:" not in text:
            told = ", ".join(f"`{glob}`" for glob in self.item.territory)
            self.tree.files[path] = text.replace("\n\n## ", f"\n- Territory: {told}\n\n## ", 1).encode()
        return {}

    def _test(self) -> dict[str, Any]:
        self.undo()
        self.write(b"# To be tested.\n")
        return {}

    def _dev(self) -> dict[str, Any]:
        self.write(b"VALUE = 'broken'\n" if self.item.way == LYING else b"VALUE = 'rough'\n")
        self._add()
        return {}

    def _add(self) -> None:
        """A line in each file that others write, too, where it is not there yet."""
        line = f"# {self.item.id}\n".encode()
        for path in (one.encode() for one in self.item.paths[1:]):
            content = self.tree.files.get(path, b"")
            lines = [one for one in content.splitlines(keepends=True) if one[:3] not in (b"<<<", b"===", b">>>")]
            kept = list(dict.fromkeys(lines))
            self.tree.files[path] = b"".join(kept if line in kept else [*kept, line])

    def _fix(self) -> dict[str, Any]:
        self.tree.files.pop(_STRAY, None)
        text = b"# Rough on purpose.\nVALUE = 'rough'\n" if self.item.way == "disputed" else b"VALUE = 'smooth'\n"
        told = self.task.key.split("/")[1].encode()
        self.write(b"VALUE = 'broken'  # %b\n" % told if self.item.way == LYING else text)
        self._add()
        return {"marks": [{"finding": one, "path": self.item.paths[0], "line": 1} for one in self._findings]}

    def _review(self) -> dict[str, Any]:
        read = copied(self.task.prompt)
        if self._findings:
            return {"read": read, "verdicts": [{"finding": one, "settled": True} for one in self._findings]}
        quote = "VALUE = 'rough'"
        claim = {
            "severity": "P1",
            "path": self.item.paths[0],
            "line": 1,
            "quote": quote,
            "claim": "This is rough.",
        }
        stands = self.tree.files.get(self.item.paths[0].encode()) == b"VALUE = 'rough'\n"
        raises = self.item.way in ("mended", "disputed") and stands and not self._again
        return {"read": read, "findings": [claim] if raises else []}

    def _triage(self) -> dict[str, Any]:
        stand = "disputed" if self.item.way == "disputed" else "confirmed"
        return {"stands": [{"finding": one, "stand": stand, "argument": "See above."} for one in self._findings]}

    def _reply(self) -> dict[str, Any]:
        return {"replies": [{"finding": one, "reply": "conceded"} for one in self._findings]}


__all__ = ["HUB", "Ills", "SimAgents"]
