"""Agents that are commands: what they are told, what counts as an answer, where they may write."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bmad.agents import confine
from bmad.agents.registry import confinement
from bmad.model.agents import Fault, Outcome, Role
from bmad.model.answers import ReviewAnswer, WorkAnswer
from bmad.model.settings import AgentSettings
from bmad.model.spending import Usage
from tests.act.agent_world import World, git, needs_landlock

CLAIM = {"severity": "P1", "path": "a.txt", "line": 1, "quote": "one", "claim": "It is not two."}
ANSWER = 'json.dump(%s, open(os.environ["BMAD_RESULT"], "w"))'


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_an_agent_is_told_its_task_and_changes_its_worktree(world: World) -> None:
    agent = AgentSettings(
        command=world.script(
            """
            told = ("ROLE", "STORY", "STEP", "MODEL", "EFFORT")
            seen = {name: os.environ[name] for name in (f"BMAD_{one}" for one in told)}
            seen["prompt"] = sys.stdin.buffer.read().decode()
            seen["schema"] = json.load(open(os.environ["BMAD_SCHEMA"]))
            json.dump(seen, open("seen.json", "w"))
            print("at work")
            """
        ),
        model="m-1",
        effort="low",
    )
    done = world.room.run(world.task(agent=agent, prompt="Do it, Zoë."), world.hold)
    assert (done.fault, done.words, done.exit) == (None, "", 0)
    assert done.answer == WorkAnswer().model_dump(mode="json")
    assert (done.backend, done.model, len(done.context)) == ("command", "", 32)
    seen = json.loads((world.tree / "seen.json").read_text())
    assert (seen["BMAD_ROLE"], seen["BMAD_STORY"], seen["BMAD_STEP"]) == ("developer", "STORY-1", "1/dev")
    assert (seen["BMAD_MODEL"], seen["BMAD_EFFORT"], seen["prompt"]) == ("m-1", "low", "Do it, Zoë.")
    jsonschema.Draft202012Validator.check_schema(seen["schema"])
    assert "marks" in seen["schema"]["properties"]
    assert world.log.read_text() == "at work\n"
    assert world.left() == []


def test_no_two_calls_share_a_context(world: World) -> None:
    task = world.task(("true",))
    assert world.room.run(task, world.hold).context != world.room.run(task, world.hold).context


def test_the_environment_is_an_allow_list(world: World) -> None:
    world.environ |= {
        "ANTHROPIC_API_KEY": "k-1",
        "GIT_DIR": "/elsewhere",
        "GIT_CONFIG_COUNT": "0",
        "BMAD_ACTOR": "ada",
        "AWS_SECRET_ACCESS_KEY": "s-1",
        "LC_TIME": "C",
        "PATH": f".:bin:{os.environ['PATH']}",
    }
    agent = AgentSettings(
        command=world.script('json.dump(dict(os.environ), open("env.json", "w"))'),
        env=("ANTHROPIC_*", "GIT_*", "BMAD_ACTOR"),
    )
    world.run("", agent=agent)
    seen = json.loads((world.tree / "env.json").read_text())
    assert seen["ANTHROPIC_API_KEY"] == "k-1"
    assert seen["LC_TIME"] == "C"
    assert seen["PATH"] == os.environ["PATH"]
    assert seen["BMAD_LEASE"] == str(world.home / ".bmad/locks/STORY-1.held")
    assert str(world.tree.parent) in seen["GIT_CEILING_DIRECTORIES"].split(":")
    assert Path(seen["TMPDIR"]).is_relative_to(world.temp)
    assert Path(seen["TMPPREFIX"]).parent == Path(seen["TMPDIR"])
    assert {"GIT_DIR", "GIT_CONFIG_COUNT", "BMAD_ACTOR", "AWS_SECRET_ACCESS_KEY"}.isdisjoint(seen)


@pytest.mark.parametrize("shell", ["bash", "zsh", "dash"])
def test_a_here_document_is_written_where_an_agent_may_write(world: World, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not to be had here")
    text = f"import subprocess; subprocess.run(['{shell}', '-c', 'cat > told.txt <<END\\nso\\nEND'], check=True)"
    assert given(world, (), text).exit == 0
    assert (world.tree / "told.txt").read_text(encoding="utf-8") == "so\n"


def given(world: World, env: tuple[str, ...], text: str, timeout: float = 60) -> Outcome:
    """Run a Python program as an agent that gets some variables."""
    agent = AgentSettings(command=world.script(text), env=env, timeout=timeout)
    return world.room.run(world.task(agent=agent), world.hold)


def test_a_secret_that_an_agent_was_given_stays_with_it(world: World) -> None:
    """Not in its log, whole or beside other text, nor in its answer, nor in what it leaves with a fault."""
    world.environ |= {
        "ANTHROPIC_API_KEY": "sk-ant-4711",
        "OPENAI_BASE_URL": "http://localhost:8080",
        "HTTPS_PROXY": "http://ada:p%40ssword1@proxy:3128",
        "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "32",
    }
    env = ("ANTHROPIC_API_KEY", "OPENAI_BASE_URL", "CLAUDE_*")
    done = given(
        world,
        env,
        """
        key = os.environ["ANTHROPIC_API_KEY"]
        print("p@ssword1", "p%40ssword1", os.environ["OPENAI_BASE_URL"], 32, "ä", flush=True)
        os.write(1, f"x{key}{key}\\xff".encode("latin-1"))
        json.dump({"summary": f"It is {key}."}, open(os.environ["BMAD_RESULT"], "w"))
        """,
    )
    assert done.answer is not None
    assert done.answer["summary"] == "It is [redacted]."
    told = "[redacted] [redacted] http://localhost:8080 32 ä\n".encode()
    assert world.log.read_bytes() == told + b"x[redacted][redacted]\xff"
    done = given(world, env, 'print(os.environ["ANTHROPIC_API_KEY"], flush=True); time.sleep(90)', timeout=0.5)
    assert done.fault is Fault.TIMEOUT
    assert world.log.read_text() == "[redacted]\n"


def test_an_answer_has_its_defaults(world: World) -> None:
    outcome = world.run(ANSWER % {"findings": [CLAIM]}, kind="review", role=Role.REVIEWER)
    assert (outcome.fault, outcome.exit) == (None, 0)
    assert outcome.answer is not None
    assert outcome.answer["findings"][0]["end_line"] is None


@pytest.mark.parametrize("kind", ["review", "triage", "reply"])
def test_who_was_asked_for_an_answer_and_gives_none_has_not_answered(world: World, kind: Any) -> None:
    outcome = world.run("sys.exit(0)", kind=kind)
    assert (outcome.answer, outcome.fault, outcome.exit) == (None, Fault.NO_ANSWER, 0)
    assert "exit code 0" in outcome.words


def test_usage_is_taken_out_of_the_answer(world: World) -> None:
    outcome = world.run(ANSWER % {"findings": [], "usage": {"tokens_in": 5, "usd": 0.25}}, kind="review")
    assert outcome.answer == ReviewAnswer().model_dump(mode="json")
    assert outcome.usage == Usage(tokens_in=5, usd=0.25)


def test_what_stands_in_the_answer_of_one_that_died_is_known(world: World) -> None:
    said = json.dumps({"findings": []})
    outcome = world.run(f"open(os.environ['BMAD_RESULT'], 'w').write({said!r})\nsys.exit(3)", kind="review")
    assert (outcome.fault, outcome.answer, outcome.said) == (Fault.UNFINISHED, None, said)


@pytest.mark.parametrize("more", ['"summary": 7}', '"usage": 7}', '"usage": {"usd": -1}}'])
def test_what_an_answer_tells_of_its_call_is_known_though_it_does_not_count(world: World, more: str) -> None:
    told = '{"usage": {"tokens_in": 7, "tokens_out": 1}, "model": "m-1", ' + more
    outcome = world.run(f"open(os.environ['BMAD_RESULT'], 'w').write({told!r})")
    tells = "summary" in more
    assert (outcome.fault, outcome.model) == (Fault.BAD_ANSWER, "m-1" if tells else "")
    assert outcome.usage == (Usage(tokens_in=7, tokens_out=1) if tells else None)
    died = world.run(f"open(os.environ['BMAD_RESULT'], 'w').write({told!r})\nsys.exit(3)")
    assert (died.fault, died.usage) == (Fault.UNFINISHED, outcome.usage)


@pytest.mark.parametrize("much", ['"usd": 1e999', '"usd": 1e300', f'"tokens_out": {"9" * 400}'])
def test_what_no_call_can_spend_is_not_known(world: World, much: str) -> None:
    """The sums of it stood in a record that no gate reads, so that the story could never land."""
    told = f'{{"usage": {{"tokens_in": 7, {much}}}}}'
    assert world.run(f"open(os.environ['BMAD_RESULT'], 'w').write({told!r})").usage == Usage(tokens_in=7)


BAD = {
    "no JSON": ('f.write("{]")', "it is no JSON"),
    "another type": ('f.write("[]")', "one JSON object"),
    "a key twice": ("""f.write('{"summary": "a", "summary": "b"}')""", "a key stands twice"),
    "no number": ("""f.write('{"usage": {"usd": NaN}}')""", "NaN is no number"),
    "endless digits": ("""f.write('{"summary": ' + "9" * 100000 + "}")""", "it is no JSON"),
    "deep": ('f.write("[" * 200000)', "nested too deeply"),
    "deep inside": ("""f.write('{"marks":' + '[' * 900 + ']' * 900 + '}')""", "`marks"),
    "huge": ("""f.write('{"summary": "' + "x" * (5 << 20) + '"}')""", "over 4 MiB"),
    "bad UTF-8": (r'f.buffer.write(b"{\"summary\": \"\xff\"}")', "it is no JSON"),
    "half a character": (r"""f.write('{"summary": "\\ud800"}')""", "`summary`"),
    "unknown key": ("""f.write('{"approved": true}')""", "`approved`: Extra inputs"),
    "escapes": (r"""f.write('{"\\u001b[2Jgone": true}')""", "`gone`"),
    "less than nothing": ("""f.write('{"usage": {"usd": -1}}')""", "less than nothing"),
    "a link": ('f.close(); os.remove(r); os.symlink("/etc/passwd", r)', "a symbolic link"),
    "a pipe": ("f.close(); os.remove(r); os.mkfifo(r)", "not a regular file"),
    "a folder": ("f.close(); os.remove(r); os.mkdir(r)", "not a regular file"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_answer_that_does_not_fit_does_not_count(world: World, name: str) -> None:
    body, words = BAD[name]
    outcome = world.run(f'r = os.environ["BMAD_RESULT"]\nf = open(r, "w")\n{body}')
    assert (outcome.answer, outcome.fault) == (None, Fault.BAD_ANSWER)
    assert words in outcome.words
    assert outcome.words.isprintable()
    assert world.left() == []


def test_a_command_that_is_not_there_is_named(world: World) -> None:
    outcome = world.room.run(world.task(("no-such-agent",)), world.hold)
    assert (outcome.fault, outcome.exit) == (Fault.NOT_STARTED, None)
    assert "there is no program `no-such-agent`" in outcome.words


def test_a_command_that_may_not_be_executed_is_named(world: World) -> None:
    plain = world.folder / "plain"
    plain.write_text("nothing")
    for confined in (True, False):
        outcome = world.room.run(world.task((str(plain),), confine=confined), world.hold)
        assert outcome.fault is Fault.NOT_STARTED
        assert "may not be executed" in outcome.words
    plain.chmod(0o755)
    assert "does not start" in world.room.run(world.task((str(plain),)), world.hold).words


def test_a_folder_that_is_gone_is_the_environments_fault(world: World) -> None:
    shutil.rmtree(world.tree)
    outcome = world.room.run(world.task(("true",)), world.hold)
    assert outcome.fault is Fault.ENVIRONMENT
    assert "is not there" in outcome.words


def test_an_agent_that_says_nothing_of_how_it_works_is_not_started(world: World) -> None:
    outcome = world.room.run(world.task(agent=AgentSettings(use="robot")), world.hold)
    assert outcome.fault is Fault.NOT_STARTED


TRIES = """
def tried(path):
    try:
        open(path, "w").write("x")
        return True
    except OSError:
        return False
