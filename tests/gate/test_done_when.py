"""The issue's own list: each attack with its code, each honest flow passes."""

import subprocess
from pathlib import Path

from tests.gate.repo import (
    FIND,
    FIND_AT,
    STORE,
    Repo,
    codes,
    kinds,
    passes,
    refuses,
    respecified,
    story,
)


def test_honest_commit(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n", "tests/find/test_a.py": "y = 1\n"})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story"]
    assert report.commits[0].stories == (FIND,)
    assert report.target == "refs/heads/main"
    assert report.base == report.policy_from == repo.base
    assert report.merge == repo.tip("work^{tree}")


def test_no_trailer(repo: Repo) -> None:
    repo.commit("work", "Work\n", {"src/find.py": "x = 1\n"})
    report = repo.gate()
    refuses(report, "G01")
    assert kinds(report) == ["untraced"]


def test_made_up_story(repo: Repo) -> None:
    repo.commit("work", story("STORY-made01"), {"src/find.py": "x = 1\n"})
    refuses(repo.gate(), "G02")


def test_trailer_in_prose(repo: Repo) -> None:
    repo.commit("work", f"Work\n\nAs I said,\nStory: {FIND}\nis done.\n", {"src/find.py": "x = 1\n"})
    report = repo.gate()
    refuses(report, "G01")
    assert "the Story: on line 4" in report.commits[0].findings[0].message


def test_outside_the_territory(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/other.py": "x = 1\n"})
    refuses(repo.gate(), "G04")


def test_policy_mixed_with_code(repo: Repo) -> None:
    message = f"Work\n\nStory: {FIND}\nPolicy: because\n"
    repo.commit("work", message, {"src/find.py": "x = 1\n", "bmad.yaml": "version: 1\ngate: {level: traced}\n"})
    refuses(repo.gate(), "G06")


def test_territory_widened_and_used(repo: Repo) -> None:
    wider = respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/other.py`")})
    repo.commit("work", "Widen\n", wider)
    repo.commit("work", story(FIND), {"src/other.py": "x = 1\n"})
    report = repo.gate()
    refuses(report, "G04")
    [found] = report.commits[1].findings
    assert "widening" in found.message
    assert "land the change of the territory by itself first" in found.fix, "a commit of its own is not enough"


def test_widened_in_the_base_passes(repo: Repo) -> None:
    repo.commit("main", "Widen\n", respecified({FIND_AT: ("`src/find.py`", "`src/find.py`, `src/other.py`")}))
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/other.py": "x = 1\n"})
    passes(repo.gate())


def test_evil_merge(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    repo.commit("main", story(STORE), {"src/store.py": "y = 1\n"})
    repo.merge("work", "main", files={"src/other.py": "evil = 1\n"})
    refuses(repo.gate(), "G05")


def test_clean_merge(repo: Repo) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    repo.commit("main", story(STORE), {"src/store.py": "y = 1\n"})
    repo.merge("work", "main")
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story", "merge"]


def test_code_in_a_specs_clothes(repo: Repo) -> None:
    repo.commit("work", "Spec\n", {"specs/conftest.py": "import os\n"})
    refuses(repo.gate(), "G01")


def test_shallow_clone(repo: Repo, tmp_path: Path) -> None:
    repo.commit("main", story(FIND), {"src/find.py": "x = 1\n"})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{repo.root}", str(clone)], check=True)
    shallow = Repo.__new__(Repo)
    shallow.root = clone
    report = shallow.gate("HEAD", "refs/remotes/origin/main")
    refuses(report, "G12")
    assert "git fetch --unshallow" in report.findings[0].message


def test_revert_by_git(repo: Repo, tmp_path: Path) -> None:
    repo.commit("work", story(FIND), {"src/find.py": "x = 1\n"})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-b", "work", str(repo.root), str(clone)], check=True)
    for command in (["git", "revert", "--no-edit", "HEAD"], ["git", "push", "-q", "origin", "work"]):
        subprocess.run(command, cwd=clone, check=True, capture_output=True)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["story", "revert"]
    assert report.commits[1].stories == (FIND,)


def test_intent_edit_and_remap(repo: Repo) -> None:
    old, new = "Notes are found by tag.", "Notes are found by tag and date."
    repo.commit("work", "Say more\n", {"intent.md": respecified({"intent.md": (old, new)})["intent.md"]})
    changed = respecified({"intent.md": (old, new), "specs/intent.md": (f"> {old}", f"> {new}")})
    repo.commit("work", "Map again\n", changed)
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["spec", "spec"]


def test_policy_alone(repo: Repo) -> None:
    repo.commit("work", "Ask more\n\nPolicy: the team has grown\n", {"bmad.yaml": "version: 1\n"})
    report = repo.gate()
    passes(report)
    assert kinds(report) == ["policy"]
    assert report.policy_changes == (report.commits[0].commit,)


def test_squash_button(repo: Repo) -> None:
    body = f"* one\n\n* two\n\nStory: {FIND}\n\n---------\n\nCo-authored-by: B <b@x>\n"
    repo.commit("work", f"Find (#12)\n\n{body}", {"src/find.py": "x = 1\n"})
    passes(repo.gate())


def test_all_at_once_are_all_told(repo: Repo) -> None:
    repo.commit("work", "Work\n", {"src/find.py": "x = 1\n"})
    repo.commit("work", story(FIND), {"src/other.py": "x = 1\n"})
    repo.commit("work", story("STORY-made01"), {"src/find.py": "x = 2\n"})
    assert codes(repo.gate()) == {"G01", "G02", "G04"}
