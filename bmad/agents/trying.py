"""The machine as `bmad doctor` looks at it, and one call of an agent to see that it can work."""

import platform
import secrets
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from bmad import platforms
from bmad.agents import confine, there
from bmad.agents.alone import Errand, Place, alone
from bmad.agents.presets import TABLE
from bmad.errors import CannotAnswerError
from bmad.model.agents import Role
from bmad.model.machine import Ask, Check, Installed, Trial
from bmad.model.settings import AgentSettings

_OLDEST = (3, 11)
_MOST = 120.0
"""Seconds that a test call may take."""


class LocalMachine:
    """Fulfils the port `Machine`. `git` tells its version, `policy` reads bmad.yaml, `place` is made on demand."""

    def __init__(
        self,
        environ: Mapping[str, str],
        git: Callable[[], str],
        policy: Callable[[], str | None],
        place: Callable[[], Place],
    ) -> None:
        self._environ = environ
        self._git = git
        self._policy = policy
        self._place = place

    def checks(self) -> tuple[Check, ...]:
        try:
            git = Check(name="git", ok=True, words=self._git())
        except CannotAnswerError as error:
            git = Check(name="git", ok=False, words=str(error))
        new = sys.version_info >= _OLDEST
        python = Check(
            name="python", ok=new, words=platform.python_version(), fix="" if new else "use 3.11 or newer"
        )
        return (git, python, _system(), _sandbox())

    def installed(self, versions: Collection[str] = ()) -> tuple[Installed, ...]:
        seen = there.installed(self._environ, self._home, versions)
        return tuple(Installed(**one._asdict(), install=TABLE[one.name].install) for one in seen)

    def lacking(self, agent: AgentSettings) -> str:
        return there.lacking(agent, self._environ, self._home)

    def settings(self) -> str | None:
        return self._policy()

    def try_out(self, name: str, agent: AgentSettings, role: Role, ask: Ask, *, confine: bool) -> Trial:
        errand = Errand(
            command="doctor",
            key=f"doctor/{name}-{role}",
            name=name,
            agent=replace(agent, timeout=min(agent.timeout, _MOST)),
            role=role,
            kind="work",
            prompt=ask.prompt,
            writable=role is not Role.REVIEWER,
            confine=confine,
        )
        with alone(self._place(), errand) as (folder, call):
            word, number = _ground(folder, ask)
            return Trial(call(), word, number)

    @property
    def _home(self) -> Path:
        return Path(self._environ.get("HOME") or "/nonexistent")


def _system() -> Check:
    """The system by its name, and in a sentence each what bmad does without that Linux alone has."""
    lacking = [] if platforms.LINUX else [f"no {one.name}: {one.without}" for one in platforms.LACKING]
    return Check(name="system", ok=True, words="; ".join([platforms.system(), *lacking]))


def _sandbox() -> Check:
    offered = confine.version()
    if offered:
        words = f"Landlock {offered}: the kernel keeps agents in their worktrees"
    else:
        words = "no Landlock: your files are watched instead, and Codex uses its own sandbox"
    return Check(name="sandbox", ok=True, words=words)


def _ground(folder: Path, ask: Ask) -> tuple[str, str]:
    """A word that nobody can guess, in its file, and the first number that the command prints of it."""
    word = secrets.token_hex(6)
    (folder / ask.file).write_text(f"{word}\n", encoding="utf-8")
    ran = subprocess.run(ask.command, cwd=folder, capture_output=True, timeout=_MOST, check=False)
    return word, ran.stdout.decode("utf-8", "replace").partition(" ")[0].strip()
