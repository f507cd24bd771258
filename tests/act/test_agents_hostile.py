"""Agents that do not end, or leave something behind: each call ends, and ends what it began."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bmad import platforms
from bmad.agents import lease, processes
from bmad.agents.registry import AgentRoom
from bmad.model.agents import Fault
from bmad.ports.acting import Hold
from tests.act.agent_world import DAEMON, World, alive
from tests.otherwise import without_linux

ROOT = Path(__file__).parent.parent.parent
needs_proc = pytest.mark.skipif(
    not platforms.tells(), reason="this system does not tell which processes there are"
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


PID = 'open("x", "w").write(str(os.getpid())); os.rename("x", "agent.pid")\n'
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


def test_an_agent_that_hangs_is_ended(world: World) -> None:
    outcome = world.run("time.sleep(90)", timeout=0.5)
    assert outcome.fault is Fault.TIMEOUT
    assert "after 0.5 seconds" in outcome.words
    assert outcome.exit == -signal.SIGTERM
    assert world.left() == []


def test_an_agent_that_answers_and_hangs_has_not_done_it(world: World) -> None:
    outcome = world.run('open(os.environ["BMAD_RESULT"], "w").write("{}"); time.sleep(90)', timeout=1)
    assert (outcome.answer, outcome.fault) == (None, Fault.TIMEOUT)


def test_an_agent_that_floods_is_ended_and_its_log_is_bounded(world: World) -> None:
    outcome = world.run('while True: os.write(1, b"x" * 65536)')
    assert outcome.fault is Fault.FLOOD
    assert "16 MiB" in outcome.words
    assert world.log.stat().st_size == processes.MAX_LOG


def test_a_flood_that_ends_by_itself_is_one_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MAX_LOG", 1 << 20)
    assert world.run('os.write(2, b"x" * (2 << 20))').fault is Fault.FLOOD


def test_a_grandchild_that_keeps_the_output_open_is_not_waited_for(world: World) -> None:
    outcome = world.run(
        """
        if os.fork() == 0:
            open("x", "w").write(str(os.getpid())); os.rename("x", "daemon.pid")
            time.sleep(90)
        while not os.path.exists("daemon.pid"):
            time.sleep(0.01)
        print("done", flush=True)
        """
    )
    assert (outcome.fault, outcome.exit) == (None, 0)
    assert world.log.read_text() == "done\n"
    assert not alive(world.pid())


@needs_proc
@pytest.mark.parametrize("confine", [True, False])
@pytest.mark.parametrize(("clear", "fd"), [(False, False), (True, True), (False, True)])
def test_a_daemon_that_leaves_its_group_does_not_survive(
    world: World, clear: bool, fd: bool, confine: bool
) -> None:
    """It keeps the environment, or the lock's descriptor, or both."""
    outcome = world.run(f"{DAEMON}\ndaemon({clear}, {fd})\nprint('done')", confine=confine)
    assert (outcome.fault, outcome.exit) == (None, 0)
    assert not alive(world.pid())
    assert lease.carriers(str(world.home / ".bmad/locks/STORY-1.held"), None) == []
    assert world.left() == []


