"""Checks run where only the commit and `setup` have been."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from bmad.core.act.setups import key, reads
from bmad.git.repository import GitRepository
from bmad.model.agents import Fault
from bmad.model.worktrees import Bench
from bmad.pipeline.acting.benching import Stood, anew
from bmad.pipeline.acting.case import StopError, failed
from tests.act.repos import Person, files, git, story


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


class Setting:
    """Fulfils what the bench asks of a case: `setup` copies `src/b.txt`, and fails where that says `broken`."""

    def __init__(self, repository: GitRepository, landed: str) -> None:
        self.desk = SimpleNamespace(repository=repository)
        self.settings = SimpleNamespace(setup=(("copy",),))
        self.basis = SimpleNamespace(commit=landed)
        self.grounds = SimpleNamespace(files=lambda commit: sorted(files(repository.home, commit).items()))
        self.ran = 0

    def prepare(self, folder: Path, _hold: object, _name: str, _cache: str, fault: Fault) -> None:
        self.ran += 1
        made = (folder / "src" / "b.txt").read_text()
        if made == "broken":
            raise failed(fault, "It cannot be set up.")
        (folder / "made").write_text(made)

    def made(self, commit: str) -> str:
        bench = anew(self, Stood(SimpleNamespace(commit=commit), None)).bench  # type: ignore[arg-type]
        assert (bench.is_set_up, bench.commit) == (True, commit)
        return (bench.tree.folder / "made").read_text()


def test_c_what_setup_makes_of_a_storys_sources_is_in_no_other_commits_bench(
    person: Person, repository: GitRepository
) -> None:
    planted = person.commit("Plant\n", {"src/b.txt": "planted"})
    mended = person.commit("Mend\n", {"src/b.txt": "mended"})
    setting = Setting(repository, person.base)
    assert [setting.made(commit) for commit in (planted, mended, planted)] == ["two\n"] * 3
    assert setting.ran == 1, "it is set up once for all of them"


def test_c_other_manifests_are_set_up_on_the_commit_and_for_it_alone(
    person: Person, repository: GitRepository
) -> None:
    planted = person.commit("Plant\n", {"src/b.txt": "planted", "uv.lock": "more"})
    mended = person.commit("Mend\n", {"src/b.txt": "mended"})
    setting = Setting(repository, person.base)
    assert [setting.made(commit) for commit in (planted, mended, mended)] == ["planted", "mended", "mended"]
    assert setting.ran == 2


def test_i_what_cannot_be_set_up_before_the_story_is_with_it(person: Person, repository: GitRepository) -> None:
    """As a package whose first file the story brings."""
    landed = person.commit("Break\n", {"src/b.txt": "broken"})
    mended = person.commit("Mend\n", {"src/b.txt": "mended"})
    setting = Setting(repository, landed)
    assert [setting.made(commit) for commit in (mended, mended)] == ["mended", "mended"]
    assert setting.ran == 2, "once in vain"
    with pytest.raises(StopError):
        setting.made(landed)
