"""Agents and checks that are commands: the prompt on stdin, the answer in the file `$BMAD_RESULT`.

Exit 0 alone is no success: an answer that fits counts, and for work the caller looks at the change. What died is
unfinished, whatever it left: by a signal, with another exit code, in a call that failed, in a stream that was cut.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bmad import platforms
from bmad.agents import answers, calls, environment, mentions, packages, processes, redacting, streams
from bmad.agents.calls import Place, base, died, faulty
from bmad.agents.private import private_folder
from bmad.model.agents import Fault, Outcome, Ran, Task
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.settings import CheckSettings


def run(task: Task, hold: int, place: Place) -> Outcome:
    """Do a task with a command. Raises: KeyboardInterrupt where `place.stop` is set."""
    under = platforms.path_of(hold)
    try:
        with private_folder(under) as folder, private_folder(under, place.homes) as home:
            result = folder / "answer.json"
            given = calls.furnished(task, place, home)
            schema = folder / "schema.json"
            schema.write_text(answers.schema(task.kind), encoding="utf-8")
            told = {"BMAD_RESULT": str(result), "BMAD_SCHEMA": str(schema)}
            given = given._replace(environ={**told, **given.environ})
            program = calls.program(task, hold, place, folder, given)
            taken = _Taken(result)
            end = processes.run(program._replace(at_end=taken.take), place.stop)
            done = _outcome(task, end, taken, redacting.secrets(program.environ))
            if done.fault is not None:
                usage, model = answers.tells(taken.told)
                done = done._replace(usage=usage, model=model)
            return done._replace(shared=given.shared)
    except OSError as error:
        end = processes.End(None, Fault.ENVIRONMENT, f"has no temporary folder: {error.strerror or error}", 0.0)
        return faulty(task, end, Fault.ENVIRONMENT, end.words)


class _Taken:
    """The answer as it stood when the command ended, or had to: what those write later that it left is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content: bytes | None = None
        self._fault: answers.BadAnswerError | OSError | None = None

    def take(self) -> None:
        try:
            self._content = answers.read(self._path)
        except (answers.BadAnswerError, OSError) as error:
            self._fault = error

    @property
    def content(self) -> bytes | None:
        """None where there was none. Raises: BadAnswerError, OSError."""
        if self._fault is not None:
            raise self._fault
        return self._content

    @property
    def told(self) -> bytes | None:
        """The answer; None where there was none, or it cannot be had."""
        return self._content

    def said(self, task: Task, secrets: tuple[bytes, ...]) -> str | None:
        """What stands in it, as text, where anything does."""
        began = self._fault.raw if isinstance(self._fault, answers.BadAnswerError) else None
        came = self._content if began is None else began
        return _text(mentions.heard(came, task.agent), secrets) if came else None


class Spot(NamedTuple):
    """Where a check runs: its worktree, the descriptor of the lock of that, its log, and what is its cache."""

    folder: Path
    hold: int
    log: Path
    cache: Cache = NO_CACHE


def check(settings: CheckSettings, spot: Spot, place: Place, *, confined: bool) -> Ran:
    """Run a `setup` or `verify` command; it ran whatever its exit code is."""
    folder, under = spot.folder, platforms.path_of(spot.hold)
    try:
        with private_folder(under) as private, private_folder(under, place.homes) as home:
            temp = calls.made(private / "tmp")
            kept = _cache(spot, place, home)
            downloads = None if spot.cache.packages else packages.beside(folder, place.environ)
            program = processes.Program(
                argv=settings.run,
                folder=folder,
                environ=environment.for_check(place.environ, folder, under, temp, kept, downloads),
                log=spot.log,
                timeout=settings.timeout,
                hold=spot.hold,
                strays=place.strays,
                writable=(folder, private, kept) if calls.confined(confined) else None,
            )
            end = processes.run(program, place.stop)
    except OSError as error:
        return Ran(None, Fault.ENVIRONMENT, f"`{settings.name}` has no temporary folder: {error}.", "", 0.0)
    words = f"`{settings.name}` {end.words}." if end.fault else ""
    return Ran(end.exit, end.fault, words, processes.tail(spot.log), end.seconds)


def _cache(spot: Spot, place: Place, home: Path) -> Path:
    """What stands for `~/.cache`; one that goes with the call lies in `home`. Raises: OSError."""
    name, stays, _ = spot.cache
    if name and stays:
        return place.cache(name)
    if not name:
        return calls.made(home / "cache")
    with suppress(shutil.Error):  # what cannot be copied is not cached
        shutil.copytree(place.cache(name), home / "cache", symlinks=True)
    return home / "cache"


def _outcome(task: Task, end: processes.End, result: _Taken, secrets: tuple[bytes, ...]) -> Outcome:
    if end.fault is not None:
        return faulty(task, end, end.fault, end.words)._replace(said=result.said(task, secrets))
    if cause := died(end.exit) or streams.unfinished(task.log):
        broken = faulty(task, end, Fault.UNFINISHED, f"did not finish: it {cause}; see {task.log}")
        return broken._replace(said=result.said(task, secrets))
    raw: bytes | None = None
    try:
        raw = result.content
        if raw is None and task.kind != "work":
            words = f"wrote no answer to `$BMAD_RESULT` and ended with exit code {end.exit}; see {task.log}"
            return faulty(task, end, Fault.NO_ANSWER, words)
        read = redacting.redacted(mentions.heard(raw, task.agent), secrets) if raw is not None else b"{}"
        said = answers.fitted(answers.parse(read), task.kind)
    except (answers.BadAnswerError, OSError) as error:
        words = f"gave an answer that does not count: {error} (exit code {end.exit})"
        came = error.raw if raw is None and isinstance(error, answers.BadAnswerError) else raw
        told = None if came is None else _text(came, secrets)
        return faulty(task, end, Fault.BAD_ANSWER, words)._replace(said=told)
    return base(end)._replace(answer=said.answer, usage=said.usage, model=said.model.strip())


def _text(said: bytes, secrets: tuple[bytes, ...]) -> str:
    return redacting.redacted(said, secrets).decode("utf-8", "replace")
