"""The journal on a real disk: kills, races, a full disk, files that are no journal."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError, StaleError
from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.store.journal import VERSION, SqliteJournal
from bmad.store.notes import FileNotes

WHEN = datetime(2026, 3, 1, 12, 30, 1, 250, tzinfo=UTC)

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bmad.errors import BmadError
from bmad.model.act import Event
from bmad.model.journal import Entry
from bmad.store.journal import SqliteJournal

journal = SqliteJournal(Path(sys.argv[1]))
def append(seq, words="w", story="STORY-1"):
    journal.append(Entry(story=story, seq=seq, round=1, step="dev", event=Event.WAITS,
                         content={"words": words}, time=datetime.now(UTC)))
"""

RACE = """
print("ready", flush=True)
sys.stdin.readline()
try:
    append(int(sys.argv[2]), sys.argv[3])
    print("won")
except BmadError as error:
    print(type(error).__name__)
"""

LOOP = """
seq = len(journal.entries("STORY-1"))
while True:
    seq += 1
    append(seq, "w" * 500)
    print(seq, flush=True)
"""

FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for seq in range(2, 1000):
    try:
        append(seq, "w" * 5000)
    except BmadError as error:
        print(seq)
        print(type(error).__name__, error)
        break
"""


def entry(seq: int, story: str = "STORY-1", words: str = "Grün — «oui»\n\x00\t✓") -> Entry:
    return Entry(
        story=story,
        seq=seq,
        round=1,
        step="dev.2",
        event=Event.WAITS,
        content={"words": words},
        time=WHEN,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".bmad" / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    one = SqliteJournal(path)
    yield one
    one.close()


def child(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + code, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    )


def read(path: Path) -> list[Entry]:
    journal = SqliteJournal(path)
    try:
        return journal.entries()
    finally:
        journal.close()


def test_events_come_back_as_they_were_in_the_order_of_writing(journal: SqliteJournal, path: Path) -> None:
    written = [entry(1), entry(1, "STORY-0"), entry(2), entry(2, "STORY-0"), entry(3, words="")]
    for one in written:
        journal.append(one)
    assert journal.entries() == written == read(path)
    assert journal.entries("STORY-0") == [written[1], written[3]]
    assert journal.entries("STORY-9") == []


def test_looking_makes_no_file(journal: SqliteJournal, path: Path) -> None:
    assert journal.entries() == []
    assert not path.parent.exists()


TAKEN_AWAY = r"was taken away while bmad was at work.*: move what is left of `\.bmad` away, and run bmad again"
"""What agents print comes into a folder of that name once more, which nobody believes then."""


def test_i_nothing_is_written_into_a_journal_that_was_taken_away(journal: SqliteJournal, path: Path) -> None:
    """As `git clean -fdx` does: it would go with the file. Who begins anew has a journal of their own."""
    journal.append(entry(1))
    path.unlink()
    for use in (lambda: journal.append(entry(2)), journal.entries):
        with pytest.raises(CannotAnswerError, match=TAKEN_AWAY):
            use()
    other = SqliteJournal(path)
    other.append(entry(1))
    assert other.entries() == [entry(1)]
    other.close()
    with pytest.raises(CannotAnswerError, match="run bmad again"):
        journal.append(entry(2))


def test_i_a_note_does_not_make_anew_what_was_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / ".bmad"
    with pytest.raises(CannotAnswerError, match=TAKEN_AWAY):
        FileNotes(folder / "steps").write("STORY-1/1-dev.json", "{}")
    assert not folder.exists()
    folder.mkdir()
    FileNotes(folder / "steps").write("STORY-1/1-dev.json", "{}")
    assert FileNotes(folder / "steps").read("STORY-1/1-dev.json") == "{}"


def test_a_number_that_is_taken_is_refused_and_writes_nothing(journal: SqliteJournal, path: Path) -> None:
    journal.append(entry(1))
    other = SqliteJournal(path)
    with pytest.raises(StaleError, match="Someone else went on with STORY-1; see: bmad log STORY-1"):
        other.append(entry(1, words="other"))
    other.append(entry(2))
    other.close()
    assert journal.entries() == [entry(1), entry(2)]


@pytest.mark.parametrize("statement", ["UPDATE events SET content = '{}'", "DELETE FROM events"])
def test_nothing_is_changed_or_removed(journal: SqliteJournal, path: Path, statement: str) -> None:
    journal.append(entry(1))
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        raw.execute(statement)
    raw.close()
    assert journal.entries() == [entry(1)]


def test_what_is_acknowledged_is_on_the_disk(journal: SqliteJournal) -> None:
    """Write-ahead log, and `synchronous` FULL (2): each commit is synced."""
    journal.append(entry(1))
    asked = journal._open()
    assert asked.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert asked.execute("PRAGMA synchronous").fetchone() == (2,)
    assert asked.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_threads_share_a_journal(journal: SqliteJournal) -> None:
    def write(story: str) -> None:
        for seq in range(1, 11):
            journal.append(entry(seq, story))

    threads = [threading.Thread(target=write, args=(f"STORY-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        assert [one.seq for one in journal.entries(f"STORY-{number}")] == list(range(1, 11))


def test_of_several_processes_one_wins_each_number(path: Path) -> None:
    """Also the first one, when none of them finds a file."""
    for seq in (1, 2, 3):
        racers = [child(RACE, path, seq, f"racer {number}") for number in range(3)]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("\n")
            racer.stdin.flush()
        said = sorted(racer.communicate()[0].strip() for racer in racers)
        assert said == ["StaleError", "StaleError", "won"]
    assert [one.seq for one in read(path)] == [1, 2, 3]


def test_what_was_acknowledged_outlives_a_kill(path: Path) -> None:
    acknowledged = 0
    for kill in range(12):
        writer = child(LOOP, path)
        assert writer.stdout is not None
        for _ in range(1 + 3 * kill):
            acknowledged = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        for line in writer.stdout.read().splitlines(keepends=True):  # also what is buffered here already
            acknowledged = int(line) if line.endswith("\n") else acknowledged
        writer.communicate()
        assert writer.returncode == -signal.SIGKILL
        found = [one.seq for one in read(path)]
        assert found == list(range(1, len(found) + 1))
        assert acknowledged <= len(found) <= acknowledged + 1


def test_a_full_disk_is_a_sentence_and_loses_nothing(journal: SqliteJournal, path: Path) -> None:
    journal.append(entry(1))
    told = child(FULL, path).communicate()[0]
    failed, _, sentence = told.partition("\n")
    assert sentence.startswith(f"CannotAnswerError The journal {path} cannot be used: ")
    assert sentence.endswith("Make room on the disk and go on; what was written stands.\n")
    assert int(failed) > 2
    assert [one.seq for one in read(path)] == list(range(1, int(failed)))
    journal.append(entry(int(failed)))


def cannot(path: Path, words: str) -> None:
    for use in (SqliteJournal.entries, lambda one: one.append(entry(1))):
        journal = SqliteJournal(path)
        with pytest.raises(CannotAnswerError, match=words):
            use(journal)
        journal.close()


def test_a_file_that_is_no_journal_is_a_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    cannot(path, "file is not a database.*move the file away to start a new journal")
    assert path.read_bytes().startswith(b"no database")


def test_a_damaged_journal_is_a_sentence(journal: SqliteJournal, path: Path) -> None:
    for seq in range(1, 60):
        journal.append(entry(seq, words="w" * 400))
    journal.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    cannot(path, "malformed.*What landed is in git; move the file away")


def test_an_event_of_another_bmad_is_a_sentence_and_no_reason_to_give_the_journal_up(
    journal: SqliteJournal, path: Path
) -> None:
    journal.append(entry(1))
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute(
        "INSERT INTO events VALUES ('STORY-1', 2, 1, 'dev', 'never-heard-of', '{}', '2026-03-01T12:00:00Z')"
    )
    raw.close()
    with pytest.raises(CannotAnswerError) as told:
        journal.entries()
    assert str(told.value) == (
        "Event 2 of STORY-1 (`never-heard-of`) is none that this bmad knows. Another bmad may have written it."
    )


def test_a_folder_in_its_place_is_a_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    cannot(path, "unable to open.*See that its folder is there and may be written")


def test_a_file_in_its_folders_place_is_a_sentence(path: Path) -> None:
    path.parent.write_text("", encoding="utf-8")
    with pytest.raises(CannotAnswerError, match="See that its folder is there"):
        SqliteJournal(path).append(entry(1))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into a read-only folder")
def test_a_read_only_folder_is_a_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o555)
    try:
        with pytest.raises(CannotAnswerError, match="See that its folder is there and may be written"):
            SqliteJournal(path).append(entry(1))
    finally:
        path.parent.chmod(0o755)


def test_a_newer_journal_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version={VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    cannot(path, f"written by a newer bmad .version {VERSION + 1}.; use that one")
    assert path.read_bytes() == before
