"""Recording what agents do, in the form that `replay` plays: `bmad act --record FILE`."""

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from bmad.agents import environment
from bmad.agents.registry import Hold
from bmad.agents.words import short
from bmad.errors import CannotAnswerError
from bmad.model.agents import AnswerKind, Environment, Outcome, Ran, Task
from bmad.model.attending import Attended
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.settings import AgentSettings, CheckSettings, ProbeSettings

_SECONDS = 300


class Room(Protocol):
    """What is recorded: any fulfilment of the port."""

    @property
    def confines(self) -> bool: ...

    @property
    def are_calling(self) -> bool: ...

    def lacking(self, agent: AgentSettings) -> str: ...

    def run(self, task: Task, hold: Hold) -> Outcome: ...

    def check(
        self, check: CheckSettings, folder: Path, hold: Hold, log: Path, *, confine: bool, cache: Cache = NO_CACHE
    ) -> Ran: ...

    def attend(self, one: Attended, hold: Hold, *, confine: bool) -> Ran: ...

    def free_port(self, name: str) -> int: ...

    def stand_up(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran: ...

    def take_down(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran: ...

    def answer(self, key: str, kind: AnswerKind, text: str) -> None: ...

    def answered(self, key: str, kind: AnswerKind) -> bool | None: ...

    def given(self, key: str, kind: AnswerKind) -> object: ...

    def set_aside(self, key: str, kind: AnswerKind) -> None: ...

    def end_survivors(self, name: str, taken_here: Callable[[str], bool] = ...) -> bool: ...

    @property
    def left_nothing(self) -> bool: ...

    def moment(self) -> str: ...

    def outlived(self, moment: str) -> list[str]: ...

    def stop(self) -> None: ...

    def interrupts(self) -> AbstractContextManager[object]: ...


class _Start(NamedTuple):
    """The commit that a worktree is at, and its git folder by name: an agent may delete `.git`."""

    commit: str
    gitdir: str


class Recorder:
    """Passes all calls on, and appends a line for each that came to something."""

    def __init__(self, inner: Room, file: Path, environ: Mapping[str, str]) -> None:
        self._inner = inner
        self._file = file
        self._environ = environ
        self._lock = threading.Lock()

    @property
    def confines(self) -> bool:
        return self._inner.confines

    @property
    def are_calling(self) -> bool:
        return self._inner.are_calling

    def lacking(self, agent: AgentSettings) -> str:
        return self._inner.lacking(agent)

    def run(self, task: Task, hold: Hold) -> Outcome:
        """As the room. Raises: CannotAnswerError where the recording cannot be written."""
        start = self._start(task.folder) if task.writable else None
        outcome = self._inner.run(task, hold)
        if outcome.fault is None:
            patch = self._patch(task.folder, start) if start is not None else ""
            self._append(_line(task, outcome, patch))
        return outcome

    def check(
        self, check: CheckSettings, folder: Path, hold: Hold, log: Path, *, confine: bool, cache: Cache = NO_CACHE
    ) -> Ran:
        return self._inner.check(check, folder, hold, log, confine=confine, cache=cache)

    def attend(self, one: Attended, hold: Hold, *, confine: bool) -> Ran:
        return self._inner.attend(one, hold, confine=confine)

    def free_port(self, name: str) -> int:
        return self._inner.free_port(name)

    def stand_up(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran:
        return self._inner.stand_up(probe, one, hold, beside)

    def take_down(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran:
        return self._inner.take_down(probe, one, hold, beside)

    def answer(self, key: str, kind: AnswerKind, text: str) -> None:
        self._inner.answer(key, kind, text)

    def answered(self, key: str, kind: AnswerKind) -> bool | None:
        return self._inner.answered(key, kind)

    def given(self, key: str, kind: AnswerKind) -> object:
        return self._inner.given(key, kind)

    def set_aside(self, key: str, kind: AnswerKind) -> None:
        self._inner.set_aside(key, kind)

    def end_survivors(self, name: str, taken_here: Callable[[str], bool] = lambda _: False) -> bool:
        return self._inner.end_survivors(name, taken_here)

    @property
    def left_nothing(self) -> bool:
        return self._inner.left_nothing

    def moment(self) -> str:
        return self._inner.moment()

    def outlived(self, moment: str) -> list[str]:
        return self._inner.outlived(moment)

    def stop(self) -> None:
        self._inner.stop()

    def interrupts(self) -> AbstractContextManager[object]:
        return self._inner.interrupts()

    def _start(self, folder: Path) -> _Start:
        commit, gitdir = self._git(folder, ["rev-parse", "HEAD", "--absolute-git-dir"]).decode().splitlines()
        return _Start(commit, gitdir)

    def _patch(self, folder: Path, start: _Start) -> str:
        """All that changed since the start, untracked files too, through an index of its own."""
        where = [f"--git-dir={start.gitdir}", f"--work-tree={folder}"]
        with tempfile.TemporaryDirectory(prefix="bmad-index-") as temp:
            index = {"GIT_INDEX_FILE": str(Path(temp, "index"))}
            self._git(folder, [*where, "read-tree", start.commit], index)
            self._git(folder, [*where, "add", "--all", "--", ":/"], index)
            diff = ["diff", "--cached", "--binary", "--no-color", "--no-ext-diff", "--no-renames", start.commit]
            return self._git(folder, [*where, *diff], index).decode("utf-8", "surrogateescape")

    def _git(self, folder: Path, arguments: list[str], more: Mapping[str, str] | None = None) -> bytes:
        environ = environment.for_git(self._environ, folder) | dict(more or {})
        try:
            done = subprocess.run(
                [environment.git(self._environ), *arguments],
                cwd=folder,
                env=environ,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotAnswerError(f"The change in {folder} cannot be recorded: {error}.") from None
        if done.returncode:
            words = short(done.stderr.decode("utf-8", "replace"))
            raise CannotAnswerError(f"The change in {folder} cannot be recorded: {words}.")
        return done.stdout

    def _append(self, line: str) -> None:
        """Add one whole line durably."""
        try:
            with self._lock, self._file.open("ab") as file:
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            why = error.strerror or error
            raise CannotAnswerError(f"The recording {self._file} cannot be written: {why}.") from None


def _line(task: Task, outcome: Outcome, patch: str) -> str:
    by = {"backend": outcome.backend, "model": outcome.model, "seconds": outcome.seconds}
    data = {"key": task.key, "subject": task.subject, "answer": outcome.answer, "patch": patch, "by": by}
    return json.dumps(data)
