"""Holes that an adversary found in the gate, each beside an honest twin."""

from pathlib import Path

import pytest

from bmad.errors import UsageError
from tests.gate.repo import (
    FIND,
    FIND_AT,
    MAPPED,
    MINTED_AT,
    STORE,
    Repo,
    codes,
    kinds,
    minted,
    passes,
    refuses,
    respecified,
    story,
)
from tests.specs import SMALL

CODE = {"src/find.py": "x = 1\n"}
LINES = "".join(f"# {at}\n" for at in range(40))
EVIL = LINES.replace("# 15\n", "evil\n")
LOCK = "specs/trace.lock"


def carry(repo: Repo, target: str, message: str) -> None:
    """A line edited under a story in one file, carried by a merge's rename detection into another."""
    repo.commit("main", story(FIND), {"tests/find/lint.yml": LINES})
    repo.branch("work")
    repo.branch("side")
    repo.commit("side", story(FIND), {"tests/find/lint.yml": EVIL})
    repo.commit("work", message, {target: LINES})
    repo.commit("work", story(FIND), {"tests/find/lint.yml": None})
    repo.merge("work", "side")
    assert repo.git("show", f"work:{target}") == EVIL.strip()


def test_a_merge_carries_nothing_into_a_governed_file(repo: Repo) -> None:
    carry(repo, ".github/workflows/lint.yml", "Lint\n\nPolicy: lint in CI\n")
    refuses(repo.gate(), "G06")


def test_policy_commits_of_both_sides_join(repo: Repo) -> None:
    at = ".github/workflows/lint.yml"
    repo.commit("main", "CI\n\nPolicy: lint\n", {at: LINES})
    repo.branch("work")
    repo.commit("main", "CI\n\nPolicy: one\n", {at: LINES.replace("# 3\n", "three\n")})
    repo.commit("work", "CI\n\nPolicy: two\n", {at: LINES.replace("# 30\n", "thirty\n")})
    passes(repo.gate())
    repo.merge("work", "main")
    passes(repo.gate())


def test_a_revert_settles_only_what_it_left(repo: Repo) -> None:
    repo.commit("main", story(STORE), {"src/store.py": LINES})
    gone = repo.commit("main", story(STORE), {"src/store.py": None})
    repo.branch("work")
    carry_from = f'Revert "Work"\n\nThis reverts commit {gone}.\n'
    carry(repo, "src/store.py", carry_from)
    refuses(repo.gate(), "G04")


def test_a_revert_alone_passes(repo: Repo) -> None:
    repo.commit("main", story(STORE), {"src/store.py": LINES})
    gone = repo.commit("main", story(STORE), {"src/store.py": None})
    repo.branch("work")
    repo.commit("work", f'Revert "Work"\n\nThis reverts commit {gone}.\n', {"src/store.py": LINES})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]


def test_the_intent_is_markdown_and_stays(repo: Repo) -> None:
    register = SMALL["specs/intent.md"]
    repo.commit("work", "Point\n", {"specs/intent.md": register.replace("`intent.md`", "`README.md`")})
    refuses(repo.gate(), "G13")
    repo.commit("main", "Point\n", {"specs/intent.md": register.replace("`intent.md`", "`src/other.py`")})
    repo.branch("work")
    repo.commit("work", "Tidy\n", {"src/other.py": "evil\n"})
    assert "G01" in codes(repo.gate())


