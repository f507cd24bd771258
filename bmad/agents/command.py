"""Agents and checks that are commands: the prompt on stdin, the answer in the file `$BMAD_RESULT`.

Exit 0 alone is no success: an answer that fits counts, and for work the caller looks at the change. What died is
unfinished, whatever it left: by a signal, with another exit code, in a call that failed, in a stream that was cut.
"""

import signal
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from bmad.agents import answers, confine, environment, lease, processes, redacting, streams
from bmad.agents.homes import Given, furnish
from bmad.agents.private import private_folder
from bmad.agents.strays import Strays
from bmad.agents.vendors import configurations, vendor
from bmad.model.agents import Fault, Outcome, Ran, Task
from bmad.model.settings import CheckSettings

AGENTS = "agents"
"""The cache of agents and of what is set up for them."""


class Place(NamedTuple):
    """Where commands run: the environment, the repository's home, and what says that they must stop.

    `own` is a folder of bmad's own, out of the repository: agents' homes are made there, and caches kept.
    """

    environ: Mapping[str, str]
    home: Path
    own: Path
    strays: Strays
    stop: threading.Event

    @property
    def homes(self) -> Path:
        """Where agents' homes of one call are made."""
        return self.own / "homes"

    def cache(self, name: str) -> Path:
        """A folder of that name that stands for `~/.cache`. Raises: OSError where it cannot be made."""
        folder = self.own / "caches" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def user(self) -> Path:
        return Path(self.environ.get("HOME") or "/nonexistent")


def run(task: Task, hold: int, place: Place) -> Outcome:
    """Do a task with a command. Raises: KeyboardInterrupt where `place.stop` is set."""
    under = lease.path_of(hold)
    try:
        with private_folder(under) as folder, private_folder(under, place.homes) as home:
            result = folder / "answer.json"
            given = _furnished(task, place, home)
            program = _program(task, hold, place, folder, given)
            end = processes.run(program, place.stop)
            done = _outcome(task, end, result, redacting.secrets(program.environ))
            return done._replace(shared=given.shared)
    except OSError as error:
        end = processes.End(None, Fault.ENVIRONMENT, f"has no temporary folder: {error.strerror or error}", 0.0)
        return _faulty(task, end, Fault.ENVIRONMENT, end.words)


def _furnished(task: Task, place: Place, home: Path) -> Given:
    """The configuration home that a task's agent works with; shared with others where nothing keeps it its own."""
    granted = [_expanded(name, place.user, task.folder) for name in task.agent.writes]
    given = furnish(vendor(task.agent.command or ()), place.environ, place.user, home, granted)
    if given.environ or given.shared:
        return given
    return given._replace(shared=not _confined(task.confine) or _configures(granted, place.user))


def _configures(granted: Iterable[Path], user: Path) -> bool:
    """Whether something was granted that the configuration of an agent lies in, or that lies in it."""
    known = [(user / name).resolve() for name in configurations()]
    return any(
        one.is_relative_to(place) or place.is_relative_to(one)
        for place in (path.resolve() for path in granted)
        for one in known
    )


class Spot(NamedTuple):
    """Where a check runs: its worktree, the descriptor of the lock of that, and its log.

    `cache` names a folder that stands for `~/.cache` and stays; without a name it goes with the call.
    """

    folder: Path
    hold: int
    log: Path
    cache: str = ""


def check(settings: CheckSettings, spot: Spot, place: Place, *, confined: bool) -> Ran:
    """Run a `setup` or `verify` command; it ran whatever its exit code is."""
    folder, under = spot.folder, lease.path_of(spot.hold)
    try:
        with private_folder(under) as private:
            temp = _made(private / "tmp")
            kept = place.cache(spot.cache) if spot.cache else _made(private / "cache")
            program = processes.Program(
                argv=settings.run,
                folder=folder,
                environ=environment.for_check(place.environ, folder, under, temp, kept),
                log=spot.log,
                timeout=settings.timeout,
                hold=spot.hold,
                strays=place.strays,
                writable=(folder, private, kept, *confine.roots(place.user, (place.home, place.own, folder)))
                if _confined(confined)
                else None,
            )
            end = processes.run(program, place.stop)
    except OSError as error:
        return Ran(None, Fault.ENVIRONMENT, f"`{settings.name}` has no temporary folder: {error}.", "", 0.0)
    words = f"`{settings.name}` {end.words}." if end.fault else ""
    return Ran(end.exit, end.fault, words, processes.tail(spot.log), end.seconds)


