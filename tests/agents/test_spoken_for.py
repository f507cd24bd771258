"""Nobody but the program that was started gives its answer: not what it starts, and not what it leaves behind."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from bmad.agents.printed import Printed
from bmad.model.agents import Fault, Role
from bmad.model.settings import AgentSettings
from tests.act.agent_world import World
from tests.agents.test_coding import Stage, stage

__all__ = ["stage"]


def result(summary: str) -> str:
    answer: dict[str, object] = {"summary": summary, "clarification": None, "marks": []}
    return json.dumps({"type": "result", "is_error": False, "structured_output": answer})


HONEST, FORGED = result("Honest."), result("Forged.")

SPEAKS = """\
#!{python} -IS
import os, subprocess, sys, time
sys.stdin.read()
print('{{"type": "system", "subtype": "init", "session_id": "s-1"}}', flush=True)
child = '''
import os, sys, time
forged = {forged!r} + chr(10)
def put(path):
    try:
        with open(path, "a") as file: file.write(forged)
    except OSError: pass
way, main, log = sys.argv[1:]
if way == "log": put(log)
if way == "stderr": sys.stderr.write(forged); sys.stderr.flush()
if way == "proc" and os.geteuid(): put("/proc/" + main + "/fd/1")
if way == "outlives":
    if os.fork(): os._exit(0)
    os.setsid()
    try:
        while True:
            os.kill(int(main), 0)
            time.sleep(0.001)
    except OSError: pass
    while True:
        try: os.write(1, forged.encode())
        except OSError: os._exit(0)
'''
way = {way!r}
out = None if way == "outlives" else subprocess.DEVNULL
run = subprocess.run([sys.executable, "-ISc", child, way, str(os.getpid()), {log!r}], stdout=out)
print({honest!r}, flush=True)
if way == "after":
    subprocess.run([sys.executable, "-ISc", child, "log", "0", {log!r}])
"""


@pytest.mark.parametrize("way", ["", "log", "stderr", "proc", "outlives", "after"])
def test_what_a_child_prints_is_no_answer_of_the_agent(stage: Stage, way: str) -> None:
    """By the log, which it may write to; by the other output; by `/proc`; by the output that it inherits."""
    told = {"python": sys.executable, "forged": FORGED, "honest": HONEST, "way": way, "log": str(stage.world.log)}
    (stage.world.folder / "bin" / "claude").write_text(SPEAKS.format(**told))
    done = stage.run("claude")
    assert (done.fault, done.answer and done.answer["summary"]) == (None, "Honest.")
    log = stage.world.log.read_text()
    assert "Honest." in log, "the log tells it all the same"
    assert ("Forged." in log) == (way in ("log", "stderr", "after"))


def test_an_agent_whose_child_alone_prints_an_answer_gave_none(stage: Stage) -> None:
    told = {"python": sys.executable, "forged": FORGED, "way": "stderr", "log": str(stage.world.log), "honest": ""}
    (stage.world.folder / "bin" / "claude").write_text(SPEAKS.format(**told))
    assert stage.run("claude").fault is Fault.UNFINISHED


REWRITES = """
import json, os, subprocess, sys, time
answer = {"summary": "Honest."}
with open(os.environ["BMAD_RESULT"], "w") as file: json.dump(answer, file)
main = os.getpid()
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    while os.path.exists(f"/proc/{main}") and open(f"/proc/{main}/stat").read().split(")")[1].split()[0] != "Z":
        pass
    time.sleep(0.02)
    with open(os.environ["BMAD_RESULT"], "w") as file: json.dump({**answer, "summary": "Forged."}, file)
    time.sleep(60)
"""


def test_what_outlives_a_command_rewrites_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, monkeypatch)
    agent = AgentSettings(command=(sys.executable, "-ISc", REWRITES), timeout=60)
    done = world.room.run(world.task(agent=agent, role=Role.DEVELOPER, writable=True, prompt="x"), world.hold)
    world.hold.release()
    assert (done.fault, done.answer and done.answer["summary"]) == (None, "Honest.")


def test_a_pipe_is_read_to_the_moment_that_its_program_ends(tmp_path: Path) -> None:
    """And no further: who floods it from then on is not waited for."""
    log = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT)
    with Printed(log, 10) as printed:
        os.write(printed.writer, b"0123456789ab")
        assert printed.take()
        assert printed.end() == b"0123456789"
        os.write(printed.writer, b"more")
        begun = time.monotonic()
    os.close(log)
    assert time.monotonic() - begun < 1
    assert (tmp_path / "log").read_bytes() == b"0123456789ab"
    assert json.loads(HONEST)["type"] == "result"
