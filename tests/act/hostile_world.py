"""A person's repository whose stories bear the names of what `hostile_agent.py` does, and what it left behind."""

import fcntl
import json
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.act.repos import git
from tests.act.world import PYTHON, command
from tests.program import Ended, bmad

VERIFY = Path(__file__).parent / "hostile_verify.py"
KEY = "sk-secret-4711"


class Hostile:
    """`home` is the person's repository, `temp` the temporary folder of all that is run."""

    def __init__(
        self, folder: Path, names: Sequence[str], *, creator: bool = False, timeout: int = 3, **act: object
    ) -> None:
        """`timeout` is the agents', in seconds; `act` is said in bmad.yaml beside what tests have there."""
        self.folder = folder
        self.home, self.control, self.temp = (folder / name for name in ("home", "control", "temp"))
        for part in (self.home, self.control, self.temp):
            part.mkdir(parents=True)
        git(self.home, "init", "--quiet", "--initial-branch", "main")
        self.timeout = timeout
        self.settings(creator=creator, **act)
        self.write({".gitignore": ".bmad/\n*.mine\n", "notes.mine": "ignored, and a person's own\n"})
        self.save("Adopt bmad")
        self.write({"intent.md": intent(names)})
        assert self.bmad("map", "intent.md").code == 0
        self.stories = {path.stem.split("-", 2)[2]: path for path in self.home.glob("stories/STORY-*.md")}
        assert set(self.stories) == {slug(name) for name in names}
        if not creator:
            for name, path in self.stories.items():
                text = path.read_text(encoding="utf-8").replace("\n\n## ", territory(name), 1)
                path.write_text(text, encoding="utf-8")
        self.save("Map the intent")

    def settings(self, *, creator: bool, **act: object) -> None:
        agent = {"command": command("hostile_agent", str(self.control)), "timeout": self.timeout}
        program = json.dumps(agent | {"env": ["OPENAI_API_KEY"]})
        roles = ["developer", "reviewer", *(["creator"] if creator else [])]
        told = {"accept": "auto", "lenses": ["correctness"], "rounds": 2, **act}
        check = json.dumps([*PYTHON, str(VERIFY)])
        text = (
            f"version: 1\nagents: {{{', '.join(f'{role}: {program}' for role in roles)}}}\n"
            f"verify: [{{name: tests, run: {check}, timeout: 3}}]\n"
            f"act: {json.dumps(told)}\n"
        )
        self.write({"bmad.yaml": text})

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            (self.home / path).parent.mkdir(parents=True, exist_ok=True)
            (self.home / path).write_text(text, encoding="utf-8")

    def save(self, message: str) -> None:
        git(self.home, "add", "--all")
        git(self.home, "commit", "--quiet", "-m", message)

    def bmad(self, *arguments: str, cwd: Path | None = None) -> Ended:
        env = os.environ | {"TMPDIR": str(self.temp), "OPENAI_API_KEY": KEY}
        return bmad(*arguments, cwd=cwd or self.home, env=env)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.bmad(*arguments, "--json").out)

    def id(self, name: str) -> str:
        return "-".join(self.stories[slug(name)].stem.split("-", 2)[:2])

    @staticmethod
    def slug(name: str) -> str:
        return slug(name)

    def mend(self) -> None:
        (self.control / "mended").touch()

    def landed(self) -> set[str]:
        """The stories with a record on main."""
        return set(re.findall(r"STORY-\w+", git(self.home, "ls-tree", "--name-only", "main:stories/records")))

    def happened(self, name: str) -> list[Any]:
        """The events of a story."""
        events: list[Any] = self.json("log", self.id(name))["events"]
        return events

    def record(self, name: str) -> Any:
        return json.loads(
            (self.home / "stories" / "records" / f"{self.id(name)}.json").read_text(encoding="utf-8")
        )

    def left(self) -> list[str]:
        """All that should not be there when a call has ended: processes, temporary files, locks."""
        return [*self._processes(), *self._temporary(), *self._locks()]

    def _processes(self) -> Iterable[str]:
        marks = (os.fsencode(self.folder), b"BMAD_LEASE=" + os.fsencode(self.home))
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                where = os.fsencode((entry / "cwd").readlink())
            except OSError:
                continue
            if int(entry.name) != os.getpid() and any(mark in told + where for mark in marks):
                yield f"process {entry.name}: {told[-300:]!r}"

    def _temporary(self) -> Iterable[str]:
        yield from (f"temporary: {path}" for path in self.temp.iterdir())

    def _locks(self) -> Iterable[str]:
        own = self.home / ".git" / "bmad"  # locks that go with their holder, and files that stay
        locks = (path for path in (self.home / ".git").rglob("*.lock") if path.parent != own)
        yield from (f"git lock: {path}" for path in locks)
        for path in (self.home / ".git" / "bmad" / "locks").glob("*.held"):
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    yield f"held: {path}"

    def differs(self) -> str:
        """What the person's tree has that its commit has not, and what else is not as it was."""
        notes = (self.home / "notes.mine").read_text(encoding="utf-8")
        told = git(self.home, "status", "--porcelain", "--ignored")
        return told.replace("!! .bmad/", "").replace("!! notes.mine", "").strip() + (
            "" if notes == "ignored, and a person's own\n" else "notes.mine"
        )

    def everything(self) -> bytes:
        """What bmad wrote in the repository: its folder, all objects of git, refs and messages."""
        files = (path for path in (self.home / ".bmad").rglob("*") if path.is_file())
        own = b"\n".join(path.read_bytes() for path in files)
        listed = ["git", "cat-file", "--batch-all-objects", "--batch"]
        done = subprocess.run(listed, cwd=self.home, capture_output=True, check=True)
        return own + done.stdout


def seen(root: Path) -> dict[str, bytes]:
    """All that is a person's in a work tree, byte for byte: files and modes, index, head, what is under way."""
    gitdir = root / git(root, "rev-parse", "--git-dir")
    files = [path for path in root.rglob("*") if not {".git", ".bmad"} & set(path.relative_to(root).parts)]
    found = {
        f"{path.relative_to(root)} {path.lstat().st_mode:o}": b"" if path.is_dir() else path.read_bytes()
        for path in sorted(files)
    }
    names = ("HEAD", "index", "index.lock", "MERGE_HEAD", "MERGE_MSG", "ORIG_HEAD")
    return found | {f"git/{name}": (gitdir / name).read_bytes() for name in names if (gitdir / name).exists()}


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def territory(name: str) -> str:
    return f"\n- Territory: `src/{slug(name)}/**`\n\n## "


def intent(names: Iterable[str]) -> str:
    said = "### {1}\n\n- `alpha{0}()` must return `a{0}`.\n- `beta{0}()` must return `b{0}`.\n"
    return "# Parts\n\n## Requirements\n\n" + "\n".join(said.format(*one) for one in enumerate(names))
