"""What earlier states of 0.1.0 left is read, judged and gone on with; what a later bmad wrote is refused."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bmad.store import journal
from bmad.store.postgres import tables
from tests.program import git, inside
from tests.unpacking import unpack

HERE = Path(__file__).parent
FIRST, NAMED = "0.1.0-2026-11-21", "0.1.0-2026-11-28"
"""The first whole bmad (861a82b), whose journal did not say whose it is; and that of a week later (218ffb4)."""


def left(name: str, folder: Path) -> Path:
    """A repository as an earlier bmad left it: one story has landed, the other waits to be accepted."""
    unpack(HERE / f"{name}.tar.xz", folder)
    return folder / "repo"


def story(repo: Path, name: str) -> str:
    [path] = repo.glob(f"stories/*-{name}.md")
    return path.name[:12]


@pytest.mark.parametrize("name", [FIRST, NAMED])
def test_what_landed_then_is_read_traced_and_judged_today(name: str, tmp_path: Path) -> None:
    repo = left(name, tmp_path)
    first = story(repo, "first")
    told = inside("validate", "--json", cwd=repo)
    assert (told.code, json.loads(told.out)["findings"]) == (0, [])
    assert inside("fmt", "--check", cwd=repo).code == 0
    board = json.loads(inside("status", "--json", cwd=repo).out)
    states = {one["id"]: one["state"] for one in board["stories"]}
    assert states[first] == "done"
    source = f"src/{first.replace('-', '_').lower()}.py"
    assert first in inside("trace", f"{source}:1", cwd=repo).out
    assert inside("map", "intent.md", "--dry-run", cwd=repo).code == 0


@pytest.mark.parametrize(("name", "code"), [(FIRST, 1), (NAMED, 0)])
def test_a_record_of_then_holds_where_it_says_what_was_reviewed(name: str, code: int, tmp_path: Path) -> None:
    """One that does not say it stays where it stands already, but no range may bring it anew."""
    repo = left(name, tmp_path)
    begun = git("rev-list", "--max-parents=0", "HEAD", cwd=repo)
    judged = inside("gate", "--base", begun, "--level", "reviewed", cwd=repo)
    assert (judged.code, f"stories/records/{story(repo, 'first')}.json (exact)" in judged.out) == (code, True), (
        judged
    )
    assert ("it does not say what its reviewers were shown (an older bmad wrote it" in judged.out) == bool(code)
    git("commit", "--quiet", "--allow-empty", "-m", "Go on", cwd=repo)
    assert inside("gate", "--base", "HEAD~1", cwd=repo).code == 0


def test_a_story_that_waited_then_is_accepted_and_landed_today(tmp_path: Path) -> None:
    """Journal, notes, logs, worktree and branch of an earlier bmad are gone on with."""
    repo = left(NAMED, tmp_path)
    second = story(repo, "second")
    assert f"accept    {second}" in inside("inbox", cwd=repo).out
    assert "1/triage    triaged       -> accept" in inside("log", second, cwd=repo).out
    assert inside("accept", second, cwd=repo).code == 0
    ended = inside("act", cwd=repo)
    assert (ended.code, "2 of 2 stories done on main" in ended.out) == (0, True), ended
    begun = git("rev-list", "--max-parents=0", "HEAD", cwd=repo)
    assert inside("gate", "--base", begun, "--level", "reviewed", cwd=repo).code == 0


def test_a_journal_that_does_not_say_whose_it_is_is_passed_over_with_a_sentence(tmp_path: Path) -> None:
    repo = left(FIRST, tmp_path)
    told = inside("status", cwd=repo)
    assert told.code == 0
    assert "does not say whose it is" in told.err
    assert "move it away to start anew" in told.err


@pytest.mark.parametrize(
    ("path", "now", "later", "words"),
    [
        ("bmad.yaml", "version: 1", "version: 2", "version 2 is not known to this bmad, which reads version 1"),
        (
            "specs/trace.lock",
            "# bmad trace lock 1",
            "# bmad trace lock 2",
            "a version that this one does not know",
        ),
    ],
)
def test_a_later_policy_or_lock_is_refused_in_a_sentence(
    path: str, now: str, later: str, words: str, tmp_path: Path
) -> None:
    repo = left(NAMED, tmp_path)
    before = (repo / path).read_text(encoding="utf-8")
    (repo / path).write_text(before.replace(now, later, 1), encoding="utf-8")
    told = inside("validate", cwd=repo)
    assert (told.code, words in told.out + told.err) == (2, True), told


def test_a_later_record_is_neither_passed_nor_passed_over(tmp_path: Path) -> None:
    """Whoever could not read that a story has landed would build it once more."""
    repo = left(NAMED, tmp_path)
    first = story(repo, "first")
    path = f"stories/records/{first}.json"
    text = (repo / path).read_text(encoding="utf-8")
    (repo / path).write_text(text.replace("bmad.record/1", "bmad.record/2"), encoding="utf-8")
    git("commit", "--quiet", "-am", "Write it as a later bmad would", cwd=repo)
    words = 'its schema is "bmad.record/2", and this bmad reads `bmad.record/1`'
    begun = git("rev-list", "--max-parents=0", "HEAD", cwd=repo)
    judged = inside("gate", "--base", begun, "--level", "reviewed", cwd=repo)
    assert (judged.code, f"G14 {path}: {words}" in judged.out) == (1, True), judged
    source = f"src/{first.replace('-', '_').lower()}.py"
    for command in (["status"], ["act", first], ["trace", f"{source}:1"], ["report", "--base", begun]):
        told = inside(*command, cwd=repo)
        assert told.code == 3, (command, told)
        assert f"{path} was written by a newer bmad: {words}. Use that one." in told.err, (command, told)


def test_a_later_journal_is_refused_in_a_sentence(tmp_path: Path) -> None:
    repo = left(NAMED, tmp_path)
    with closing(sqlite3.connect(repo / ".bmad" / "journal.db")) as opened:
        opened.execute(f"PRAGMA user_version={journal.VERSION + 1}")
    told = inside("log", story(repo, "second"), cwd=repo)
    assert told.code == 3
    assert f"was written by a newer bmad (version {journal.VERSION + 1}); use that one" in told.err


FROZEN = {"SQLite": (1, "c33d63dff9da1c1f"), "PostgreSQL": (1, "ce11a4cb27094bf6")}
"""Journal -> its version, and what its tables were then. Another shape is another version: with a number of its
own here, and a step from each earlier one that the repositories above go through."""

_ONLY_FASTER = "CREATE INDEX "
"""An index that forbids nothing may be there or not: a database made before it answers the same, only later."""


def test_the_tables_of_a_version_stay_as_they_were() -> None:
    parts = (journal._TABLE, journal._IDENTITY, *journal._TRIGGERS)
    served = "".join(
        line for line in tables._TABLES.splitlines(keepends=True) if not line.startswith(_ONLY_FASTER)
    )
    shapes = {"SQLite": (journal.VERSION, "".join(parts)), "PostgreSQL": (tables.VERSION, served)}
    now = {name: (one, hashlib.sha256(text.encode()).hexdigest()[:16]) for name, (one, text) in shapes.items()}
    assert now == FROZEN
