"""An agent and a check for runners that are killed: each works for a while and tells who works beside it.

As an agent its behaviour follows from the word in the story's file name: of a `mended` story the first review
raises a finding that is fixed, of a `disputed` one it is disputed and conceded, of a `plain` one there is none.
What it leaves is the same however often it is interrupted. `~/seconds` says how long each works.

It writes to a folder outside its worktree (`~/agents`; as a check `~/checks`, which leads to where a check may
write): a file for each process that is alive, which names the story that an agent works on, and the lines of `log`
with what began, what ended, and `overlap` where another was at work beside it.
"""

import json
import os
import pathlib
import re
import sys
import time

CHECKS = "checks"
FOLDERS = ("agents", CHECKS)
LINGER = 20


def main() -> None:
    home, tree, step = pathlib.Path(os.environ["HOME"]), pathlib.Path.cwd(), os.environ.get("BMAD_STEP", "")
    folder = home / FOLDERS[0 if step else 1]
    name = f"{tree.name}.{os.getpid()}.{born(os.getpid())}"
    for other in alive(home, tree.name):
        tell(folder, f"overlap {name} {step} with {other}")
    (folder / name).write_text(os.environ.get("BMAD_STORY", ""), encoding="utf-8")
    tell(folder, f"begin {name} {step}")
    seconds = float((home / "seconds").read_text(encoding="utf-8"))
    if step:
        Agent(tree, os.environ["BMAD_STORY"], step).work(seconds)
    else:
        take(seconds)
    tell(folder, f"end {name} {step}")
    (folder / name).unlink()


def take(seconds: float) -> None:
    """Work for a while, and where the runner has died in it, for so long that a successor finds it at work."""
    runner = os.getppid()
    time.sleep(seconds)
    if os.getppid() != runner:
        time.sleep(LINGER)


def alive(home: pathlib.Path, tree: str = "*") -> list[str]:
    """The agents and checks that are at work in a worktree, or in any."""
    return [path.name for path in at_work(home, tree)]


def at_work(home: pathlib.Path, tree: str = "*") -> list[pathlib.Path]:
    """The files of the agents and checks that are at work in a worktree, or in any."""
    found = [path for folder in FOLDERS for path in (home / folder).glob(f"{tree}.*.*")]
    return [path for path in found if born(int(path.name.split(".")[1])) == path.name.split(".")[2]]


def worked_on(path: pathlib.Path) -> str:
    """The story that an agent of that file works on; empty for a check, and for one that has just ended."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def born(pid: int) -> str:
    """When a process began, in ticks; empty where it is gone or only waits to be reaped."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]


def tell(folder: pathlib.Path, line: str) -> None:
    with (folder / "log").open("ab", buffering=0) as file:
        file.write(f"{time.time():.3f} {line}\n".encode())


class Agent:
    def __init__(self, tree: pathlib.Path, story: str, step: str) -> None:
        self.story = story
        self.kind = step.split("/")[1].partition(".")[0]
        self.again = not step.startswith("1/")
        self.prompt = sys.stdin.read()
        self.file = next((tree / "stories").glob(f"{story}-*.md"))
        self.way = self.file.name.split("-")[2]
        self.name = story.replace("-", "_").lower()
        self.code = tree / "src" / f"{self.name}.py"

    def work(self, seconds: float) -> None:
        """Half of the work, the time it takes, and the rest: who is interrupted leaves something half done."""
        if self.kind in ("dev", "fix"):
            self.code.parent.mkdir(exist_ok=True)
            self.code.write_text(f"half of {self.kind}", encoding="utf-8")
        take(seconds)
        answer = getattr(self, self.kind)()
        pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps(answer), encoding="utf-8")

    def create(self) -> dict[str, object]:
        text = self.file.read_text(encoding="utf-8")
        if "- Territory:" not in text:
            at = text.index("\n\n## ")
            self.file.write_text(f"{text[:at]}\n- Territory: `src/{self.name}.py`{text[at:]}", encoding="utf-8")
        return {}

    def dev(self) -> dict[str, object]:
        self.code.write_text("VALUE = 'rough'\n", encoding="utf-8")
        return {}

    def fix(self) -> dict[str, object]:
        disputed = self.way == "disputed"
        text = "# Rough on purpose.\nVALUE = 'rough'\n" if disputed else "VALUE = 'smooth'\n"
        self.code.write_text(text, encoding="utf-8")
        return {"marks": [{"finding": one, "path": f"src/{self.name}.py", "line": 1} for one in self.findings]}

    def review(self) -> dict[str, object]:
        sys.path.insert(0, str(pathlib.Path(__file__).parent))
        read = __import__("copying").copied(self.prompt)
        if self.again:
            return {"read": read, "verdicts": [{"finding": one, "settled": True} for one in self.findings]}
        place = {"path": f"src/{self.name}.py", "line": 1, "quote": "VALUE = 'rough'"}
        claim = {"severity": "P1", **place, "claim": "This is rough."}
        return {"read": read, "findings": [] if self.way == "plain" else [claim]}

    def triage(self) -> dict[str, object]:
        stand = "disputed" if self.way == "disputed" else "confirmed"
        return {"stands": [{"finding": one, "stand": stand, "argument": "See above."} for one in self.findings]}

    def reply(self) -> dict[str, object]:
        return {"replies": [{"finding": one, "reply": "conceded"} for one in self.findings]}

    @property
    def findings(self) -> list[str]:
        """The findings that the prompt speaks of."""
        return sorted(set(re.findall(r"\bF-[0-9a-z]{8}\b", self.prompt)))


if __name__ == "__main__":
    main()
