"""Presets run: how their programs are started, what they are given, and that a call leaves nothing of itself.

The programs are stand-ins that tell what they were given; what the real ones print is in `printed`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bmad.agents import mentions
from bmad.agents.presets import opencode
from bmad.agents.presets.form import Wanted
from bmad.model.agents import Fault, Outcome, Role
from bmad.model.answers import WorkAnswer
from bmad.model.settings import AgentSettings
from tests.act.agent_world import World, needs_landlock

STAND_IN = """\
#!{python} -IS
import json, os, sys
from pathlib import Path
if sys.argv[1] == "sandbox":
    sys.exit("bwrap: setting up uid map: Permission denied" if "NO_SANDBOX" in os.environ else 0)
homes = (os.environ.get(name) for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "HOME"))
home = Path(next(filter(None, homes)))
told = {{"argv": sys.argv[1:], "prompt": sys.stdin.read(), "environ": dict(os.environ), "home": str(home),
        "files": {{str(p.relative_to(home)): p.read_text() for p in home.rglob("*") if p.is_file()}}}}
for name in ("made.txt", {outside!r}):
    try:
        Path(name).write_text("x")
    except OSError as error:
        told[name] = error.strerror
(home / "left-behind.txt").write_text("for the next one")
print("TOLD " + json.dumps(told))
answer = {{"summary": "Done.", "clarification": None, "marks": []}}
if "stream-json" in sys.argv:
    print(json.dumps({{"type": "system", "subtype": "init", "session_id": "s-1"}}))
    print(json.dumps({{"type": "result", "is_error": False, "session_id": "s-1", "structured_output": answer,
                      "result": json.dumps(answer)}}))
else:
    print(json.dumps({{"type": "thread.started", "thread_id": "t-1"}}))
    said = {{"type": "agent_message", "text": json.dumps(answer)}}
    print(json.dumps({{"type": "item.completed", "item": said}}))
    print(json.dumps({{"type": "turn.completed", "usage": {{"input_tokens": 1, "output_tokens": 2}}}}))
"""


class Stage:
    """A person's machine with stand-ins for the coding agents."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.user = world.folder / "user"
        self.user.mkdir()
        bins = world.folder / "bin"
        bins.mkdir()
        text = STAND_IN.format(python=sys.executable, outside=str(self.user / "outside"))
        for name in ("claude", "codex", "gemini", "qwen"):
            (bins / name).write_text(text)
            (bins / name).chmod(0o755)
        keep = {
            name: value for name, value in world.environ.items() if not name.startswith(("ANTHROPIC", "OPENAI"))
        }
        self.environ = keep | {"HOME": str(self.user), "PATH": f"{bins}:{world.environ['PATH']}"}
        world.environ = self.environ
        self.told: dict[str, Any] = {}

    def keep(self, name: str, content: object) -> None:
        path = self.user / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def run(self, use: str, *, writable: bool = True, prompt: str = "Do it.", **settings: Any) -> Outcome:
        agent = AgentSettings(use=use, timeout=60, **settings)
        role = Role.DEVELOPER if writable else Role.REVIEWER
        task = self.world.task(agent=agent, role=role, writable=writable, prompt=prompt)
        done = self.world.room.run(task, self.world.hold)
        log = self.world.log.read_text() if self.world.log.exists() else ""
        said = [line for line in log.splitlines() if line.startswith("TOLD ")]
        self.told = json.loads(said[0][5:]) if said else {}
        return done

    def option(self, name: str) -> str:
        argv: list[str] = self.told["argv"]
        return argv[argv.index(name) + 1]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    world = World(tmp_path, monkeypatch)
    yield Stage(world)
    world.hold.release()


def test_claude_is_told_all_that_a_preset_must(stage: Stage) -> None:
    stage.environ["ANTHROPIC_API_KEY"] = "sk-ant-0123456789"
    stage.environ["OPENAI_API_KEY"] = "sk-oai-0123456789"
    done = stage.run("claude", model="opus", effort="high")
    assert (done.fault, done.backend, done.session) == (None, "claude", "s-1")
    assert stage.told["prompt"] == "Do it."
    assert (stage.option("--model"), stage.option("--effort")) == ("opus", "high")
    assert stage.option("--permission-mode") == "acceptEdits"
    assert json.loads(stage.option("--json-schema"))["required"] == list(WorkAnswer.model_fields)
    assert "ANTHROPIC_API_KEY" in stage.told["environ"]
    assert not {"OPENAI_API_KEY", "BMAD_RESULT"} & set(stage.told["environ"])
    stage.run("claude", writable=False)
    assert stage.option("--permission-mode") == "dontAsk"
    assert {"Edit", "Write"}.isdisjoint(stage.option("--tools").split(","))
    assert "--model" not in stage.told["argv"]


