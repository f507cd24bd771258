"""What a change is tried in: up once it answers, spared while others end, gone with all that it began."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bmad.agents.registry import AgentRoom
from bmad.model.agents import Environment, Fault
from bmad.model.settings import CheckSettings, ProbeSettings
from bmad.store.locks import FileHold, FileLocks
from bmad.store.settings import settings_of

SERVE = (sys.executable, "-m", "http.server", "$BMAD_PORT", "--bind", "127.0.0.1")
LEAVE = (sys.executable, "-c", "import subprocess, sys; subprocess.Popen(sys.argv[1:])", *SERVE)
"""A program that leaves a server behind and ends."""

LOOK = (
    sys.executable,
    "-c",
    "import os, socket; socket.create_connection(('127.0.0.1', int(os.environ['BMAD_PORT'])))",
)


class Room:
    """A room for agents with the two locks that an environment takes."""

    def __init__(self, folder: Path, room: AgentRoom | None = None) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.room = room or AgentRoom(os.environ, folder, folder / "locks", folder / "own")
        locks = FileLocks(folder / "locks")
        self.hold, self.beside = self._taken(locks, "worktree-up"), self._taken(locks, "worktree-probe")
        port = self.room.free_port(str(folder))
        self.one = Environment(self.folder, folder / "up.log", port, "bmad-story-1")

    def _taken(self, locks: FileLocks, name: str) -> FileHold:
        hold = locks.take(name, "test")
        assert hold is not None
        return hold

    def up(self, **probe: object) -> tuple[Fault | None, str]:
        ran = self.room.stand_up(settings_of(ProbeSettings, probe), self.one, self.hold, self.beside)
        return ran.fault, f"{ran.words} {ran.tail}"

    def down(self, **probe: object) -> int | None:
        settings = settings_of(ProbeSettings, {"up": SERVE, **probe})
        return self.room.take_down(settings, self.one, self.hold, self.beside).exit

    def answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.one.port)) == 0

    def other(self) -> None:
        """Something else begins and ends, which ends all strays."""
        check = CheckSettings(name="other", run=(sys.executable, "-c", "print('done')"))
        ran = self.room.check(check, self.folder, self.beside, self.folder / "other.log", confine=False)
        assert ran.exit == 0


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.down()


@pytest.mark.parametrize("up", [SERVE, LEAVE], ids=["in the foreground", "in the background"])
def test_a_server_is_up_once_it_is_ready_outlives_what_ends_beside_it_and_ends_with_down(
    room: Room, up: tuple[str, ...]
) -> None:
    assert room.up(up=up, ready=LOOK)[0] is None
    room.other()
    assert room.answers()
    script = "import os, pathlib; pathlib.Path('ended').write_text(os.environ['BMAD_SLOT'])"
    assert room.down(down=(sys.executable, "-c", script)) == 0
    assert not room.answers()
    assert (room.folder / "ended").read_text(encoding="utf-8") == "bmad-story-1"


def test_without_ready_a_server_is_up_once_something_listens_at_its_port(room: Room) -> None:
    assert room.up(up=SERVE)[0] is None
    assert room.answers()
    assert room.room.free_port(str(room.folder.parent)) != room.one.port


def test_what_does_not_become_ready_in_time_is_ended_and_says_why(room: Room) -> None:
    never = (sys.executable, "-c", "raise SystemExit('not yet')")
    fault, words = room.up(up=SERVE, ready=never, timeout=1.0)
    assert fault is Fault.ENVIRONMENT
    assert "not ready within 1 seconds; `ready` ended with 1: not yet" in words
    assert not room.answers()


def test_what_cannot_be_started_and_what_dies_is_told_apart(room: Room) -> None:
    fault, words = room.up(up=("no-such-program",))
    assert fault is Fault.NOT_STARTED
    assert "no program `no-such-program`" in words
    fault, words = room.up(up=(sys.executable, "-c", "raise SystemExit('no disk')"))
    assert fault is Fault.ENVIRONMENT
    assert words.startswith("it ended with exit code 1")
    assert "no disk" in words


def test_down_runs_also_where_everything_is_stopped(room: Room) -> None:
    assert room.up(up=SERVE)[0] is None
    room.room.stop()
    assert room.down(down=(sys.executable, "-c", "print('ended')")) == 0
    assert not room.answers()
    with pytest.raises(KeyboardInterrupt):
        room.up(up=SERVE)
    assert not room.answers()


def test_two_environments_stand_side_by_side(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = Room(tmp_path / "a")
    rooms = (first, second := Room(tmp_path / "b", first.room))
    faults: list[Fault | None] = []
    threads = [threading.Thread(target=lambda one=one: faults.append(one.up(up=SERVE)[0])) for one in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [None, None]
    assert first.one.port != second.one.port
    first.down()
    assert not first.answers()
    assert second.answers()
    second.down()
