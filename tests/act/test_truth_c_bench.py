"""Checks run where only the commit and `setup` have been."""

import os
from pathlib import Path

import pytest

from bmad.core.act.setups import key, reads
from bmad.git.work.repository import GitRepository
from bmad.model.worktrees import Bench
from tests.act.repos import Person, git, story


def stand(repository: GitRepository, commit: str) -> Bench:
    """A bench that was set up: it has an installed thing, and one that git does not ignore."""
    bench = repository.bench(commit, "k")
    if not bench.is_set_up:
        (bench.tree.folder / ".venv" / "lib").mkdir(parents=True)
        (bench.tree.folder / ".venv" / "lib" / "a.py").write_text("A = 1\n")
        (bench.tree.folder / "uv.lock").write_text("lock\n")
        repository.seal(bench, "k")
        bench = repository.bench(commit, "k")
    return bench


def test_c_a_bench_has_the_commit_and_what_setup_made(person: Person, repository: GitRepository) -> None:
    second = person.commit("More\n", {"b.txt": "b\n"})
    first = stand(repository, person.base)
    assert first.is_set_up
    (first.tree.folder / "made.log").write_text("ignored by git\n")
    (first.tree.folder / "left.txt").write_text("not ignored\n")
    (first.tree.folder / "src" / "cache").mkdir()
    (first.tree.folder / "src" / "cache" / "x").write_text("x\n")
    (first.tree.folder / ".venv" / "lib" / "sitecustomize.py").write_text("raise SystemExit(0)\n")
    (first.tree.folder / "a.txt").write_text("rewritten\n")
    again = repository.bench(second, "k")
    assert again.is_set_up
    found = {path.relative_to(again.tree.folder).as_posix() for path in again.tree.folder.rglob("*")}
    assert found == {
        *(".git", ".gitignore", "a.txt", "b.txt", "src", "src/b.txt"),
        *(".venv", ".venv/lib", ".venv/lib/a.py", "uv.lock"),
    }
    assert (again.tree.folder / "a.txt").read_text() == "one\n"
    assert git(again.tree.folder, "rev-parse", "HEAD") == second


@pytest.mark.parametrize("ref", ["refs/bmad/verify", "refs/bmad-try/STORY-a"])
def test_i_a_worktree_that_is_on_no_branch_is_whole_to_git(
    person: Person, repository: GitRepository, ref: str
) -> None:
    """`git fsck` fails where a head leads to what is no branch."""
    second = person.commit("More\n", {"b.txt": "b\n"})
    tree = repository.worktree("verify", ref, person.base)
    for commit in (person.base, second):
        repository.reset(tree, commit, "")
        person.git("fsck", "--strict")
        assert git(tree.folder, "rev-parse", "HEAD", ref) == f"{commit}\n{commit}"
        assert git(tree.folder, "status", "--porcelain") == ""
        assert repository.faults(tree) is None
    git(tree.folder, "checkout", "-q", "--detach", person.base)
    assert "detached" in str(repository.faults(tree))
    assert git(tree.folder, "rev-parse", "HEAD") == second
    (tree.folder / "mine.txt").write_text("mine\n")
    repository.remove("verify", "STORY-a/tried")
    assert person.git("show", "refs/bmad/kept/STORY-a/tried:mine.txt") == "mine"


