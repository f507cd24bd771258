"""Each way in which a call of `bmad act` ends, with one worker and with four: what is said, and the way on."""

import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from bmad.agents.registry import AgentRoom
from bmad.core.act.review import finding_id
from bmad.core.act.spending import summed
from bmad.model.act_reports import ActReport, Came
from bmad.model.agents import Fault, Outcome, Task
from bmad.model.spending import Spending
from bmad.ports.acting import Hold
from bmad.render.acting import standing
from tests import forking
from tests.act.stage import Play, Stage, claim, found, source

USAGE = {"tokens_in": 900, "tokens_out": 100, "usd": 0.25}
DONE = {"done"}


class End(NamedTuple):
    """What the agents do in a call, and what it comes to: `says` why, `hint` the command that is told.

    `way` is followed then, once `mend` is set as the reason asks for. No `came`: it depends on who was first.
    """

    code: int
    came: Mapping[tuple[Came, str], int]
    states: set[str]
    says: str
    hint: str
    way: tuple[str, ...]
    plays: Callable[[Stage], Mapping[str, Play]] = lambda _: {}
    act: Mapping[str, object] = {}
    mend: Mapping[str, object] | None = None
    fault: Fault | None = None
    """Of each developer's first call."""


def reviewed(*claims: dict[str, object], settled: tuple[str, ...] = ()) -> Play:
    """A review that tells what it has spent."""
    play = found(*claims, settled=settled)
    return {"answer": {**play["answer"], "usage": USAGE}}


def plain(_stage: Stage) -> Mapping[str, Play]:
    return {"1/review/correctness": reviewed()}


def circling(stage: Stage) -> Mapping[str, Play]:
    """The second fix is what the first round had."""
    first, second = "VALUE = 1\n", "VALUE = 2\n"
    plays: dict[str, Play] = {"1/dev": source(first), "2/fix": source(second), "3/fix": source(first)}
    for story in (stage.first, stage.second):
        names = [finding_id("correctness", stage.file_of(story), text.strip()) for text in (first, second)]
        plays[f"{story} 1/review/correctness"] = reviewed(claim(story, "VALUE = 1"))
        plays[f"{story} 2/review/correctness"] = reviewed(claim(story, "VALUE = 2"), settled=(names[0],))
        plays[f"{story} 4/review/correctness"] = reviewed(settled=(names[1],))
    return {**plays, "4/fix": source("VALUE = 3\n")}


def endless(stage: Stage) -> Mapping[str, Play]:
    """A round is all there is, and it finds something."""
    plays: dict[str, Play] = {"1/dev": source("VALUE = 1\n"), "2/fix": source("VALUE = 2\n")}
    for story in (stage.first, stage.second):
        name = finding_id("correctness", stage.file_of(story), "VALUE = 1")
        plays[f"{story} 1/review/correctness"] = reviewed(claim(story, "VALUE = 1"))
        plays[f"{story} 2/review/correctness"] = reviewed(settled=(name,))
    return plays


ENDS = {
    "done": End(0, {(Came.LANDED, ""): 2}, DONE, "2 of 2 stories done on main", "", (), plays=plain),
    "accept": End(
        4,
        {(Came.WAITS, "accept"): 2},
        {"accept"},
        "2 waiting for you (accept)",
        "bmad accept FIRST",
        ("bmad accept --all", "bmad act"),
        plays=plain,
        act={"accept": "story"},
    ),
    "no-change": End(
        4,
        {(Came.FAILED, "no-change"): 2},
        {"failed"},
        "2 failed (no-change)",
        "bmad act FIRST",
        ("bmad act FIRST SECOND",),
        plays=lambda _: {"1/dev": {"answer": {}}},
    ),
    "died": End(
        4,
        {(Came.FAILED, "unfinished"): 2},
        {"failed"},
        "2 failed (unfinished)",
        "bmad act FIRST",
        ("bmad act",),
        plays=lambda _: {"1/dev": {"exit": 7}},
    ),
    "circles": End(
        4,
        {(Came.WAITS, "arbitrate"): 2},
        {"arbitrate"},
        "2 waiting for you (arbitrate)",
        "bmad arbitrate FIRST --more 2 --why WHAT-TO-DO",
        (
            "bmad arbitrate FIRST --more 2 --why WHAT-TO-DO",
            "bmad arbitrate SECOND --more 2 --why WHAT-TO-DO",
            "bmad act",
        ),
        plays=circling,
    ),
    "rounds": End(
        4,
        {(Came.WAITS, "arbitrate"): 2},
        {"arbitrate"},
        "2 waiting for you (arbitrate)",
        "bmad arbitrate FIRST --more 2 --why WHAT-TO-DO",
        (
            "bmad arbitrate FIRST --more 2 --why WHAT-TO-DO",
            "bmad arbitrate SECOND --more 2 --why WHAT-TO-DO",
            "bmad act",
        ),
        plays=endless,
        act={"rounds": 1},
    ),
    "story-cap": End(
        4,
        {(Came.CAPPED, "story"): 2},
        {"blocked"},
        "The budget of the story cannot be kept",
        "bmad act FIRST",
        ("bmad act FIRST SECOND",),
        plays=plain,
        act={"budget": {"story": {"tokens": 500}}},
        mend={"budget": {}},
    ),
    "run-cap": End(
        4,
        {},
        {"create", "dev", "blocked", "backlog"},
        "the run was stopped, since every story would meet the same",
        "or go on with the cap anew: bmad act",
        ("bmad act",),
        act={"budget": {"tokens": 500}},
        mend={"budget": {}},
    ),
    "timeout": End(
        4,
        {(Came.FAILED, "timeout"): 2},
        {"failed"},
        "2 failed (timeout)",
        "bmad act FIRST",
        ("bmad act FIRST SECOND",),
        fault=Fault.TIMEOUT,
    ),
    "quota": End(
        4,
        {(Came.PAUSED, "quota"): 2},
        {"dev", "create"},
        "2 paused (quota)",
        "bmad act FIRST",
        ("bmad act FIRST SECOND",),
        act={"wait": "0s"},
        fault=Fault.QUOTA,
    ),
    "login": End(
        4,
        {},
        {"dev", "create", "backlog"},
        "the run was stopped, since every story would meet the same",
        "bmad act",
        ("bmad act",),
        fault=Fault.LOGIN,
    ),
}


