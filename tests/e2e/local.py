"""An intent and three stories with a real model of 270M parameters: `python -m tests.e2e.local PYTHON FOLDER`.

It maps intents, then develops, then reviews what a plain agent built. It follows a schema and makes no sense, so
nothing it does is expected to be good. What has to hold: a map is sound or nothing is written, every end is a
state with a name, the census adds up, nothing lands but what checks and reviewers let pass, and the gate agrees.
`PYTHON` is that of an environment with `requirements-local.txt`, `FOLDER` where the model and the repositories go.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bmad.model.act import State
from bmad.model.agents import Fault
from tests.act.world import command
from tests.program import bmad, git

INTENT = """# Letters

## Requirements

### First

- `alpha()` must return `a`.

### Second

- `gamma()` must return `g`.

### Third

- `omega()` must return `o`.
"""

LUNCH = """# Lunch

I want a bot that collects orders before 11:00. It sends the list to the kitchen.

## Features

- The list is printed.
- A guest has no name.
"""
MAPPED = {"two sentences": "# Lunch\n\nThe list is printed. We met on Monday.\n", "a small intent": LUNCH}

_SECONDS, _MAPPING = 120, 600
"""Of one call: of a story, and of a map, whose answers are shorter, but for reasons that never end."""


@contextmanager
def model(python: str, folder: Path) -> Iterator[str]:
    """The address of the running model."""
    server = [python, str(Path(__file__).with_name("llama.py")), str(folder)]
    log = folder / "llama.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            raise SystemExit(f"The model did not start; see {log}")
        try:
            yield address
        finally:
            process.stdin.close()
            process.wait(timeout=60)


def backlog(folder: Path, agents: dict[str, Any]) -> Path:
    """A repository with three stories, and these agents."""
    check = [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests"]
    told = {
        "version": 1,
        "agents": agents,
        "verify": [{"name": "tests", "run": check}],
        "act": {"accept": "auto", "rounds": 2, "lenses": ["correctness"]},
        "gate": {"level": "reviewed"},
    }
    folder.mkdir()
    git("init", "--quiet", "--initial-branch", "main", cwd=folder)
    git("config", "user.name", "Ada", cwd=folder)
    git("config", "user.email", "ada@example.org", cwd=folder)
    (folder / "bmad.yaml").write_text(json.dumps(told), encoding="utf-8")
    (folder / ".gitignore").write_text(".bmad/\n__pycache__/\n", encoding="utf-8")
    (folder / "intent.md").write_text(INTENT, encoding="utf-8")
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "-m", "Adopt bmad", cwd=folder)
    bmad("map", "intent.md", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "-m", "Map the intent", cwd=folder)
    return folder


def mapped(home: Path, intent: str, agent: dict[str, Any]) -> str:
    """Map an intent by the model and hold what came of it to the claim; its closing words."""
    home.mkdir()
    git("init", "--quiet", cwd=home)
    (home / "bmad.yaml").write_text(json.dumps({"version": 1, "agents": {"mapper": agent}}), encoding="utf-8")
    (home / "intent.md").write_text(intent, encoding="utf-8")
    command = [sys.executable, "-P", "-m", "bmad", "map", "intent.md", "--mapper", "mapper"]
    ended = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert "Traceback" not in ended.stderr, ended.stderr[-2000:]
    if ended.returncode == 0:
        judged = bmad("validate", "--json", cwd=home)
        found = json.loads(judged.out)
        assert not [one for one in found["findings"] if one["severity"] == "error"], judged.out
        called = next(row for row in ended.stdout.splitlines() if row.startswith("mapper was called"))
        return f"valid, {found['items_read']} items; {called}"
    assert ended.returncode in (2, 3), (ended.returncode, ended.stderr[-2000:])
    assert not (home / "specs").exists()
    assert not (home / "stories").exists()
    return f"nothing written: {ended.stderr.strip().splitlines()[-1]}"


def played(home: Path) -> Counter[str]:
    """Run the backlog and hold what came of it to the claim; what each story came to, counted."""
    before = git("rev-parse", "main", cwd=home)
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "bmad", "act", "--json"],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 4), (ended.returncode, ended.stderr[-2000:])
    *events, report = map(json.loads, ended.stdout.splitlines())
    stories = report["stories"]
    assert sum(one["count"] for one in report["census"]) == len(stories) == 3
    assert all(one["state"] in set(State) for one in stories)
    failures = [one["content"] for one in events if one["event"] == "failed"]
    assert all(one["fault"] in set(Fault) and one["words"] for one in failures)
    landed = [one["id"] for one in stories if one["state"] == "done"]
    assert sorted(landed) == sorted(report["landed"])
    if git("rev-parse", "main", cwd=home) != before:
        judged = bmad("gate", "--base", before, "--level", "reviewed", cwd=home)
        assert judged.code == 0, judged.out
    _tell(events, report)
    return Counter({f"{one['came']} {one['why']}".strip(): one["count"] for one in report["census"]})


def _tell(events: list[dict[str, Any]], report: dict[str, Any]) -> None:
    for one in events:
        words = one["content"].get("words", "")
        told = words if isinstance(words, str) else "; ".join(words)
        sys.stdout.write(f"  {one['story']} {one['step']} {one['event']} {' '.join(told.split())[:160]}\n")
    spent = report["spent"]
    sys.stdout.write(f"  {spent['calls']} calls, {spent['tokens_in']} tokens in, {spent['tokens_out']} out\n")


def main(python: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plain = {"command": command("scripted_agent", "{}")}
    with model(python, folder) as address:
        gemma = {"use": "openai:gemma-3-270m", "base_url": address, "turns": 8, "timeout": _SECONDS}
        mapper = {**gemma, "timeout": _MAPPING}
        for name, intent in MAPPED.items():
            home = folder / f"map-{name.replace(' ', '-')}"
            subprocess.run(["rm", "-rf", str(home)], check=True)
            sys.stdout.write(f"e2e-local: map of {name}: {mapped(home, intent, mapper)}\n")
            sys.stdout.flush()
        casts = {
            "as developer": {"developer": gemma, "creator": plain, "reviewer": gemma},
            "as reviewer": {"developer": plain, "reviewer": gemma},
        }
        for name, agents in casts.items():
            home = folder / name.replace(" ", "-")
            subprocess.run(["rm", "-rf", str(home)], check=True)
            counts = played(backlog(home, agents))
            told = ", ".join(f"{count} {what}" for what, count in counts.items())
            sys.stdout.write(f"e2e-local: {name}: {told} of 3 stories\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve())
