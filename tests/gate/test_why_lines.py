"""What a record says of lines, held against the contents that it names as far as they are at hand (G14)."""

from datetime import UTC, datetime

import pytest

from bmad.core.lines.hunks import mark
from bmad.core.records.build import with_lines
from bmad.git.read.history import open_history
from bmad.model.gate import GateReport
from bmad.model.history import FileCuts
from bmad.model.record import ChangeEntry
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, add, entries, record, reviewed, squash
from tests.gate.repo import FIND, STORE, At, Repo, passes, refuses, story

ENV = {"PATH": "/usr/bin:/bin"}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NEW = "def find():\n    return [1]\n\n\ndef more():\n    return 2\n"


def cuts_of(repo: Repo, base: str, head: str) -> tuple[FileCuts, ...]:
    with open_history(repo.root, ENV).read() as objects:
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


def trailers(repo: Repo) -> tuple[str, ...]:
    told = report(open_history(repo.root, ENV), TextFormats(), At(NOW), ReportRequest("main", "work"))
    return told.trailers


def squashed_as_offered(repo: Repo) -> GateReport:
    """The request as one commit, with the block that the report offers."""
    block = "\n".join(trailers(repo))
    squash(repo, "work", f"All of it\n\n{block}\n" if block else "All of it\n")
    return repo.gate()


def test_the_block_that_the_report_offers_passes_its_own_gate(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    repo.commit("work", story(STORE), {"src/store.py": "2\n"})
    assert trailers(repo) == (f"Story: {FIND}", f"Story: {STORE}")
    passes(squashed_as_offered(repo))


def test_of_more_stories_than_a_commit_may_name_the_report_says_how_to_land(repo: Repo) -> None:
    few = "version: 1\ngate: {level: scoped, since: root, max_stories: 1}\n"
    repo.commit("main", "One story a commit\n\nPolicy: small\n", {"bmad.yaml": few})
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    repo.commit("work", story(STORE), {"src/store.py": "2\n"})
    found = repo.gate()
    assert found.lands == ()
    [note] = [one for one in found.notes if "stories land" in one]
    assert "squash it in parts of 1 at most" in note
    assert FIND in note
    assert trailers(repo) == ()


def test_where_records_tell_whose_each_line_is_a_squash_names_no_story_and_passes(repo: Repo) -> None:
    few = REVIEWED.replace("level: reviewed", "level: reviewed, max_stories: 1")
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": few})
    repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    reviewed(repo, STORE, {"src/store.py": "2\n"})
    assert any("names none of them" in note for note in repo.gate().notes)
    assert trailers(repo) == ()
    passes(squashed_as_offered(repo))