def adds_up(stage: Stage, report: ActReport) -> None:
    """Each story is counted once, and what the stories and the call spent is what status and retro say."""
    assert sum(one.count for one in report.census) == len(report.stories) == 2
    board = {one["id"]: one for one in stage.json("status")["stories"]}
    retro = stage.json("retro")
    looked = {one["id"]: Spending.model_validate(one["spent"]) for one in retro["stories"]}
    for one in report.stories:
        assert (board[one.id]["state"], board[one.id]["round"] or 0) == (one.state, one.round)
        assert looked.get(one.id, Spending()) == one.spent
    assert summed(one.spent for one in report.stories) == report.spent == Spending.model_validate(retro["spent"])


def last(out: str) -> ActReport:
    """The report that stands below the events."""
    told = json.loads(out.splitlines()[-1])
    assert told.pop("schema") == "bmad.act/1"
    return ActReport.model_validate_json(json.dumps(told))


@pytest.mark.parametrize("workers", ["1", "4"])
@pytest.mark.parametrize("name", ENDS)
def test_each_end_has_a_name_a_reason_a_cost_and_a_way_on(
    tmp_path: Path, name: str, workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = ENDS[name]
    stage = Stage(tmp_path, None, **end.act)
    stage.play(end.plays(stage))
    with monkeypatch.context() as broken:
        if end.fault is not None:
            broken.setattr(AgentRoom, "run", failing(end.fault, AgentRoom.run))
        report = last(stage.bmad("act", "--workers", workers, "--json", code=end.code).out)
    came = {(one.came, one.why): one.count for one in report.census}
    assert came == end.came or not end.came
    assert {one.state for one in report.stories} <= end.states
    adds_up(stage, report)
    told = f"{standing(report)}\n{stage.bmad('inbox').out}"
    assert end.says in told
    assert named(stage, end.hint) in told
    if end.mend is not None:
        stage.set(**{**end.act, **end.mend})
    if name in ("no-change", "died"):
        stage.play(plain(stage))
    ended = None
    for command in end.way:
        ended = stage.bmad(*named(stage, command).split()[1:])
    assert ended is None or "2 of 2 stories done" in ended.out
    assert report.interrupted == ""


def named(stage: Stage, command: str) -> str:
    return command.replace("FIRST", stage.first).replace("SECOND", stage.second)


def failing(fault: Fault, real: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Agents whose developer meets a fault at first."""

    def run(room: AgentRoom, task: Task, hold: Hold) -> Outcome:
        if task.key.endswith("1/dev"):
            return Outcome(None, fault, "It says so.", "command", "", uuid.uuid4().hex)
        return real(room, task, hold)

    return run


def test_a_signal_while_another_is_told_of_is_told_of() -> None:
    code = """
from bmad.__main__ import main
from bmad.cli import boundary
def interrupted(*_): raise KeyboardInterrupt
boundary._ran = boundary.fail = interrupted
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "act"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "bmad: interrupted\n")


@pytest.mark.parametrize("workers", ["1", "4"])
@pytest.mark.parametrize(
    ("number", "twice"),
    [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)],
)
def test_a_signal_is_an_end_like_the_others(
    tmp_path: Path, number: signal.Signals, workers: str, *, twice: bool
) -> None:
    stage = Stage(tmp_path, {"1/dev": {"sleep": 60}})
    with (tmp_path / "err").open("w+b") as said:
        runner = forking.begin(["act", "--json", "--workers", workers], stage.repo, out=subprocess.PIPE, err=said)
        busy = 1 if workers == "1" else 2
        deadline = time.monotonic() + 60
        while len(list((stage.repo / ".bmad" / "logs").glob("*/1-dev.log"))) < busy:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        runner.send_signal(number)
        if twice:
            time.sleep(0.02)
            runner.send_signal(number)
        out = runner.communicate()
        said.seek(0)
        err = said.read().decode()
    assert (runner.returncode, "Traceback" in err) == (130, False), err
    assert "interrupted" in err
    if not twice:
        report = last(out)
        assert report.interrupted == "bmad act"
        adds_up(stage, report)
        kinds = {(one.came, one.why): one.count for one in report.census}
        assert kinds[Came.UNDER_WAY, "dev"] == busy
        assert "interrupted; what was done is kept, and goes on with: bmad act" in standing(report)
    stage.play({})
    assert "2 of 2 stories done" in stage.bmad("act").out
