"""A throw-away repository with a small intent: mapped, carried out, reviewed, landed, traced, judged by the gate.

The agents are replayed from a recording that was written for this demonstration; all else is real: the worktrees,
the commits, the tests that `verify` runs, the checks of every answer, the records and the gate.
"""

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bmad.cli import output
from bmad.errors import BmadError, Exit, UsageError
from bmad.needs import example
from bmad.wiring import open_here

RECORDING = ".bmad/recording.jsonl"
RULED = ("STORY-r1qm4x", "F-w72tbfgh")
"""The dispute that a person settles here."""

SETTINGS = """\
agents:
  recorded: {{replay: {recording}}}
  creator: {{use: recorded}}
  tester: {{use: recorded}}
  developer: {{use: recorded}}
  reviewer: {{use: recorded}}
verify:
  - {{name: tests, run: [{python}, -B, -m, unittest, discover, -s, tests, -t, .]}}
act: {{accept: auto, lenses: [correctness, security]}}
"""


class Stage:
    """Types commands into one repository, shows what they print, and stops where one ends otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git_there = open_here(folder).checkout()

    def tell(self, text: str) -> None:
        output.result(f"\n== {text}")

    def bmad(self, *arguments: str, code: Exit = Exit.OK) -> str:
        """Run a command of bmad; what it printed."""
        from bmad.cli.boundary import run as run_bmad  # noqa: PLC0415 - it knows this command, too

        told = _Shown(f"bmad {_typed(arguments)}")
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            ended = run_bmad([*arguments, "--repo", str(self.folder)])
        told.end(ended, int(code))
        return told.getvalue()

    def git(self, *arguments: str, code: int = 0) -> str:
        """Run git; a commit runs the hooks that were installed."""
        told = _Shown(f"git {_typed(arguments)}")
        ended, text = self.git_there.run(*arguments)
        told.write(text)
        told.end(ended, code)
        return text

    def write(self, path: str, text: str) -> None:
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")


class _Shown(io.StringIO):
    """What a command prints, shown line by line as it comes."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self._out = sys.stdout
        self._command = command
        self._line = ""
        self._out.write(f"$ {command}\n")

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._out.write(output.fitted(f"  {line}".rstrip() + "\n", self._out))
        self._out.flush()
        return super().write(text)

    def end(self, ended: int, wanted: int) -> None:
        """Raises: BmadError where the command ended otherwise than it should."""
        if self._line:
            self.write("\n")
        if ended:
            self._out.write(f"  [exit {ended}]\n")
        if ended != wanted:
            raise BmadError(f"the demonstration stopped: `{self._command}` ended with {ended}, not {wanted}")


def _typed(arguments: tuple[str, ...]) -> str:
    return " ".join(f'"{word}"' if " " in word else word for word in arguments)


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
    set_up(stage)
    _act(stage)
    _trace(stage)
    _attack(stage)
    stage.tell("That was all of it. The repository stays:")
    output.result(f"  cd {stage.folder}")
    output.result("  bmad log STORY-tyacd5                 # how the work on a story went, round by round")
    output.result("  cat stories/records/*.json            # the evidence of each landing")
    output.result("  bmad trace src/durations/parsing.py   # a whole file, line by line")
    output.result("  edit intent.md, then: bmad map intent.md --dry-run")


def set_up(stage: Stage) -> None:
    """A repository whose intent is mapped, with agents that are replayed."""
    stage.tell("1. A new repository; the agents are replayed from a recording, everything else is real")
    stage.git("init", "--quiet", "--object-format", "sha1", "--initial-branch", "main")  # as it was recorded
    for key, value in (
        ("user.name", "bmad demo"),
        ("user.email", "demo@bmad.invalid"),
        ("commit.gpgSign", "false"),
        ("core.hooksPath", ".git/hooks"),
    ):
        stage.git("config", key, value)
    stage.bmad("init", "--yes", "--hooks")
    stage.write(RECORDING, example("recording.jsonl"))
    settings = SETTINGS.format(recording=RECORDING, python=json.dumps(sys.executable))
    stage.write("bmad.yaml", stage.read("bmad.yaml").replace("level: scoped", "level: reviewed") + settings)
    stage.write(".gitignore", stage.read(".gitignore") + "__pycache__/\n")
    output.result("  (added agents, the check `tests` and `gate.level: reviewed` to bmad.yaml)")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", "Adopt bmad")
    stage.tell("2. A person's intent becomes requirements, epics and stories")
    stage.write("intent.md", example("intent.md"))
    stage.bmad("map", "intent.md")
    output.result("  (V18: no story says yet which paths it may change; here its creator writes that into it)")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", "Map the intent")
    stage.git("tag", "mapped")


def _act(stage: Stage) -> None:
    story, finding = RULED
    stage.tell("3. Each story: prepared, tested, built, verified, reviewed, mended, landed (agents replayed)")
    stage.bmad("act", code=Exit.WAITING)
    stage.tell("4. One dispute waits for a person: developer and reviewer do not agree")
    stage.bmad("inbox")
    why = "the intent says the message, and nothing before it"
    stage.bmad("arbitrate", story, finding, "--for", "reviewer", "--why", why)
    stage.bmad("act")
    stage.git("log", "--oneline", "--first-parent", "mapped..main")


def _trace(stage: Stage) -> None:
    stage.tell("5. Why does this line exist? From the line to the sentence of the intent")
    lines = stage.read("src/durations/parsing.py").split("\n")
    number = next(at for at, line in enumerate(lines, 1) if "def parse(" in line)
    stage.bmad("trace", f"src/durations/parsing.py:{number}")
    stage.tell("6. The gate, as CI runs it: every byte since `mapped` is what a record says was reviewed")
    stage.bmad("gate", "--base", "mapped", "--level", "reviewed")


def _attack(stage: Stage) -> None:
    stage.tell("7. A squash with all trailers gone still passes: the proof is the content")
    stage.git("switch", "--quiet", "-c", "squashed", "mapped")
    stage.git("merge", "--quiet", "--squash", "main")
    stage.git("commit", "--quiet", "--no-verify", "-m", "All of it")
    stage.bmad("gate", "--base", "mapped")
    stage.tell("8. ... and one blank more in it does not")
    text = stage.read("src/durations/parsing.py")
    stage.write("src/durations/parsing.py", text.replace("\n    ", "\n     ", 1))
    stage.git("commit", "--quiet", "--no-verify", "--all", "--amend", "-m", "All of it")
    stage.bmad("gate", "--base", "mapped", code=Exit.FOUND)
    stage.tell("9. Code without a story is refused: first by the hook, then by the gate")
    stage.git("switch", "--quiet", "-c", "untraced", "main")
    stage.write("src/clock.py", "NOW = 0\n")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", "Add a clock", code=1)
    stage.git("commit", "--quiet", "--no-verify", "-m", "Add a clock")
    stage.bmad("gate", "--base", "main", code=Exit.FOUND)
    stage.tell("10. ... and so is a landed story's name on work that nobody reviewed")
    stage.git("commit", "--quiet", "--no-verify", "--amend", "-m", "Add a clock", "-m", "Story: STORY-4y3e79")
    stage.bmad("gate", "--base", "main", code=Exit.FOUND)
    stage.git("switch", "--quiet", "main")
