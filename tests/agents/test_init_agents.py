"""`bmad init` on machines with no, one, two and three coding agents."""

import os
from pathlib import Path

import pytest

from bmad.store.formats import TextFormats
from tests.program import bmad


@pytest.mark.parametrize(
    ("there", "roles", "note"),
    [
        ((), {}, "found no coding agent"),
        (("codex",), {}, "found codex; name who develops and who reviews"),
        (("codex", "claude"), {"developer": "claude", "reviewer": "codex"}, "claude develops and codex reviews"),
        (("claude", "codex", "qwen"), {}, "found claude, codex, qwen; name who"),
    ],
)
def test_agents_are_written_where_two_vendors_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], roles: dict[str, str], note: str
) -> None:
    for name in ("bin", "repo"):
        (tmp_path / name).mkdir()
    for name in there:
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    known = [folder for folder in os.environ["PATH"].split(os.pathsep) if not any(Path(folder).glob("claude*"))]
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), *known]))
    ended = bmad("init", "--yes", cwd=tmp_path / "repo")
    assert ended.code == 0
    assert note in ended.out
    assert ("next: tell agents how to work here: bmad agents install\n" in ended.out) is bool(there)
    text = (tmp_path / "repo" / "bmad.yaml").read_text()
    agents = TextFormats().settings(text).agents
    assert {role: agent.use for role, agent in agents.items()} == roles
    assert text.count("developer: {use: claude}") == 1
