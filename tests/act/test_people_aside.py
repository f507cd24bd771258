"""`bmad review` beside other work: what an earlier one left, and a person's own branches."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests import forking
from tests.act.stage import Stage

SLEEPER = """
import json, os, pathlib, runpy, sys, time
read = runpy.run_path({copying!r})["copied"](sys.stdin.read())
place = pathlib.Path({place!r})
if not place.exists():
    place.with_suffix(".new").write_text(str(os.getpid()))
    place.with_suffix(".new").rename(place)
    time.sleep(90)
pathlib.Path(os.environ["BMAD_RESULT"]).write_text(json.dumps({{"findings": [], "read": read}}))
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nothing tells which processes there are")
def test_what_a_killed_review_left_at_work_is_ended(tmp_path: Path) -> None:
    stage = Stage(tmp_path, sandbox="none")
    place, agent = tmp_path / "agent.pid", tmp_path / "sleeper.py"
    agent.write_text(
        SLEEPER.format(copying=str(Path(__file__).with_name("copying.py")), place=str(place)), encoding="utf-8"
    )
    command = f"reviewer: {{command: [{sys.executable}, {agent}]}}"
    head, _, tail = stage.settings.partition("reviewer: ")
    stage.commit({"bmad.yaml": head + command + tail.partition("}")[2]}, "Sleep\n\nPolicy: tests")
    stage.git("switch", "--quiet", "--create", "mine")
    stage.commit({"a.txt": "a"}, "More")
    first = forking.begin(["review", "--base", "main"], stage.repo)
    while not place.exists():
        assert first.poll() is None
        time.sleep(0.01)
    other = stage.bmad("review", "--base", "main", code=3).err
    assert f"Another bmad review works in this repository (bmad review, process {first.pid} on " in other
    assert first.poll() is None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    left = int(place.read_text(encoding="utf-8"))
    assert alive(left)
    assert "0 findings" in stage.bmad("review", "--base", "main").out
    assert not alive(left)


def test_a_branch_of_a_persons_that_is_called_review_stays(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    base = stage.tip()
    stage.commit({"a.txt": "a"}, "More")
    stage.git("branch", "bmad/review", base)
    stage.git("branch", "bmad/joined", base)
    before = stage.git("for-each-ref")
    stage.bmad("review", "--base", base)
    assert stage.git("for-each-ref") == before
