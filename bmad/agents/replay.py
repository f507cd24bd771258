"""Recordings as agents: JSON Lines with answer and patch by step, bound to what was put before the agent."""

import hashlib
import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from bmad.agents import answers, environment
from bmad.agents.words import short
from bmad.errors import UsageError
from bmad.model.agents import Fault, Outcome, Task
from bmad.model.base import Value

MAX = 256 << 20
_APPLY_SECONDS = 120


class By(Value):
    """Who did what was recorded, and in how many seconds."""

    backend: str = ""
    model: str = ""
    seconds: float = 0.0


class Line(Value):
    """A recorded call. `seconds` is how long a replay takes over it; recordings say nothing of that."""

    key: str = Field(min_length=1)
    subject: str = ""
    answer: dict[str, Any] | None = None
    patch: str = ""
    seconds: float = Field(default=0.0, ge=0, le=86_400)
    by: By = By()


class Recording:
    """A recording that was read: the lines of each key, in their order."""

    def __init__(self, path: Path) -> None:
        """Read it. Raises: UsageError naming the line that is none of a recording."""
        self.path = path
        self._lines: dict[str, list[Line]] = {}
        for line in _lines(path):
            self._lines.setdefault(line.key, []).append(line)

    def line(self, key: str, subject: str) -> Line | None:
        """The last line for a key that answers to that subject, or to any. Raises: BadAnswerError for another."""
        found = self._lines.get(key)
        if not found:
            return None
        for line in reversed(found):
            if line.subject in ("", subject):
                return line
        raise answers.BadAnswerError("another state of the work")


def run(task: Task, recording: Recording, environ: Mapping[str, str], stop: threading.Event) -> Outcome:
    """Play what was recorded for a task. Raises: KeyboardInterrupt where `stop` is set."""
    base = Outcome(None, None, "", "replay", "", _context(recording.path, task.key))
    try:
        line = recording.line(task.key, task.subject)
    except answers.BadAnswerError:
        words = f"The recording answers to another state of the work than this one ({task.key})."
        return base._replace(fault=Fault.BAD_ANSWER, words=words, said="")
    if line is None or (line.answer is None and task.kind != "work"):
        words = f"The recording {recording.path} holds nothing for {task.key}."
        return base._replace(fault=Fault.NO_ANSWER, words=words)
    if stop.wait(line.seconds):
        raise KeyboardInterrupt
    return _played(task, line, base._replace(model=line.by.model, seconds=line.seconds), environ)


def _played(task: Task, line: Line, base: Outcome, environ: Mapping[str, str]) -> Outcome:
    try:
        said = answers.fitted(line.answer or {}, task.kind)
        if line.patch:
            _apply(line.patch, task, environ)
    except answers.BadAnswerError as error:
        words = f"The recorded answer for {task.key} does not count: {error}."
        return base._replace(fault=Fault.BAD_ANSWER, words=words, said=json.dumps(line.answer or {}))
    return base._replace(answer=said.answer, usage=said.usage)


def _apply(patch: str, task: Task, environ: Mapping[str, str]) -> None:
    """Apply a patch below the worktree; git refuses what leads out of it or into `.git`.

    Raises: BadAnswerError.
    """
    if not task.writable:
        raise answers.BadAnswerError("it changes files, which a reader may not")
    try:
        done = subprocess.run(
            [environment.git(environ), "apply", "--whitespace=nowarn", "-"],
            cwd=task.folder,
            env=environment.for_git(environ, task.folder),
            input=patch.encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=_APPLY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeEncodeError) as error:
        raise answers.BadAnswerError(f"its patch cannot be applied: {short(str(error))}") from None
    if done.returncode:
        words = short(done.stderr.decode("utf-8", "replace").removeprefix("error: "))
        raise answers.BadAnswerError(f"its patch does not apply: {words}")


def _lines(path: Path) -> list[Line]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX + 1)
    except OSError as error:
        raise UsageError(f"The recording {path} cannot be read: {error.strerror or error}.") from None
    if len(raw) > MAX:
        raise UsageError(f"The recording {path} is over {MAX >> 20} MiB; record fewer stories in one file.")
    return [_line(path, number, text) for number, text in enumerate(raw.split(b"\n"), 1) if text.strip()]


def _line(path: Path, number: int, text: bytes) -> Line:
    try:
        return Line.model_validate(answers.parse(text))
    except ValidationError as error:
        why = answers.complaint(error)
    except answers.BadAnswerError as error:
        why = str(error)
    raise UsageError(f"{path}:{number} is no line of a recording: {why}.")


def _context(path: Path, key: str) -> str:
    """The same for the same recording and step, wherever the file lies."""
    return hashlib.sha256(f"{path.name}\n{key}".encode()).hexdigest()[:32]
