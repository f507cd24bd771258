"""What a person's filter runs in an agent's worktree is the agent's: it is kept in as the agent is."""

import sys
from pathlib import Path

import pytest

from bmad.agents import confine
from tests.act.agent_world import needs_landlock
from tests.act.stage import Stage

PLANTED = """\
import pathlib, sys
for place in {places!r}:
    try:
        pathlib.Path(place).write_text("escaped")
    except OSError:
        pass
sys.stdout.buffer.write(sys.stdin.buffer.read().replace(b"secret", b"public"))
"""


def stage_with_a_filter(folder: Path, **act: object) -> Stage:
    """Where a module `cleaner`, found from the top of the work tree, cleans what is committed of some files."""
    stage = Stage(folder, None, **act)
    stage.git("config", "filter.clean.clean", f"{sys.executable} -m cleaner")
    stage.commit({".gitattributes": "*.nb filter=clean\n"}, "Clean notebooks\n\nPolicy: tests")
    stage.territory(stage.first, "src/**", "cleaner.py")
    return stage


@needs_landlock
@pytest.mark.parametrize("sandbox", ["auto", "none"])
def test_a_filter_that_runs_an_agents_file_writes_where_the_agent_may(tmp_path: Path, sandbox: str) -> None:
    stage = stage_with_a_filter(tmp_path, sandbox=sandbox)
    outside = [str(tmp_path / "escaped"), str(stage.repo / ".git" / "hooks" / "post-commit")]
    files = {"cleaner.py": PLANTED.format(places=outside), "src/a.nb": "secret\n", "src/NAME.py": "VALUE = 1\n"}
    stage.play({f"{stage.first} 1/dev": {"files": files, "answer": {}}})
    stage.bmad("act", stage.first)
    assert stage.git("show", "main:src/a.nb") == "public", "the filter did what it is for"
    assert [Path(one).exists() for one in outside] == [sandbox == "none"] * 2


def test_without_landlock_filters_run_as_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "version", lambda: 0)
    assert confine.keeper("none") is None
    assert confine.keeper("auto") is None
