"""A throw-away repository with a small intent: mapped, one story worked on, traced, and judged by the gate.

Nothing is simulated but the person: the story's code is a patch that was prepared for this demonstration.
"""

import contextlib
import io
import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.errors import BmadError, Exit, UsageError
from bmad.wiring import example, open_here

SENTENCE = '`parse("1h30m")` returns the number of seconds'
"""The words of the intent that the story of this demonstration goes back to."""

TERRITORY = "`src/durations.py`, `tests/**`"
"""What the person of this demonstration sets by hand."""


class Stage:
    """Types commands into one repository, shows what they print, and stops where one ends otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git_there = open_here(folder).checkout()

    def tell(self, text: str) -> None:
        output.result(f"\n== {text}")

    def bmad(self, *arguments: str, code: Exit = Exit.OK) -> None:
        """Run a command of bmad."""
        ended, told = self._run(*arguments)
        self._show(f"bmad {' '.join(arguments)}", told, ended, int(code))

    def _run(self, *arguments: str) -> tuple[int, str]:
        from bmad.cli.boundary import run as run_bmad  # noqa: PLC0415 - it knows this command, too

        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            ended = run_bmad([*arguments, "--repo", str(self.folder)])
        return ended, told.getvalue()

    def git(self, *arguments: str, code: int = 0) -> None:
        """Run git; a commit runs the hooks that were installed."""
        ended, told = self.git_there.run(*arguments)
        words = " ".join(f'"{word}"' if " " in word else word for word in arguments)
        self._show(f"git {words}", told, ended, code)

    def _show(self, command: str, told: str, ended: int, wanted: int) -> None:
        output.result(f"$ {command}")
        for row in told.rstrip("\n").split("\n") if told.strip() else []:
            output.result(f"  {row}".rstrip())
        if ended:
            output.result(f"  [exit {ended}]")
        if ended != wanted:
            raise BmadError(f"the demonstration stopped: `{command}` ended with {ended}, not {wanted}")

    def write(self, path: str, text: str) -> None:
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, encoding="utf-8")

    def story(self) -> tuple[str, Path]:
        """The story that goes back to the sentence: its id and its file."""
        _, told = self._run("graph", "--json")
        graph = json.loads(told)
        paths = {node["id"]: node["path"] for node in graph["nodes"]}
        below = {node["id"] for node in graph["nodes"] if SENTENCE in node.get("quote", "")}
        for kind in ("traces", "implements"):
            below = {link["source"] for link in graph["links"] if link["kind"] == kind and link["target"] in below}
        story = min(below)
        return story, self.folder / paths[story]


def run(
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Make the repository here; by default in a temporary folder.")
    ] = None,
) -> int:
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; name one that is, or one that is not there yet.")
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="bmad-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    play(Stage(folder.resolve()))
    return Exit.OK


def play(stage: Stage) -> None:
    """The whole way, one scene after the other."""
    _set_up(stage)
    story = _map(stage)
    _work(stage)
    _attack(stage, story)
    stage.tell("That was all of it. The repository stays:")
    output.result(f"  cd {stage.folder}")
    output.result("  bmad status                                   # the board")
    output.result(f"  bmad show {story}                      # a story and what it hangs from")
    output.result("  bmad trace src/durations.py                   # every line of a file")
    output.result(f"  bmad report --base main --head bmad/{story}   # the report for a review")
    output.result("  edit intent.md, then: bmad map intent.md --dry-run")


def _set_up(stage: Stage) -> None:
    stage.tell("1. A new repository, with bmad's settings and git hooks")
    stage.git("init", "--quiet", "--initial-branch", "main")
    for key, value in (
        ("user.name", "bmad demo"),
        ("user.email", "demo@bmad.invalid"),
        ("commit.gpgSign", "false"),
        ("core.hooksPath", ".git/hooks"),
    ):
        stage.git("config", key, value)
    stage.bmad("init", "--yes", "--hooks")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", "Adopt bmad")


def _map(stage: Stage) -> str:
    stage.tell("2. A person's intent becomes requirements, epics and stories")
    stage.write("intent.md", example("intent.md"))
    stage.bmad("map", "intent.md")
    stage.bmad("status")
    story, path = stage.story()
    stage.tell(f"3. The person says which paths {story} may change, and begins it")
    text = path.read_text(encoding="utf-8")
    at = text.index("\n\n## ")
    path.write_text(f"{text[:at]}\n- Territory: {TERRITORY}{text[at:]}", encoding="utf-8")
    output.result(f"  (wrote `- Territory: {TERRITORY}` into stories/{path.name})")
    stage.bmad("fmt")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", "Map the intent")
    stage.bmad("start", story)
    return story


def _work(stage: Stage) -> None:
    stage.tell("4. The work itself: here a prepared patch, in your hands your own; the hook fills in the trailer")
    stage.write(".git/parse.patch", example("parse.patch"))
    stage.git("apply", "--index", ".git/parse.patch")
    stage.git("commit", "--quiet", "-m", "Parse durations")
    stage.git("log", "-1", "--format=%B", "--stat")
    stage.tell("5. Why does this line exist?")
    stage.bmad("trace", "src/durations.py:5")
    stage.tell("6. The gate, as CI runs it on a pull request")
    stage.bmad("gate", "--base", "main")


def _attack(stage: Stage, story: str) -> None:
    stage.tell("7. What the gate refuses: code without a story (the hook says so first)")
    stage.git("switch", "--quiet", "-c", "untraced", "main")
    stage.write("src/clock.py", "NOW = 0\n")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", "Add a clock", code=1)
    stage.git("commit", "--quiet", "--no-verify", "-m", "Add a clock")
    stage.bmad("gate", "--base", "main", code=Exit.FOUND)
    stage.tell("8. ... and a story's name on work outside its territory")
    stage.git("switch", "--quiet", "-c", "out-of-scope", "main")
    stage.write("deploy.py", "HOST = 'example.org'\n")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "--no-verify", "-m", "Deploy", "-m", f"Story: {story}")
    stage.bmad("gate", "--base", "main", code=Exit.FOUND)
    stage.git("switch", "--quiet", f"bmad/{story}")
