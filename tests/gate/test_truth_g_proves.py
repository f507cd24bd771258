"""The words of a pass say what it proves of this range, and leave out what it does not."""

from collections.abc import Sequence
from typing import Any

import pytest

from bmad.model.gate import CommitKind, CommitReport, GateReport
from bmad.model.settings import Level
from bmad.render.gate import markdown, proves, text
from tests.gate.records import CODE
from tests.gate.repo import FIND, Repo, passes, story
from tests.gate.test_truth_f_bots import BOT, BUMP, MESSAGE, granted, policy


def passed(level: Level | None, kinds: Sequence[CommitKind] = (CommitKind.STORY,), **parts: Any) -> GateReport:
    made = tuple(CommitReport(commit=f"{at:040x}", kind=kind, verdict="pass") for at, kind in enumerate(kinds))
    whole: dict[str, Any] = {
        "ok": True,
        "base": "a",
        "head": "b",
        "policy_from": "a",
        "target": None,
        "merge": "c",
        "as_of": "now",
    }
    return GateReport(level=level, commits=made, **whole, **parts)


def test_g_a_pass_says_no_more_than_its_level_asks() -> None:
    assert proves(passed(None)) == ""
    assert proves(passed(Level.SCOPED, ())) == "Nothing was judged, so the pass proves nothing."
    traced, scoped, reviewed = (proves(passed(one)) for one in (Level.TRACED, Level.SCOPED, Level.REVIEWED))
    assert traced.startswith("What a pass proves: every code change outside governed files is claimed")
    assert "territory" not in traced
    assert "territory" in scoped
    assert "reviewed" not in scoped
    assert "beside specification and governed files, is what a record says was reviewed in two" in reviewed
    assert all("It never proves that the code is right." in words for words in (traced, scoped, reviewed))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (CommitKind.GRANDFATHERED, "2 commits older than the policy or grandfathered"),
        (CommitKind.ADOPTION, "2 commits with the adoption"),
        (CommitKind.REVERT, "2 commits with what takes back a landing"),
    ],
)
def test_g_commits_that_go_by_other_rules_are_left_out_of_what_is_proved(kind: CommitKind, words: str) -> None:
    report = passed(Level.SCOPED, (kind, CommitKind.STORY, kind))
    assert f"What a pass proves, leaving out {words}: every" in proves(report)
    assert words in text(report)
    assert words in markdown(report)


def test_g_an_author_among_reviewers_and_shared_configuration_are_no_two_contexts() -> None:
    own = proves(passed(Level.REVIEWED, self_reviewed=("STORY-a",)))
    assert "two recorded contexts" not in own
    assert "an author of it is among the reviewers" in own
    assert "here nobody does" in own
    shared = proves(passed(Level.REVIEWED, shared=("STORY-a",)))
    assert "in two recorded contexts, by agents that others may have told something" in shared
    both = proves(passed(Level.REVIEWED, shared=("STORY-a",), self_reviewed=("STORY-b",)))
    assert "two recorded contexts" not in both
    assert "an author of it" in both
    assert "others may have told" in both


def test_g_a_commit_that_is_exempt_in_part_is_left_out(repo: Repo) -> None:
    granted(repo, policy())
    repo.commit("work", MESSAGE, BUMP, author=BOT)
    mixed = repo.commit("work", story(FIND), {"package-lock.json": "3\n", **CODE}, author=BOT)
    report = repo.gate()
    passes(report)
    assert mixed in report.exempt
    assert len(report.exempt) == 2
    assert "leaving out 2 commits with exempt paths: every" in proves(report)
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    assert repo.gate().exempt == ()
