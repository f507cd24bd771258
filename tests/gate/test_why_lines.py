"""What a record says of lines, held against the contents that it names as far as they are at hand (G14)."""

import pytest

from bmad.core.lines.hunks import mark
from bmad.core.records.build import with_lines
from bmad.git.history import open_history
from bmad.model.history import FileCuts
from bmad.model.record import ChangeEntry
from tests.gate.records import REVIEWED, add, entries, record, squash
from tests.gate.repo import FIND, STORE, Repo, passes, refuses, story

NEW = "def find():\n    return [1]\n\n\ndef more():\n    return 2\n"


def cuts_of(repo: Repo, base: str, head: str) -> tuple[FileCuts, ...]:
    with open_history(repo.root, {"PATH": "/usr/bin:/bin"}).read() as objects:
        trees = (repo.tip(f"{base}^{{tree}}"), repo.tip(f"{head}^{{tree}}"))
        return objects.hunks([trees])[0]


def landed(repo: Repo, lines: str | None = None) -> tuple[ChangeEntry, ...]:
    """A story's work and its record, with the lines that it adds, or with others."""
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), {"src/find.py": NEW})
    change = with_lines(entries(repo, base, head), cuts_of(repo, base, head))
    if lines is not None:
        change = tuple(one.model_copy(update={"lines": lines}) for one in change)
    add(repo, "work", record(repo, FIND, base, head, change=change))
    return change


@pytest.fixture
def reviewing(repo: Repo) -> Repo:
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    return repo


def test_honest_lines_pass_with_their_commits_and_squashed(reviewing: Repo) -> None:
    [entry] = landed(reviewing)
    assert entry.lines is not None
    assert mark(b"def more():") in entry.lines
    passes(reviewing.gate())
    squash(reviewing, "work")
    passes(reviewing.gate())


@pytest.mark.parametrize(
    "lines",
    [
        "",
        f"1-1:{mark(b'    return [1]')}",
        f"1-1:{mark(b'    return [1]')} 2-0:{mark(b'another')}",
        f"9-0:{mark(b'x')}",
        "<0 0-0:",
    ],
)
def test_lines_that_are_not_those_are_refused(reviewing: Repo, lines: str) -> None:
    landed(reviewing, lines)
    refuses(reviewing.gate(), "G14")
    squash(reviewing, "work")
    refuses(reviewing.gate(), "G14")


def test_a_record_that_says_nothing_of_lines_is_an_older_one_and_passes(reviewing: Repo) -> None:
    base = reviewing.tip("work")
    head = reviewing.commit("work", story(STORE), {"src/store.py": "def store():\n    return 2\n"})
    add(reviewing, "work", record(reviewing, STORE, base, head))
    passes(reviewing.gate())
