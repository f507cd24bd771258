"""`bmad doctor` and `bmad agents` in a repository, with a stand-in that does what it is told, or only says so."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bmad.store.schemas import shipped
from tests.act.agent_world import git
from tests.program import bmad

AGENT = """\
#!{python} -IS
import json, subprocess, sys
if "--version" in sys.argv:
    sys.exit(print("2.1.197 (Claude Code)"))
sys.stdin.read()
word = open("word.txt").read().strip() if {reads} else "plum"
number = subprocess.run(["cksum", "word.txt"], capture_output=True, text=True).stdout.split()[0]
answer = {{"summary": f"{{word}} {{number}}", "clarification": None, "marks": []}}
print(json.dumps({{"type": "result", "is_error": False, "session_id": "s-1", "structured_output": answer}}))
"""


class Here:
    """A repository whose developer is a person and whose reviewer is `claude`, which is logged in."""

    def __init__(self, folder: Path, *, reads: bool) -> None:
        self.repo, bins = folder / "repo", folder / "bin"
        for made in (self.repo, bins, folder / "state"):
            made.mkdir()
        git(self.repo, "init", "--quiet")
        policy = {"version": 1, "agents": {"developer": {"use": "human"}, "reviewer": {"use": "claude"}}}
        (self.repo / "bmad.yaml").write_text(json.dumps(policy))
        (bins / "claude").write_text(AGENT.format(python=sys.executable, reads=reads))
        (bins / "claude").chmod(0o755)
        self.bins = bins

    def told(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """The JSON of a command, held against its schema."""
        ended = bmad(*arguments, "--json", cwd=self.repo)
        assert ended.code == code, ended
        report: dict[str, Any] = json.loads(ended.out)
        jsonschema.validate(report, json.loads(shipped(arguments[0])))
        return report


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Here:
    made = Here(tmp_path, reads=getattr(request, "param", True))
    monkeypatch.setenv("PATH", f"{made.bins}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
    return made


def test_an_agent_that_does_its_task_can_work(here: Here) -> None:
    report = here.told("doctor")
    tried = {one["use"]: one for one in report["agents"]}
    assert (tried["claude"]["ok"], tried["claude"]["roles"], tried["claude"]["session"]) == (
        True,
        ["reviewer"],
        "s-1",
    )
    assert tried["human"]["ok"] is None
    assert here.told("doctor", "--no-calls")["agents"][-1]["ok"] is None
    listed = here.told("agents")
    seen = next(one for one in listed["installed"] if one["name"] == "claude")
    assert (seen["version"], seen["login"], seen["roles"]) == ("2.1.197", "ANTHROPIC_API_KEY", ["reviewer"])
    assert not list(here.repo.glob("word.txt"))


@pytest.mark.parametrize("here", [False], indirect=True)
def test_an_agent_that_makes_up_what_it_read_cannot_work(here: Here) -> None:
    report = here.told("doctor", code=1)
    assert not report["ok"]
    assert "without what the file holds" in report["agents"][-1]["words"]
