"""A small repository with a mapped backlog and scripted agents, for tests of the whole loop.

The agents are one Python program started as a `command` (`scripted_agent.py`). Nothing of bmad is replaced.
"""

import atexit
import compileall
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.program import bmad, git

INTENT = """# Letters

## Requirements

### First

- `alpha()` must return `a`.
- `beta()` must return `b`.

### Second

- `gamma()` must return `g`.
- `delta()` must return `d`.
"""

START = Path(__file__).with_name("start.py")
PYTHON = (sys.executable, "-I", "-S", "-B")
"""What starts an agent that is a script: it needs the standard library alone, and takes that as compiled.

bmad has an agent's Python keep its bytecode in a folder of the call: who heeds that compiles all that it imports.
"""


def command(agent: str, *words: str) -> list[str]:
    """What starts an agent that is a module of this folder."""
    _compile()
    return [*PYTHON, str(START), agent, *words]


@cache
def _compile() -> None:
    """Keep all that an agent may be compiled: none of them can, who write nowhere but in their worktree."""
    compileall.compile_dir(START.parent, maxlevels=0, quiet=1, rx=re.compile("/test_[^/]*$"))


def yaml(agent: Sequence[str], **act: object) -> str:
    """A bmad.yaml in which one program does every role."""
    program = json.dumps({"command": list(agent)})
    check = json.dumps(command("checking"))
    return (
        "version: 1\n"
        f"agents: {{creator: {program}, developer: {program}, reviewer: {program}}}\n"
        f"verify: [{{name: tests, run: {check}}}]\n"
        f"act: {json.dumps({'accept': 'auto', 'lenses': ['correctness'], **act})}\n"
        "gate: {level: reviewed}\n"
    )


def repository(folder: Path, settings: dict[str, object] | None = None, **act: object) -> Path:
    """A repository on `main` whose backlog is mapped and committed; its work tree is clean."""
    agent = command("scripted_agent", json.dumps(settings or {}))
    shutil.copytree(_mapped(yaml(agent, **act)), folder)
    return folder


@cache
def _mapped(told: str) -> Path:
    """The repository with these settings, made once and copied from then on."""
    folder = Path(tempfile.mkdtemp(prefix="bmad-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    git("init", "--quiet", "--initial-branch", "main", cwd=folder)
    (folder / "bmad.yaml").write_text(told, encoding="utf-8")
    (folder / ".gitignore").write_text(".bmad/\n__pycache__/\n", encoding="utf-8")
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "-m", "Adopt bmad", cwd=folder)
    (folder / "intent.md").write_text(INTENT, encoding="utf-8")
    bmad("map", "intent.md", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "-m", "Map the intent", cwd=folder)
    return folder
