"""A range that passes as a whole and not commit by commit says so before it is landed by a fast-forward."""

import os
from datetime import UTC, datetime

import pytest

from bmad.git.read.history import open_history
from bmad.pipeline.gate import gate as gates
from bmad.pipeline.gate.gate import GateRequest, forewarned
from bmad.store.formats import TextFormats
from tests.gate.repo import FIND, STORE, At, Repo, minted, passes, refuses, story

ALONE = "land this by merge or squash"


def told_of(repo: Repo) -> tuple[str, ...]:
    history = open_history(repo.root, dict(os.environ))
    clock = At(datetime(2026, 11, 20, tzinfo=UTC))
    report = forewarned(history, TextFormats(), clock, GateRequest("main", "work"))
    passes(report)
    return report.notes


def warned(repo: Repo) -> list[str]:
    return [note for note in told_of(repo) if note.startswith(ALONE)]


def told_late(repo: Repo) -> None:
    """The first commit works on a story that only the second one brings."""
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x = 1\n"})
    repo.commit("work", "Spec\n", minted())


def test_a_range_that_passes_only_as_a_whole_says_so(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    told_late(repo)
    [note] = warned(repo)
    assert "an audit refuses it (G02 " in note
    refuses(repo.gate(since="main"), "G02")
    assert not [one for one in repo.gate().notes if one.startswith(ALONE)], "a landing is judged once"
    monkeypatch.setattr(gates, "MOST_ALONE", 1)
    assert warned(repo) == []


def test_a_range_that_passes_commit_by_commit_says_nothing(repo: Repo) -> None:
    repo.commit("work", "Spec\n", minted())
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x = 1\n"})
    repo.commit("work", story(FIND), {"src/find.py": "def find():\n    return [1]\n"})
    assert warned(repo) == []
    passes(repo.gate(since="main"))


def test_what_cannot_be_fast_forwarded_says_nothing(repo: Repo) -> None:
    told_late(repo)
    repo.commit("main", story(STORE), {"src/store.py": "x = 1\n"})
    assert warned(repo) == []


def test_of_a_range_that_neither_squash_nor_rebase_lands_only_a_merge_is_said(repo: Repo) -> None:
    """One note would say merge or rebase, the other merge or squash; what is true of both stands in each."""
    repo.commit("work", story("STORY-new001"), {"src/rename.py": "x = 1\n"})
    repo.commit("work", "Owners\n\nPolicy: reviews\n", {"CODEOWNERS": "* @ada\n"})
    repo.commit("work", "Spec\n", minted())
    told = [note for note in told_of(repo) if note.startswith("land this by")]
    assert [note.partition(" a squash")[0].partition(" it passes")[0] for note in told] == [
        "land this by merge, or split it:",
        "land this by merge:",
    ]
