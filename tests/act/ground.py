"""A repository with a backlog for runners that die, in the world of a person of its own; see `killing.py`."""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from bmad.core.act.replay import runs
from bmad.model.act import State
from bmad.model.journal import Entry
from bmad.pipeline.act.runner import STEPS
from bmad.store.journal import SqliteJournal
from tests import forking
from tests.act.killed_agent import CHECKS, FOLDERS, alive, at_work, worked_on
from tests.act.world import PYTHON, command

AGENT = Path(__file__).parent / "killed_agent.py"
WAYS = ("mended", "plain", "disputed")
SECONDS = 0.3
"""That every agent and check works, at least."""


class Ground:
    """A repository with a backlog, and the world of a person: home, git configuration, temporary files."""

    def __init__(self, folder: Path) -> None:
        self.start = ""
        """The commit that all work builds on."""
        self.repo = folder / "repo"
        self.home = folder / "home"
        for name in ("agents", "temp"):
            (self.home / name).mkdir(parents=True)
        (self.home / "checks").symlink_to(_shared())
        config = self.home / "gitconfig"
        config.write_text("[user]\nname = Ada\nemail = ada@example.org\n", encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "BMAD_"))}
        git = {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}
        self.environ = kept | git | {"HOME": str(self.home), "TMPDIR": str(self.temp), "BMAD_ACTOR": "ada"}
        self.take(SECONDS)

    @property
    def temp(self) -> Path:
        return self.home / "temp"

    @property
    def out(self) -> Path:
        """What killed runners printed."""
        return self.home / "out"

    def take(self, seconds: float) -> None:
        """Say how long each agent and check works from now on."""
        (self.home / "seconds").write_text(str(seconds), encoding="utf-8")

    def runner(self) -> str:
        """What the lock says of the runner."""
        lock = self.repo / ".git/bmad/locks/runner.held"
        return lock.read_text(encoding="utf-8") if lock.exists() else ""

    def git(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.repo,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout.strip()

    def bmad(self, *arguments: str, largest: int | None = None) -> tuple[int, str]:
        """Exit code and all that a run of bmad says; `largest` is the most bytes that it may write to a file."""
        runner = self.begin(*arguments, out=subprocess.PIPE, largest=largest)
        told = runner.communicate()
        assert "Traceback" not in told, told
        assert "a fault of its own" not in told, told
        return runner.wait(), told

    def begin(
        self, *arguments: str, out: IO[bytes] | int = subprocess.DEVNULL, largest: int | None = None
    ) -> forking.Runner:
        return forking.begin(arguments, self.repo, self.environ, out=out, largest=largest)

    def make(self, stories: int, agent: Path = AGENT, land: str = "merge") -> None:
        """Map a backlog, every third story of which waits for the one before it, and commit it."""
        self.repo.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        (self.repo / "bmad.yaml").write_text(_yaml(agent, land), encoding="utf-8")
        (self.repo / ".gitignore").write_text(".bmad/\n__pycache__/\n", encoding="utf-8")
        self.commit("Adopt bmad")
        parts = [f"### {WAYS[at % 3].title()} {at}\n\n- `f{at}()` must return `{at}`.\n" for at in range(stories)]
        (self.repo / "intent.md").write_text("# F\n\n## Requirements\n\n" + "\n".join(parts), encoding="utf-8")
        assert self.bmad("map", "intent.md")[0] == 0
        for at in range(1, stories, 3):
            _depend(self._story(at), self._story(at - 1))
        self.commit("Map the intent")

    def copy(self, folder: Path) -> "Ground":
        """The same backlog in another world."""
        other = Ground(folder)
        shutil.copytree(self.repo, other.repo, symlinks=True)
        other.start = self.start
        return other

    def _story(self, at: int) -> Path:
        return next((self.repo / "stories").glob(f"*-{WAYS[at % 3]}-{at}.md"))

    def commit(self, message: str) -> None:
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", message)
        self.start = self.git("rev-parse", "HEAD")

    def journal(self) -> list[Entry]:
        """The events so far, read from a copy: who opens a journal that was left open mends it."""
        with tempfile.TemporaryDirectory() as name:
            for suffix in ("", "-wal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(self.repo / f".bmad/journal.db{suffix}", Path(name) / f"journal.db{suffix}")
            with closing(SqliteJournal(Path(name) / "journal.db")) as journal:
                return journal.entries()

    def states(self) -> set[str]:
        """The states in which all is there that a kill can hit: an agent or check at work, or a landing."""
        known = runs(self.journal())
        found = {str(State.LAND) for run in known.values() if run.state is State.LAND}
        for path in at_work(self.home):
            run = known.get(worked_on(path))
            if run is not None and run.state in STEPS:
                found.add(str(run.state))
            elif path.parent.name == CHECKS and any(run.state is State.VERIFY for run in known.values()):
                found.add(str(State.VERIFY))
        return found

    def live(self) -> list[str]:
        """The agents and checks that are at work."""
        return alive(self.home)

    def told(self) -> list[str]:
        """What the agents and checks told of themselves: `begin`, `end` and `overlap` with names."""
        logs = [self.home / folder / "log" for folder in FOLDERS]
        lines = [line for log in logs if log.exists() for line in log.read_text(encoding="utf-8").splitlines()]
        return [line.partition(" ")[2] for line in sorted(lines, key=lambda line: float(line.split(" ")[0]))]

    def refs(self) -> dict[str, str]:
        told = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ", 1) for line in told)


def _shared() -> str:
    """A folder that checks may write to and that stays: of the system's, since they get none of the person's."""
    folder = tempfile.mkdtemp(prefix="bmad-test-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _yaml(program: Path, land: str) -> str:
    starts = command(program.stem) if program == AGENT else [*PYTHON, str(program)]
    agent = json.dumps({"command": starts, "writes": ["~/agents"]})
    return (
        "version: 1\n"
        f"agents: {{creator: {agent}, developer: {agent}, reviewer: {agent}}}\n"
        f"verify: [{{name: tests, run: {json.dumps(starts)}}}]\n"
        f"act: {{accept: auto, lenses: [correctness], land: {land}}}\n"
        "gate:\n  level: reviewed\n"
        "  exempt: [{paths: ['notes/**'], by: Ada, reason: r, owner: o, until: 2999-01-01}]\n"
    )


def _depend(story: Path, on: Path) -> None:
    text = story.read_text(encoding="utf-8")
    name = "-".join(on.name.split("-")[:2])
    story.write_text(text.replace("\n\n## ", f"\n- Depends on: {name}\n\n## ", 1), encoding="utf-8")
