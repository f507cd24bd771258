"""Generated repositories with a backlog to be carried out, and the quick agent that does every step of it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from bench.specs import write_stories

FILES = 200
"""Of source code that is there before."""

_AGENT = """#!/bin/sh
# Does what its step asks in the plainest way; the first one to start leaves the moment as a file's time.
[ -e "$1/first" ] || : > "$1/first"
story=${BMAD_STORY#STORY-s}
place=q$((1$story - 100000))
case ${BMAD_STEP#*/} in
create*)
    for file in stories/$BMAD_STORY*.md; do printf '\\nPrepared.\\n' >> "$file"; done ;;
dev* | fix*)
    mkdir -p src/$place tests/$place
    printf 'ANSWER = %s\\n' "$story" > src/$place/answer.py
    printf 'from src import %s\\n' "$place" > tests/$place/test_answer.py ;;
review*)
    asked=$(sed -n '/^The file to copy from:$/{n;n;n;p;}' | head -n 1)
    printf '{"findings": [], "read": "%s"}' "$(tail -n 1 "$asked")" > "$BMAD_RESULT" ;;
*) exit 1 ;;
esac
"""


def write_backlog(root: Path, stories: int) -> None:
    """A repository `root/repository` whose backlog is mapped and committed, and `root/agent` beside it."""
    folder, agent = root / "repository", root / "agent"
    folder.mkdir(parents=True)
    agent.write_text(_AGENT, encoding="utf-8")
    write_stories(folder, stories)
    for number in range(FILES):
        source = folder / f"src/library/part{number % 10}/f{number}.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"VALUE = {number}\n" * 40, encoding="utf-8")
    (folder / ".gitignore").write_text(".bmad/\n", encoding="utf-8")


def copy_backlog(root: Path, folder: Path) -> Path:
    """A fresh copy of a backlog below folder, committed; the repository."""
    shutil.copytree(root, folder)
    repository, marks = folder / "repository", folder / "marks"
    marks.mkdir()
    (repository / "bmad.yaml").write_text(_settings(folder / "agent", marks), encoding="utf-8")
    identity = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in ("init --quiet --initial-branch main", "add .", "commit --quiet -m Map"):
        subprocess.run(["git", *command.split()], cwd=repository, env=os.environ | identity, check=True)
    return repository


def first_mark(repository: Path) -> float:
    """When the first agent of the repository started, in seconds since the epoch."""
    return (repository.parent / "marks/first").stat().st_mtime


def _settings(agent: Path, marks: Path) -> str:
    command = {"command": ["sh", str(agent), str(marks)], "writes": [str(marks)]}
    chosen = {
        "version": 1,
        "agents": dict.fromkeys(("creator", "developer", "reviewer"), command),
        "verify": [{"name": "tests", "run": ["true"]}],
        "act": {"accept": "auto", "lenses": ["correctness"]},
        "gate": {"level": "reviewed"},
    }
    return json.dumps(chosen, indent=1)
