"""Folders in folders without end, as an agent or a check leaves them, are taken away like any other."""

import os
from pathlib import Path

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
