"""Merges of people: one commit that settles what git could not, in governed files and in code."""

import pytest

from tests.gate.repo import FIND, Repo, passes, refuses, story

CI = ".github/workflows/a.yml"


@pytest.fixture
def conflicting(repo: Repo) -> Repo:
    """Both sides change a workflow and a file of a story."""
    repo.commit("main", "CI\n\nPolicy: a\n", {CI: "a\n"})
    repo.branch("work")
    for branch, words in (("work", "b"), ("main", "c")):
        repo.commit(branch, f"CI\n\nPolicy: {words}\n", {CI: f"{words}\n"})
        repo.commit(branch, story(FIND), {"src/find.py": f"{words}\n"})
    return repo


SETTLED = {CI: "bc\n", "src/find.py": "bc\n"}


def test_f_a_merge_settles_conflicts_in_a_workflow_and_in_code(conflicting: Repo) -> None:
    made = conflicting.merge("work", "main", f"Merge main\n\nPolicy: both\nStory: {FIND}\n", SETTLED)
    report = conflicting.gate()
    passes(report)
    assert made in report.policy_changes


@pytest.mark.parametrize(
    ("trailers", "wanted"),
    [(f"Story: {FIND}", {"G06"}), ("Policy: both", {"G05"}), ("Policy:\nStory: " + FIND, {"G06"})],
)
def test_f_each_part_of_it_needs_its_own_trailer(conflicting: Repo, trailers: str, wanted: set[str]) -> None:
    conflicting.merge("work", "main", f"Merge main\n\n{trailers}\n", SETTLED)
    refuses(conflicting.gate(), *wanted)


def test_f_what_git_could_merge_is_not_changed_beside(conflicting: Repo) -> None:
    message = f"Merge main\n\nPolicy: both\nStory: {FIND}\n"
    conflicting.merge("work", "main", message, {**SETTLED, "CODEOWNERS": "* @me\n"})
    report = conflicting.gate()
    refuses(report, "G06")
    assert [one.path for one in report.every_finding] == ["CODEOWNERS"]


def test_f_no_such_thing_outside_of_a_merge(conflicting: Repo) -> None:
    conflicting.commit("work", f"Both\n\nPolicy: both\nStory: {FIND}\n", SETTLED)
    refuses(conflicting.gate(), "G06", "G15")
