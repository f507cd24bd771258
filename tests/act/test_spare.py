"""A worktree that is over serves the next one: with what nobody has touched, and with nothing else."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.git.work.repository import GitRepository
from bmad.git.work.staging import Stage
from bmad.model.worktrees import Worktree
from tests.act.repos import Person, git, story

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="served on Linux alone")

PATHS = ("lib/a.py", "lib/b.py", "lib/deep/c.py", "lib/deep/d.py", "tests/e.py", "tests/more/f.py", "top.py")
TICK = 0.03
"""Seconds: what was written in the last tick of the clock, as all of so small a worktree, is taken for touched."""


@pytest.fixture
def base(person: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    load = Stage.load

    def slow(stage: Stage, tree: Worktree, commit: str, *, files: bool) -> None:
        load(stage, tree, commit, files=files)
        time.sleep(TICK)

    monkeypatch.setattr(Stage, "load", slow)
    return person.commit("Code\n", {path: f"{path}\n" for path in PATHS})


def over(repository: GitRepository, base: str, do: Callable[[Path], object], *, serves: bool = True) -> Worktree:
    """A worktree in which something was done, and that is over."""
    tree = story(repository, base)
    do(tree.folder)
    repository.remove("STORY-a", serves=serves)
    return tree


def inodes(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells a file from another one that was given its number."""
    found = {path: (folder / path).lstat() for path in PATHS if (folder / path).is_file()}
    return {path: (one.st_ino, one.st_ctime_ns) for path, one in found.items()}


def alike(one: Path, other: Path) -> bool:
    """Whether two worktrees hold the same files and folders, with the same rights, each file once."""

    def told(root: Path) -> dict[str, object]:
        found = [path for path in sorted(root.rglob("*")) if path.name != ".git"]
        assert all(path.is_dir() or path.lstat().st_nlink == 1 for path in found)
        return {
            path.relative_to(root).as_posix(): (
                path.lstat().st_mode,
                {
                    name: os.getxattr(path, name, follow_symlinks=False)
                    for name in os.listxattr(path, follow_symlinks=False)
                },
                path.read_bytes() if path.is_file() and not path.is_symlink() else path.is_symlink(),
            )
            for path in found
        }

    return told(one) == told(other)


def rewritten(folder: Path) -> None:
    """The same size at the same time: only the change time tells."""
    file = folder / "lib/a.py"
    was = file.stat()
    file.write_text("lib/x.py\n")
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))


def replaced(folder: Path) -> None:
    """A folder of an agent's own making, with a file in it that stood there."""
    (folder / "lib/deep").rename(folder / "lib/old")
    (folder / "lib/deep").mkdir(mode=0o755)
    (folder / "lib/old/c.py").rename(folder / "lib/deep/c.py")


def nested(folder: Path) -> None:
    git(folder, "init", "-q", "lib/inner")
    (folder / "lib/inner/x.py").write_text("x\n")


def ignored(folder: Path) -> None:
    (folder / "lib/cache.log").write_text("planted\n")
    (folder / "lib/.venv").mkdir()
    (folder / "lib/deep/empty").mkdir()


def linked(folder: Path) -> None:
    (folder.parent / "elsewhere").unlink(missing_ok=True)
    os.link(folder / "lib/b.py", folder.parent / "elsewhere")
    (folder / "tests/more/f.py").unlink()
    (folder / "tests/more/f.py").symlink_to("../e.py")


def swapped(folder: Path) -> None:
    shutil.move(folder / "tests", folder / "lib/tests")
    (folder / "tests").symlink_to("lib/tests")


DONE: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "nothing": (lambda _: None, set()),
    "rewritten": (rewritten, {"lib/a.py"}),
    "closed": (lambda folder: (folder / "lib/b.py").chmod(0o755), {"lib/b.py"}),
    "gone": (lambda folder: (folder / "tests/e.py").unlink(), {"tests/e.py"}),
    "replaced": (replaced, {"lib/deep/c.py", "lib/deep/d.py"}),
    "nested": (nested, set()),
    "ignored": (ignored, set()),
    "linked": (linked, {"lib/b.py", "tests/more/f.py"}),
    "swapped": (swapped, {"tests/e.py", "tests/more/f.py"}),
}


