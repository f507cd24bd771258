"""Folders in folders without end, as an agent or a check leaves them, are taken away like any other."""

import os
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError
from bmad.git.work.erase import erase
from bmad.git.work.repository import GitRepository
from tests.act.repos import Person, story

DEEP = 3000


def dig(folder: Path) -> None:
    """Make folders in folders, farther than a path can name."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(DEEP):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


def test_a_worktree_with_one_is_removed(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    (tree.folder / "a.log").mkdir()
    dig(tree.folder / "a.log")
    assert repository.reset(tree, person.base, "STORY-a/1-dev") is None, "git ignores it"
    repository.remove("STORY-a", "STORY-a/done")
    assert repository.worktrees() == []
    assert not tree.folder.exists()


def test_a_bench_with_one_is_cleared_and_what_was_set_up_is_made_anew(
    person: Person, repository: GitRepository
) -> None:
    bench = repository.bench(person.base, "key")
    (bench.tree.folder / "made").mkdir()
    repository.seal(bench, "key")
    assert repository.bench(person.base, "key").is_set_up
    dig(bench.tree.folder / "src")
    again = repository.bench(person.base, "key")
    assert not again.is_set_up, "nobody looked into all of it"
    assert sorted(path.name for path in (again.tree.folder / "src").iterdir()) == ["b.txt"]
    assert not (again.tree.folder / "made").exists()
    assert repository.altered(again) == []


def test_what_lies_too_deep_for_git_is_told_and_kept_with_all_else(
    person: Person, repository: GitRepository
) -> None:
    tree = story(repository, person.base)
    (tree.folder / "new.txt").write_text("new\n", encoding="utf-8")
    (tree.folder / "deep").mkdir()
    dig(tree.folder / "deep")
    with pytest.raises(CannotAnswerError, match="lies too deep for git: no commit would hold it"):
        repository.commit(tree, person.base, "Build\n")
    kept = repository.reset(tree, person.base, "STORY-a/1-dev")
    assert kept is not None
    assert {"deep", "new.txt"} < {one.name for one in Path(kept).iterdir()}
    assert not (tree.folder / "deep").exists()
    erase(Path(kept))
