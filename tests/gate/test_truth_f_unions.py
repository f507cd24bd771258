"""From `reviewed` up: reviewed work lands beside others' lines in a file that the base has joined by union."""

from pathlib import Path

import pytest

from bmad.core.unions import Unions, is_joined
from tests.gate.records import REVIEWED, add, record, spec_of
from tests.gate.repo import FIND, FIND_AT, MAPPED, STORE, STORE_AT, Repo, passes, refuses, respecified, story
from tests.gate.test_truth_f_merges import LOG, UNION
from tests.specs import SMALL

LOGS = {
    FIND_AT: ("`src/find.py`", "`src/find.py`, `CHANGELOG.md`"),
    STORE_AT: ("`src/store.py`", "`src/store.py`, `CHANGELOG.md`"),
}


def _logged(root: Path, attributes: str) -> Repo:
    """Two reviewed stories that each add a line to the changelog; one has landed since the other began."""
    policy = {"bmad.yaml": REVIEWED, ".gitattributes": attributes, "CHANGELOG.md": LOG}
    repo = Repo(root / "repo.git", {**MAPPED, **respecified(LOGS), **policy})
    for branch, name, path in (("work", FIND, "src/find.py"), ("other", STORE, "src/store.py")):
        repo.branch(branch)
        head = repo.commit(branch, story(name), {path: "1\n", "CHANGELOG.md": f"{LOG}- {branch}\n"})
        texts = SMALL | {at: str(text) for at, text in respecified(LOGS, lock=False).items()}
        add(repo, branch, record(repo, name, "main", head, spec=spec_of(name, texts)))
    repo.git("update-ref", "refs/heads/main", repo.tip("other"))
    return repo


@pytest.fixture
def logged(tmp_path: Path) -> Repo:
    return _logged(tmp_path, UNION)


def test_f_reviewed_work_lands_on_a_changelog_that_others_have_added_to(logged: Repo) -> None:
    passes(logged.gate())
    logged.merge("work", "main", "Merge main\n", {"CHANGELOG.md": f"{LOG}- work\n- other\n"})
    passes(logged.gate())
    logged.branch("old", "main")
    logged.git("update-ref", "refs/heads/main", logged.tip("work"))
    passes(logged.gate("main", since=logged.tip("old~2")))


@pytest.mark.parametrize("text", [f"{LOG}- work\n", f"{LOG}- work\n- other\n- more\n", f"{LOG}- other\n- ours\n"])
def test_f_a_line_that_nobody_reviewed_lands_by_no_union(logged: Repo, text: str) -> None:
    logged.merge("work", "main", story(FIND), {"CHANGELOG.md": text})
    refuses(logged.gate(), "G15")


def test_f_without_union_in_the_base_the_two_conflict(tmp_path: Path) -> None:
    refuses(_logged(tmp_path, "# CHANGELOG.md merge=union\n").gate(), "G15")


def test_f_names_of_joined_files_are_read_as_git_reads_them() -> None:
    names = Unions(("CHANGELOG.md", "/NEWS", "docs/log"))
    assert all(is_joined(names, path) for path in (b"CHANGELOG.md", b"a/b/CHANGELOG.md", b"NEWS", b"docs/log"))
    assert not any(is_joined(names, path) for path in (b"changelog.md", b"a/NEWS", b"log", b"a/docs/log"))
    assert not is_joined(Unions(), b"CHANGELOG.md")