@pytest.mark.parametrize("name", DONE)
def test_a_new_worktree_is_as_new_and_begins_with_what_nobody_touched(
    person: Person, repository: GitRepository, base: str, name: str
) -> None:
    do, touched = DONE[name]
    known: dict[str, tuple[int, int]] = {}
    over(repository, base, lambda folder: (known.update(inodes(folder)), do(folder)))
    tip = person.commit("More\n", {"lib/deep/d.py": "other\n", "new/g.py": "g\n"})
    tree = story(repository, tip, "STORY-b")
    plain = story(person.open(), tip, "STORY-c")
    assert alike(tree.folder, plain.folder)
    assert git(tree.folder, "status", "--porcelain", "--ignored") == ""
    kept = {path for path, inode in inodes(tree.folder).items() if known[path] == inode and "/" in path}
    assert kept == {path for path in PATHS if "/" in path} - touched - {"lib/deep/d.py"}
    assert not list(tree.folder.parent.glob(".*")), "nothing is left of the one that is over"


def test_a_folder_that_the_commit_does_not_have_is_not_handed_on(
    person: Person, repository: GitRepository, base: str
) -> None:
    tree = story(repository, base)
    known = inodes(tree.folder)
    (tree.folder / "tests/more/f.py").unlink()
    repository.commit(tree, base, "Take it away\n")
    repository.remove("STORY-a", serves=True)
    person.git("rm", "-rq", "tests/more")
    tip = person.commit("Less\n", {"a.txt": "less\n"})
    tree = story(repository, tip, "STORY-b")
    assert not (tree.folder / "tests/more").exists()
    kept = {path for path, inode in inodes(tree.folder).items() if known[path] == inode}
    assert kept == {path for path in PATHS if "/" in path} - {"tests/more/f.py"}
    again = inodes(tree.folder)
    repository.remove("STORY-b", serves=True)
    tree = story(repository, tip, "STORY-c")
    assert {path for path, inode in inodes(tree.folder).items() if again[path] == inode and "/" in path} == kept


@pytest.mark.parametrize(
    "do",
    [
        lambda folder: (folder / "lib").chmod(0o777),
        lambda folder: os.setxattr(folder / "lib/deep", "user.planted", b"x"),
    ],
)
def test_a_folder_that_would_hand_something_on_serves_nobody(
    person: Person, repository: GitRepository, base: str, do: Callable[[Path], object]
) -> None:
    known: dict[str, tuple[int, int]] = {}
    over(repository, base, lambda folder: (known.update(inodes(folder)), do(folder)))
    tree = story(repository, base, "STORY-b")
    assert alike(tree.folder, story(person.open(), base, "STORY-c").folder)
    assert not {path for path, inode in inodes(tree.folder).items() if known[path] == inode}


def test_only_what_is_said_to_serve_does_and_not_where_attributes_have_changed(
    person: Person, repository: GitRepository, base: str
) -> None:
    known: dict[str, tuple[int, int]] = {}
    over(repository, base, lambda folder: known.update(inodes(folder)), serves=False)
    assert known, "it was there"
    assert not (repository.place / "trees/.gone-STORY-a").exists()
    over(repository, base, lambda folder: known.update(inodes(folder)))
    assert (repository.place / "trees/.gone-STORY-a").exists()
    tip = person.commit("Ends of lines\n", {".gitattributes": "*.py text eol=crlf\n"})
    tree = story(repository, tip, "STORY-b")
    assert (tree.folder / "lib/a.py").read_bytes() == b"lib/a.py\r\n"


def test_what_serves_nobody_any_more_is_taken_away(repository: GitRepository, base: str) -> None:
    over(repository, base, lambda _: None)
    assert repository.worktrees() == ["STORY-a"], "the next call finds it, too"
    repository.remove("STORY-a")
    assert repository.worktrees() == []
    assert not list((repository.home / ".bmad/index").iterdir())
