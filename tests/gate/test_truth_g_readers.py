"""What is read otherwise than it is shown, or named to be something that it was not before."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bmad.core.commit_check import Staged, complaints
from bmad.core.gate.people import says
from bmad.core.paths import Classifier
from bmad.core.trailers import parse
from bmad.core.unions import unions
from bmad.git.read.history import open_history
from bmad.model.range_report import RangeReport
from bmad.pipeline.trace.report import ReportRequest, report
from bmad.render.gate import markdown as gate_markdown
from bmad.render.report import markdown
from bmad.store.formats import TextFormats
from tests.gate.records import CODE, REVIEWED, at, reviewed
from tests.gate.repo import FIND, MAPPED, STORE, At, Content, Repo, passes, refuses, story
from tests.gate.test_truth_g_told import rewritten
from tests.layout import LAYOUT
from tests.specs import SMALL, lock_for

OTHER = "docs/install.md"


@pytest.mark.parametrize(
    "text",
    [
        "# about\u2028src/app.py merge=union\n",
        "# about\x0cfind.py merge=union\n",
        "# about\x85find.py merge=union\n",
        "CHANGELOG.md\u00a0merge=union\n",
        "CHANGELOG.md merge=union\nCHANGELOG.md binary\n",
        "CHANGELOG.md merge=union binary\n",
        "[attr]apart -merge\nCHANGELOG.md merge=union\nCHANGELOG.md apart\n",
    ],
)
def test_g_attributes_are_read_as_git_reads_them(text: str) -> None:
    assert unions(text, LAYOUT) == ()


@pytest.mark.parametrize(
    "text", ["a.md merge=union\r\n", "\ta.md\tmerge=union -text", "[attr]x text\na.md merge=union\n"]
)
def test_g_twin_honest_attributes_join_as_before(text: str) -> None:
    assert unions(text, LAYOUT) == ("a.md",)


def _unmapped(root: Path) -> Repo:
    """A base with a policy and without a specification, in which two Markdown files stand."""
    spec = ("specs/", "stories/", "intent.md")
    plain = {path: text for path, text in MAPPED.items() if not path.startswith(spec)}
    made = Repo(root / "repo.git", {**plain, OTHER: "run make\n", "notes.md": SMALL["intent.md"]})
    made.branch("work")
    return made


def _first_map(intent: str) -> dict[str, Content]:
    register = SMALL["specs/intent.md"].replace("`intent.md`", f"`{intent}`")
    files = {path: text for path, text in SMALL.items() if path != "intent.md"} | {"specs/intent.md": register}
    return {**files, "specs/trace.lock": lock_for(files)}


def test_g_a_first_map_takes_over_no_file_of_the_base_that_it_changes(tmp_path: Path) -> None:
    repo = _unmapped(tmp_path)
    repo.commit("work", "Map\n", {**_first_map(OTHER), OTHER: SMALL["intent.md"] + "\nRun this.\n"})
    refuses(repo.gate(), "G13")


@pytest.mark.parametrize("intent", ["notes.md", "intent.md", "new.md"])
def test_g_twin_a_first_map_names_a_file_as_it_stands_or_a_new_one(tmp_path: Path, intent: str) -> None:
    repo = _unmapped(tmp_path)
    new = {} if intent == "notes.md" else {intent: SMALL["intent.md"]}
    repo.commit("work", "Map\n", {**_first_map(intent), **new})
    passes(repo.gate())


def test_g_no_words_of_a_change_become_a_link(repo: Repo) -> None:
    repo.commit("work", "WWW.evil.example and https://evil.example\n", {"www.evil.example": "1\n"})
    pages = markdown(_told(repo)), gate_markdown(repo.gate())
    for page in pages:
        assert not re.search(r"www\.|://", page, re.IGNORECASE)
    assert "WWW\u200b.evil.example and https:\u200b//evil.example" in pages[0]
    assert "www&#46;evil.example" in pages[1]


@pytest.mark.parametrize("why", ["\u200b", "\u2800", "\u00ad", " \u3164 \u200c"])
def test_g_a_reason_that_nobody_can_read_is_none(repo: Repo, why: str) -> None:
    assert not says(why, "")
    repo.commit("work", f"CI\n\nPolicy: {why}\n", {".github/workflows/ci.yml": "on: push\n"})
    refuses(repo.gate(), "G06")


def test_g_twin_a_reason_in_any_script_counts(repo: Repo) -> None:
    repo.commit("work", "CI\n\nPolicy: \u7406\u7531\n", {".github/workflows/ci.yml": "on: push\n"})
    passes(repo.gate())


@pytest.mark.parametrize(("who", "ok"), [(("\u200b", "\u200b"), False), (("ada", "same sense"), True)])
def test_g_a_confirmation_that_nobody_can_read_is_none(repo: Repo, who: tuple[str, str], *, ok: bool) -> None:
    edits = {"specs/prd.md": ("The tool shall find notes by tag.", "The tool shall find notes by any tag.")}
    repo.commit("work", "Spec\n", rewritten(edits, by=who[0], why=who[1]))
    if ok:
        passes(repo.gate())
    else:
        refuses(repo.gate(), "G13")


def test_g_the_hook_asks_for_a_reason_that_can_be_read() -> None:
    paths = [Classifier(LAYOUT)(b".github/workflows/ci.yml")]
    staged = [Staged(paths, parse(f"CI\n\nPolicy: {why}\n".encode())) for why in ("\u200b", "faster")]
    none: dict[str, tuple[str, ...]] = {}
    told, silent = (complaints(one, none.get, "scoped") for one in staged)
    assert "Policy: REASON" in told[0]
    assert not silent


def _told(repo: Repo) -> RangeReport:
    now = At(datetime(2026, 11, 20, tzinfo=UTC))
    return report(open_history(repo.root, os.environ), TextFormats(), now, ReportRequest("main", "work"))


@pytest.mark.parametrize(("target", "ok"), [("refs/heads/other", False), ("refs/heads/main", True)])
def test_g_the_report_passes_nothing_that_the_gate_refuses(tmp_path: Path, target: str, *, ok: bool) -> None:
    repo = Repo(tmp_path / "repo.git", {**MAPPED, "bmad.yaml": REVIEWED})
    repo.branch("work")
    reviewed(repo, FIND, CODE, target=target)
    assert _told(repo).ok is repo.gate().ok is ok


def test_g_the_report_tells_of_no_review_of_another_change(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    assert [one.reviewers for one in _told(repo).stories] == [("command:m",)]
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))
    repo.commit("work", story(FIND), {"src/find.py": "def find():\n    return [2]\n"})
    [told] = _told(repo).stories
    assert (told.id, told.record, told.accepted, told.reviewers) == (FIND, None, None, ())


def test_g_the_report_reads_a_record_under_its_own_name_alone(repo: Repo) -> None:
    repo.branch("other")
    made = reviewed(repo, FIND, CODE, branch="other")
    repo.commit("work", story(FIND), {**CODE, at(STORE): made.as_json()})
    [told] = _told(repo).stories
    assert (told.record, told.reviewers) == (None, ())
