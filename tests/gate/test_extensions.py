"""Repositories that this git, or bmad, does not read: one sentence, and exit 3."""

import shlex
from pathlib import Path

import pytest

from bmad.git.extensions import foreign
from tests.program import git, inside

OF_THE_WORK_TREE = ("init", "hooks install", "start X", "status", "impact X", "territory")
COMMANDS = ("gate", "act", "inbox", "trace HEAD", "report --base x", "log", *OF_THE_WORK_TREE)
REFTABLE = (
    "The repository at {} keeps its refs in a reftable (extensions.refStorage), which bmad does not read. With "
    "git 2.46 or newer put them into files: git refs migrate --ref-format=files\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("extended")
    git("init", "--quiet", "--initial-branch", "main", cwd=root)
    git("commit", "--quiet", "--allow-empty", "-m", "x", cwd=root)
    return root


def extended(folder: Path, name: str, value: str) -> None:
    (folder / ".git/config").write_text(
        f"[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\t{name} = {value}\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_refs_in_a_reftable_are_one_sentence(folder: Path, command: str) -> None:
    extended(folder, "refStorage", "reftable")
    ended = inside(*command.split(), cwd=folder)
    assert (ended.code, ended.err) == (3, f"bmad: {REFTABLE.format(folder)}")


@pytest.mark.parametrize("command", ["gate", "init"])
def test_another_extension_is_named(folder: Path, command: str) -> None:
    extended(folder, "fromTomorrow", "true")
    ended = inside(*command.split(), cwd=folder)
    assert ended.code == 3
    assert "is set up with extensions.fromtomorrow, which this git does not know. Update git." in ended.err


def test_a_git_that_reads_a_reftable_is_told_the_same(folder: Path) -> None:
    """Such a repository has that folder, whichever git is asked."""
    extended(folder, "partialClone", "origin")
    assert inside("inbox", cwd=folder).code == 0
    (folder / ".git/reftable").mkdir()
    assert inside("inbox", cwd=folder).err == f"bmad: {REFTABLE.format(folder)}"
    (folder / ".git/reftable").rmdir()


@pytest.mark.parametrize("command", OF_THE_WORK_TREE)
def test_another_users_repository_is_none_that_is_not_there(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that git has no say in has nothing landed. What reads history hands git no such variable."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "true")
    ended = inside(*command.split(), cwd=folder)
    assert ended.code == 3
    assert f"git config --global --add safe.directory {folder}" in ended.err


def test_the_command_that_trusts_a_folder_holds_its_name_whole() -> None:
    words = foreign(Path("/home/Ann's work/a b"))
    assert shlex.split(words.partition("`")[2].rpartition("`")[0])[-1] == "/home/Ann's work/a b"


def test_a_folder_of_such_a_name_is_not_another_users(tmp_path: Path) -> None:
    """git names it where a `.git` leads nowhere."""
    root = tmp_path / "dubious"
    root.mkdir()
    (root / ".git").write_text(f"gitdir: {root}/gone\n")
    ended = inside("hooks", "install", cwd=root)
    assert (ended.code, "another user" in ended.err) == (3, False), ended.err