def _program(task: Task, hold: int, place: Place, folder: Path, given: Given) -> processes.Program:
    """Prompt and schema in the private folder, and how the command is to run."""
    prompt, schema = folder / "prompt.md", folder / "schema.json"
    prompt.write_text(task.prompt, encoding="utf-8", errors="replace")
    schema.write_text(answers.schema(task.kind), encoding="utf-8")
    told = {"BMAD_RESULT": str(folder / "answer.json"), "BMAD_SCHEMA": str(schema)}
    cache, under = place.cache(AGENTS), lease.path_of(hold)
    environ = environment.for_agent(place.environ, task, under, _made(folder / "tmp"), cache)
    environ = {name: value for name, value in environ.items() if name not in given.without}
    writable = (*_writable(task, place), folder, cache, *given.folders)
    return processes.Program(
        argv=task.agent.command or (),
        folder=task.folder,
        environ={**environ, **told, **given.environ},
        log=task.log,
        timeout=task.agent.timeout,
        hold=hold,
        strays=place.strays,
        stdin=prompt,
        writable=writable if _confined(task.confine) else None,
    )


def _writable(task: Task, place: Place) -> tuple[Path, ...]:
    """What the task's agent may write to: its worktree where it works, caches, what bmad.yaml adds."""
    own = (task.folder,) if task.writable else ()
    added = [_expanded(name, place.user, task.folder) for name in task.agent.writes]
    return (*own, *confine.roots(place.user, (place.home, place.own, task.folder)), *added)


def _expanded(name: str, user: Path, folder: Path) -> Path:
    if name == "~" or name.startswith("~/"):
        return user / name[2:]
    return folder / name


def _confined(asked: bool) -> bool:
    return asked and confine.version() > 0


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def _outcome(task: Task, end: processes.End, result: Path, secrets: tuple[bytes, ...]) -> Outcome:
    if end.fault is not None:
        return _faulty(task, end, end.fault, end.words)
    if died := _died(end.exit) or streams.unfinished(task.log):
        return _faulty(task, end, Fault.UNFINISHED, f"did not finish: it {died}; see {task.log}")
    raw = None
    try:
        raw = answers.read(result)
        if raw is None and task.kind != "work":
            words = f"wrote no answer to `$BMAD_RESULT` and ended with exit code {end.exit}; see {task.log}"
            return _faulty(task, end, Fault.NO_ANSWER, words)
        said = answers.fitted({} if raw is None else answers.parse(redacting.redacted(raw, secrets)), task.kind)
    except (answers.BadAnswerError, OSError) as error:
        graded = answers.speaks_of(raw or b"") if task.kind == "review" else ""
        words = f"gave an answer that does not count: {error}{graded} (exit code {end.exit})"
        return _faulty(task, end, Fault.BAD_ANSWER, words)
    return _base(end)._replace(answer=said.answer, usage=said.usage, model=said.model.strip())


def _died(code: int | None) -> str:
    """How a program died, as the end of a sentence; empty where it ended by itself with 0."""
    if code is None or code == 0:
        return ""
    if code > 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by the signal {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by the signal {-code}"


def _faulty(task: Task, end: processes.End, fault: Fault, words: str) -> Outcome:
    return _base(end)._replace(fault=fault, words=f"The agent `{task.name}` {words}.")


def _base(end: processes.End) -> Outcome:
    context = uuid.uuid4().hex
    return Outcome(None, None, "", "command", "", context, exit=end.exit, seconds=end.seconds)
