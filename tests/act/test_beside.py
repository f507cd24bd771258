"""Reviewers side by side: each under a lock of its own, and what is said in the order of the lenses."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bmad.agents.processes import signals_noted
from bmad.core.act.run import Run
from bmad.model.agents import Fault, Outcome, Role
from bmad.model.record import Work
from bmad.model.settings import Settings
from bmad.pipeline.act.accounts import Accounts
from bmad.pipeline.act.reviewers import parallel
from bmad.pipeline.act.reviewers.parallel import Job, together
from bmad.pipeline.act.step import Case, StopError, failed
from bmad.ports.threads import SYSTEM
from bmad.store.journal import SqliteJournal
from bmad.store.settings import settings_of
from tests import forking
from tests.act.agent_world import alive, needs_landlock
from tests.act.world import PYTHON, repository, yaml
from tests.program import git

WAIT = 20
STORY = "STORY-one111"


class Seat:
    def __init__(self, name: str, held: set[str]) -> None:
        self.name, self.held = name, held
        held.add(name)

    def fileno(self) -> int:
        return -1

    def release(self) -> None:
        self.held.remove(self.name)


class Room:
    """The outside world as far as reviewers side by side need it."""

    def __init__(self, *, confines: bool = True) -> None:
        self.held: set[str] = set()
        self.taken: set[str] = set()
        self.stopped = threading.Event()
        self.agents = SimpleNamespace(
            confines=confines, stop=self.stopped.set, interrupts=lambda: signals_noted(self.stopped)
        )
        self.locks = SimpleNamespace(take=self._take)
        self.threads = SYSTEM

    def _take(self, name: str, _about: str) -> Seat | None:
        return Seat(name, self.held) if name not in self.taken else None

    def case(self, **act: object) -> Case:
        agents = {"reviewer": {"command": ["true"]}, "developer": {"command": ["true"]}}
        basis = SimpleNamespace(settings=settings_of(Settings, {"agents": agents, "act": act}))
        return Case(cast("Any", self), cast("Any", None), cast("Any", basis), Run(STORY), Seat("main", set()))


def jobs(*do: Callable[[Case], str]) -> list[Job[str]]:
    return [Job(f"1/review/{number}", one) for number, one in enumerate(do)]


def work(step: str) -> Work:
    return Work(step=step, role=Role.REVIEWER, backend="a", model="", context=step, prompt="")


def test_three_work_at_once_and_are_told_in_their_order() -> None:
    room = Room()
    last, seats, inside = threading.Event(), set[str](), list[int]()

    def do(number: int, case: Case) -> str:
        inside.append(number)
        assert inside == [number], "nobody else has their turn"
        inside.remove(number)
        seats.add(cast("Seat", case.hold).name)
        with case.waiting():
            if number == 2:
                last.set()
            assert last.wait(WAIT)
        case.purse.paid(STORY, work(f"1/review/{number}/again"), {})
        return f"said {number}"

    case = room.case()
    every = [lambda one, at=at: do(at, one) for at in range(3)]
    assert together(case, jobs(*every)) == ["said 0", "said 1", "said 2"]
    assert seats == {f"worktree-{STORY}+{number}" for number in (1, 2, 3)}
    assert not room.held, "all are let go"
    lost = case.purse.settled(STORY, failed(Fault.TIMEOUT, "").happened[1]).lost
    assert [one.step for one in lost] == [f"1/review/{number}/again" for number in range(3)]


@pytest.mark.parametrize(
    ("room", "act", "taken"),
    [
        (Room(confines=False), {}, ()),
        (Room(), {"reviewers": 1}, ()),
        (Room(), {"sandbox": "none"}, ()),
        (Room(), {"reviewers": 2}, (f"worktree-{STORY}+1",)),
    ],
)
def test_one_after_the_other_where_they_could_disturb_each_other(
    room: Room, act: dict[str, object], taken: tuple[str, ...]
) -> None:
    room.taken |= {*taken}
    told = []

    def do(number: int, case: Case) -> str:
        assert cast("Seat", case.hold).name == "main"
        assert case.turn is None
        told.append(number)
        return ""

    together(room.case(**act), jobs(*(lambda one, at=at: do(at, one) for at in range(3))))
    assert told == [0, 1, 2]


def test_one_that_comes_to_nothing_begins_no_other_and_loses_none_that_is_at_work() -> None:
    fell, ended = threading.Event(), list[str]()

    def long(case: Case) -> str:
        with case.waiting():
            assert fell.wait(WAIT)
        ended.append("long")
        return ""

    def short(case: Case) -> str:
        with case.waiting():
            pass
        fell.set()
        raise failed(Fault.TIMEOUT, "It took too long.")

    def never(_case: Case) -> str:
        raise AssertionError

    with pytest.raises(StopError) as stop:
        together(Room().case(reviewers=2), jobs(long, short, never))
    assert stop.value.happened[1] == failed(Fault.TIMEOUT, "It took too long.").happened[1]
    assert ended == ["long"]


def test_ctrl_c_ends_all_of_them() -> None:
    """At the second one, too: they are waited for until the last has ended."""
    room, ended = Room(), list[str]()

    def do(case: Case) -> str:
        with case.waiting():
            assert room.stopped.wait(WAIT)
            time.sleep(parallel._LOOK * 2)
        ended.append("")
        raise KeyboardInterrupt

    def asks(case: Case) -> str:
        with case.waiting():
            os.kill(os.getpid(), signal.SIGINT)
            assert room.stopped.wait(WAIT)
            os.kill(os.getpid(), signal.SIGINT)
        return do(case)

    with pytest.raises(KeyboardInterrupt):
        together(room.case(), jobs(do, do, asks))
    assert len(ended) == 3
    assert not room.held


REVIEWER = """
import os, pathlib, sys, time
here = pathlib.Path(__file__).parent
if "/review/security" in os.environ["BMAD_STEP"] and (here / "long").exists():
    time.sleep(90)