def test_a_call_has_a_home_of_its_own_with_the_login_alone(stage: Stage) -> None:
    stage.keep(".claude/.credentials.json", {"claudeAiOauth": {"accessToken": "a"}})
    stage.keep(".claude/settings.json", {"hooks": {}})
    stage.keep(".claude.json", {"oauthAccount": {"name": "ada"}, "projects": {"/secret": {}}})
    for _ in range(2):
        done = stage.run("claude")
        assert (done.fault, done.shared) == (None, False)
        assert sorted(stage.told["files"]) == [".claude.json", ".credentials.json"]
        assert "projects" not in stage.told["files"][".claude.json"]
        assert not Path(stage.told["home"]).exists()
    assert not (stage.user / ".claude" / "left-behind.txt").exists()


def test_the_token_that_renews_a_login_stays_with_the_person(stage: Stage) -> None:
    """It holds once: used in a home of one call, it would be gone, and the person's own login with it."""
    stage.keep(
        ".claude/.credentials.json", {"claudeAiOauth": {"accessToken": "a", "refreshToken": "once"}, "x": 1}
    )
    stage.keep(".codex/auth.json", {"tokens": {"access_token": "a", "refresh_token": "once"}})
    stage.run("claude")
    told = json.loads(stage.told["files"][".credentials.json"])
    assert told == {"claudeAiOauth": {"accessToken": "a", "refreshToken": ""}, "x": 1}
    stage.run("codex")
    assert json.loads(stage.told["files"]["auth.json"]) == {"tokens": {"access_token": "a", "refresh_token": ""}}


def test_a_first_use_needs_no_folder_of_the_persons(stage: Stage) -> None:
    assert stage.run("claude").fault is None
    assert stage.run("codex").fault is None
    assert stage.told["files"] == {}
    assert not [path for path in stage.user.iterdir() if path.name.startswith(".c")]


def test_a_login_that_was_moved_is_carried_from_there(stage: Stage) -> None:
    moved = stage.world.folder / "elsewhere"
    moved.mkdir()
    (moved / "auth.json").write_text('{"tokens": 1}')
    (moved / "config.toml").write_text('model = "other"')
    stage.environ["CODEX_HOME"] = str(moved)
    assert stage.run("codex").fault is None
    assert stage.told["files"] == {"auth.json": '{"tokens": 1}'}
    assert stage.told["home"] != str(moved)


def test_a_login_goes_to_its_own_provider_only(stage: Stage) -> None:
    stage.keep(".claude/.credentials.json", {"claudeAiOauth": {"accessToken": "a"}})
    stage.keep(".codex/auth.json", {"tokens": "t"})
    for name in ("claude", "codex"):
        assert stage.run(name, base_url="http://127.0.0.1:9").fault is None
        assert stage.told["files"] == {}
    assert stage.option("--output-schema").endswith("schema.json")
    assert 'base_url="http://127.0.0.1:9"' in " ".join(stage.told["argv"])


@needs_landlock
def test_no_two_sandboxes_are_put_around_one_another(stage: Stage) -> None:
    outside = str(stage.user / "outside")
    stage.run("codex")
    assert "--dangerously-bypass-approvals-and-sandbox" in stage.told["argv"]
    assert stage.told[outside] == "Permission denied"
    assert "made.txt" not in stage.told
    stage.run("codex", writable=False)
    assert stage.told["made.txt"] == "Permission denied"
    stage.run("codex", sandbox="own")
    assert stage.option("-s") == "workspace-write"
    assert outside not in stage.told
    stage.run("codex", sandbox="own", writable=False)
    assert stage.option("-s") == "read-only"
    stage.run("codex", sandbox="none")
    assert "--dangerously-bypass-approvals-and-sandbox" in stage.told["argv"]
    assert outside not in stage.told


def test_a_sandbox_that_runs_nothing_is_found_before_any_model_is_asked(stage: Stage) -> None:
    """Codex goes on with it and ends well: only its model is told that no command ran."""
    stage.environ["NO_SANDBOX"] = "1"
    done = stage.run("codex", sandbox="own", env=["NO_SANDBOX"])
    assert (done.fault, done.answer) == (Fault.SANDBOX, None)
    assert "runs no command here (bwrap: setting up uid map: Permission denied)" in done.words
    assert stage.run("codex", sandbox="none", env=["NO_SANDBOX"]).fault is None


