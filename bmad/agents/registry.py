"""The agents' room: which backend does a task, and what all of them share."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from bmad import platforms
from bmad.agents import (
    attending,
    calls,
    coding,
    command,
    confine,
    environments,
    human,
    lease,
    outlived,
    private,
    replay,
    surroundings,
    there,
    unseen,
)
from bmad.agents.presets import TABLE
from bmad.agents.processes import signals_noted
from bmad.agents.strays import Others, Strays
from bmad.model.agents import PROVIDERS, AnswerKind, Environment, Fault, Outcome, Ran, Task
from bmad.model.attending import Attended
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.layout import HELD
from bmad.model.settings import AgentSettings, CheckSettings, ProbeSettings
from bmad.model.spending import credible

_GRACE = 1.0
_PATIENCE = 10.0


class Hold(Protocol):
    def fileno(self) -> int: ...

    def release(self) -> None: ...


def confinement() -> Literal["landlock", "none"]:
    """What this machine offers to keep agents in their worktrees."""
    return "landlock" if confine.version() else "none"


class AgentRoom:
    """Fulfils the port `Agents`.

    `home` holds `.bmad`, recordings are named from there, and `locks` is the folder of the locks. `own` is a
    folder out of the repository for homes and caches, by default beside the locks. `others` are children of this
    process that are no agents.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        home: Path,
        locks: Path | None = None,
        own: Path | None = None,
        others: Others | None = None,
    ) -> None:
        unseen.hide()
        place = own or home / ".bmad"
        self._place = calls.Place(environ, home, place, Strays(others), threading.Event())
        self._environments = environments.Environments(self._place)
        self._locks = locks or home / ".bmad" / "locks"
        self._recordings: dict[Path, replay.Recording] = {}
        self._reading = threading.Lock()

    @property
    def confines(self) -> bool:
        """Whether this machine can keep an agent from writing outside its worktree."""
        return confinement() != "none"

    @property
    def are_calling(self) -> bool:
        """Whether this process runs in a program that was started under a lock of this repository."""
        return lease.is_within(self._locks.resolve(), self._place.environ)

    def lacking(self, agent: AgentSettings) -> str:
        """What an agent could not work without and does not have, as the end of a sentence; else empty."""
        return there.lacking(agent, self._place.environ, self._place.user)

    def run(self, task: Task, hold: Hold) -> Outcome:
        """Do one task. Raises: UsageError on a recording that is none; KeyboardInterrupt after `stop`."""
        outcome = self._done(task, hold)
        return outcome._replace(usage=credible(outcome.usage))

    def _done(self, task: Task, hold: Hold) -> Outcome:
        if task.agent.command is not None:
            return command.run(task, hold.fileno(), self._place)
        if task.agent.use in TABLE:
            return coding.run(task, hold.fileno(), self._place)
        if task.agent.replay is not None:
            recording = self._recording(task.agent.replay)
            return replay.run(task, recording, self._place.environ, self._place.stop)
        if task.agent.use == "human":
            return human.run(task, self._place.home)
        if (task.agent.use or "").partition(":")[0] in PROVIDERS:
            from bmad.agents.sdk import work  # noqa: PLC0415 - an SDK takes seconds to load

            return work.run(task, hold.fileno(), self._place)
        words = f"The agent `{task.name}` says in bmad.yaml none of `use`, `command` and `replay` that can be run."
        return Outcome(None, Fault.NOT_STARTED, words, "", "", "")

    def check(
        self, check: CheckSettings, folder: Path, hold: Hold, log: Path, *, confine: bool, cache: Cache = NO_CACHE
    ) -> Ran:
        """Run a `setup` or `verify` command. Raises: KeyboardInterrupt after `stop`."""
        spot = command.Spot(folder, hold.fileno(), log, cache)
        return command.check(check, spot, self._place, confined=confine)

    def attend(self, one: Attended, hold: Hold, *, confine: bool) -> Ran:
        """Run a command of a person's at their terminal."""
        return attending.attend(one, hold.fileno(), self._place, confined=confine)

    def free_port(self, name: str) -> int:
        """A free port of the loopback interface, 0 where there is none."""
        return surroundings.free_port(name)

    def stand_up(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran:
        """Bring an environment up. Raises: KeyboardInterrupt after `stop`."""
        return self._environments.up(probe, one, hold.fileno(), beside.fileno())

    def take_down(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran:
        """End an environment, also after `stop`."""
        return self._environments.down(probe, one, hold.fileno(), beside.fileno())

    def answer(self, key: str, kind: AnswerKind, text: str) -> None:
        """A person's answer to a task that waits for them. Raises: UsageError where none of that key does."""
        human.answer(self._place.home, key, kind, text)

    def answered(self, key: str, kind: AnswerKind) -> bool | None:
        """Whether a person's answer lies there already; None where nobody was asked."""
        return human.answered(self._place.home, key, kind)

    def given(self, key: str, kind: AnswerKind) -> object:
        """A person's answer that lies there, as it was read; None where none does, or it is no JSON."""
        return human.given(self._place.home, key, kind)

    def set_aside(self, key: str, kind: AnswerKind) -> None:
        """Take an answer that does not count out of the way; it stays under another name."""
        human.set_aside(self._place.home, key, kind)

    def end_survivors(self, name: str, taken_here: Callable[[str], bool] = lambda _: False) -> bool:
        """End what works under a lock whose runner died, and remove what it kept for itself.

        So with what was at work beside others, each under a lock with a number of its own. `taken_here` says of a
        lock whether this process was the last to take it: then nothing is looked for where all was seen to end.
        """
        folder = self._locks.resolve()
        beside = sorted(folder.glob(f"{name}+*{HELD}"))
        ended = [
            self._ended(path, known=taken_here(path.name.removesuffix(HELD)))
            for path in (folder / f"{name}{HELD}", *beside)
        ]
        return all(ended)

    def _ended(self, path: Path, *, known: bool) -> bool:
        under, strays = str(path), self._place.strays
        if known and strays.leases.are_free(under):
            return True
        if not os.path.lexists(path):  # no program is ever started under a lock that is not there
            if not strays.leases.begun(under):
                strays.leases.none_left(under)
            return True
        gone = lease.end(under, None, _GRACE, _PATIENCE, strays.still) if platforms.tells() else lease.free(path)
        if gone:
            strays.leases.none_left(under)
            private.sweep(under, self._place.homes)
        return gone

    @property
    def left_nothing(self) -> bool:
        """Whether no program works here now, and nothing is left of any that did."""
        return self._place.strays.nothing_left()

    def moment(self) -> str:
        """When this process began, for `outlived`."""
        return outlived.moment()

    def outlived(self, moment: str) -> list[str]:
        """What began after a moment, has no parent left, and may be of an agent whose runner was killed."""
        return outlived.since(moment, self._place.own)

    def stop(self) -> None:
        """From any thread: end all that runs now, and whatever is asked for later, with a KeyboardInterrupt."""
        self._place.stop.set()

    def interrupts(self) -> AbstractContextManager[object]:
        """Signals that ask for an end are noted within, and raise a KeyboardInterrupt at its end."""
        return signals_noted(self._place.stop)

    def _recording(self, name: str) -> replay.Recording:
        path = self._place.home / name
        with self._reading:
            if path not in self._recordings:
                self._recordings[path] = replay.Recording(path)
            return self._recordings[path]
