"""What a range holds does not depend on dates: a clock that stood at 1970 makes nobody answer for the past."""

from pathlib import Path

import pytest

from tests.gate.records import CODE, REVIEWED, reviewed
from tests.gate.repo import FIND, MAPPED, Repo, kinds, passes, refuses, story

POLICY = "version: 1\nact: {{accept: auto, lenses: [correctness]}}\ngate: {{level: scoped, since: {since}}}\n"


@pytest.fixture
def early(tmp_path: Path) -> Repo:
    """A base whose latest commits are dated before all that they build on; `work` began below them."""
    repo = Repo(tmp_path / "repo.git", {})
    since = repo.commit("main", "Old\n", {"src/find.py": "old\n"})
    repo.commit("main", "Adopt\n", {**MAPPED, "bmad.yaml": POLICY.format(since=since)})
    repo.commit("main", story(FIND), {"src/find.py": "landed\n"})
    repo.branch("work")
    repo.clock = 0
    for number in range(8):
        repo.commit("main", f"Empty {number}\n")
    repo.clock = 1_700_009_000
    return repo


def test_f_a_base_dated_before_its_own_past_is_no_part_of_the_range(early: Repo) -> None:
    early.commit("work", story(FIND), CODE)
    assert len(early.git("-c", "core.commitGraph=false", "rev-list", "main..work").split()) > 1
    report = early.gate()
    passes(report)
    assert kinds(report) == ["story"]


def test_f_what_is_of_the_range_is_judged_whatever_its_date(early: Repo) -> None:
    early.clock = 0
    early.commit("work", "Untraced\n", CODE)
    refuses(early.gate(), "G01")


def test_f_a_revert_takes_back_what_landed_before_such_a_base(early: Repo) -> None:
    landed = early.tip("work")
    early.commit("work", f"Revert\n\nThis reverts commit {landed}.\n", {"src/find.py": MAPPED["src/find.py"]})
    report = early.gate()
    passes(report)
    assert kinds(report) == ["revert"]


def test_f_reviewed_ends_are_of_the_history_of_such_a_base(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo.git", {**MAPPED, "bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    repo.clock = 0
    for number in range(8):
        repo.commit("main", f"Empty {number}\n")
    passes(repo.gate())


def test_f_a_base_that_leads_below_the_fork_by_another_way_too(tmp_path: Path) -> None:
    """Then git's list ends there, and not at a root."""
    repo = Repo(tmp_path / "repo.git", MAPPED)
    deep = repo.tip("main")
    repo.commit("main", story(FIND), {"src/find.py": "one\n"})
    fork = repo.commit("main", "Untraced, and landed long ago\n", {"src/find.py": "two\n"})
    repo.branch("work")
    repo.commit("side", "Meanwhile\n", {".gitignore": ".bmad/\n"}, onto=deep)
    repo.clock = 0
    for number in range(8):
        repo.commit("main", f"Empty {number}\n")
    repo.clock = 1_700_009_000
    repo.merge("main", "side")
    made = repo.commit("work", story(FIND), CODE)
    assert fork in repo.git("-c", "core.commitGraph=false", "rev-list", "main..work").split()
    assert "parent " in repo.git("cat-file", "commit", fork)
    report = repo.gate()
    passes(report)
    assert [one.commit for one in report.commits] == [made]