places = json.loads(sys.stdin.read())
print(json.dumps({place: tried(place) for place in places}))
"""


def tried(world: World, places: list[Path], **changes: Any) -> dict[str, bool]:
    world.run(TRIES, prompt=json.dumps([str(place) for place in places]), **changes)
    found: dict[str, bool] = json.loads(world.log.read_text())
    return found


@needs_landlock
def test_a_confined_agent_writes_to_its_worktree_only(world: World) -> None:
    user = Path(world.environ["HOME"])
    (user / ".npm" / "_cacache").mkdir(parents=True)
    inside = [world.tree / "new.txt", world.tree / "a.txt", Path("/dev/null")]
    outside = [
        world.home / "a.txt",
        world.home / ".git" / "config",
        world.home / ".bmad" / "journal",
        world.tree.parent / "other",
        world.folder / "x",
        user / ".npm" / "_cacache" / "x",
        user / ".bashrc",
        user / "gitconfig",
    ]
    seen = tried(world, [*inside, *outside])
    assert [place for place in inside if not seen[str(place)]] == []
    assert [place for place in outside if seen[str(place)]] == []
    assert (world.home / "a.txt").read_text() == "one\ntwo\n"


@needs_landlock
def test_a_confined_agent_makes_no_device(world: World) -> None:
    """Anybody may make the one with the numbers 0 and 0, a mark of overlayfs, since Linux 5.8; and a pipe."""
    text = """
        import errno, stat
        os.mkfifo("pipe")
        try:
            os.mknod("device", stat.S_IFCHR | 0o600, os.makedev(0, 0))
        except OSError as error:
            open("refused", "w").write(errno.errorcode[error.errno])
    """
    world.run(text)
    assert (world.tree / "pipe").is_fifo()
    assert (world.tree / "refused").read_text() == "EACCES"


@needs_landlock
def test_a_confined_agent_removes_and_moves_nothing_outside(world: World) -> None:
    outcome = world.run(
        """
        home = os.path.abspath("../../..")
        for act in (
            lambda: os.remove(home + "/a.txt"),
            lambda: os.rename(home + "/a.txt", "taken.txt"),
            lambda: os.truncate(home + "/a.txt", 0),
            lambda: os.mkdir(home + "/made"),
            lambda: os.symlink("/etc", home + "/link"),
        ):
            try:
                act()
                print("done")
            except OSError:
                pass
        os.mkdir("folder"); open("f", "w").close(); os.rename("f", "folder/f")
        """
    )
    assert outcome.exit == 0
    assert world.log.read_text() == ""
    assert git(world.home, "status", "--porcelain", "--", "a.txt") == ""
    assert (world.tree / "folder" / "f").exists()


@needs_landlock
def test_a_reader_does_not_write_to_its_worktree_and_still_answers(world: World) -> None:
    body = 'try:\n    open("a.txt", "w")\nexcept OSError:\n    ' + ANSWER % {"findings": []}
    outcome = world.run(body, kind="review", role=Role.REVIEWER, writable=False)
    assert outcome.fault is None
    assert (world.tree / "a.txt").read_text() == "one\ntwo\n"


@needs_landlock
def test_what_the_settings_add_may_be_written(world: World) -> None:
    user = Path(world.environ["HOME"])
    (user / "builds").mkdir()
    command = world.script(TRIES)
    agent = AgentSettings(command=command, writes=("~/builds", "~/missing"))
    places = [user / "builds" / "x", user / "x"]
    world.run("", agent=agent, prompt=json.dumps([str(place) for place in places]))
    assert json.loads(world.log.read_text()) == {str(places[0]): True, str(places[1]): False}


@needs_landlock
def test_where_confinement_fails_nothing_is_started(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "_allow", refuse)
    outcome = world.run('open("ran", "w")')
    assert outcome.fault is Fault.ENVIRONMENT
    assert outcome.words == "The agent `dev` was not started, since it cannot be confined: no."
    assert not (world.tree / "ran").exists()


def refuse(*_: object) -> None:
    raise confine.ConfinementError("no")


def test_a_machine_without_landlock_says_so_and_works(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "version", lambda: 0)
    assert (confinement(), world.room.confines) == ("none", False)
    assert tried(world, [world.folder / "x"]) == {str(world.folder / "x"): True}


def test_an_agent_that_is_not_confined_writes_where_its_user_may(world: World) -> None:
    assert tried(world, [world.folder / "x"], confine=False) == {str(world.folder / "x"): True}


def test_an_agent_that_deletes_git_leads_nowhere(world: World) -> None:
    """Without `.git` the worktree is no repository, instead of being a folder of the person's own."""
    outcome = world.run('os.remove(".git"); os.execvp("git", ["git", "rev-parse", "--show-toplevel"])')
    assert outcome.fault is Fault.UNFINISHED
    assert outcome.exit == 128
    assert "not a git repository" in world.log.read_text()
    assert git(world.home, "status", "--porcelain", "--", "a.txt") == ""


def test_nothing_done_is_no_fault_of_the_call(world: World) -> None:
    """Whether work was done is seen in the change, by the caller."""
    outcome = world.run("sys.exit(0)")
    assert outcome.fault is None
    assert git(world.tree, "status", "--porcelain") == ""


def test_a_private_folder_goes_whatever_was_done_to_it(world: World) -> None:
    world.run(
        """
        os.chdir(os.environ["TMPDIR"])
        os.mkdir("locked"); open("locked/x", "w").close(); os.chmod("locked", 0)
        for _ in range(3000):
            os.mkdir("d"); os.chdir("d")
        """
    )
    assert world.left() == []


def test_a_python_that_an_agent_runs_leaves_no_bytecode_in_its_worktree(world: World) -> None:
    agent = """
import pathlib, subprocess, sys
pathlib.Path("mod.py").write_text("x = 1\\n")
subprocess.run([sys.executable, "-c", "import mod"], check=True)

"""
    world.run(agent)
    assert not list(world.task().folder.rglob("__pycache__"))
    assert (world.task().folder / "mod.py").exists()