def test_who_has_no_sandbox_of_its_own_is_not_asked_for_one(stage: Stage) -> None:
    done = stage.run("claude", sandbox="own")
    assert (done.fault, done.backend) == (Fault.MISCONFIGURED, "claude")
    assert "has no sandbox of its own" in done.words


def test_a_program_that_holds_to_no_schema_reads_it_in_the_prompt(stage: Stage) -> None:
    stage.environ["OPENAI_API_KEY"] = "sk-oai-0123456789"
    done = stage.run("qwen", model="qwen3-coder")
    assert (done.fault, done.answer and done.answer["summary"]) == (None, "Done.")
    assert '"additionalProperties": false' in stage.told["prompt"]
    assert (stage.option("-m"), stage.option("--auth-type")) == ("qwen3-coder", "openai")


def test_how_hard_to_think_reaches_programs_that_have_no_option_for_it(stage: Stage) -> None:
    """Gemini CLI is told in its settings, beside its login; OpenCode knows no variant elsewhere."""
    stage.keep(".gemini/settings.json", {"security": {"auth": {"selectedType": "oauth-personal"}}, "tools": {}})
    stage.keep(".gemini/oauth_creds.json", {"access_token": "a"})
    stage.run("gemini", effort="xhigh", model="gemini-2.5-pro")
    told = json.loads(stage.told["files"][".gemini/settings.json"])
    assert told.keys() == {"security", "modelConfigs"}
    configs = {
        one["match"]["model"]: one["modelConfig"]["generateContentConfig"]["thinkingConfig"]
        for one in told["modelConfigs"]["customOverrides"]
    }
    assert configs == {
        "chat-base-3": {"thinkingLevel": "HIGH"},
        "chat-base-2.5": {"thinkingBudget": 24_576},
        "gemini-2.5-pro": {"thinkingBudget": 24_576},
    }
    agent = AgentSettings(use="opencode", effort="high", model="m", base_url="http://127.0.0.1:1/v1")
    start = opencode.start(Wanted(agent, True, stage.user, "", "bmad", {}))  # noqa: FBT003
    settings = json.loads(start.environ["OPENCODE_CONFIG_CONTENT"])
    thinks = {"reasoning": True, "variants": {"high": {"reasoningEffort": "high"}}}
    assert settings["provider"]["bmad"]["models"] == {"m": thinks}
    assert start.argv[-2:] == ("--variant", "high")


AT = "See @a.txt, `@@ -1 +1 @@` and a\\@b."


def test_no_program_puts_a_file_beside_its_prompt_that_the_prompt_names(stage: Stage) -> None:
    """Claude Code, Gemini CLI and Qwen Code take `@NAME` for one, wherever it stands."""
    stage.environ["OPENAI_API_KEY"] = "sk-oai-0123456789"
    stage.run("qwen", prompt=AT)
    assert stage.told["prompt"].startswith("See \\@a.txt, `\\@\\@ -1 +1 \\@\\@` and a\\\\@b.\n")
    assert "not part of it" in stage.told["prompt"]
    for name in ("claude", "codex"):
        stage.run(name, prompt=AT)
        assert stage.told["prompt"] == AT
    stage.run("claude", prompt=AT)
    assert stage.told["environ"]["CLAUDE_CODE_DISABLE_ATTACHMENTS"] == "1"


@pytest.mark.parametrize("said", [["@a", r"x\@b"], ["a"]])
def test_what_was_said_of_an_at_sign_is_heard_as_it_was_meant(said: list[str]) -> None:
    agent = AgentSettings(command=("npx", "@google/gemini-cli"))
    raw = json.dumps([one.replace("@", "\\@") for one in said]).encode()
    assert json.loads(mentions.heard(raw, agent)) == said
    assert json.loads(mentions.heard(b'["\\@a"]', agent)) == ["@a"]
    assert mentions.told("a", agent) == "a"
    assert mentions.heard(raw, AgentSettings(use="codex")) == raw


def test_a_program_that_is_not_there_is_no_work(stage: Stage) -> None:
    stage.environ["PATH"] = "/nowhere"
    done = stage.run("claude")
    assert done.fault is Fault.NOT_STARTED
    assert "there is no program `claude` on the PATH" in done.words
