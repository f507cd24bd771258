"""A repository with a worktree of bmad's, a held lock, and small Python programs as agents."""

import os
import subprocess
import sys
import tempfile
import textwrap
import uuid
from pathlib import Path
from typing import Any

import pytest

from bmad.agents.registry import AgentRoom, confinement
from bmad.model.agents import Outcome, Ran, Role, Task
from bmad.model.settings import AgentSettings, CheckSettings
from bmad.ports.acting import Agents, Hold
from bmad.store.locks import FileLocks

KEY = "STORY-1/1/dev"
SUBJECT = "a" * 64

needs_landlock = pytest.mark.skipif(confinement() == "none", reason="this machine has no Landlock")

DAEMON = """
import os, sys, time
def daemon(clear, fd):
    '''Leave group, session and parent; the pid file tells that it is there.'''
    if os.fork():
        while not os.path.exists("daemon.pid"):
            time.sleep(0.01)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    if not fd:
        os.closerange(3, 64)
    program = "import os, time; open('x', 'w').write(str(os.getpid())); os.rename('x', 'daemon.pid')"
    program += "; time.sleep(90)"
    os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", program], {} if clear else dict(os.environ))
"""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def alive(pid: int) -> bool:
    """Whether a process works, as the kernel tells it; one that only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] not in ("Z", "X")


class World:
    """`home` is the repository, `tree` its worktree, `temp` the system's temporary folder of this test."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.temp = folder / "systemp"
        self.temp.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(self.temp))
        self.home = folder / "home"
        self.home.mkdir()
        git(self.home, "init", "--quiet")
        (self.home / "a.txt").write_text("one\ntwo\n")
        git(self.home, "add", "a.txt")
        git(self.home, "commit", "--quiet", "-m", "start")
        self.tree = self.home / ".bmad" / "worktrees" / "STORY-1"
        git(self.home, "worktree", "add", "--quiet", "-b", "bmad/STORY-1", str(self.tree))
        self.environ = dict(os.environ)
        self.locks = FileLocks(self.home / ".bmad" / "locks")
        hold = self.locks.take("STORY-1", "the test")
        assert hold is not None
        self.hold: Hold = hold
        self.log = self.home / ".bmad" / "logs" / "dev.log"

    @property
    def room(self) -> AgentRoom:
        room: Agents = AgentRoom(self.environ, self.home)
        assert isinstance(room, AgentRoom)
        return room

    def script(self, text: str) -> tuple[str, ...]:
        """The command for a Python program; it may import json, os, sys, time as they are."""
        path = self.folder / f"{uuid.uuid4().hex}.py"
        path.write_text("import json, os, sys, time\n" + textwrap.dedent(text))
        return (sys.executable, "-I", "-S", str(path))

    def task(self, command: tuple[str, ...] = ("true",), timeout: float = 60, **changes: Any) -> Task:
        agent = changes.pop("agent", None) or AgentSettings(command=command, timeout=timeout)
        task = Task(
            key=KEY,
            story="STORY-1",
            role=Role.DEVELOPER,
            name="dev",
            agent=agent,
            folder=self.tree,
            prompt="Do it.",
            kind="work",
            subject=SUBJECT,
            writable=True,
            log=self.log,
        )
        return task._replace(**changes)

    def run(self, text: str, **changes: Any) -> Outcome:
        """Run a Python program as an agent."""
        return self.room.run(self.task(self.script(text), **changes), self.hold)

    def check(self, text: str, *, timeout: float = 60, confine: bool = True) -> Ran:
        settings = CheckSettings(name="tests", run=self.script(text), timeout=timeout)
        return self.room.check(settings, self.tree, self.hold, self.log, confine=confine)

    def pid(self, name: str = "daemon.pid") -> int:
        return int((self.tree / name).read_text())

    def left(self) -> list[str]:
        """What stands in the system's temporary folder."""
        return sorted(path.name for path in self.temp.iterdir())
