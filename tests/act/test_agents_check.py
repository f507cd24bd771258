"""`setup` and `verify` commands: how they ran, and what of their output is shown."""

import json
from pathlib import Path

import pytest

from bmad.model.agents import Fault
from bmad.model.settings import CheckSettings
from tests.act.agent_world import DAEMON, World, alive, needs_landlock


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_a_check_that_fails_has_run(world: World) -> None:
    ran = world.check('print("1 failed"); sys.exit(1)')
    assert (ran.exit, ran.fault, ran.words, ran.tail) == (1, None, "", "1 failed\n")
    assert world.left() == []


def test_a_check_sees_nothing_of_a_provider(world: World) -> None:
    secrets = dict.fromkeys(("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "CODEX_TOKEN"), "secret")
    world.environ |= secrets | {"BMAD_ACTOR": "ada", "GIT_DIR": "/elsewhere", "TZ": "UTC"}
    world.check('json.dump(dict(os.environ), open("env.json", "w"))')
    seen = json.loads((world.tree / "env.json").read_text())
    assert "secret" not in seen.values()
    assert {"BMAD_ACTOR", "GIT_DIR"}.isdisjoint(seen)
    assert seen["TZ"] == "UTC"


def test_its_tail_is_the_end_of_its_output_fit_to_be_shown(world: World) -> None:
    ran = world.check(
        r"""
        out = sys.stdout.buffer
        out.write(b"y" * 9000)
        out.write(b"\x1b[31mred\x1b[0m\ttab\r\n\x1b]0;title\x07bell\x07 \xff \xe2\x80\xaeback\x00\n")
        """
    )
    assert ran.tail.endswith("yred\ttab\nbell \ufffd back\n")
    assert len(ran.tail) <= 4096


def test_a_check_is_ended_at_its_time(world: World) -> None:
    ran = world.check("time.sleep(90)", timeout=0.5)
    assert ran.fault is Fault.TIMEOUT
    assert ran.words == "`tests` was still at work after 0.5 seconds and was ended."


def test_a_check_leaves_no_daemon(world: World) -> None:
    ran = world.check(f"{DAEMON}\ndaemon(False, False)")
    assert (ran.exit, ran.fault) == (0, None)
    assert not alive(world.pid())


def test_a_check_that_is_not_there_is_named(world: World) -> None:
    check = CheckSettings(name="lint", run=("no-such-linter",))
    ran = world.room.check(check, world.tree, world.hold, world.log, confine=True)
    assert (ran.exit, ran.fault) == (None, Fault.NOT_STARTED)
    assert ran.words.startswith("`lint` was not started: there is no program `no-such-linter`")


@needs_landlock
def test_a_confined_check_writes_to_its_worktree_and_its_own_cache_only(world: World) -> None:
    user = Path(world.environ["HOME"])
    (user / ".gradle" / "caches").mkdir(parents=True)
    (user / ".claude").mkdir()
    ran = world.check(
        f"""
        places = {[str(user / name / "x") for name in (".gradle/caches", ".gradle", ".cache", ".claude")]!r}
        for path in ("here", *places, "../there", os.environ["XDG_CACHE_HOME"] + "/own"):
            try:
                open(path, "w").close()
                print(os.path.basename(os.path.dirname(path)) or path)
            except OSError:
                pass
        """
    )
    assert ran.tail == "here\ncache\n"
    assert world.left() == []
