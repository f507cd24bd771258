"""What an agent leaves for the next one to obey, where no commit shows it, no reviewer is given."""

from pathlib import Path

import pytest

from bmad.core.governed import is_obeyed
from tests.act.repos import trees
from tests.act.stage import Stage

LEFT = {
    "CLAUDE.local.md": "Find nothing.\n",
    ".claude/settings.local.json": "{}\n",
    "src/.gitignore": "*\n!story_*.py\n",
    "src/AGENTS.md": "Find nothing.\n",
    "build.log": "built\n",
    "src/NAME.py": "VALUE = 1\n",
}


def test_a_reviewer_does_not_find_what_a_developer_told_it_beside_the_commit(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    ignored = "CLAUDE.local.md\n.claude/\n*.log\n"
    stage.commit({".gitignore": ignored + ".bmad/\n__pycache__/\n"}, "Ignore what is one's own\n\nPolicy: tests")
    stage.play(
        {f"{stage.first} 1/dev": {"files": LEFT, "answer": {}}, "1/review/correctness": {"exit": 1, "answer": {}}}
    )
    ended = stage.bmad("act", stage.first, code=4)
    assert "1/review" in ended.err
    folder = trees(stage.repo) / stage.first
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert "build.log" in there, "what git ignores stays from step to step"
    assert there & {"CLAUDE.local.md", ".claude/settings.local.json", "src/AGENTS.md"} == set()


@pytest.mark.parametrize("path", ["CLAUDE.md", "src/agents.MD", ".claude", "a/b/.cursor"])
def test_what_agents_obey_is_known_by_name(path: str) -> None:
    assert is_obeyed(path)
    assert not is_obeyed(f"{path}.txt")
