"""Level `reviewed`: what an adversary found in landings and their reverts; each beside an honest twin."""

import pytest

from tests.gate.records import REVIEWED, add, at, record, reviewed, squash
from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, codes, kinds, passes, refuses, story

NEW: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n", "tests/find/a.py": "assert 1\n"}
OLD: dict[str, Content] = {"src/find.py": MAPPED["src/find.py"], "tests/find/a.py": None}
HALF: dict[str, Content] = {"src/find.py": NEW["src/find.py"]}
REST: dict[str, Content] = {"tests/find/a.py": NEW["tests/find/a.py"]}
LINES = "".join(f"line {n}\n" for n in range(30))


def revert(made: str, against: str | None = None) -> str:
    side = f", reversing\nchanges made to {against}" if against else ""
    return f'Revert "Work"\n\nThis reverts commit {made}{side}.\n'


@pytest.fixture(autouse=True)
def start(repo: Repo) -> str:
    """The tip of `main`, which asks for reviews."""
    start = repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    return start


def land(repo: Repo) -> None:
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.branch("work")


def in_two_commits(repo: Repo) -> tuple[str, str]:
    """A landing of two commits and its record, on `work`."""
    base = repo.tip("work")
    one, two = repo.commit("work", story(FIND), REST), repo.commit("work", story(FIND), HALF)
    add(repo, "work", record(repo, FIND, base, two))
    return one, two


@pytest.mark.parametrize("message", [story(FIND), "Half of it\n"])
def test_a_part_of_a_landing_that_was_reverted_in_the_range(repo: Repo, start: str, message: str) -> None:
    one = repo.commit("work", story(FIND), NEW)
    add(repo, "work", record(repo, FIND, start, one))
    gone = repo.commit("work", revert(one), OLD)
    passes(repo.gate())
    repo.commit("work", message, HALF)
    refuses(repo.gate(), "G15")
    repo.merge("main", "work")
    refuses(repo.gate("main", since=start), "G15")
    repo.git("update-ref", "refs/heads/main", start)
    repo.git("update-ref", "refs/heads/work", gone)
    repo.commit("work", message, NEW)
    passes(repo.gate())


def test_reverts_in_a_row_take_a_whole_landing_back(repo: Repo) -> None:
    one, two = in_two_commits(repo)
    land(repo)
    first = repo.commit("work", revert(two), OLD | {"tests/find/a.py": NEW["tests/find/a.py"]})
    refuses(repo.gate(), "G15")
    second = repo.commit("work", revert(one), {"tests/find/a.py": None})
    passes(repo.gate())
    assert kinds(repo.gate()) == ["revert", "revert"]
    repo.commit("work", revert(first), HALF)
    assert "G15" in codes(repo.gate())
    repo.commit("work", revert(second), REST)
    passes(repo.gate())


def test_one_commit_that_reverts_several(repo: Repo) -> None:
    one, two = in_two_commits(repo)
    land(repo)
    both = f"Revert\n\nThis reverts commit {two}.\nThis reverts commit {one}.\n"
    repo.commit("work", both, OLD)
    passes(repo.gate())
    for files in ({"tests/find/a.py": None}, {**OLD, "src/find.py": "evil\n"}, {**OLD, "src/other.py": "1\n"}):
        repo.branch("work")
        repo.commit("work", both, files)
        assert codes(repo.gate()) & {"G01", "G15"}
    repo.branch("work")
    repo.commit("work", both + f"This reverts commit {repo.tip('main')}.\n", OLD)
    passes(repo.gate())


def test_reverts_in_a_row_of_a_landing_in_the_range(repo: Repo) -> None:
    one, two = in_two_commits(repo)
    repo.commit("work", revert(two), {"src/find.py": MAPPED["src/find.py"]})
    refuses(repo.gate(), "G15")
    repo.commit("work", revert(one), {"tests/find/a.py": None})
    passes(repo.gate())


def test_a_landing_merge_and_its_revert_in_one_range(repo: Repo, start: str) -> None:
    repo.branch("side")
    reviewed(repo, FIND, NEW, branch="side")
    merge = repo.merge("work", "side", "Merge side\n")
    repo.commit("work", revert(merge, start), OLD)
    passes(repo.gate())
    assert kinds(repo.gate()) == ["story", "story", "merge", "revert"]
    repo.git("update-ref", "refs/heads/work", merge)
    repo.commit("work", revert(merge, start), {"tests/find/a.py": None})
    refuses(repo.gate(), "G15")


def test_a_merge_that_was_refused_lends_no_story_to_its_revert(repo: Repo, start: str) -> None:
    repo.branch("side")
    repo.commit("side", story(FIND), {"src/other.py": "evil\n"})
    merge = repo.merge("work", "side", "Merge side\n")
    repo.commit("work", revert(merge, start), {"src/other.py": MAPPED["src/other.py"]})
    assert kinds(repo.gate())[-1] == "untraced"


