"""A repository in which a commit of code runs both hooks, and that commit: one file, on a story's branch."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.specs import write_spec

_WORK = 'echo "answer = $$" >>src/q0/answer.py && git add src && git {} commit --quiet --message Work'
COMMIT = ("sh", "-c", _WORK.format(""))
LOOSE = ("sh", "-c", _WORK.format("-c core.hooksPath=/dev/null"))


def write_repository(root: Path, items: int, bmad: Sequence[str]) -> None:
    """A repository with a specification of about that many items, on the branch of its first story."""
    root.mkdir(parents=True)
    write_spec(root, items)
    (root / "src/q0").mkdir(parents=True)
    (root / "src/q0/answer.py").write_text("answer = 0\n", encoding="utf-8")
    for command in (
        ("git", "init", "--quiet", "--initial-branch", "main"),
        ("git", "config", "core.hooksPath", ".git/hooks"),
        ("git", "config", "user.name", "bench"),
        ("git", "config", "user.email", "bench@bmad.invalid"),
        ("git", "add", "."),
        ("git", "commit", "--quiet", "--message", "Adopt and map"),
        ("git", "switch", "--quiet", "--create", "bmad/STORY-s00000"),
        (*bmad, "hooks", "install"),
    ):
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
