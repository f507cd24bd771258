"""The board's words: a story is done by a record that git holds, not by a file that somebody wrote."""

import os
from pathlib import Path

import pytest

from bmad.git.read.history import open_history
from bmad.pipeline.status.status import Read, status
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.gate.records import CODE, REVIEWED, at, record, reviewed
from tests.gate.repo import FIND, MAPPED, Repo, story
from tests.program import git


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo.git", {**MAPPED, "bmad.yaml": REVIEWED})
    made.branch("work")
    return made


def _state(folder: Path) -> str:
    told = status(FileWorkspace(folder), TextFormats(), Read(open_history(folder, os.environ)))
    return next(one.state for one in told.stories if one.id == FIND)


def _cloned(repo: Repo) -> Path:
    folder = repo.root.parent / "clone"
    git("clone", "--quiet", "--branch", "work", str(repo.root), str(folder), cwd=repo.root)
    return folder


@pytest.mark.parametrize("staged", [False, True])
def test_c_a_record_that_nobody_committed_makes_no_story_done(repo: Repo, *, staged: bool) -> None:
    head = repo.commit("other", story(FIND), CODE, onto="main")
    folder = _cloned(repo)
    path = folder / at(FIND)
    path.parent.mkdir()
    path.write_text(record(repo, FIND, "main", head).as_json())
    if staged:
        git("add", "--all", cwd=folder)
    assert _state(folder) == "backlog"


def test_c_twin_a_landing_is_done_though_its_record_is_edited_or_away(repo: Repo) -> None:
    reviewed(repo, FIND, CODE)
    folder = _cloned(repo)
    assert _state(folder) == "done"
    (folder / at(FIND)).unlink()
    assert _state(folder) == "done"
