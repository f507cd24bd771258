"""Several machines on one server: who holds a story, what is queued when, and that each story lands once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from bmad.errors import CannotAnswerError, FencedError
from bmad.model.act import Event, State
from bmad.model.journal import Entry
from bmad.model.machines import Held
from bmad.store.postgres import jobs
from bmad.store.postgres.engine import Duties, Engine
from bmad.store.postgres.journal import PostgresJournal
from bmad.store.postgres.machines import PostgresMachines
from bmad.store.postgres.notes import PostgresNotes
from bmad.store.postgres.server import Server
from tests.act import postgres
from tests.act.agent_world import needs_landlock
from tests.act.cluster import carried, faults, kill_one, stop_one
from tests.act.machines import Machines, until
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


def test_a_story_is_held_by_one_until_its_time_has_run_out(join: Join) -> None:
    one, two = join("one", 3), join("two")
    taken = one.stories.take("STORY-1")
    assert taken is not None
    assert (taken.epoch, taken.again) == (1, False)
    one.append(1)
    with one.stories.kept("STORY-1", lambda: None):
        for _ in range(2):
            kept = left(two)
            until(lambda before=kept: left(two) > before)  # type: ignore[misc]
        assert two.stories.take("STORY-1") is None
    two.server.change(lambda connection: connection.execute("UPDATE bmad.leases SET until = now()"))
    assert two.stories.take("STORY-1") == (2, False)
    with pytest.raises(FencedError):
        one.append(2)
    with pytest.raises(FencedError):
        one.notes.write("STORY-1/1-dev.json", "late")
    with pytest.raises(FencedError):
        one.stories.claim("STORY-1", ["src/**"], lambda _: True, lands=False)
    two.append(2)
    two.notes.write("STORY-1/1-dev.json", "{}")
    assert one.notes.read("STORY-1/1-dev.json") == "{}"


def test_who_slept_is_told_that_another_has_the_story(join: Join) -> None:
    one, two, lost = join("one", 1), join("two"), threading.Event()
    assert one.stories.take("STORY-1") is not None
    two.stories.take("STORY-1")
    with one.stories.kept("STORY-1", lost.set):
        raised = "UPDATE bmad.leases SET epoch = epoch + 1, holder = 'two'"
        two.server.change(lambda connection: connection.execute(raised))
        assert lost.wait(30)
    one.stories.give("STORY-1", "what an older one says of it")
    assert [one.rests for one in two.stories.held()] == [""], "and has no say any more"


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


def test_what_was_noted_stands_after_a_power_loss_however_the_server_is_set(join: Join) -> None:
    """That of the tests answers before anything is on disk, unless it is asked for more."""
    one = join("one")
    for number in range(1, 21):
        one.append(number)
    postgres.server().stop()
    postgres.server().start()
    one.server.patience = 30
    assert [entry.seq for entry in one.journal.entries()] == list(range(1, 21))


def test_who_held_it_last_is_known_to_hold_it_again(join: Join) -> None:
    one, two = join("one"), join("two")
    one.stories.take("STORY-1")
    one.stories.give("STORY-1", keep=True)
    assert one.stories.take("STORY-1") == (2, True)
    assert join("one").stories.take("STORY-1") == (3, True), "one that died, and was started again at once"
    one.epochs.clear()
    two.server.change(lambda connection: connection.execute("UPDATE bmad.leases SET until = now()"))
    assert two.stories.take("STORY-1") == (4, False)


def test_a_territory_and_the_lane_are_one_storys_at_a_time(join: Join) -> None:
    one, two = join("one"), join("two")
    for machine, story in ((one, "STORY-1"), (two, "STORY-2")):
        assert machine.stories.take(story) is not None

    def alone(others: object) -> bool:
        assert isinstance(others, list)
        return not any(isinstance(other, Held) and other.lands for other in others)

    assert one.stories.claim("STORY-1", ["src/**"], alone, lands=True)
    assert not two.stories.claim("STORY-2", ["docs/**"], alone, lands=True)
    assert [one.stories.another_lands(story) for story in ("STORY-1", "STORY-2")] == [False, True]
    one.stories.give("STORY-1", keep=True)
    [first, second] = one.stories.held()
    assert (first.territory, first.lands, first.live) == (("src/**",), False, False)
    assert (second.territory, second.lands, second.live) == (None, False, True)
    assert not two.stories.another_lands("STORY-2")
    beside: list[Held] = []

    def fits(others: Sequence[Held]) -> bool:
        beside.extend(others)
        return True

    assert two.stories.claim("STORY-2", ["docs/**"], fits, lands=True)
    two.stories.take("STORY-1")
    two.stories.give("STORY-1")
    assert two.stories.claim("STORY-2", ["docs/**"], fits, lands=True)
    assert [held.territory for held in beside] == [("src/**",)], "what is over is beside nobody"


def test_a_persons_word_and_the_job_to_heed_it_are_one_transaction(join: Join) -> None:
    one = join("one")
    one.append(1)
    assert one.stories.fleet().dispatching
    one.server.change(lambda connection: connection.execute("DELETE FROM procrastinate_jobs"))
    stale = Entry(story="STORY-1", seq=1, round=1, step="", event=Event.WAITS, time=datetime.now(UTC))
    with pytest.raises(Exception, match="Someone else went on"):
        one.journal.append(stale)
    assert not one.stories.fleet().dispatching, "where the one is refused, so is the other"
    assert one.stories.take("STORY-1") is not None
    one.append(2)
    assert not one.stories.fleet().dispatching, "what a worker notes on its way tells nobody"
    one.stories.give("STORY-1")
    assert one.stories.fleet().dispatching


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


def test_a_job_that_nobody_does_is_taken_off_the_queue(join: Join) -> None:
    """That of a worker that is not heard of, and one whose end a worker that lives could not note."""
    one = join("one")
    one.stories.put([("STORY-1", 1), ("STORY-2", 2)])

    def fetched(connection: "Connection") -> list[int]:
        found = []
        for _ in range(2):
            [worker] = connection.execute("SELECT procrastinate_register_worker_v1()").fetchone() or ()
            job = connection.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker]).fetchone()
            found += [worker, *(job or ())]
        dead = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1h' WHERE id = %s"
        connection.execute(dead, [found[0]])
        return found

    _, _, worker, job = one.server.change(fetched)
    nothing = frozenset[int]()
    assert one.server.change(jobs.Sweep(60, worker, frozenset({job}), nothing).through) == nothing
    assert one.stories.queued() == {"STORY-1"}, "the other one's is put there again by whoever sees it"
    assert one.stories.fleet().dispatching
    strange = one.server.change(jobs.Sweep(60, worker, nothing, nothing).through)
    assert strange == frozenset({job})
    assert one.stories.queued() == {"STORY-1"}, "it may be about to begin"
    assert one.server.change(jobs.Sweep(60, worker, nothing, strange).through) == nothing
    assert one.stories.queued() == set()


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


def test_what_rests_is_looked_at_again_once_somebody_has_asked(join: Join) -> None:
    one = join("one")
    one.stories.take("STORY-1")
    later = datetime.now(UTC) + timedelta(hours=1)
    one.stories.give("STORY-1", "its checks have no database", later)
    assert [(held.rests, held.again) for held in one.stories.held()] == [("its checks have no database", later)]
    one.stories.ask(["STORY-1", "STORY-2"], named=True, research=False)
    assert [(held.rests, held.again) for held in one.stories.held()] == [("", None)]
    assert one.stories.asked() == {"STORY-1": (True, False), "STORY-2": (True, False)}
    one.stories.over(["STORY-1"])
    assert set(one.stories.asked()) == {"STORY-2"}


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
