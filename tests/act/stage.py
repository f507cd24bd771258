"""A repository whose agents play what a test says, and what tests ask of it; all through the installed program."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.act.world import command, repository, yaml
from tests.program import Ended, git, inside

Play = dict[str, Any]
"""What an agent does in a step: `files`, `answer`, `exit` (see playing_agent.py)."""

FAILING = "import unittest\n\n\nclass Test(unittest.TestCase):\n    def test_it(self):\n        self.fail('no')\n"
PASSING = FAILING.replace("self.fail('no')", "self.assertTrue(True)")
"""The text of a test, as a person writes it."""


class Stage:
    """A repository in a folder; `first` and `second` are the stories of its backlog."""

    def __init__(self, folder: Path, plays: Mapping[str, Play] | None = None, **act: object) -> None:
        self.repo = folder / "repo"
        self._file = folder / "plays.json"
        self.play(plays or {})
        repository(self.repo, None, **act)
        self.settings = self._yaml(**act)
        self.commit({"bmad.yaml": self.settings}, "Name the agents\n\nPolicy: tests")
        names = {path.name[len(path.stem[:12]) :]: path.name[:12] for path in self.repo.glob("stories/*.md")}
        self.first, self.second = names["-first.md"], names["-second.md"]

    def play(self, plays: Mapping[str, Play]) -> None:
        """Say what the agents do from now on."""
        text = json.dumps(plays, ensure_ascii=False)
        self._file.write_text(text, encoding="utf-8", errors="backslashreplace")  # of any bytes

    run: Callable[..., Ended] = staticmethod(inside)
    """What runs bmad: this process, or `tests.program.bmad`, which is one of its own."""

    def bmad(self, *arguments: str, code: int = 0) -> Ended:
        ended = self.run(*arguments, cwd=self.repo)
        assert ended.code == code, (arguments, ended)
        return ended

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.bmad(*arguments, "--json", code=code).out)

    def json_lines(self, *arguments: str, code: int = 0) -> list[Any]:
        """The documents of a command that prints one a line."""
        return [json.loads(line) for line in self.bmad(*arguments, "--json", code=code).out.splitlines()]

    def git(self, *arguments: str) -> str:
        return git(*arguments, cwd=self.repo)

    def commit(self, files: dict[str, str], message: str) -> str:
        for path, text in files.items():
            (self.repo / path).parent.mkdir(exist_ok=True)
            (self.repo / path).write_text(text, encoding="utf-8")
        self.git("add", *(files or ["."]))
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def set(self, **act: object) -> str:
        """Commit other settings below `act`."""
        self.settings = self._yaml(**act)
        return self.commit({"bmad.yaml": self.settings}, "Set up\n\nPolicy: tests")

    def _yaml(self, **act: object) -> str:
        return yaml(command("playing_agent", str(self._file)), **act)

    def tip(self, ref: str = "main") -> str:
        return self.git("rev-parse", ref)

    def files(self, ref: str = "main") -> list[str]:
        return self.git("ls-tree", "-r", "--name-only", ref).splitlines()

    def events(self, story: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json("log", story)["events"]
        return found

    def ways(self, story: str) -> list[str]:
        """The states that followed each event of a story."""
        return [event["state"] for event in self.events(story)]

    def told(self, story: str, step: str) -> str:
        """What the agent was told in a step."""
        return (self.repo / ".bmad/logs" / story / f"{step.replace('/', '-')}.log").read_text(encoding="utf-8")

    def record(self, story: str, ref: str = "main", landing: int = 1) -> Any:
        again = f".{landing}" if landing > 1 else ""
        return json.loads(self.git("show", f"{ref}:stories/records/{story}{again}.json"))

    def gate(self, base: str, head: str = "main", level: str = "reviewed", code: int = 0) -> Ended:
        return self.bmad("gate", "--base", base, "--head", head, "--level", level, code=code)

    @property
    def person(self) -> str:
        return self.git("var", "GIT_AUTHOR_IDENT").rpartition(" ")[0].rpartition(" ")[0]

    @property
    def intent(self) -> str:
        return (self.repo / "intent.md").read_text(encoding="utf-8")

    def path(self, story: str) -> str:
        """The path of a story's own document."""
        [found] = self.repo.glob(f"stories/{story}-*.md")
        return found.relative_to(self.repo).as_posix()

    def depend(self, story: str, other: str) -> None:
        """Commit that one story comes after another."""
        path = self.path(story)
        text = (self.repo / path).read_text(encoding="utf-8")
        at = text.index("\n\n## ")
        self.commit({path: f"{text[:at]}\n- Depends on: {other}{text[at:]}"}, "Order the stories")

    def territory(self, story: str, *globs: str) -> None:
        """Commit a story's territory: these, and the tests of its own name."""
        path = self.path(story)
        text = (self.repo / path).read_text(encoding="utf-8")
        at = text.index("\n\n## ")
        told = ", ".join(f"`{glob}`" for glob in (*globs, f"tests/test_{self.name(story)}.py"))
        self.commit({path: f"{text[:at]}\n- Territory: {told}{text[at:]}"}, "Give it a territory")

    def file_of(self, story: str) -> str:
        return f"src/{self.name(story)}.py"

    def name(self, story: str) -> str:
        """The story's name as files bear it."""
        return story.replace("-", "_").lower()


def begun(folder: Path, **act: object) -> Stage:
    """A stage whose first story has a territory and is begun by a person, who stands on its branch."""
    stage = Stage(folder, None, **act)
    stage.territory(stage.first, stage.file_of(stage.first))
    stage.bmad("hooks", "install")
    stage.bmad("start", stage.first)
    return stage


def work(stage: Stage, text: str = "VALUE = 1\n", test: str = PASSING) -> str:
    """Commit by hand, as a person would: the hooks fill in the trailer."""
    files = {stage.file_of(stage.first): text, f"tests/test_{stage.name(stage.first)}.py": test}
    return stage.commit(files, "Do it by hand")


def claim(story: str, quote: str, **more: object) -> dict[str, object]:
    """A finding about the story's own file, as a reviewer makes it."""
    path = f"src/{story.replace('-', '_').lower()}.py"
    return {"severity": "P1", "path": path, "line": 1, "quote": quote, "claim": "This is wrong.", **more}


def found(*claims: dict[str, object], settled: Iterable[str] = (), unsettled: Iterable[str] = ()) -> Play:
    """A review with these claims, and verdicts on findings of earlier rounds."""
    verdicts = [{"finding": name, "settled": True} for name in settled]
    verdicts += [{"finding": name, "settled": False, "why": "It still is."} for name in unsettled]
    return {"answer": {"findings": list(claims), "verdicts": verdicts}}


def stands(stand: str, *names: str, argument: str = "") -> Play:
    """The developer's word in triage."""
    return {"answer": {"stands": [{"finding": name, "stand": stand, "argument": argument} for name in names]}}


def replies(reply: str, *names: str, argument: str = "") -> Play:
    """The reviewer's answer to a dispute."""
    return {"answer": {"replies": [{"finding": name, "reply": reply, "argument": argument} for name in names]}}


def source(text: str) -> Play:
    """A fix or a development: the story's own file with this text."""
    return {"files": {"src/NAME.py": text}, "answer": {}}
