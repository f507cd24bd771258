"""An agent that died is not done: a signal, an exit code, a failed call, a cut stream; whatever it left behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from bmad.agents.streams import unfinished
from bmad.core.act.replay import replay
from bmad.model.act import Event
from bmad.model.agents import Fault
from bmad.model.journal import Entry
from tests.act.agent_world import World
from tests.act.strategies import WHEN
from tests.act.world import repository
from tests.program import bmad, git

WORK = 'open("done.py", "w").write("DONE = 1\\n")\nopen(os.environ["BMAD_RESULT"], "w").write("{}")\n'


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("end", "exit_code", "words"),
    [
        ("import signal; os.kill(os.getpid(), signal.SIGKILL)", -9, "was ended by the signal SIGKILL"),
        ("sys.exit(1)", 1, "ended with exit code 1"),
        ("raise MemoryError", 1, "ended with exit code 1"),
        (
            'print(json.dumps({"type": "result", "subtype": "success", "is_error": True, "result": "429"}))',
            0,
            "429",
        ),
        ('print(json.dumps({"type": "turn.started"}))', 0, "was cut off"),
    ],
)
def test_c_an_agent_that_died_is_unfinished_whatever_it_left(
    world: World, end: str, exit_code: int, words: str
) -> None:
    outcome = world.run(f"{WORK}{end}")
    assert (outcome.answer, outcome.fault, outcome.exit) == (None, Fault.UNFINISHED, exit_code)
    assert words in outcome.words
    assert (world.tree / "done.py").exists()


def test_c_an_agent_that_ends_well_is_taken_at_its_word(world: World) -> None:
    outcome = world.run(WORK + 'print(json.dumps({"type": "result", "is_error": False}))')
    assert (outcome.fault, outcome.exit) == (None, 0)


def events(*told: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in told)


BEGIN = {"type": "thread.started", "thread_id": "1"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (events({"type": "system"}, {"type": "assistant"}), "was cut off"),
        (events(BEGIN, {"type": "turn.failed", "error": {"message": "rate limit"}}), "rate limit"),
        (events(BEGIN, {"type": "error", "message": "overloaded"}), "overloaded"),
        (json.dumps([{"type": "system"}, {"type": "result", "is_error": True}], indent=1).encode(), "failed"),
        (b"a warning\n" + events({"type": "result", "is_error": True, "result": "quota"}), "quota"),
        (events(BEGIN, {"type": "turn.completed"}, {"type": "turn.started"}), "was cut off"),
        (events(BEGIN, {"type": "error", "message": "again"}, {"type": "turn.completed"}), ""),
        (events({"type": "system"}, {"type": "result", "is_error": False}) + b"bye\n", ""),
        (events({"type": "error", "rule": "no-unused"}), ""),
        (b"", ""),
        (b"{not json\n[1, 2\n", ""),
        (b'{"type": "result"', ""),
    ],
)
def test_c_a_cut_stream_and_a_failed_call_are_seen_in_what_was_printed(
    tmp_path: Path, told: bytes, words: str
) -> None:
    log = tmp_path / "log"
    log.write_bytes(told)
    assert words in unfinished(log) if words else unfinished(log) == ""


def test_c_a_story_whose_agent_died_rests_and_the_next_act_takes_it_up(tmp_path: Path) -> None:
    """Half of the work is kept under a ref, the exit stands in the log, and nothing is taken for developed."""
    home = repository(tmp_path / "repo", {"dies": str(tmp_path / "alive")})
    first = bmad("act", "--json", cwd=home)
    stands = json.loads(first.out.splitlines()[-1])["stories"]
    assert (first.code, {one["state"] for one in stands}) == (4, {"failed"})
    name = stands[0]["id"]
    told = json.loads(bmad("log", name, "--json", cwd=home).out)["events"]
    content = next(one["content"] for one in told if one["event"] == "failed")
    assert (content["fault"], content["exit"]) == ("unfinished", -9)
    assert "was ended by the signal SIGKILL" in content["words"]
    assert git("cat-file", "-t", content["kept"], cwd=home).strip() == "commit"
    (tmp_path / "alive").touch()
    base = git("rev-parse", "main", cwd=home).strip()
    assert bmad("act", cwd=home).code == 0
    record = json.loads(git("show", f"main:stories/records/{name}.json", cwd=home))
    [lost] = record["lost"]
    assert (lost["step"], lost["exit"], lost["fault"]) == ("1/dev", -9, "unfinished")
    assert {one["exit"] for one in record["work"]} == {0}
    report = bmad("report", "--base", base, "--head", "main", cwd=home).out
    [line] = {one for one in report.splitlines() if "came to nothing" in one}
    assert "1/dev by python" in line
    assert "was ended by the signal SIGKILL" in line


def test_c_other_faults_wait_for_a_name() -> None:
    def told(fault: Fault) -> bool:
        started = {"policy": {}, "target": "refs/heads/main", "onto": "refs/heads/main"}
        entries = [
            Entry(story="S", seq=1, round=0, step="backlog", event=Event.STARTED, content=started, time=WHEN),
            Entry(
                story="S",
                seq=2,
                round=1,
                step="create",
                event=Event.FAILED,
                content={"fault": fault, "words": "w"},
                time=WHEN,
            ),
        ]
        return replay("S", entries).goes_on_by_itself

    assert told(Fault.UNFINISHED)
    assert not told(Fault.NO_CHANGE)