@needs_proc
def test_who_only_looks_at_a_lock_is_not_ended(world: World) -> None:
    """A second runner that asks who holds it has the file open, not the lock; another lease is another's."""
    lock = world.home / ".bmad" / "locks" / "STORY-1.held"
    looks = f"import sys; f = open({str(lock)!r}); print('open', flush=True); sys.stdin.read()"
    elsewhere = os.environ | {"BMAD_LEASE": f"{lock}2", "OTHER": f"BMAD_LEASE={lock}"}
    command = [sys.executable, "-c", looks]
    with subprocess.Popen(command, env=elsewhere, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        world.run("pass")
        assert world.room.end_survivors("STORY-1")
        assert other.poll() is None
        other.communicate(b"")
    assert other.returncode == 0


def test_an_agent_that_ends_leaves_another_ones_alone(world: World) -> None:
    other = world.locks.take("STORY-2", "beside it")
    assert other is not None
    room = world.room
    script = world.script(PID + "time.sleep(90)")

    def work() -> None:
        with suppress(KeyboardInterrupt):
            room.run(world.task(script), other)

    thread = threading.Thread(target=work)
    thread.start()
    while not (world.tree / "agent.pid").exists():
        time.sleep(0.01)
    assert world.run("pass").fault is None
    assert alive(world.pid("agent.pid"))
    room.stop()
    thread.join()


@pytest.mark.parametrize("term", ["SIG_DFL", "SIG_IGN"])
def test_without_a_list_of_processes_the_group_is_ended(
    world: World, monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    """As on systems without `/proc` and without handles of processes."""
    without_linux(monkeypatch)
    monkeypatch.setattr(processes, "GRACE", 0.1)
    outcome = world.run(
        f"""
        import signal
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.{term})
            open("x", "w").write(str(os.getpid())); os.rename("x", "agent.pid")
            time.sleep(90)
        while not os.path.exists("agent.pid"):
            time.sleep(0.01)
        sys.exit(4)
        """
    )
    assert (outcome.fault, outcome.exit) == (Fault.UNFINISHED, 4)
    for _ in range(500):
        if not alive(world.pid("agent.pid")):
            break
        time.sleep(0.01)
    assert not alive(world.pid("agent.pid"))
    assert not world.room.end_survivors("STORY-1")
    world.hold.release()
    assert world.room.end_survivors("STORY-1")


@needs_proc
def test_no_file_of_an_agents_grows_without_end(world: World) -> None:
    outcome = world.run(
        """
        import resource
        wanted = [(resource.RLIMIT_FSIZE, 1 << 30), (resource.RLIMIT_CORE, 0)]
        while any(resource.getrlimit(kind) != (size, size) for kind, size in wanted):
            time.sleep(0.01)
        """,
        timeout=30,
    )
    assert outcome.fault is None


def test_an_interrupt_ends_the_agent_and_goes_on_up(world: World) -> None:
    """In the main thread as Ctrl-C does it."""

    def interrupt() -> None:
        while not (world.tree / "agent.pid").exists():
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        world.run(PID + "time.sleep(90)")
    thread.join()
    assert not alive(world.pid("agent.pid"))
    assert world.left() == []


@pytest.mark.parametrize("moment", ["begun", "known"])
def test_an_interrupt_at_the_very_start_loses_no_agent(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Between the start of the process and the first look at it, in the thread that starts it or after."""
    begun: list[int] = []

    class Starting(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            begun.append(self.pid)
            if moment == "begun":
                os.kill(os.getpid(), signal.SIGINT)

    def limit(_: int) -> None:
        if moment == "known":
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Starting)
    monkeypatch.setattr(processes, "_limit", limit)
    with pytest.raises(KeyboardInterrupt):
        world.run("time.sleep(90)")
    assert begun
    assert [pid for pid in begun if alive(pid)] == []
    assert world.left() == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_room_that_is_stopped_ends_what_runs_and_starts_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even an agent that does not hear SIGTERM."""
    monkeypatch.setattr(processes, "GRACE", 0.1)
    room = world.room
    raised: list[str] = []

    def work() -> None:
        try:
            room.run(world.task(world.script(DEAF + PID + "time.sleep(90)")), world.hold)
        except KeyboardInterrupt:
            raised.append("interrupt")

    thread = threading.Thread(target=work)
    thread.start()
    while not (world.tree / "agent.pid").exists():
        time.sleep(0.01)
    room.stop()
    thread.join()
    assert raised == ["interrupt"]
    assert not alive(world.pid("agent.pid"))
    with pytest.raises(KeyboardInterrupt):
        room.run(world.task(world.script("time.sleep(90)")), world.hold)


RUNNER = """
import os, sys, tempfile
from pathlib import Path
from typing import Any
from bmad.agents.registry import AgentRoom
from bmad.model.agents import Role, Task
from bmad.model.settings import AgentSettings
from bmad.store.locks import FileLocks
home, tree, temp, script = map(Path, sys.argv[1:])
tempfile.tempdir = str(temp)
hold = FileLocks(home / ".bmad" / "locks").take("STORY-2", "the runner that dies")
agent = AgentSettings(command=(sys.executable, "-I", "-S", str(script)))
log = home / "log"
task = Task("STORY-2/1/dev", "STORY-2", Role.DEVELOPER, "dev", agent, tree, "", "work", "", True, log)
AgentRoom(dict(os.environ), home).run(task, hold)
"""


@needs_proc
def test_an_agent_that_outlives_its_killed_runner_keeps_the_lock_until_it_is_ended(world: World) -> None:
    script = world.script(PID + DAEMON + "daemon(True, True)\nopen('ready', 'w').close()\ntime.sleep(90)")[-1]
    command = [sys.executable, "-c", RUNNER, str(world.home), str(world.tree), str(world.temp), script]
    assert world.room.end_survivors("STORY-2", world.locks.was_taken_here), "nothing was there before"
    with subprocess.Popen(command, cwd=ROOT) as runner:
        while not (world.tree / "ready").exists():
            assert runner.poll() is None
            time.sleep(0.01)
        runner.kill()
    agents = [world.pid("agent.pid"), world.pid()]
    assert [alive(pid) for pid in agents] == [True, True]
    assert world.left() != []
    assert world.locks.take("STORY-2", "the next runner") is None
    assert world.locks.holder("STORY-2").startswith("the runner that dies, process ")
    assert world.room.end_survivors("STORY-2", world.locks.was_taken_here), "another process has taken it since"
    assert [alive(pid) for pid in agents] == [False, False]
    assert world.locks.take("STORY-2", "the next runner") is not None
    assert world.left() == []


def test_where_nothing_survived_all_is_gone(world: World) -> None:
    assert world.room.end_survivors("STORY-9")


@needs_proc
def test_a_process_never_ends_itself_or_what_it_runs_in(world: World) -> None:
    """bmad run by an agent of bmad carries the outer lease."""
    program = (
        "import sys; from pathlib import Path; from bmad.agents.registry import AgentRoom;"
        "print(AgentRoom({}, Path(sys.argv[1])).end_survivors('STORY-1'))"
    )
    body = f"""
    import subprocess
    command = [{sys.executable!r}, "-c", {program!r}, {str(world.home)!r}]
    sys.exit(subprocess.run(command, cwd={str(ROOT)!r}).returncode)
    """
    outcome = world.run(body)
    assert (outcome.exit, outcome.fault) == (0, None)
    assert world.log.read_text() == "True\n"


@needs_proc
@pytest.mark.parametrize("confine", [True, False])
def test_c_a_survivor_without_group_mark_or_lock_is_ended_with_its_agent(world: World, confine: bool) -> None:
    """It forks twice, clears its environment and closes what it inherited; its own child does the same."""
    outcome = world.run(f"{DAEMON}\ndaemon(True, False)\nprint('done')", confine=confine)
    assert (outcome.fault, outcome.exit) == (None, 0)
    assert not alive(world.pid())


RELAY = """
import os, sys, time
end, count = time.time() + 5, 0
while time.time() < end:
    if count % 20 == 0:
        open("beat", "w").close()
    count += 1
    if os.fork():
        os._exit(0)
    os.setsid()
"""


@needs_proc
def test_c_a_survivor_that_is_another_process_at_each_look_is_ended_too(world: World) -> None:
    """It forks and ends, over and over: whoever lists processes finds it dead, and the next one not yet there."""
    outcome = world.run(
        f"""
        if os.fork() == 0:
            os.setsid()
            os.closerange(0, 64)
            os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", {RELAY!r}], {{}})
        while not os.path.exists("beat"):
            time.sleep(0.01)
        """
    )
    assert (outcome.fault, outcome.exit) == (None, 0)
    (world.tree / "beat").unlink()
    time.sleep(0.1)
    assert not (world.tree / "beat").exists()


@needs_proc
def test_c_a_survivor_of_one_agent_is_no_reason_to_end_another(world: World) -> None:
    """Nor a child that this process has for other reasons, from before; the last one to end ends it."""
    other = world.locks.take("STORY-2", "beside it")
    assert other is not None
    room = world.room
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as mine:
        time.sleep(0.02)  # younger than this tick
        thread = threading.Thread(target=lambda: stopped(room, world, other))
        thread.start()
        while not (world.tree / "agent.pid").exists():
            time.sleep(0.01)
        script = world.script(f"{DAEMON}\ndaemon(True, False)")
        assert room.run(world.task(script), world.hold).fault is None
        assert alive(world.pid("agent.pid"))
        room.stop()
        thread.join()
        assert not alive(world.pid("daemon.pid"))
        assert mine.poll() is None
        mine.communicate(b"\n")


def stopped(room: AgentRoom, world: World, hold: Hold) -> None:
    with suppress(KeyboardInterrupt):
        room.run(world.task(world.script(PID + "time.sleep(90)")), hold)
