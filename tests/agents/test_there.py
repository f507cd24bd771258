"""What is looked for before anything is begun: programs, versions and logins, on made-up machines."""

import base64
import json
import time
from pathlib import Path

import pytest

from bmad.agents import there
from bmad.model.settings import AgentSettings
from bmad.store.settings import settings_of


class Machine:
    def __init__(self, folder: Path) -> None:
        self.bin, self.home = folder / "bin", folder / "home"
        self.bin.mkdir()
        self.home.mkdir()
        self.environ = {"PATH": str(self.bin), "HOME": str(self.home)}

    def install(self, name: str, says: str = "") -> None:
        program = self.bin / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)

    def keep(self, name: str, text: str = "{}") -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def lacking(self, **settings: object) -> str:
        return there.lacking(settings_of(AgentSettings, settings), self.environ, self.home)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr("sys.platform", "linux")
    return Machine(tmp_path)


@pytest.mark.parametrize("name", ["claude", "codex", "gemini", "qwen", "opencode"])
def test_an_agent_without_its_program_lacks_it(machine: Machine, name: str) -> None:
    assert f"there is no program `{name}` on the PATH; install it (`npm install" in machine.lacking(use=name)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("claude", ".claude/.credentials.json"),
        ("codex", ".codex/auth.json"),
        ("gemini", ".gemini/oauth_creds.json"),
        ("qwen", ".qwen/oauth_creds.json"),
    ],
)
def test_a_login_is_a_file_or_a_key(machine: Machine, name: str, file: str) -> None:
    machine.install(name)
    assert "is not logged in: run `" in machine.lacking(use=name)
    machine.keep(file)
    assert machine.lacking(use=name) == ""


def jwt(end: float) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": end}).encode()).decode().rstrip("=")
    return f"x.{claims}.y"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_login_that_has_run_out_is_none(machine: Machine, hours: int) -> None:
    """No agent could renew it: the token for that is not carried into its home."""
    end = time.time() + hours * 3600
    machine.keep(".claude/.credentials.json", json.dumps({"claudeAiOauth": {"expiresAt": end * 1000}}))
    machine.keep(".codex/auth.json", json.dumps({"tokens": {"access_token": jwt(end)}}))
    for name in ("claude", "codex"):
        machine.install(name)
        assert ("run out: use `" in machine.lacking(use=name)) == (hours < 0)
    machine.environ |= {"CLAUDE_CODE_OAUTH_TOKEN": "t", "OPENAI_API_KEY": "k"}
    assert machine.lacking(use="claude") == machine.lacking(use="codex") == ""


def test_what_needs_no_login_lacks_none(machine: Machine) -> None:
    machine.install("codex")
    machine.install("opencode")
    assert machine.lacking(use="codex", base_url="http://127.0.0.1:1") == ""
    assert machine.lacking(use="opencode") == ""
    machine.environ["MY_KEY"] = "k"
    assert "is not logged in" in machine.lacking(use="codex", env=["OTHER_KEY"])
    assert machine.lacking(use="codex", env=["MY_KEY"]) == ""


def test_a_login_is_found_where_the_person_has_moved_it(machine: Machine, tmp_path: Path) -> None:
    machine.install("claude")
    machine.install("codex")
    machine.environ |= {"CLAUDE_CONFIG_DIR": str(tmp_path / "c"), "CODEX_HOME": str(tmp_path / "x")}
    machine.keep(".claude/.credentials.json")
    assert "is not logged in" in machine.lacking(use="claude")
    for name in ("c/.claude.json", "x/auth.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(json.dumps({"primaryApiKey": "sk"}))
    assert machine.lacking(use="claude") == machine.lacking(use="codex") == ""


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"command": ["nowhere"]}, "there is no program `nowhere` on the PATH"),
        ({"command": ["/nowhere/at/all"]}, "there is no program `/nowhere/at/all`"),
        ({"command": ["tools/agent.py"]}, ""),
        ({"use": "qwen", "effort": "high"}, "cannot be told an `effort`: Qwen Code takes none in a call"),
        ({"use": "anthropic:m"}, "has no key: set ANTHROPIC_API_KEY"),
        ({"use": "openai:m"}, "has no key: set OPENAI_API_KEY"),
        ({"use": "openai:m", "base_url": "http://127.0.0.1:1"}, ""),
        ({"use": "human"}, ""),
        ({"replay": "x.jsonl"}, ""),
    ],
)
def test_other_agents_lack_a_program_or_a_key(machine: Machine, settings: dict[str, object], missing: str) -> None:
    lacking = machine.lacking(**settings)
    assert missing in lacking
    assert bool(missing) == bool(lacking)


def test_what_is_installed_is_told_with_its_version(machine: Machine) -> None:
    machine.install("claude", "2.1.197 (Claude Code)")
    machine.install("codex", "codex-cli 0.169.0")
    machine.environ["OPENAI_API_KEY"] = "sk"
    seen = {one.name: one for one in there.installed(machine.environ, machine.home, ("claude", "codex"))}
    assert [(seen[name].version, seen[name].login) for name in ("claude", "codex", "gemini")] == [
        ("2.1.197", ""),
        ("0.169.0", "OPENAI_API_KEY"),
        ("", ""),
    ]
