"""Lost writes and dead ends: who writes waits for the others, and nothing that was said to be done is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import git


@pytest.fixture
def repo(small: Path) -> Path:
    """The small specification in a repository, two of its requirements reworded since they were confirmed."""
    git("init", "--quiet", cwd=small)
    prd = small / "specs/prd.md"
    text = prd.read_text(encoding="utf-8")
    prd.write_text(text.replace("shall find", "must find").replace("shall store", "must store"), encoding="utf-8")
    return small


def at_once(repo: Path, *commands: list[str]) -> list[str]:
    """Start commands of bmad side by side; what each printed, once all have ended well."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bmad", *words],
            cwd=repo,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in commands
    ]
    ended = [child.communicate(timeout=60) for child in started]
    assert [child.returncode for child in started] == [0] * len(started), ended
    return [out for out, _ in ended]


def test_i_of_commands_that_write_at_once_none_is_lost(repo: Path) -> None:
    new = ["--epic", "EPIC-notes1", "--implements", "FR-find01", "--criterion", "Given a, when b, then `c`."]
    told = at_once(
        repo,
        ["new", "story", "Find by day", *new],
        ["new", "story", "Find by author", *new],
        ["confirm", "STORY-find01", "--why", "first reason"],
        ["confirm", "STORY-store1", "--why", "second reason"],
        ["fmt"],
    )
    lock = (repo / "specs/trace.lock").read_text(encoding="utf-8")
    made = [line.split(" ") for line in told[:2]]
    for id_, _, path in made:
        assert (repo / path.strip()).is_file()
        assert id_ in lock
    assert len({id_ for id_, *_ in made}) == 2
    assert "first reason" in lock
    assert "second reason" in lock
    assert not list((repo / ".git/bmad/staged").iterdir())
