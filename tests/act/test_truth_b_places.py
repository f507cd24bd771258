"""Worktrees stand where nothing of the person's is above them, and are found again wherever they stood."""

import os
import shutil
from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.git.work.repository import GitRepository, open_repository
from bmad.git.work.state_folder import place
from tests.act.repos import Person, git, story, trees


def test_b_a_worktree_stands_in_the_users_state_folder(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    state = Path(os.environ["HOME"]) / ".local" / "state" / "bmad"
    assert tree.folder.is_relative_to(state.resolve())
    assert not tree.folder.is_relative_to(person.root)


@pytest.mark.parametrize(
    ("environ", "named", "wanted"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/ada"}, None, "/state/bmad"),
        ({"XDG_STATE_HOME": "not/absolute", "HOME": "/home/ada"}, None, "/home/ada/.local/state/bmad"),
        ({"HOME": "/home/ada/repo"}, None, "/home/ada"),
        ({}, None, "/home/ada"),
        ({"HOME": "/home/ada"}, "../trees", "/home/ada/trees"),
        ({"HOME": "/home/ada"}, "/scratch", "/scratch"),
        ({"HOME": "/home/ada"}, "~/trees", "/home/ada/trees"),
    ],
)
def test_b_where_worktrees_stand(environ: dict[str, str], named: str | None, wanted: str) -> None:
    home = Path("/home/ada/repo")
    assert place(home, home / ".git", environ, named).parent == Path(wanted)


def test_b_two_repositories_of_one_name_do_not_share_a_place() -> None:
    environ = {"HOME": "/home/ada"}
    one, other = (place(Path(top, "repo"), Path(top, "repo/.git"), environ, None) for top in ("/a", "/b"))
    assert one != other


@pytest.mark.parametrize("named", [".", "trees", ".bmad/trees"])
def test_b_a_place_inside_the_checkout_is_refused(person: Person, named: str) -> None:
    repository = open_repository(person.root, os.environ, worktrees=named)
    with pytest.raises(UsageError, match=r"inside the checkout .*act\.worktrees"):
        story(repository, person.base)


def test_b_a_place_inside_another_checkout_of_the_repository_is_refused(person: Person, tmp_path: Path) -> None:
    person.git("worktree", "add", "-q", "-b", "mine", str(tmp_path / "mine"))
    repository = open_repository(person.root, os.environ, worktrees=str(tmp_path / "mine" / "trees"))
    with pytest.raises(UsageError, match=r"inside the checkout"):
        story(repository, person.base)


def test_b_a_place_beside_the_checkout_is_taken(person: Person, tmp_path: Path) -> None:
    tree = story(open_repository(person.root, os.environ, worktrees="../trees"), person.base)
    assert tree.folder.is_relative_to((tmp_path / "trees").resolve())


def earlier(person: Person, repository: GitRepository) -> Path:
    """A worktree as an earlier version had it, with something in it that no commit holds."""
    tree = story(repository, person.base)
    (tree.folder / "new.txt").write_text("unfinished\n")
    former = person.root / ".bmad" / "worktrees" / "STORY-a"
    former.parent.mkdir(parents=True)
    shutil.move(tree.folder, former)
    (tree.gitdir / "gitdir").write_text(f"{former}/.git\n")
    return former


def test_b_a_worktree_of_an_earlier_version_moves_with_all_that_is_in_it(
    person: Person, repository: GitRepository
) -> None:
    former = earlier(person, repository)
    again = person.open()
    assert again.worktrees() == ["STORY-a"]
    tree = story(again, person.base)
    assert (tree.folder / "new.txt").read_text() == "unfinished\n"
    assert not former.exists()
    assert git(tree.folder, "rev-parse", "--abbrev-ref", "HEAD") == "bmad/STORY-a"
    assert person.git("worktree", "list").count("\n") == 1


def test_b_a_worktree_of_an_earlier_version_is_taken_away_and_kept(
    person: Person, repository: GitRepository
) -> None:
    former = earlier(person, repository)
    again = person.open()
    again.remove("STORY-a", "STORY-a/done")
    assert not former.exists()
    assert again.worktrees() == []
    assert person.git("show", "refs/bmad/kept/STORY-a/done:new.txt") == "unfinished"


def test_b_a_checkout_that_was_moved_finds_its_worktrees(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    (tree.folder / "new.txt").write_text("unfinished\n")
    moved = person.root.with_name("moved")
    person.root.rename(moved)
    again = open_repository(moved, os.environ)
    assert again.worktrees() == ["STORY-a"]
    there = story(again, person.base)
    assert there.folder != tree.folder
    assert (there.folder / "new.txt").read_text() == "unfinished\n"
    assert not tree.folder.exists()
    assert git(there.folder, "status", "--porcelain") == "?? new.txt"
    assert again.snapshot().own.get("refs/heads/bmad/STORY-a") == person.base


def test_b_a_copy_of_a_checkout_leaves_the_others_worktrees_alone(
    person: Person, repository: GitRepository
) -> None:
    tree = story(repository, person.base)
    (tree.folder / "new.txt").write_text("unfinished\n")
    copy = person.root.with_name("copy")
    shutil.copytree(person.root, copy, symlinks=True)
    again = open_repository(copy, os.environ)
    there = story(again, person.base)
    again.remove("STORY-a")
    assert there.folder != tree.folder
    assert (tree.folder / "new.txt").read_text() == "unfinished\n"
    assert git(tree.folder, "status", "--porcelain") == "?? new.txt"


def test_b_a_folder_that_an_agent_names_as_a_worktree_is_not_taken(
    person: Person, repository: GitRepository, tmp_path: Path
) -> None:
    tree = story(repository, person.base)
    precious = tmp_path / "precious" / "STORY-a"
    precious.mkdir(parents=True)
    (precious / "file").write_text("mine\n")
    (tree.gitdir / "gitdir").write_text(f"{precious}/.git\n")
    story(person.open(), person.base)
    person.open().remove("STORY-a")
    assert (precious / "file").read_text() == "mine\n"


def test_b_after_a_prune_and_a_deleted_folder_it_is_made_again(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    shutil.rmtree(trees(person.root))
    person.git("worktree", "prune")
    assert not tree.gitdir.exists()
    again = story(person.open(), person.base)
    assert (again.folder / "a.txt").read_text() == "one\n"
