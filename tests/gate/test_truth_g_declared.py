"""Below level `reviewed` no record is held against what lands: coverage and reports that read one say so."""

from pathlib import Path

import pytest

from bmad.core.lines.hunks import mark
from tests.gate.records import add, entries, record, squash
from tests.gate.repo import FIND, MAPPED, Repo, passes, story
from tests.program import inside

BOT = "exempt: [{paths: ['vendor/**'], by: bot@x, reason: copies, owner: ada, until: 2030-01-01}]"
TOLD = "of these lines are told by records alone, and at level scoped of the policy nobody holds a record"
HELD = "which level scoped holds against nothing"


def repository(folder: Path, level: str) -> Repo:
    policy = (
        f"version: 1\nact: {{accept: auto, lenses: [correctness]}}\ngate: {{level: {level}, since: root, {BOT}}}\n"
    )
    repo = Repo(folder, {**MAPPED, "bmad.yaml": policy})
    repo.branch("work")
    return repo


def said(repo: Repo, *words: str) -> str:
    done = inside(*words, "--repo", str(repo.root), cwd=repo.root)
    assert done.code == 0, done.err
    return done.out + done.err


def test_coverage_says_that_nobody_held_the_records_that_it_counts(tmp_path: Path) -> None:
    repo = repository(tmp_path / "r", "scoped")
    base = repo.tip("work")
    head = repo.commit("work", "Copy\n", {"vendor/x.py": "1\n2\n"}, author="Bot <bot@x>")
    assert TOLD not in said(repo, "coverage", "--rev", "work"), "there is no record yet"
    add(repo, "work", record(repo, FIND, base, head))
    passes(repo.gate())
    out = said(repo, "coverage", "--rev", "work")
    assert f"2 {TOLD}" in out
    assert "2 by record" in out
    assert f"2 {TOLD}" in said(repo, "trace", "vendor/x.py", "--rev", "work")
    assert TOLD.replace("are", "is", 1) in said(repo, "blame", "vendor/x.py:1", "--rev", "work")


def test_lines_that_a_record_gives_exactly_are_its_word_alone_where_no_trailer_agrees(tmp_path: Path) -> None:
    repo = repository(tmp_path / "r", "scoped")
    base = repo.tip("work")
    head = repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    change = tuple(one.model_copy(update={"lines": f"0-2:{mark(b'1')}"}) for one in entries(repo, base, head))
    add(repo, "work", record(repo, FIND, base, head, change=change))
    told = said(repo, "trace", "src/find.py", "--rev", "work")
    assert "exact" in told
    assert "by records alone" not in told, "its trailer says the same"
    repo.git("update-ref", "refs/heads/squashed", "work")
    squash(repo, "squashed")
    out = said(repo, "coverage", "--rev", "squashed") + said(repo, "trace", "src/find.py", "--rev", "squashed")
    assert "told     1 exactly" in out
    assert out.count(TOLD.replace("are", "is", 1)) == 2


def landed(repo: Repo) -> None:
    base = repo.tip("work")
    add(repo, "work", record(repo, FIND, base, repo.commit("work", story(FIND), {"src/find.py": "1\n"})))
    passes(repo.gate())


@pytest.mark.parametrize(("level", "told"), [("scoped", True), ("reviewed", False)])
def test_a_report_says_so_of_the_review_that_it_tells(tmp_path: Path, level: str, *, told: bool) -> None:
    repo = repository(tmp_path / "r", level)
    landed(repo)
    out = said(repo, "report", "--base", "main", "--head", "work")
    assert "Review (declared in `stories/records/STORY-find01.json`" in out
    assert (HELD in out) is told


def test_coverage_of_what_was_reviewed_says_nothing_of_it(tmp_path: Path) -> None:
    repo = repository(tmp_path / "r", "reviewed")
    landed(repo)
    assert "told by records alone" not in said(repo, "coverage", "--rev", "work")
