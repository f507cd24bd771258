"""`bmad log --follow`: what happened so far, then what comes, of a story until it ends, of all until Ctrl-C."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests import forking
from tests.act.stage import Stage


def following(stage: Stage, *words: str) -> forking.Runner:
    return forking.begin(["log", *words, "--follow"], stage.repo, out=subprocess.PIPE)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_story_is_followed_from_before_its_begin_to_its_end(tmp_path: Path, more: tuple[str, ...]) -> None:
    stage = Stage(tmp_path, accept="auto")
    with following(stage, stage.first[:9], *more) as log:
        stage.bmad("act")
        out = log.communicate()
    assert log.returncode == 0
    told = out.splitlines()
    ways = stage.ways(stage.first)
    if more:
        events = [json.loads(line) for line in told]
        assert [one["state"] for one in events] == ways
        assert {one["story"] for one in events} == {stage.first}
    else:
        assert [line.partition("-> ")[2].split()[0] for line in told if " -> " in line] == ways
        assert stage.second not in out


def test_all_are_followed_until_ctrl_c_and_told_without_that(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    assert stage.bmad("log").out == ""
    with following(stage, "--json") as log:
        assert log.stdout is not None
        stage.bmad("act")
        ends: set[str] = set()
        while ends != {stage.first, stage.second}:
            event = json.loads(log.stdout.readline())
            ends |= {event["story"]} if event["state"] == "done" else set()
        log.send_signal(signal.SIGINT)
        assert log.wait(20) == 0
    told = stage.bmad("log").out
    assert told.count("landed        -> done") == 2
    times = [line.split("  ")[0] for line in told.splitlines() if " -> " in line]
    assert times == sorted(times)
    assert len(stage.json_lines("log")) == len(times)


def test_what_has_landed_and_no_journal_knows_is_told_by_its_record_and_ends(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.bmad("act", stage.first)
    for file in (stage.repo / ".bmad").glob("journal.db*"):
        file.unlink()
    assert "(done)" in stage.bmad("log", stage.first, "--follow").out
    assert "names nothing" in stage.bmad("log", "STORY-nothing", "--follow", code=2).err
