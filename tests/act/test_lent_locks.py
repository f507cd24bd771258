"""What works under a lock keeps it, and can neither free it for others nor write on it who holds it."""

from pathlib import Path

import pytest

from tests.act.agent_world import World, alive

UNLOCKS = """
import fcntl
def tried(what, *more):
    try:
        return str(what(*more) is None)
    except OSError:
        return "no"
for fd in range(3, 4096):
    tried(fcntl.flock, fd, fcntl.LOCK_UN)
    tried(os.pwrite, fd, b'{"what": "me", "pid": 1, "host": "here", "since": "now"}\\n', 0)
    tried(os.ftruncate, fd, 0)
lock = os.open(os.environ["BMAD_LEASE"], os.O_RDONLY)
open("told", "w").write(tried(fcntl.flock, lock, fcntl.LOCK_EX | fcntl.LOCK_NB))
"""

LEAVES = """
import fcntl
fcntl.flock([fd for fd in range(3, 4096) if "locks" in os.path.realpath(f"/proc/self/fd/{fd}")][0], fcntl.LOCK_UN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("daemon.pid", "w").write(str(os.getpid()))
        time.sleep(90)
    os._exit(0)
while not os.path.exists("daemon.pid"):
    time.sleep(0.01)
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_an_agent_frees_no_lock_of_its_runner(world: World) -> None:
    before = world.locks.holder("STORY-1")
    outcome = world.run(UNLOCKS)
    assert outcome.fault is None, outcome
    assert (world.tree / "told").read_text() == "no"
    assert world.locks.take("STORY-1", "another runner") is None
    assert world.locks.holder("STORY-1") == before


def test_what_unlocks_its_own_copy_is_ended_like_any(world: World) -> None:
    outcome = world.run(LEAVES)
    assert outcome.fault is None, outcome
    assert not alive(world.pid())
    world.hold.release()
    assert world.locks.take("STORY-1", "the next") is not None
