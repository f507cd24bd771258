"""A step costs few processes: what bmad does and tells without another git is as with one."""

import errno
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bmad.errors import UndecidableError
from bmad.git.checkout import GitCheckout
from bmad.git.read.history import GitObjects, open_history
from bmad.git.work.loose_objects import begin_ref
from bmad.git.work.refs import swap, tip
from bmad.git.work.repository import GitRepository
from bmad.pipeline.act.baseline import Grounds
from bmad.store.formats import TextFormats
from tests.act.repos import BRANCH, Person, git, story
from tests.act.stage import Stage
from tests.specs import adopt_small, write

PREPARED = ["read-tree", "ls-files", "add", "write-tree", "status", "merge"]
BUILT = ["ls-files", "ls-files", "add", "write-tree"]
CHECKED = ["read-tree", "ls-files", "ls-files", "ls-files", "check-attr"]
"""A look after the tests of a criterion, one after the checks, one before a reviewer looks."""
LANDED = ["rev-list", "status", "merge", "ls-files"]


def verb(command: Sequence[str]) -> str:
    words = iter(command[1:])
    return next(word for word in words if not (word == "-c" and next(words)) and not word.startswith("-"))


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What each git does that is begun from now on."""
    found: list[str] = []
    start = subprocess.Popen.__init__

    def noted(self: object, command: Sequence[str], *more: object, **how: object) -> None:
        if Path(command[0]).name == "git":
            found.append(verb(command))
        start(self, command, *more, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    return found


def test_a_story_costs_few_gits(tmp_path: Path, begun: list[str]) -> None:
    stage = Stage(tmp_path, accept="auto", lenses=["correctness"])
    stage.bmad("act")
    landed = [at for at, word in enumerate(begun) if word == "merge"][1]
    second = begun.index("read-tree", landed)
    assert begun[second:] == [*PREPARED, *BUILT, *CHECKED, *LANDED]


def test_a_new_branch_of_bmads_own_is_made_without_git(
    person: Person, repository: GitRepository, begun: list[str]
) -> None:
    assert swap(repository._calls, BRANCH, person.base, None)
    assert begun == []
    assert git(person.root, "rev-parse", BRANCH) == person.base
    other = person.commit("Other\n", {"a.txt": "other\n"})
    assert not swap(repository._calls, BRANCH, other, None)
    assert tip(repository._calls, BRANCH) == person.base


@pytest.mark.parametrize("way", ["packed", "below", "above", "packed above"])
def test_a_branch_that_is_in_the_way_of_a_new_one_stays(
    person: Person, repository: GitRepository, way: str
) -> None:
    there = {"packed": BRANCH, "below": f"{BRANCH}/mine"}.get(way, "refs/heads/bmad")
    git(person.root, "update-ref", there, person.base)
    if "packed" in way:
        git(person.root, "pack-refs", "--all")
    other = person.commit("Other\n", {"a.txt": "other\n"})
    if way == "packed":
        assert not swap(repository._calls, BRANCH, other, None)
    else:
        with pytest.raises(UndecidableError):
            swap(repository._calls, BRANCH, other, None)
    assert git(person.root, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/bmad") == (
        f"{there} {person.base}"
    )
    assert not (person.root / ".git" / f"{BRANCH}.lock").exists()


def test_a_branch_that_is_packed_before_its_lock_is_held_stays(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, take = person.commit("Other\n", {"a.txt": "other\n"}), os.open

    def late(path: Path, *how: int) -> int:
        monkeypatch.undo()
        git(person.root, "update-ref", BRANCH, other)
        git(person.root, "pack-refs", "--all")
        path.parent.mkdir(parents=True, exist_ok=True)
        return take(path, *how)

    monkeypatch.setattr(os, "open", late)
    assert not swap(repository._calls, BRANCH, person.base, None)
    assert tip(repository._calls, BRANCH) == other


def test_no_lock_of_a_branch_stays_that_cannot_be_written(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as within:
        within.setattr(os, "fsync", full)
        assert not begin_ref(person.root / ".git" / BRANCH, person.base, lambda: True)
    assert not (person.root / ".git" / f"{BRANCH}.lock").exists()
    assert swap(repository._calls, BRANCH, person.base, None)


def test_what_git_ignores_is_found_where_something_is_beside(
    person: Person, repository: GitRepository, begun: list[str]
) -> None:
    tree = story(repository, person.base)
    repository.clear_ignored(tree, lambda _: True)
    begun.clear()
    repository.clear_ignored(tree, lambda _: True)
    assert begun == []
    for name in ("src/deep/one.log", "two.log", "src/kept.txt"):
        (tree.folder / name).parent.mkdir(exist_ok=True)
        (tree.folder / name).write_text("x\n", encoding="utf-8")
    repository.clear_ignored(tree, lambda name: name.endswith(("one.log", "deep", "kept.txt")))
    assert sorted(path.name for path in tree.folder.rglob("*") if path.is_file()) == sorted(
        [".git", ".gitignore", "a.txt", "b.txt", "kept.txt", "two.log"]
    )


def test_what_people_did_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt_small(tmp_path)
    since = git(tmp_path, "rev-parse", "HEAD")
    write(tmp_path, {"bmad.yaml": f"version: 1\ngate: {{since: {since}}}\n"})
    for files in ({}, {"src/find.py": "x = 1\n"}):
        write(tmp_path, files)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", "Work\n\nStory: STORY-find01")
    git(tmp_path, "revert", "--no-edit", "HEAD")
    with open_history(tmp_path, os.environ).read() as objects:
        grounds = Grounds(objects, TextFormats())
        basis = grounds.at(git(tmp_path, "rev-parse", "HEAD"))
        asked: list[str] = []
        for name in ("walk", "reached"):
            monkeypatch.setattr(GitObjects, name, _noted(asked, name, getattr(GitObjects, name)))
        assert [grounds.by_hand(basis) for _ in range(2)] == [frozenset()] * 2
        assert asked == ["reached", "walk"]


def _noted(asked: list[str], name: str, ask: Callable[..., object]) -> Callable[..., object]:
    def noted(*arguments: object) -> object:
        asked.append(name)
        return ask(*arguments)

    return noted


@pytest.mark.parametrize("name", ["plain", "two\nlines"])
def test_a_repository_is_opened_by_few_gits(tmp_path: Path, begun: list[str], name: str) -> None:
    person = Person(tmp_path / name)
    begun.clear()
    repository = person.open()
    assert repository.home == person.root
    assert begun.count("rev-parse") == (2 if name == "plain" else 4)
    begun.clear()
    with open_history(person.root, os.environ).read() as objects:
        begun.clear()
        assert objects.tips("HEAD", "HEAD") == objects.tips("HEAD", None)
        assert begun.count("rev-parse") == 2


def test_who_works_here_is_one_question(tmp_path: Path, begun: list[str]) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".git/config").write_text('[user]\n name = Old\n email = a@example.org\n name = "Ada\\nL."\n')
    config = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    begun.clear()
    assert GitCheckout(tmp_path, config).person() == "Ada\nL. <a@example.org>"
    assert begun == ["config"]
    (tmp_path / ".git/config").write_text("")
    assert GitCheckout(tmp_path, config).person() == ""
    assert GitCheckout(tmp_path, {**config, "GIT_AUTHOR_EMAIL": "b@example.org"}).person() == "<b@example.org>"
