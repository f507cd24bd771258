"""The revert button on a merged request that held several reverts, or that somebody had brought up to date."""

import pytest

from tests.gate.repo import FIND, MAPPED, STORE, Content, Repo, codes, kinds, passes, refuses, respecified, story
from tests.gate.test_truth_f_bots import BOT, MESSAGE, UNDONE, granted, policy

OLD: dict[str, Content] = {path: MAPPED[path] for path in ("src/find.py", "src/store.py")}
NEW: dict[str, Content] = {"src/find.py": "found\n", "src/store.py": "stored\n"}


def named(made: str) -> str:
    return f'Revert "Work"\n\nThis reverts commit {made}.\n'


@pytest.fixture
def taken_back(repo: Repo) -> Repo:
    """Two landings, taken back by a request of two commits, which was merged; a branch for what comes next."""
    made = {
        path: repo.commit("main", story(name), {path: NEW[path]})
        for name, path in ((FIND, "src/find.py"), (STORE, "src/store.py"))
    }
    repo.branch("work", "main")
    for path in reversed(OLD):
        repo.commit("work", named(made[path]), {path: OLD[path]})
    passes(repo.gate())
    repo.merge("main", "work", "Merge pull request #3\n")
    repo.branch("work", "main")
    return repo


def test_f_a_revert_of_a_merge_of_several_reverts_brings_all_of_it_back(taken_back: Repo) -> None:
    taken_back.commit("work", named(taken_back.tip("main")), NEW)
    report = taken_back.gate()
    passes(report)
    assert (kinds(report), set(report.commits[0].stories)) == (["revert"], {FIND, STORE})
    again = taken_back.tip("work")
    taken_back.merge("main", "work", "Merge pull request #4\n")
    taken_back.branch("work", "main")
    taken_back.commit("work", named(again), OLD)
    passes(taken_back.gate())


@pytest.mark.parametrize("files", [{**NEW, "src/find.py": "evil\n"}, {**NEW, "src/other.py": "evil\n"}])
def test_f_what_is_not_all_of_it_needs_a_story(taken_back: Repo, files: dict[str, Content]) -> None:
    taken_back.commit("work", named(taken_back.tip("main")), files)
    refuses(taken_back.gate(), "G01")


def test_f_what_it_brings_back_is_held_against_the_stories_as_they_are_now(taken_back: Repo) -> None:
    tag = {"specs/prd.md": ("The tool shall find", "The tool shall never find")}
    taken_back.commit("main", "Reword\n", respecified(tag, lock=False))
    taken_back.branch("work", "main")
    taken_back.commit("work", named(taken_back.tip("main~1")), NEW)
    assert "G03" in codes(taken_back.gate()), "its requirement reads otherwise now"


@pytest.mark.parametrize("at", [0, 1])
def test_f_a_squash_that_names_one_of_several_reverts_is_known_by_its_content(taken_back: Repo, at: int) -> None:
    """As GitLab writes it: the message of the first commit stands for all of them."""
    landed = taken_back.git("rev-list", "--reverse", f"{taken_back.base}..main", "--", *OLD).split()[:2]
    taken_back.git("update-ref", "refs/heads/main", landed[1])
    squashed = taken_back.commit("main", named(landed[at]), OLD)
    passes(taken_back.gate("main", since=landed[1]))
    taken_back.branch("work", "main")
    taken_back.commit("work", named(squashed), NEW)
    report = taken_back.gate()
    passes(report)
    assert set(report.commits[0].stories) == {FIND, STORE}
    taken_back.branch("work", "main")
    taken_back.commit("work", named(squashed), {**NEW, "src/store.py": "evil\n"})
    refuses(taken_back.gate(), "G01")


LANDED: dict[str, Content] = {**UNDONE, "package-lock.json": "2\n"}


def bump(repo: Repo, update: str, files: dict[str, Content] | None) -> None:
    """A robot's request, brought up to date by somebody, merged, and taken back by a person's button."""
    repo.commit("main", "Lock\n", UNDONE, author=BOT)
    repo.branch("work", "main")
    repo.commit("work", MESSAGE, LANDED, author=BOT)
    repo.commit("main", story(FIND), {"src/find.py": "found\n"})
    repo.merge("work", "main", update, files)
    repo.merge("main", "work", "Merge pull request #3\n")
    repo.branch("work", "main")
    repo.commit("work", named(repo.tip("main")), {**UNDONE, **({"lib/x.py": None} if files else {})})


def test_f_who_updated_a_robots_branch_had_no_part_in_it(repo: Repo) -> None:
    granted(repo, policy())
    bump(repo, "Merge branch 'main' into bump\n", None)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]


def test_f_one_who_says_why_had(repo: Repo) -> None:
    granted(repo, policy())
    bump(repo, f"Merge\n\nStory: {STORE}\n", {"lib/x.py": "1\n"})
    report = repo.gate()
    passes(report)
    assert report.commits[0].stories == (STORE,), "and what it was for is what takes it back"
