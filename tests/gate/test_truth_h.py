"""Trailers: what stands outside of the counted block is told, and may not contradict it."""

import os
from datetime import UTC, datetime

import pytest

from bmad.core.commit_check import Staged, complaints
from bmad.core.paths import Classifier
from bmad.core.trailers import MAX_TRAILERS, parse
from bmad.git.read.history import open_history
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, reviewed, squash
from tests.gate.repo import FIND, STORE, At, Repo, passes, refuses, story
from tests.layout import LAYOUT

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


@pytest.mark.parametrize(("rule", "with_it"), [("require", True), ("forbid", False)])
def test_h_a_squash_that_records_explain_says_what_policy_asks_of_its_message(
    repo: Repo, rule: str, *, with_it: bool
) -> None:
    """The trailers are gone, and with them what the commits said of the tools that had a part in them."""
    policy = REVIEWED.replace("since: root", f"since: root, assisted_by: {rule}")
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": policy})
    repo.branch("work")
    reviewed(repo, FIND, CODE)
    line = "Assisted-by: codex:gpt\n"
    for words, passing in ((line, with_it), ("", not with_it)):
        squash(repo, "work", f"Work (#3)\n\n{words}")
        if passing:
            passes(repo.gate())
        else:
            refuses(repo.gate(), "G01")
        before = repo.tip("main")
        repo.branch("landed", "work")
        assert repo.gate("landed", since=before).ok is passing


def test_h_the_report_gives_a_squash_all_that_its_message_needs(repo: Repo) -> None:
    for tool in ("codex:gpt", "claude:opus", "codex:gpt"):
        repo.commit("work", story(FIND).rstrip() + f"\nAssisted-by: {tool}\n", {"src/find.py": f"{repo.clock}\n"})
    history, clock = open_history(repo.root, os.environ), At(datetime(2026, 11, 20, tzinfo=UTC))
    told = report(history, TextFormats(), clock, ReportRequest("main", "work"))
    assert told.trailers == (f"Story: {FIND}", "Assisted-by: codex:gpt", "Assisted-by: claude:opus")


def test_h_the_hook_says_so_before_the_commit() -> None:
    known = {FIND: ("src/find.py",), STORE: ("src/store.py",)}
    paths = [Classifier(LAYOUT)(b"src/find.py")]
    told = complaints(
        Staged(paths, parse(f"T\n\nStory: {STORE}\n\nStory: {FIND}\n".encode())), known.get, "scoped"
    )
    assert "Line 3 names STORY-store1" in told[0]
    assert not complaints(Staged(paths, parse(f"T\n\nStory: {FIND}\n".encode())), known.get, "scoped")
