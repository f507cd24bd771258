"""What `.worktreeinclude` names is copied into a worktree; nothing that git would commit, or that leads away."""

import os
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError
from bmad.git.work import included
from bmad.git.work.repository import GitRepository
from bmad.model.worktrees import Worktree
from tests.act.repos import BRANCH, Person


@pytest.fixture
def tree(person: Person, repository: GitRepository) -> Worktree:
    base = person.commit("Ignore\n", {".gitignore": "*.log\n.env*\n/kept/\n!.env.open\n"})
    person.write(
        {".env": "SECRET=1\n", "app/.env.local": "A=1\n", "kept/data.bin": "d", "x.log": "l", ".env.open": ""}
    )
    person.write({"own.txt": "not ignored\n"})
    return repository.worktree("STORY-a", BRANCH, base)


def there(tree: Worktree) -> set[str]:
    files = (path for path in tree.folder.rglob("*") if path.is_file() or path.is_symlink())
    return {path.relative_to(tree.folder).as_posix() for path in files} - {".git"}


def test_it_copies_what_it_names_where_git_ignores_that(
    person: Person, repository: GitRepository, tree: Worktree
) -> None:
    before, mine = there(tree), person.state()
    (person.root / ".env").chmod(0o600)
    repository.include(tree, "# what runs here\n.env*\nkept/*.bin\nown.txt\n!.env.old\n")
    assert there(tree) - before == {".env", "app/.env.local", "kept/data.bin"}
    assert (tree.folder / ".env").read_text() == "SECRET=1\n"
    assert (tree.folder / ".env").stat().st_mode & 0o777 == 0o600
    assert repository.commit(tree, person.git("rev-parse", "HEAD"), "Nothing\n") is None
    assert person.state() == mine


def test_what_the_storys_commit_does_not_ignore_stays_out(repository: GitRepository, tree: Worktree) -> None:
    (tree.folder / ".gitignore").write_text("*.log\n", encoding="utf-8")
    repository.include(tree, ".env\nx.log\n")
    assert not (tree.folder / ".env").exists()
    assert (tree.folder / "x.log").read_text() == "l"


def test_links_are_neither_copied_nor_gone_through(
    person: Person, repository: GitRepository, tree: Worktree, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (person.root / ".env.link").symlink_to(person.root / ".env")
    (tree.folder / "app").symlink_to(away)
    (tree.folder / ".env").write_text("its own\n", encoding="utf-8")
    repository.include(tree, ".env*\n")
    assert not os.path.lexists(tree.folder / ".env.link")
    assert list(away.iterdir()) == []
    assert (tree.folder / ".env").read_text() == "its own\n"


def test_more_than_belongs_into_every_worktree_is_refused(
    repository: GitRepository, tree: Worktree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(included, "MOST_FILES", 1)
    before = there(tree)
    with pytest.raises(CannotAnswerError, match="names 2 files, more than 1 or 64 MiB"):
        repository.include(tree, ".env\n*.log\n")
    assert there(tree) == before