sys.argv[1:] = ["{}"]
sys.path.insert(0, str(here))
__import__("scripted_agent").main()
"""


@contextmanager
def reviewing(folder: Path) -> Iterator[forking.Runner]:
    """A run that is killed in the end."""
    runner = forking.begin(["act"], folder)
    try:
        yield runner
    finally:
        runner.kill()
        runner.wait()


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sleeping(agent: Path) -> list[int]:
    """The processes of an agent in a review through `security`."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            told = (one / "cmdline").read_bytes(), (one / "environ").read_bytes()
        except OSError:
            continue
        if str(agent).encode() in told[0] and b"BMAD_STEP=1/review/security" in told[1]:
            found.append(int(one.name))
    return found


@needs_landlock
def test_a_killed_runner_loses_no_answer_and_leaves_no_reviewer(tmp_path: Path) -> None:
    agent, repo = tmp_path / "agent.py", tmp_path / "repo"
    agent.write_text(REVIEWER, encoding="utf-8")
    for name in ("scripted_agent.py", "copying.py", "lean.py"):
        (tmp_path / name).symlink_to(Path(__file__).parent / name)
    (tmp_path / "long").touch()
    repository(repo)
    settings = yaml([*PYTHON, str(agent)], lenses=["security", "correctness", "maintainability"])
    (repo / "bmad.yaml").write_text(settings, encoding="utf-8")
    git("commit", "-qam", "Name the agents\n\nPolicy: tests", cwd=repo)
    notes = repo / ".bmad/steps"
    with reviewing(repo):
        until(
            lambda: len([*notes.glob("*/1-review-correctness*.json"), *notes.glob("*/1-review-main*.json")]) == 2
        )
        [left] = sleeping(agent)
    assert alive(left), "it outlived its runner"
    [first] = [one.parent.name for one in notes.glob("*/1-review-correctness*.json")]
    logs = [repo / f".bmad/logs/{first}/1-review-{lens}.log" for lens in ("correctness", "maintainability")]
    before = [os.stat(log).st_mtime_ns for log in logs]  # noqa: PTH116 - as it was
    (tmp_path / "long").unlink()
    with reviewing(repo):
        until(lambda: reviewed(repo, first))
    assert not alive(left)
    assert [os.stat(log).st_mtime_ns for log in logs] == before, "nobody is asked the same twice"  # noqa: PTH116
    assert reviewed(repo, first) == ["security", "correctness", "maintainability"]


def reviewed(repo: Path, story: str) -> list[str]:
    """The lenses of the works of the first review, in their order."""
    with closing(SqliteJournal(repo / ".bmad/journal.db", None)) as journal:
        found = [one for one in journal.entries(story) if one.event == "reviewed"]
    return [one["lens"] for one in found[0].content["work"]] if found else []


class Notes(dict[str, str]):
    """Durable texts by name."""

    read = dict[str, str].get

    def write(self, name: str, text: str) -> None:
        self[name] = text


def test_what_calls_at_once_meet_counts_once_and_no_late_answer_ends_it() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    clock = SimpleNamespace(now=lambda: now)
    accounts = Accounts(cast("Any", SimpleNamespace(notes=Notes(), clock=clock)))
    limited = Outcome(None, Fault.RATE_LIMIT, "too many", "a", "", "")
    first = accounts.hold("a", limited, Fault.RATE_LIMIT)
    assert accounts.hold("a", limited, Fault.RATE_LIMIT) == first
    told = accounts.hold("a", limited._replace(until=now + timedelta(hours=1)), Fault.RATE_LIMIT)
    assert told.until == now + timedelta(hours=1), "a later time that is told counts"
    accounts.works("a")
    assert accounts.pause("a") == told
    now += timedelta(hours=2)
    assert accounts.hold("a", limited, Fault.RATE_LIMIT).tries > told.tries, "tried again, in vain"
    now += timedelta(hours=2)
    accounts.works("a")
    assert accounts.hold("a", limited, Fault.RATE_LIMIT).tries == 1
