"""What every call of a program that is an agent has: a home, an environment, what it may write to, its end."""

import os
import signal
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from bmad import platforms
from bmad.agents import confine, environment, mentions, packages, processes
from bmad.agents.homes import Given, furnish
from bmad.agents.strays import Strays
from bmad.agents.vendors import configurations, vendor_of
from bmad.model.agents import Fault, Outcome, Role, Task


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
        packages.laid_out(folder, packages.KEPT, self.environ)
        return folder

    def cache_of(self, task: Task) -> Path:
        """The cache of a task's agent: what who works has left in theirs, no reviewer's tools take from it."""
        return self.cache("reviewers" if task.role is Role.REVIEWER else "agents")

    @property
    def user(self) -> Path:
        return Path(self.environ.get("HOME") or "/nonexistent")


def furnished(task: Task, place: Place, home: Path) -> Given:
    """The configuration home that a task's agent works with; shared with others where nothing keeps it its own."""
    granted = [_expanded(name, place.user, task.folder) for name in task.agent.writes]
    one = vendor_of(task.agent)
    if task.agent.base_url is not None:
        one = one._replace(login={}, files={})  # a login is for its provider, and for nobody else
    given = furnish(one, place.environ, place.user, home, granted)
    if given.environ or given.shared:
        return given
    return given._replace(shared=not confined(task.confine) or _configures(granted, place.user))


def _configures(granted: Iterable[Path], user: Path) -> bool:
    """Whether something was granted that the configuration of an agent lies in, or that lies in it."""
    places = [_real(path) for path in granted]
    home = _real(user)
    known = [_leads(home, name) for name in configurations()] if places else []
    return any(one.startswith(place) or place.startswith(one) for place in places for one in known)


def _leads(home: str, name: str) -> str:
    """Where a name in a folder leads; most are those of agents that nobody has here."""
    there = os.path.lexists(home + name.partition("/")[0])
    return _real(home + name) if there else f"{home}{name.rstrip('/')}/"


def _real(path: str | Path) -> str:
    """Where a path leads, with a slash at its end."""
    return f"{os.path.realpath(path).rstrip('/')}/"


def program(task: Task, hold: int, place: Place, folder: Path, given: Given) -> processes.Program:
    """How a task's program is to run, with its prompt on stdin; `folder` is the call's private one."""
    told = folder / "prompt.md"
    told.write_text(mentions.told(task.prompt, task.agent), encoding="utf-8", errors="replace")
    cache = place.cache_of(task)
    environ = environment.for_agent(place.environ, task, platforms.path_of(hold), made(folder / "tmp"), cache)
    environ = {name: value for name, value in environ.items() if name not in given.without}
    paths = (*writable(task, place), folder, cache, *given.folders)
    return processes.Program(
        argv=task.agent.command or (),
        folder=task.folder,
        environ={**environ, **given.environ},
        log=task.log,
        timeout=task.agent.timeout,
        hold=hold,
        strays=place.strays,
        stdin=told,
        writable=paths if confined(task.confine) else None,
    )


def writable(task: Task, place: Place) -> tuple[Path, ...]:
    """What the task's agent may write to: its worktree where it works, and what bmad.yaml adds."""
    own = (task.folder,) if task.writable else ()
    added = [_expanded(name, place.user, task.folder) for name in task.agent.writes]
    return (*own, *added)


def _expanded(name: str, user: Path, folder: Path) -> Path:
    if name == "~" or name.startswith("~/"):
        return user / name[2:]
    return folder / name


def confined(asked: bool) -> bool:
    """Whether bmad's sandbox is put around a program, where that is asked for."""
    return asked and confine.version() > 0


def made(folder: Path) -> Path:
    """A folder that only its owner may look into."""
    folder.mkdir(mode=0o700)
    return folder


def died(code: int | None) -> str:
    """How a program died, as the end of a sentence; empty where it ended by itself with 0."""
    if code is None or code == 0:
        return ""
    if code > 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by the signal {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by the signal {-code}"


def faulty(task: Task, end: processes.End, fault: Fault, words: str) -> Outcome:
    """What came of a call that does not count; `words` continue a sentence that begins with the agent's name."""
    return base(end)._replace(fault=fault, words=f"The agent `{task.name}` {words}.")


def base(end: processes.End) -> Outcome:
    """What came of a call of a program before its answer is read."""
    context = uuid.uuid4().hex
    return Outcome(None, None, "", "command", "", context, exit=end.exit, seconds=end.seconds)
