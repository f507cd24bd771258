"""Several machines on one server: who holds a story, what is queued when, and that each story lands once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Event, State
from bmad.model.journal import Entry
from bmad.model.machines import Held, Taken
from bmad.pipeline.act.dispatch import dispatch
from bmad.pipeline.act.worker import Post
from bmad.ports.machines import Common, Together
from bmad.ports.machines import Machines as Shared
from bmad.store.postgres import jobs
from bmad.store.postgres.engine import Duties, Engine
from bmad.store.postgres.journal import PostgresJournal
from bmad.store.postgres.machines import PostgresMachines
from bmad.store.postgres.notes import PostgresNotes
from bmad.store.postgres.server import Server
from bmad.wiring import open_app
from tests.act import postgres
from tests.act.agent_world import needs_landlock
from tests.act.cluster import carried, faults, kill_one, stop_one
from tests.act.machines import Machines
from tests.act.stage import Stage
from tests.program import git

if TYPE_CHECKING:
    from bmad.store.postgres.server import Connection


class Machine:
    """What one machine knows of a server."""

    def __init__(self, address: str, name: str, seconds: float) -> None:
        self.server = Server(address, "word")
        self.epochs: dict[str, int] = {}
        self.stories = PostgresMachines(self.server, name, self.epochs, seconds)
        self.journal = PostgresJournal(self.server, self.epochs)
        self.notes = PostgresNotes(self.server, self.epochs)

    def append(self, seq: int, story: str = "STORY-1") -> None:
        when = datetime(2026, 3, 1, tzinfo=UTC)
        self.journal.append(Entry(story=story, seq=seq, round=1, step="dev", event=Event.WAITS, time=when))


Join = Callable[..., Machine]


@pytest.fixture
def join() -> Iterator[Join]:
    address = postgres.server().database()
    every: list[Machine] = []

    def one(name: str, seconds: float = 60) -> Machine:
        every.append(Machine(address, name, seconds))
        return every[-1]

    yield one
    for machine in every:
        machine.server.close()


def left(machine: Machine) -> datetime:
    """Until when the only story is held."""
    row = machine.server.ask(lambda each: each.execute("SELECT until FROM bmad.leases").fetchone(), None)
    assert row is not None
    return cast("datetime", row[0])


def test_who_stands_still_in_the_middle_of_noting_holds_nobody_up(join: Join) -> None:
    """As a machine that is stopped there: the server ends its session, and with it what that had locked."""
    one, two = join("one", 1), join("two")
    assert one.stories.take("STORY-1") is not None
    stands: list[int] = []

    def locks(connection: "Connection") -> None:
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 700")
        connection.execute("SELECT 1 FROM bmad.leases WHERE story = 'STORY-1' FOR SHARE")
        threading.Event().wait(1.5)
        assert left(two) < datetime.now(UTC)
        taken = two.stories.take("STORY-1")
        stands.append(taken.epoch if taken is not None else 0)

    with pytest.raises(CannotAnswerError, match="cannot be used"):
        one.server.change(locks)
    assert stands == [2]
    shown = one.server.ask(lambda each: each.execute("SHOW idle_in_transaction_session_timeout").fetchone(), None)
    assert shown == ("15s",)


def test_a_lease_is_kept_after_what_nobody_has_foreseen_and_that_is_raised() -> None:
    answers: list[Exception | int] = [RuntimeError("unforeseen"), 0]

    class Broken:
        def another(self) -> "Broken":
            return self

        def change(self, _: object) -> int:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        def close(self) -> None: ...

    lost = threading.Event()
    machines = PostgresMachines(cast("Server", Broken()), "me", {"STORY-1": 1}, seconds=0.03)
    with pytest.raises(RuntimeError, match="unforeseen"), machines.kept("STORY-1", lost.set):
        assert lost.wait(10), "it is asked again, and told that another has it"


class Alone:
    """A server with one machine, and its remote: they say what was asked for, and hear why a story rests."""

    holder = "me"

    def __init__(self, story: str, *, is_named: bool = False) -> None:
        self.story = story
        self.is_named = is_named
        self.heard: list[str] = []

    def asked(self) -> dict[str, tuple[bool, bool]]:
        return {self.story: (self.is_named, False)}

    def held(self) -> list[Held]:
        return []

    def queued(self) -> set[str]:
        return set()

    def over(self, _stories: list[str]) -> None: ...

    def put(self, _jobs: list[tuple[str, int]]) -> None: ...

    def refresh(self) -> None: ...

    def take(self, _story: str) -> Taken:
        return Taken(epoch=1, again=False)

    def hold(self, *_: object, **__: object) -> None: ...

    @contextmanager
    def kept(self, *_: object) -> Iterator[None]:
        yield

    def give(self, _story: str, rests: str, *_: object, **__: object) -> None:
        self.heard.append(rests)


def test_what_people_did_is_queued_where_somebody_asks_for_it_by_name(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.commit({"src/done.py": "VALUE = 1\n"}, f"By hand\n\nStory: {stage.first}")
    desk = open_app(stage.repo).desk()
    with closing(desk.journal):
        for is_named in (False, True):
            alone = Alone(stage.first, is_named=is_named)
            both = Together(cast("Shared", alone), cast("Common", alone), desk.notes)
            assert dispatch(replace(desk, together=both), both) == ((stage.first,) if is_named else ())


@pytest.mark.parametrize("act", [{"accept": "end"}, {"accept": "auto", "reviewer": "human"}])
def test_no_worker_begins_what_only_one_machine_does_though_that_landed_later(
    tmp_path: Path, act: dict[str, str]
) -> None:
    stage = Stage(tmp_path, accept=act["accept"])
    if "reviewer" in act:
        text = stage.settings.replace("reviewer: {", "reviewer: {use: human}, other: {")
        stage.commit({"bmad.yaml": text}, "Ask a person\n\nPolicy: tests")
    alone = Alone(stage.first)
    desk = open_app(stage.repo).desk()
    both = Together(cast("Shared", alone), cast("Common", alone), desk.notes)
    with closing(desk.journal):
        with pytest.raises(UsageError, match=r"With a server .* does not work yet\."):
            dispatch(replace(desk, together=both), both)
        Post(replace(desk, together=both), both, alone.heard.append).work(stage.first)
        assert desk.journal.entries() == []
    assert len(alone.heard) == 2
    assert all("does not work yet." in words for words in alone.heard)


def test_what_was_noted_stands_after_a_power_loss_however_the_server_is_set(join: Join) -> None:
    """That of the tests answers before anything is on disk, unless it is asked for more."""
    one = join("one")
    for number in range(1, 21):
        one.append(number)
    postgres.server().stop()
    postgres.server().start()
    one.server.patience = 30
    assert [entry.seq for entry in one.journal.entries()] == list(range(1, 21))


def test_what_is_queued_is_there_once_and_nothing_said_is_missed(join: Join) -> None:
    """While something is noted, a look that waits in the queue does not begin: it would not see it."""
    one, two = join("one"), join("two")
    one.stories.put([("STORY-1", 5), ("STORY-2", 7)])
    two.stories.put([("STORY-1", 5)])
    assert one.stories.queued() == {"STORY-1", "STORY-2"}
    assert one.stories.fleet().waiting == 2
    one.server.change(jobs.stir)
    got: list[str] = []

    def fetched(connection: "Connection") -> None:
        row = connection.execute("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, NULL)").fetchone()
        got.append(row[0] if row is not None else "")

    def noted(connection: "Connection") -> None:
        jobs.stir(connection)
        two.server.change(fetched)

    one.server.change(noted)
    two.server.change(fetched)
    assert got == [jobs.STORY, jobs.DISPATCH]


def test_a_fault_of_the_program_ends_the_worker(join: Join) -> None:
    """The queue would pass over it, and have the same be done again and again."""
    one, over, told = join("one"), threading.Event(), list[str]()

    def broken() -> None:
        raise ZeroDivisionError

    duties = Duties(broken, lambda _: None, told.append)
    with pytest.raises(ZeroDivisionError):
        Engine(one.server, 3, duties, over).run()
    assert over.is_set()
    assert told == []


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Three workers, of which one is killed at its story and one sleeps until its story has landed elsewhere."""
    titles = ("slow one", "slow two", "third", "fails")
    one = Machines(tmp_path_factory.mktemp("m"), postgres.server(), titles, 3)
    for title in ("slow one", "slow two", "fails"):
        one.crew.prepare(title)
    one.crew.prepare("third", after="slow one")
    one.begin()
    try:
        one.start()
        carried(one, lambda: (kill_one(one), stop_one(one)))
        for worker in one.workers:
            assert not worker.lives or worker.end() == 0, worker.told
        yield one
    finally:
        one.end()


@needs_landlock
def test_each_story_lands_once_whoever_dies_or_sleeps(machines: Machines) -> None:
    assert machines.code == 4, machines.told
    expected = {story: State.DONE for title, story in machines.crew.ids.items() if title != "fails"}
    assert machines.landed() == sorted(expected)
    expected[machines.crew.ids["fails"]] = State.FAILED
    assert {story: run.state for story, run in machines.runs().items()} == expected
    assert "3 of 4 stories done on main" in machines.told
    first, second = (machines.span(title) for title in ("slow one", "third"))
    assert first[1] <= second[0]


@needs_landlock
def test_what_lands_from_several_machines_passes_the_gate(machines: Machines) -> None:
    clone = machines.folder / "look"
    git("clone", "--quiet", str(machines.remote), str(clone), cwd=machines.folder)
    base = machines.crew.ground.start
    told = machines.crew.ground.bmad("gate", "--base", base, "--level", "reviewed", "--repo", str(clone))
    assert told[0] == 0, told[1]


@needs_landlock
def test_nobody_says_the_password_and_nobody_breaks(machines: Machines) -> None:
    ids = machines.crew.ids
    assert faults(machines) == [f"{ids['fails']} is failed", f"{ids['fails']} has landed 0 times"]
