"""Tasks and Dev Notes that a person edits while a story is under way are seen by a reviewer before it lands."""

import json
from pathlib import Path

import pytest

from tests.act.world import repository
from tests.program import bmad, git


@pytest.mark.parametrize("edited", [True, False])
def test_c_notes_that_were_edited_meanwhile_are_reviewed_with_the_work(tmp_path: Path, *, edited: bool) -> None:
    home = repository(tmp_path / "r", accept="story")
    file = next((home / "stories").glob("STORY-*.md"))
    story = file.name[:12]
    assert bmad("act", story, cwd=home).code == 4
    path = file if edited else home / "stories" / "notes.md"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\nMind the last line, too.\n", encoding="utf-8")
    git("add", ".", cwd=home)
    git("commit", "--quiet", "-m", "Say more" if edited else f"Note\n\nStory: {story}", cwd=home)
    assert bmad("accept", story, cwd=home).code == 0
    out = bmad("act", story, cwd=home)
    assert out.code == (4 if edited else 0), out
    if edited:  # what was accepted was accepted under other notes
        assert bmad("accept", story, cwd=home).code == 0
        assert bmad("act", story, cwd=home).code == 0
    events = json.loads(bmad("log", story, "--json", cwd=home).out)["events"]
    [moved] = [one["content"] for one in events if one["event"] == "moved"]
    assert moved.get("edited", False) is edited
    assert len([one for one in events if one["event"] == "reviewed"]) == 1 + edited
    assert ("Dev Notes were edited meanwhile" in out.err) is edited