def test_an_audit_of_a_landing_its_revert_and_what_brings_it_back(repo: Repo, start: str) -> None:
    reviewed(repo, FIND, NEW)
    landing = squash(repo, "work", story(FIND))
    gone = repo.commit("work", revert(landing), OLD)
    passes(repo.gate("work", since=start))
    back = repo.commit("work", revert(gone), NEW)
    passes(repo.gate("work", since=start))
    repo.commit("work", revert(back), {"tests/find/a.py": None})
    assert "G15" in codes(repo.gate("work", since=start))


def test_an_audit_of_a_merged_landing_and_its_revert(repo: Repo, start: str) -> None:
    repo.branch("side")
    reviewed(repo, FIND, NEW, branch="side")
    merge = repo.merge("main", "side", story(FIND, title="Land"))
    good = repo.commit("main", revert(merge, start), OLD)
    report = repo.gate("main", since=start)
    passes(report)
    assert len(set(report.notes)) == len(report.notes)
    repo.git("update-ref", "refs/heads/main", f"{good}^")
    repo.commit("main", revert(merge, start), {"tests/find/a.py": None})
    assert "G15" in codes(repo.gate("main", since=start))


def test_a_squash_without_trailers_is_reverted(repo: Repo) -> None:
    reviewed(repo, FIND, NEW)
    landing = squash(repo, "work")
    land(repo)
    repo.commit("work", revert(landing), OLD)
    passes(repo.gate())
    repo.branch("work")
    repo.commit("work", revert(landing), {"tests/find/a.py": None})
    assert "G01" in codes(repo.gate())


def test_git_revert_takes_the_record_away_or_leaves_it(repo: Repo) -> None:
    reviewed(repo, FIND, NEW)
    landing = squash(repo, "work", story(FIND))
    land(repo)
    repo.commit("work", revert(landing), {**OLD, at(FIND): None})
    passes(repo.gate())
    repo.branch("work")
    repo.commit("work", revert(landing), OLD)
    passes(repo.gate())


def test_the_last_commit_of_a_landing_that_came_with_its_record(repo: Repo) -> None:
    base = repo.tip("work")
    one = repo.commit("work", story(FIND), {"src/find.py": "half\n"})
    head = repo.commit("sketch", story(FIND), HALF, onto=one)
    made = record(repo, FIND, base, head)
    two = repo.commit("work", story(FIND), {**HALF, at(FIND): made.as_json()})
    passes(repo.gate())
    land(repo)
    repo.commit("work", revert(two), {"src/find.py": "half\n"})
    refuses(repo.gate(), "G15")
    repo.commit("work", revert(one), {"src/find.py": MAPPED["src/find.py"]})
    passes(repo.gate())


def test_other_work_on_top_of_a_whole_revert(repo: Repo) -> None:
    reviewed(repo, FIND, NEW)
    landing = squash(repo, "work", story(FIND))
    land(repo)
    repo.commit("work", revert(landing), OLD)
    passes(repo.gate())
    repo.commit("work", story(FIND), {"tests/find/a.py": "evil\n"})
    found = [one.path for one in repo.gate().every_finding if one.code == "G15"]
    assert found == ["src/find.py", "tests/find/a.py"]


def test_a_part_of_a_landing_reverted_while_the_base_moved(repo: Repo) -> None:
    repo.commit("main", "Lines\n", {"src/find.py": LINES})
    repo.branch("work")
    base = repo.tip("work")
    early = LINES.replace("line 2\n", "two\n")
    both = early.replace("line 28\n", "28\n")
    one = repo.commit("work", story(FIND), {"src/find.py": early})
    two = repo.commit("work", story(FIND), {"src/find.py": both})
    add(repo, "work", record(repo, FIND, base, two))
    land(repo)
    repo.commit("work", revert(two), {"src/find.py": early})
    gone = repo.commit("work", revert(one), {"src/find.py": LINES})
    repo.commit("main", "Meanwhile\n", {"src/find.py": both.replace("line 15\n", "15\n")})
    passes(repo.gate())
    repo.commit("work", story(FIND), {"src/find.py": LINES.replace("line 8\n", "evil\n")})
    assert "G15" in codes(repo.gate())
    repo.git("update-ref", "refs/heads/work", gone)
    repo.commit("work", revert(gone), {"src/find.py": early})
    refuses(repo.gate(), "G15")


def test_a_merge_that_leaves_half_of_what_it_merges(repo: Repo) -> None:
    reviewed(repo, FIND, NEW)
    landing = squash(repo, "work", story(FIND))
    land(repo)
    repo.branch("side")
    repo.commit("side", revert(landing), OLD)
    repo.commit("work", story(STORE), {"src/store.py": "1\n"})
    add(repo, "work", record(repo, STORE, "main", "work"))
    whole = repo.merge("work", "side", "Merge\n")
    passes(repo.gate())
    repo.git("update-ref", "refs/heads/work", f"{whole}^")
    repo.merge("work", "side", story(STORE), REST)
    assert "G15" in codes(repo.gate())
