"""A `.git` that an agent put in the place of its worktree's, which nobody mended since its runner was killed."""

import os
import signal
from collections.abc import Iterator

import pytest

from bmad.git.work.repository import GitRepository
from bmad.git.work.worktree_list import text
from tests.act.repos import Person, story


@pytest.fixture
def ends() -> Iterator[None]:
    """What waits for ever is ended, and fails."""
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it waits for ever"))
    signal.alarm(30)
    yield
    signal.alarm(0)


@pytest.mark.usefixtures("ends")
def test_a_pipe_in_the_place_of_dot_git_makes_nobody_wait(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    link = tree.folder / ".git"
    honest = link.read_bytes()
    link.unlink()
    os.mkfifo(link)
    (tree.gitdir / "gitdir").unlink()
    os.mkfifo(tree.gitdir / "gitdir")
    again = person.open()
    assert story(again, person.base).folder == tree.folder
    assert link.read_bytes() == honest
    assert again.worktrees() == ["STORY-a"]
    again.remove("STORY-a")
    assert not tree.folder.exists()


def test_a_giant_file_in_its_place_is_not_read(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    with (tree.folder / ".git").open("r+b") as file:
        file.truncate(1 << 40)
    assert len(text(tree.folder / ".git")) <= 1 << 16
    assert "made to lead elsewhere" in (repository.faults(tree) or "")
    assert repository.faults(tree) is None
