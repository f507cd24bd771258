"""Trailers: what stands outside of the counted block is told, and may not contradict it."""

import pytest

from bmad.core.commit_check import Staged, complaints
from bmad.core.paths import Classifier
from bmad.core.trailers import MAX_TRAILERS, parse
from tests.gate.records import REVIEWED, reviewed, squash
from tests.gate.repo import FIND, STORE, Repo, passes, refuses

CODE = {"src/find.py": "x = 1\n"}


@pytest.mark.parametrize(
    "body",
    [
        f"* A\n\nStory: {STORE}\n\n* B\n\nStory: {FIND}\n",
        f"Squashed commit of the following:\n\n    Work\n\n    Story: {STORE}\n\nStory: {FIND}\n",
        f"> story: {STORE}.\n\nStory: {FIND}\n",
        f"Story: see `{STORE}` too\n\nStory: {FIND}\n",
        f"Words\n\nStory: {FIND}\nAssisted-by: x\n Story: {STORE}\n",
        f"Story: STORY-nowhere\n\nStory: {FIND}\n\nCo-authored-by: B <b@x>\n",
        f"* A\n\nStory: {STORE}\n\nCloses #2\n\nStory: {FIND}\n\nCloses #3\n",
        "Story: x\n" * (MAX_TRAILERS + 1) + f"\nStory: {FIND}\n",
    ],
)
def test_h_an_uncounted_line_that_names_another_story_is_refused(repo: Repo, body: str) -> None:
    repo.commit("work", f"Both\n\n{body}", CODE)
    report = repo.gate()
    refuses(report, "G01")
    assert "does not count" in " ".join(report.notes)


@pytest.mark.parametrize(
    "body",
    [
        f"* A\n\nStory: {FIND}\n\n* B\n\nStory: {FIND}\n",
        f"Story: as a reader I want words\n\nStory: {FIND}\n",
    ],
)
def test_h_an_uncounted_line_of_the_same_story_is_told(repo: Repo, body: str) -> None:
    repo.commit("work", f"Both\n\n{body}", CODE)
    report = repo.gate()
    passes(report)
    assert any("outside of the block" in note for note in report.notes)


def test_h_a_squash_that_names_both_in_its_block_passes(repo: Repo) -> None:
    body = f"* A\n\nStory: {FIND}\n\n* B\n\nStory: {STORE}\n\nStory: {FIND}\nStory: {STORE}\n"
    repo.commit("work", f"Both\n\n{body}", CODE | {"src/store.py": "y = 1\n"})
    passes(repo.gate())


def test_h_a_history_in_words_is_no_story_line(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nhistory: {STORE}\nThe story of {STORE}: long\n\nStory: {FIND}\n", CODE)
    report = repo.gate()
    passes(report)
    assert not report.notes


def test_h_a_squash_of_reviewed_work_may_not_name_another_story(repo: Repo) -> None:
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    squash(repo, "work", f"Work\n\nStory: {FIND}\n\nand prose\n")
    passes(repo.gate())
    squash(repo, "work", f"Work\n\nStory: {STORE}\n\nand prose\n")
    refuses(repo.gate(), "G01")


def test_h_the_hook_says_so_before_the_commit() -> None:
    known = {FIND: ("src/find.py",), STORE: ("src/store.py",)}
    paths = [Classifier("intent.md")(b"src/find.py")]
    told = complaints(
        Staged(paths, parse(f"T\n\nStory: {STORE}\n\nStory: {FIND}\n".encode())), known.get, "scoped"
    )
    assert "Line 3 names STORY-store1" in told[0]
    assert not complaints(Staged(paths, parse(f"T\n\nStory: {FIND}\n".encode())), known.get, "scoped")
