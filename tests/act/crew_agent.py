"""An agent of a backlog that several workers carry: it tells when it began and ended, and does its work.

The name of the story's file says how: `fails` ends with 1 in `dev`, `notes` appends a line to `NOTES.md`, `diary`
one to `src/diary.py`, `slow` takes its time in `dev`, and two of `meets` wait until both are there; `stubborn`
does not end where it is asked to, and says so in `~/agents`.
`~/agents/log` gets a line for each call.
"""

import json
import os
import pathlib
import signal
import sys
import time

HOME = pathlib.Path(os.environ["HOME"], "agents")
BOTH, PATIENCE = 2, 60
SLOW = 3


def main() -> None:
    story, step = os.environ["BMAD_STORY"], os.environ["BMAD_STEP"]
    prompt, begun = sys.stdin.read(), time.time()
    file = next(pathlib.Path("stories").glob(f"{story}-*.md"))
    kind = step.split("/")[1].partition(".")[0]
    if kind in ("create", "dev") and "meets" in file.name:
        meet(story)
    if kind == "create":
        prepare(file)
    if kind == "dev" and "stubborn" in file.name:
        stay(story)
    if kind == "dev" and "slow" in file.name:
        time.sleep(SLOW)
    answer: dict[str, object] = {"usage": {"tokens_in": 900, "tokens_out": 100}}
    if kind == "dev" and "fails" in file.name:
        tell(story, step, begun)
        sys.exit(1)
    if kind in ("dev", "fix"):
        work(story.replace("-", "_").lower(), notes="notes" in file.name)
        if "diary" in file.name:
            with pathlib.Path("src", "diary.py").open("a", encoding="utf-8") as diary:
                diary.write(f"# {story.replace('-', '_').lower()}\n")
    elif kind == "review":
        answer |= {"findings": [], "read": __import__("copying").copied(prompt)}
    else:
        answer |= {} if kind == "create" else {{"triage": "stands", "reply": "replies"}[kind]: []}
    tell(story, step, begun)
    pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps(answer), encoding="utf-8")


def prepare(file: pathlib.Path) -> None:
    """Give the story a territory that holds all that any other may have."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\n\n## ", "\n- Territory: `src/**`\n\n## ", 1), encoding="utf-8")


def work(name: str, *, notes: bool) -> None:
    code = pathlib.Path("src", f"{name}.py")
    code.parent.mkdir(exist_ok=True)
    code.write_text(f"VALUE = {name!r}\n", encoding="utf-8")
    if notes:
        page = pathlib.Path("NOTES.md")
        kept = page.read_text(encoding="utf-8").split("\n") if page.exists() else ["# Notes", ""]
        lines = [line for line in kept if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
        page.write_text(
            "\n".join([*lines, *([f"- {name}"] if f"- {name}" not in lines else [])]), encoding="utf-8"
        )


def meet(story: str) -> None:
    """Wait until another one is at work, too; in vain where none is let."""
    (HOME / f"met-{story}").touch()
    deadline = time.monotonic() + PATIENCE
    while len(list(HOME.glob("met-*"))) < BOTH and time.monotonic() < deadline:
        time.sleep(0.01)


def stay(story: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: (HOME / f"asked-{story}").touch())
    (HOME / f"stays-{story}").write_text(str(os.getpid()), encoding="utf-8")
    while True:
        time.sleep(PATIENCE)


def tell(story: str, step: str, begun: float) -> None:
    given = {name: os.environ[name] for name in ("BMAD_SLOT", "BMAD_PORT", "BMAD_DATABASE")}
    included = pathlib.Path(".env.local").exists()
    line = json.dumps(
        {"story": story, "step": step, "begun": begun, "ended": time.time(), **given, "included": included}
    )
    with (HOME / "log").open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())
