"""What git cannot read is moved aside as it is, also where the worktrees stand on another disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bmad.git.work import stillness
from bmad.git.work.repository import GitRepository, open_repository
from tests.act.repos import Person, files, story, text

ELSEWHERE = Path("/dev", "shm")


def is_another_disk(folder: Path) -> bool:
    return os.access(ELSEWHERE, os.W_OK) and ELSEWHERE.stat().st_dev != folder.stat().st_dev


@pytest.fixture
def far(person: Person) -> Iterator[GitRepository]:
    """A repository whose worktrees stand on another disk than it."""
    if not is_another_disk(person.root):
        pytest.skip("there is one disk")
    with tempfile.TemporaryDirectory(dir=ELSEWHERE) as folder:
        yield open_repository(person.root, os.environ | {"XDG_STATE_HOME": folder})


@pytest.mark.parametrize("of", ["repository", "far"])
def test_it_is_kept_with_what_cannot_be_copied(person: Person, of: str, request: pytest.FixtureRequest) -> None:
    repository: GitRepository = request.getfixturevalue(of)
    tree = story(repository, person.base)
    (tree.folder / ".gitattributes").write_text("*.txt working-tree-encoding=UTF-16\n")
    (tree.folder / "a.txt").write_text("mine \n")
    os.mkfifo(tree.folder / "pipe")
    kept = Path(repository.reset(tree, person.base, "STORY-a/1-dev") or "")
    try:
        assert (kept / "a.txt").read_text() == "mine \n"
        assert (kept / "pipe").is_fifo()
        assert not (kept / ".git").exists()
        assert (tree.folder / "a.txt").read_text() == "one\n"
        assert repository.faults(tree) is None
        assert repository.worktrees() == ["STORY-a"]
    finally:
        shutil.rmtree(kept)


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_i_git_is_let_by_a_pipe_where_it_reads_a_file(
    person: Person, repository: GitRepository, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would wait there for somebody who writes, also when bmad has long been killed; other pipes stay."""
    monkeypatch.setattr(stillness, "_FIRST", 0.05)
    tree = story(repository, person.base)
    os.mkfifo(tree.folder / "pipe")
    os.mkfifo(tree.folder / "src" / name)
    (tree.folder / "a.txt").write_text("mine\n")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert text(person.root, made, "a.txt") == "mine\n"
    assert f"src/{name}" not in files(person.root, made)
    assert (tree.folder / "pipe").is_fifo()


def test_i_a_file_that_git_reads_slowly_is_read(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stillness, "_FIRST", 0.001)
    tree = story(repository, person.base)
    (tree.folder / "src/.gitignore").write_text("*.made\n")
    (tree.folder / "src/b.made").write_text("left\n")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert "src/.gitignore" in files(person.root, made)
    assert "src/b.made" not in files(person.root, made)