def test_an_adoption_changes_no_file_as_its_intent(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new.git", {"src/app.py": "1\n", "README.md": "old\n"})
    repo.branch("work")
    repo.commit("work", "Adopt\n", {"bmad.yaml": "version: 1\nintent: src/app.py\n", "src/app.py": "evil\n"})
    refuses(repo.gate(), "G12")
    repo.branch("work")
    repo.commit("work", "Adopt\n", {"bmad.yaml": "version: 1\nintent: README.md\n", "README.md": "new\n"})
    refuses(repo.gate(), "G12")
    repo.branch("work")
    repo.commit("work", "Adopt\n", {"bmad.yaml": "version: 1\nintent: README.md\n"})
    passes(repo.gate())


def test_a_retired_line_stays_as_it_is(repo: Repo) -> None:
    lock = str(MAPPED[LOCK])
    retired = f"retired STORY-old001 {'a' * 64}\n"
    repo.commit("main", "Retire\n", {LOCK: lock + retired})
    repo.branch("work")
    repo.commit("work", "Again\n", {LOCK: lock + retired.replace("a" * 64, "b" * 64)})
    refuses(repo.gate(), "G13")
    repo.branch("work")
    repo.commit("work", "Work\n", {LOCK: f"{lock}{retired}\n"})
    passes(repo.gate())


def test_a_story_without_its_lines_in_the_lock(repo: Repo) -> None:
    repo.commit("work", "Plan\n", {MINTED_AT: minted()[MINTED_AT]})
    refuses(repo.gate(), "G13")
    repo.commit("work", "Lock\n", minted())
    passes(repo.gate())


def test_a_reapplied_revert_is_held_against_its_story(repo: Repo) -> None:
    first = repo.commit("main", story(FIND), CODE)
    before = {"src/find.py": MAPPED["src/find.py"]}
    back = repo.commit("main", f"Revert\n\nThis reverts commit {first}.\n", before)
    repo.branch("work")
    repo.commit("work", f"Reapply\n\nThis reverts commit {back}.\n", CODE)
    passes(repo.gate())
    repo.commit("main", "Narrow\n", respecified({FIND_AT: ("`src/find.py`", "`src/found.py`")}))
    repo.branch("work")
    repo.commit("work", f"Reapply\n\nThis reverts commit {back}.\n", CODE)
    refuses(repo.gate(), "G04")


@pytest.mark.parametrize("glob", ["/deploy/**", "./deploy/**"])
def test_a_glob_that_holds_nothing(repo: Repo, glob: str) -> None:
    text = f"version: 1\ngate: {{governed: ['{glob}']}}\n"
    repo.commit("work", "P\n\nPolicy: x\n", {"bmad.yaml": text})
    refuses(repo.gate(), "G12")
    repo.commit("main", "P\n\nPolicy: x\n", {"bmad.yaml": text})
    with pytest.raises(UsageError, match=r"gate\.governed"):
        repo.gate()


def test_a_lock_with_line_ends_of_windows(repo: Repo) -> None:
    repo.commit("work", "Ends\n", {LOCK: str(MAPPED[LOCK]).replace("\n", "\r\n")})
    passes(repo.gate())
    repo.commit("work", "Noise\n", {LOCK: str(MAPPED[LOCK]) + "garbage\n"})
    report = repo.gate()
    refuses(report, "G12")
    number = str(MAPPED[LOCK]).count("\n") + 1
    assert all(f"line {number}: `garbage`" in one.message for one in report.every_finding)


def test_an_audit_from_the_root(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "old.git", {"src/app.py": "1\n"})
    refuses(repo.gate("main", since="root"), "G12")
    repo.commit("main", "Adopt\n", {"bmad.yaml": "version: 1\n"})
    report = repo.gate("main", since="root")
    passes(report)
    assert kinds(report) == ["grandfathered", "adoption"]
    repo.commit("main", "Away\n\nPolicy: x\n", {"bmad.yaml": None})
    assert not repo.gate("main", since="root").ok


def test_a_conflict_does_not_hide_behind_a_revert(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "ours\n"})
    undone = repo.commit("work", story(FIND), {"tests/find/a.py": "2\n"})
    repo.commit("main", story(FIND), {"src/find.py": "theirs\n"})
    message = f"Merge\n\nThis reverts commit {undone}.\n"
    repo.merge("work", "main", message, {"src/find.py": "ours\n", "tests/find/a.py": None})
    refuses(repo.gate(), "G05")


def test_merged_requests_are_reverted_and_reapplied(repo: Repo) -> None:
    before = {"src/find.py": MAPPED["src/find.py"]}
    repo.commit("work", story(FIND), CODE)
    repo.commit("work", "Words\n", {"intent.md": SMALL["intent.md"] + "\n"})
    first = repo.merge("main", "work")
    repo.branch("work")
    said = f"Revert\n\nThis reverts commit {first}, reversing\nchanges made to {repo.base}.\n"
    repo.commit("work", said, before)
    passes(repo.gate())
    second = repo.merge("main", "work")
    repo.branch("work")
    repo.commit("work", f"Reapply\n\nThis reverts commit {second}, reversing\nchanges made to {first}.\n", CODE)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["revert"]


def test_a_renamed_requirement_does_not_settle_a_suspect_story(repo: Repo) -> None:
    prd = SMALL["specs/prd.md"]
    title = next(line for line in prd.splitlines() if "FR-find01:" in line)
    repo.commit("main", "Change\n", respecified({"specs/prd.md": (title, title + " anew")}))
    repo.branch("work")
    repo.commit("work", story(FIND), CODE)
    refuses(repo.gate(), "G03")
    renamed = {path: text.replace("FR-find01", "FR-found1") for path, text in SMALL.items() if "FR-find01" in text}
    repo.commit("work", "Rename\n", renamed)
    assert "G03" in codes(repo.gate())
