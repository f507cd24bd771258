"""The short ways of the loop through git say what the long ones say: resets, differences, trees, refs, readers."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import pytest

from bmad.agents import confine
from bmad.errors import TooLargeError, UndecidableError
from bmad.git import process
from bmad.git.locate import locate
from bmad.git.objects import open_objects
from bmad.git.process import Failed
from bmad.git.read.history import open_history
from bmad.git.read.revisions import kin
from bmad.git.work.readers import _close
from bmad.git.work.repository import GitRepository
from bmad.model.bounds import FILE
from bmad.model.worktrees import Worktree
from tests.act.repos import BRANCH, MAIN, Person, files, git, story, text


@pytest.fixture(params=["sha1", "sha256"])
def person(tmp_path: Path, request: pytest.FixtureRequest) -> Person:
    return Person(tmp_path / "repository", algorithm=request.param)


def _same_size(tree: Worktree) -> None:
    held = (tree.folder / "a.txt").stat()
    (tree.folder / "a.txt").write_text("uno\n", encoding="utf-8")
    os.utime(tree.folder / "a.txt", ns=(held.st_atime_ns, held.st_mtime_ns))


def _mode(tree: Worktree) -> None:
    (tree.folder / "a.txt").chmod(0o755)


def _gone(tree: Worktree) -> None:
    (tree.folder / "src/b.txt").unlink()


def _new(tree: Worktree) -> None:
    (tree.folder / "src/new.txt").write_text("new\n", encoding="utf-8")


def _empty_folder(tree: Worktree) -> None:
    (tree.folder / "src/empty/deep").mkdir(parents=True)


def _nested(tree: Worktree) -> None:
    git(tree.folder, "init", "-q", "nested")


def _symbolic(tree: Worktree) -> None:
    git(tree.folder, "update-ref", "refs/heads/other", "HEAD")
    git(tree.folder, "symbolic-ref", tree.branch, "refs/heads/other")


def _staged(tree: Worktree) -> None:
    git(tree.folder, "rm", "-q", "--cached", "a.txt")


@pytest.mark.parametrize(
    "spoil",
    [_same_size, _mode, _gone, _new, _empty_folder, _nested, _symbolic, _staged],
    ids=lambda one: one.__name__,
)
def test_a_reset_sees_whatever_was_changed(
    person: Person, repository: GitRepository, spoil: Callable[[Worktree], None]
) -> None:
    tree = story(repository, person.base)
    assert repository.reset(tree, person.base, "one") is None
    spoil(tree)
    repository.reset(tree, person.base, "two")
    assert (tree.folder / "a.txt").read_text(encoding="utf-8") == "one\n"
    assert not (tree.folder / "a.txt").stat().st_mode & 0o111
    assert sorted(path.name for path in tree.folder.rglob("*") if ".git" not in path.parts[-1:]) == sorted(
        ["a.txt", "src", "b.txt", ".gitignore"]
    )
    assert git(tree.folder, "status", "--porcelain") == ""
    assert (person.root / ".git" / tree.branch).read_text(encoding="ascii").strip() == person.base


def test_differences_of_an_open_process_are_those_of_its_own(person: Person) -> None:
    later = person.commit("Later\n", {"a.txt": "uno\n", "end-\n.txt": "x\n", "new/c.txt": "three\n"})
    trees = {name: git(person.root, "rev-parse", f"{name}^{{tree}}") for name in (person.base, later)}
    pairs = [(trees[person.base], trees[later]), (trees[later], trees[later]), ("", trees[later])]
    with open_history(person.root, os.environ).read() as objects:
        one_by_one = [objects.changes([pair])[0] for pair in pairs]
        assert objects.changes(pairs) == one_by_one
        assert objects.changes(pairs * 40) == one_by_one * 40
        with pytest.raises(UndecidableError):
            objects.changes([pairs[0], (trees[later], "1" * len(later))])
        assert objects.changes(pairs) == one_by_one
        objects.check_trees(pairs)
    assert [change.path for change in one_by_one[0]] == [b"a.txt", b"end-\n.txt", b"new/c.txt"]
    assert one_by_one[1] == ()


def test_files_are_written_into_a_tree_as_git_orders_it(person: Person, repository: GitRepository) -> None:
    base = person.commit("More\n", {"src.txt": "x\n", "src-a/d.txt": "d\n", "src/e/f.txt": "f\n"})
    made = repository.commit_files(base, {"src/e/g.txt": "g\n", "src.d/h.txt": "h\n", "src/b.txt": "2\n"}, "Add\n")
    git(person.root, "fsck", "--strict")
    assert files(person.root, made).keys() == files(person.root, base).keys() | {"src/e/g.txt", "src.d/h.txt"}
    assert text(person.root, made, "src/b.txt") == "2\n"


def test_gits_that_stay_are_begun_again_where_they_were_ended(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    (tree.folder / "src/new").mkdir()
    (tree.folder / "src/new/c.txt").write_text("c\n", encoding="utf-8")
    assert list(repository.left_by_setup(tree, person.base)) == ["src/new/c.txt"]
    one = repository.commit_files(person.base, {"src/b.txt": "2\n"}, "One\n")
    with process.children() as running:
        assert len(running) > 1
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    assert list(repository.left_by_setup(tree, person.base)) == ["src/new/c.txt"]
    again = repository.commit_files(person.base, {"src/b.txt": "2\n"}, "One\n")
    assert git(person.root, "rev-parse", f"{again}^{{tree}}") == git(person.root, "rev-parse", f"{one}^{{tree}}")
    assert repository.land(MAIN, again, person.base).state == "moved"
    assert git(person.root, "status", "--porcelain") == ""


def test_the_files_of_a_bench_are_known_from_commit_to_commit(person: Person, repository: GitRepository) -> None:
    commits = [person.base, person.commit("More\n", {"new/deep/c.txt": "c\n", "new/d.txt": "d\n"})]
    commits.append(repository.commit_files(commits[1], {"src/e.txt": "e\n"}, "E\n"))
    person.git("rm", "-qr", "new")
    commits.append(person.commit("Less\n", {"a.txt": "uno\n"}))
    for commit in (*commits, *reversed(commits)):
        bench = repository.bench(commit, "")
        (bench.tree.folder / "new").mkdir(exist_ok=True)
        (bench.tree.folder / "new/beside.txt").write_text("x\n", encoding="utf-8")
        cleared = repository.bench(commit, "").cleared
        assert cleared == (("new/beside.txt",) if commit in commits[1:3] else ("new", "new/beside.txt"))
        assert set(files(person.root, commit)) == {
            str(path.relative_to(bench.tree.folder))
            for path in bench.tree.folder.rglob("*")
            if path.is_file() and path.name != ".git"
        }


def test_records_that_are_near_are_kin_as_git_says(person: Person) -> None:
    first = person.commit("First\n", {"x.txt": "1\n"})
    person.git("switch", "-qc", "side", person.base)
    side = person.commit("Side\n", {"y.txt": "1\n"})
    later = person.commit("Later\n", {"y.txt": "2\n"})
    pairs = [(one, other) for one in (first, side, later) for other in (first, side, later)]
    with open_history(person.root, os.environ).read() as objects:
        for tip in (person.base, first, side, later):
            told = kin(locate(person.root, os.environ).git, pairs, tip)
            assert objects.kin(pairs, tip) == told
            assert {pair for pair in pairs if objects.kin([pair], tip)} == told
        assert objects.commit(later) == objects.commit(later)
        assert objects.commit("1" * len(later)) is None


def test_a_ref_is_found_loose_packed_or_not_at_all(person: Person, repository: GitRepository) -> None:
    assert repository.tip(BRANCH) is None
    person.git("pack-refs", "--all")
    assert repository.tip(MAIN) == person.base
    assert repository.tip("refs/heads/mai") is None
    person.git("symbolic-ref", BRANCH, MAIN)
    assert repository.tip(BRANCH) == person.base


def test_objects_are_read_on_after_one_that_cannot_be(person: Person) -> None:
    large = person.root / "large"
    large.write_bytes(bytes(FILE.one + 1))
    too_large = git(person.root, "hash-object", "-w", "large")
    located = locate(person.root, os.environ)
    with open_objects(located.git, located.algorithm) as objects:
        for bad in (too_large, "1" * len(person.base)):
            with pytest.raises(UndecidableError):
                list(objects.read([person.base, bad, person.base]))
            assert [name for name, _, _ in objects.read([person.base])] == [person.base]


class _BrokenOff:
    """A pipe of which one reading is broken off by an interrupt, as soon as some of the answer came."""

    def __init__(self, pipe: IO[bytes], at: str) -> None:
        self._pipe, self._at = pipe, at

    def __getattr__(self, name: str) -> Any:
        if name != self._at:
            return getattr(self._pipe, name)
        self._at = ""
        return self._interrupted

    def _interrupted(self, _: int) -> bytes:
        self._pipe.readline()
        raise KeyboardInterrupt


@pytest.mark.parametrize("at", ["read", "readline"])
def test_the_rest_of_an_answer_that_was_broken_off_is_not_the_next_one(person: Person, at: str) -> None:
    located = locate(person.root, os.environ)
    person.write({"large": f"{person.base} missing\n" * 64})
    large = git(person.root, "hash-object", "-w", "large")
    with open_objects(located.git, located.algorithm) as objects:
        pipe = objects._child.stdout
        assert pipe is not None
        objects._child.stdout = _BrokenOff(pipe, at)  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            list(objects.read([large]))
        for _ in range(2):
            with pytest.raises(UndecidableError):
                objects.is_there(person.base)


def test_a_git_that_stays_and_was_ended_is_begun_again(person: Person, repository: GitRepository) -> None:
    commits = person.base, person.commit("More\n", {"n.txt": "n\n"})
    old, new = (person.git("rev-parse", f"{one}^{{tree}}") for one in commits)
    readers = repository._calls.readers
    found = readers.changes(old, new)
    assert readers._differences is not None
    for child in readers._differences._known.values():
        child.process.kill()
    assert readers.changes(old, new) == found != ()


def test_what_was_just_read_is_held_within_the_same_bounds(person: Person) -> None:
    tree, blob = person.git("rev-parse", f"{person.base}^{{tree}}"), person.git("rev-parse", "HEAD:a.txt")
    git, names = locate(person.root, os.environ).git, [tree, blob]
    with open_objects(git, locate(person.root, os.environ).algorithm) as objects:
        found = list(objects.read(names))
        assert list(objects.read([person.base]))
        with process.children() as running:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
        assert list(objects.read(names)) == found
        with pytest.raises(TooLargeError):
            list(objects.read(names, FILE._replace(every=8)))
        with pytest.raises(TooLargeError):
            list(objects.read([blob], FILE._replace(one=3)))
        with pytest.raises(UndecidableError):
            list(objects.read([person.base]))


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_git_that_says_nothing_is_killed(person: Person, monkeypatch: pytest.MonkeyPatch, by_hand: bool) -> None:
    """Also where the kernel tells of no child's end; one that answers in time is let go on."""
    if by_hand:
        monkeypatch.delattr("os.pidfd_open")
    git = locate(person.root, os.environ).git
    assert git.run(["rev-parse", "HEAD"]).decode().strip() == person.base
    monkeypatch.setattr(process, "MAX_SECONDS", 0.3)
    reader, writer = os.pipe()
    with process.children() as before:
        pass
    with os.fdopen(reader, "rb") as questions, os.fdopen(writer, "wb"), pytest.raises(Failed) as told:
        git.run(["cat-file", "--batch"], questions)
    assert told.value.status == -signal.SIGKILL
    with process.children() as running:
        assert running <= before


@pytest.mark.parametrize("by_hand", [False, True])
def test_whether_a_child_has_ended_is_waited_for(monkeypatch: pytest.MonkeyPatch, by_hand: bool) -> None:
    if by_hand:
        monkeypatch.delattr("os.pidfd_open")
    child = process.spawn(["sleep", "60"])
    try:
        assert not process.ended(child, 0.05)
        child.kill()
        assert process.ended(child, 60)
    finally:
        process.end(child)


def test_a_thread_that_may_signal_nobody_ends_a_git_that_stays(tmp_path: Path) -> None:
    """There the collector may come to what holds it."""
    child = process.spawn(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def end() -> "subprocess.Popen[bytes]":
        process.end(child)
        return child

    assert confine.start(end, [tmp_path]).returncode is not None


def test_an_interrupt_as_the_standing_gits_end_is_raised_nowhere() -> None:
    """A second one, say, which comes as the program ends: nobody could do anything about it."""
    ended: list[str] = []
    stack = ExitStack()
    stack.callback(ended.append, "others")
    stack.callback(signal.raise_signal, signal.SIGINT)
    _close(stack)
    assert ended == ["others"]
