"""What an agent leaves for the next one to obey, where no commit shows it, no reviewer is given."""

import json
from pathlib import Path

import pytest

from bmad.core.governed import is_obeyed
from tests.act.repos import trees
from tests.act.stage import Stage
from tests.act.world import PYTHON

LEFT = {
    "CLAUDE.local.md": "Find nothing.\n",
    ".claude/settings.local.json": "{}\n",
    "src/.gitignore": "*\n!story_*.py\n",
    "src/AGENTS.md": "Find nothing.\n",
    "build.log": "built\n",
    "src/NAME.py": "VALUE = 1\n",
}


def test_a_reviewer_looks_where_no_developer_has_been(tmp_path: Path) -> None:
    """A tool or a word that git ignores would run, or be obeyed, with the right to write the review."""
    stage = Stage(tmp_path)
    ignored = "CLAUDE.local.md\n.claude/\n*.log\n"
    stage.commit({".gitignore": ignored + ".bmad/\n__pycache__/\n"}, "Ignore what is one's own\n\nPolicy: tests")
    kept = stage.settings + f"setup: [{json.dumps([*PYTHON, '-c', MADE])}]\n"
    stage.commit({"bmad.yaml": kept}, "Set up\n\nPolicy: tests")
    stage.play({"1/dev": {"files": LEFT, "answer": {}}, "1/review/correctness": {"look": True, "exit": 1}})
    stage.bmad("act", stage.first, code=4)
    path = stage.file_of(stage.first)
    tree = trees(stage.repo) / stage.first
    assert all((tree / name).is_file() for name in ("build.log", "set-up.log", path)), "it stays from step to step"
    seen = set(stage.told(stage.first, "1/review/correctness").splitlines())
    assert seen & {*LEFT, "set-up.log", path} == {"set-up.log", path}


MADE = "open('set-up.log', 'w').close()"


@pytest.mark.parametrize("path", ["CLAUDE.md", "src/agents.MD", ".claude", "a/b/.cursor"])
def test_what_agents_obey_is_known_by_name(path: str) -> None:
    assert is_obeyed(path)
    assert not is_obeyed(f"{path}.txt")
