"""What a journal promises, held over both that there are: SQLite's file, and PostgreSQL's table."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import pytest

from bmad.errors import CannotAnswerError, FencedError, StaleError, UsageError
from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.ports.journal import Journal
from bmad.store.journal import SqliteJournal
from bmad.store.postgres.journal import PostgresJournal
from bmad.store.postgres.server import Server
from tests.act import postgres

WHEN = datetime(2026, 3, 1, 12, 30, 1, 250, tzinfo=UTC)
TAKE = "INSERT INTO bmad.leases (story, epoch) VALUES ('STORY-1', 1) ON CONFLICT (story) DO UPDATE SET epoch = 2"
Open = Callable[[], Journal]
Join = Callable[[str], Server]


def entry(seq: int, story: str = "STORY-1", words: str = "Grün — «oui»\n\x00\t✓") -> Entry:
    return Entry(
        story=story, seq=seq, round=1, step="dev.2", event=Event.WAITS, content={"words": words}, time=WHEN
    )


@pytest.fixture
def join() -> Iterator[Join]:
    """What connects to one database, for the repository of that word."""
    address = postgres.server().database()
    every: list[Server] = []

    def one(word: str = "word") -> Server:
        every.append(Server(address, word))
        return every[-1]

    yield one
    for server in every:
        server.close()


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """What opens one journal again and again."""
    every: list[Journal] = []
    address = postgres.server().database() if request.param == "postgres" else ""

    def one() -> Journal:
        made: Journal = (
            PostgresJournal(Server(address, "word"), {})
            if address
            else SqliteJournal(tmp_path / ".bmad" / "journal.db", "word")
        )
        every.append(made)
        return made

    yield one
    for journal in every:
        journal.close()


def test_events_come_back_as_they_were_in_the_order_of_writing(opened: Open) -> None:
    journal = opened()
    written = [entry(1), entry(1, "STORY-0"), entry(2), entry(2, "STORY-0"), entry(3, words="")]
    for one in written:
        journal.append(one)
    assert journal.entries() == written == opened().entries()
    assert journal.entries("STORY-0") == [written[1], written[3]]
    assert journal.entries("STORY-9") == []


def test_what_is_beyond_what_one_knows_is_told_and_no_more(opened: Open) -> None:
    journal = opened()
    assert journal.beyond({}) == []
    told = [entry(1), entry(1, "STORY-2"), entry(2)]
    for one in told:
        journal.append(one)
    for other in (journal, opened()):
        assert other.beyond({}) == [told[0], told[2], told[1]]
        assert other.beyond({"STORY-1": 1, "STORY-2": 1}) == [told[2]]
        assert other.beyond({"STORY-1": 2, "STORY-2": 1, "STORY-3": 4}) == []


def test_looking_makes_nothing(opened: Open) -> None:
    assert opened().entries() == []
    assert opened().entries("STORY-1") == []


def test_a_number_that_is_taken_is_refused_and_writes_nothing(opened: Open) -> None:
    journal, other = opened(), opened()
    journal.append(entry(1))
    with pytest.raises(StaleError, match="Someone else went on with STORY-1; see: bmad log STORY-1"):
        other.append(entry(1, words="other"))
    with pytest.raises(StaleError):
        other.append(entry(1))
    other.append(entry(2))
    assert journal.entries() == [entry(1), entry(2)]


def test_a_number_too_far_is_refused(opened: Open) -> None:
    journal = opened()
    with pytest.raises(StaleError):
        journal.append(entry(2))
    assert journal.entries() == []


def test_of_several_at_once_one_wins_each_number(opened: Open) -> None:
    journals = [opened() for _ in range(4)]
    told: list[str] = []

    def write(at: int, seq: int) -> None:
        try:
            journals[at].append(entry(seq, words=str(at)))
            told.append("won")
        except StaleError:
            told.append("stale")

    for seq in (1, 2, 3):
        told.clear()
        threads = [threading.Thread(target=write, args=(at, seq)) for at in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["stale", "stale", "stale", "won"]
    assert [one.seq for one in journals[0].entries()] == [1, 2, 3]


def test_what_no_journal_could_hold_is_refused(opened: Open) -> None:
    journal = opened()
    with pytest.raises(UnicodeEncodeError):
        journal.append(entry(1, words="half a pair \ud83d"))
    assert journal.entries() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE bmad.events SET content = '{}'", "DELETE FROM bmad.events", "TRUNCATE bmad.events"]
)
def test_nothing_is_changed_or_removed(join: Join, statement: LiteralString) -> None:
    journal = PostgresJournal(join("word"), {})
    journal.append(entry(1))
    with pytest.raises(CannotAnswerError, match="events are never changed or removed"):
        join("word").change(lambda connection: connection.execute(statement))
    assert journal.entries() == [entry(1)]


def test_the_journal_of_another_repository_is_not_believed(join: Join) -> None:
    journal, other = (PostgresJournal(join(word), {}) for word in ("word", "other"))
    journal.append(entry(1))
    for use in (other.entries, lambda: other.append(entry(2))):
        with pytest.raises(CannotAnswerError, match="is that of another repository, and is not believed here"):
            use()
    assert journal.entries() == [entry(1)]


def test_a_newer_journal_is_left_alone(join: Join) -> None:
    server = join("word")
    PostgresJournal(server, {}).append(entry(1))
    server.change(lambda connection: connection.execute("UPDATE bmad.identity SET version = 99"))
    with pytest.raises(CannotAnswerError, match=r"made by a newer bmad \(version 99\); use that one"):
        PostgresJournal(join("word"), {}).entries()


def test_what_an_older_holder_writes_is_refused_by_the_database(join: Join) -> None:
    """The lease has moved on: under epoch 1 nothing more is written, and under 2 it is; a person needs none."""
    server = join("word")
    PostgresJournal(server, {}).append(entry(1))
    server.change(lambda connection: connection.execute(TAKE))
    late = PostgresJournal(join("word"), {"STORY-1": 1})
    late.append(entry(2))
    server.change(lambda connection: connection.execute(TAKE))
    with pytest.raises(FencedError):
        late.append(entry(3))
    PostgresJournal(server, {"STORY-1": 2}).append(entry(3))
    PostgresJournal(server, {}).append(entry(4))
    with pytest.raises(FencedError):
        PostgresJournal(server, {"STORY-2": 1}).append(entry(1, "STORY-2"))


def test_a_password_is_in_no_message() -> None:
    told = []
    postgres.needs_driver()
    for wrong in (
        "postgresql://ann:s3cr3t-word@127.0.0.1:1/bmad",
        "postgresql://ann:s3cr3t-word@127.0.0.1:port/bmad",
        "host=127.0.0.1 port=1 user=ann password=s3cr3t-word sslmode=nonsense",
        "postgresql://ann:s3cr3t-@word@127.0.0.1:1/bmad",
    ):
        with pytest.raises((CannotAnswerError, UsageError)) as raised:
            PostgresJournal(Server(wrong, "word"), {}).entries()
        told.append(str(raised.value))
    assert "bmad on 127.0.0.1:1" in told[0]
    assert "s3cr3t" not in "".join(told) + repr(Server("postgresql://ann:s3cr3t-word@h/bmad", ""))