def rewritten(folder: Path) -> None:
    """With its times set back."""
    file = folder / ".venv" / "lib" / "a.py"
    before = file.stat()
    file.write_text("A = 2\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(folder: Path) -> None:
    file = folder / ".venv" / "lib" / "a.py"
    file.unlink()
    file.symlink_to("/dev/null")


def removed(folder: Path) -> None:
    (folder / "uv.lock").unlink()


@pytest.mark.parametrize("touch", [rewritten, replaced, removed])
def test_c_what_setup_made_and_somebody_touched_is_set_up_anew(
    person: Person, repository: GitRepository, touch: object
) -> None:
    bench = stand(repository, person.base)
    assert callable(touch)
    touch(bench.tree.folder)
    again = repository.bench(person.base, "k")
    assert not again.is_set_up
    assert not (again.tree.folder / ".venv").exists()
    assert stand(repository, person.base).is_set_up


@pytest.mark.parametrize("mode", [0o300, 0o600, 0o000])
def test_c_a_folder_that_a_check_closed_is_open_again(
    person: Person, repository: GitRepository, mode: int
) -> None:
    """A runner that finds no test in it would be green."""
    bench = stand(repository, person.base)
    (bench.tree.folder / "src").chmod(mode)
    bench.tree.folder.chmod(mode)
    again = repository.bench(person.commit("More\n", {"src/c.txt": "c"}), "k")
    assert (again.is_set_up, again.cleared) == (True, ())
    for folder in (again.tree.folder, again.tree.folder / "src"):
        assert folder.stat().st_mode & 0o700 == 0o700
    assert sorted(path.name for path in (again.tree.folder / "src").iterdir()) == ["b.txt", "c.txt"]


def test_c_a_worktree_that_an_agent_closed_is_open_again(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    tree.folder.chmod(0o000)
    assert repository.faults(tree) is None
    assert tree.folder.stat().st_mode & 0o700 == 0o700
    tree.folder.chmod(0o000)
    assert story(repository, person.base).folder.stat().st_mode & 0o700 == 0o700


def test_c_another_setup_begins_with_nothing(person: Person, repository: GitRepository) -> None:
    stand(repository, person.base)
    again = repository.bench(person.base, "other")
    assert not again.is_set_up
    assert not (again.tree.folder / ".venv").exists()


def test_c_what_a_check_changes_of_the_commit_is_told_and_put_back(
    person: Person, repository: GitRepository
) -> None:
    bench = stand(repository, person.base)
    assert repository.altered(bench) == []
    (bench.tree.folder / "a.txt").write_text("two\n")
    (bench.tree.folder / "src" / "b.txt").unlink()
    assert repository.altered(bench) == ["a.txt", "src/b.txt"]
    assert (bench.tree.folder / "a.txt").read_text() == "one\n"
    assert repository.altered(bench) == []
    (bench.tree.folder / "a.txt").touch()
    assert repository.altered(bench) == []


def test_c_what_setup_itself_changes_of_the_commit_is_known(person: Person, repository: GitRepository) -> None:
    bench = repository.bench(person.base, "k")
    (bench.tree.folder / "a.txt").write_text("set up\n")
    repository.seal(bench, "k")
    again = repository.bench(person.base, "k")
    assert (again.is_set_up, again.altered) == (True, ("a.txt",))
    assert (again.tree.folder / "a.txt").read_text() == "one\n"


def test_c_a_bench_in_which_nothing_was_set_up_leaves_nothing(person: Person, repository: GitRepository) -> None:
    bench = repository.bench(person.base, "")
    repository.clear_bench()
    assert not bench.tree.folder.exists()
    assert not bench.tree.gitdir.exists()
    assert person.git("for-each-ref", "refs/bmad") == ""
    stand(repository, person.base)
    repository.clear_bench()
    assert stand(repository, person.base).tree.folder.exists()


def test_i_what_setup_left_is_no_part_of_the_developers_work(person: Person, repository: GitRepository) -> None:
    """A new file, and one of the commit that it changed; where the developer goes on with one, it is theirs."""
    tree = story(repository, person.base)
    (tree.folder / "uv.lock").write_text("lock\n")
    (tree.folder / "a.txt").write_text("set up\n")
    left = repository.left_by_setup(tree, person.base)
    assert sorted(left) == ["a.txt", "uv.lock"]
    assert repository.commit(tree, person.base, "Nothing\n", left) is None
    (tree.folder / "work.py").write_text("WORK = 1\n")
    made = repository.commit(tree, person.base, "Work\n", left)
    assert made is not None
    assert person.git("diff", "--name-only", person.base, made) == "work.py"
    (tree.folder / "uv.lock").write_text("lock of mine\n")
    more = repository.commit(tree, made, "Lock\n", left)
    assert more is not None
    assert person.git("diff", "--name-only", made, more) == "uv.lock"


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("package-lock.json", True),
        ("web/package.json", True),
        ("uv.lock", True),
        ("requirements-dev.txt", True),
        ("requirements/base.txt", True),
        ("tools/install.sh", True),
        ("vendor/x/y.c", True),
        ("src/main.py", False),
        ("docs/requirements.md", False),
        ("tools/other.sh", False),
    ],
)
def test_c_what_setup_reads(path: str, read: bool) -> None:
    commands = [("sh", "./tools/install.sh"), ("make", "-C", "vendor/")]
    assert reads(path, commands) is read


def test_c_the_key_of_a_setup_follows_commands_and_what_they_read() -> None:
    files = [("uv.lock", "1"), ("a.py", "2")]
    one = key([("uv", "sync")], files)
    assert key([], files) == ""
    assert key([("uv", "sync")], [("a.py", "3"), ("uv.lock", "1")]) == one
    assert key([("uv", "sync")], [("uv.lock", "2"), ("a.py", "2")]) != one
    assert key([("uv", "sync", "--frozen")], files) != one
