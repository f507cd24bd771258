"""Landing with real git: people's work trees are fast-forwarded when they are clean, and else not touched."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.git.work.repository import GitRepository, open_repository
from tests.act.repos import BRANCH, MAIN, Person, git, story


@pytest.fixture
def new(person: Person, repository: GitRepository) -> str:
    """A story's commit: one file changed, one added, one taken away."""
    tree = story(repository, person.base)
    (tree.folder / "a.txt").write_text("story\n", encoding="utf-8")
    (tree.folder / "dir").mkdir()
    (tree.folder / "dir/new.log.txt").write_text("new\n", encoding="utf-8")
    (tree.folder / "src/b.txt").unlink()
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    return made


def test_a_clean_work_tree_is_fast_forwarded(person: Person, repository: GitRepository, new: str) -> None:
    person.write({"untracked.txt": "mine\n", "x.log": "ignored\n"})
    landing = repository.land(MAIN, new, person.base)
    assert landing == ("moved", "")
    assert person.git("rev-parse", "HEAD") == new == repository.tip(MAIN)
    assert person.git("symbolic-ref", "HEAD") == MAIN
    assert person.git("status", "--porcelain") == "?? untracked.txt"
    assert (person.root / "a.txt").read_text(encoding="utf-8") == "story\n"
    assert not (person.root / "src").exists()
    assert repository.land(MAIN, new, person.base) == ("moved", "")


def test_options_that_a_person_set_for_merges_say_nothing(
    person: Person, repository: GitRepository, new: str
) -> None:
    person.git("config", "branch.main.mergeOptions", "--squash --no-commit")
    person.git("config", "merge.ff", "false")
    person.git("config", "merge.autoStash", "true")
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert person.git("rev-parse", "HEAD") == new
    assert person.git("status", "--porcelain") == ""


def test_a_file_that_was_only_touched_is_clean(person: Person, repository: GitRepository, new: str) -> None:
    os.utime(person.root / "a.txt", (1, 1))
    assert repository.land(MAIN, new, person.base).state == "moved"


def _unstaged(person: Person) -> None:
    person.write({"a.txt": "mine\n"})


def _staged(person: Person) -> None:
    person.write({"c.txt": "mine\n"})
    person.git("add", "c.txt")


def _deleted(person: Person) -> None:
    (person.root / "src/b.txt").unlink()


def _assumed(person: Person) -> None:
    person.git("update-index", "--assume-unchanged", "a.txt")
    _unstaged(person)


def _in_the_way(person: Person) -> None:
    person.write({"dir/new.log.txt": "mine\n"})


def _ignored_in_the_way(person: Person) -> None:
    person.write({"dir/new.log.txt": "mine\n"})
    (person.root / ".git/info/exclude").write_text("dir\n", encoding="utf-8")


def _file_for_folder(person: Person) -> None:
    person.write({"dir": "mine\n"})


def _merging(person: Person) -> None:
    person.git("switch", "-q", "-c", "other")
    person.commit("Other\n", {"a.txt": "other\n"})
    person.git("switch", "-q", "main")
    person.git("merge", "-q", "--no-commit", "--no-ff", "-s", "ours", "other")


def _locked(person: Person) -> None:
    (person.root / ".git/index.lock").write_bytes(b"")


def _rebasing(person: Person) -> None:
    person.git("-c", "sequence.editor=sed -i 1ibreak", "rebase", "-q", "-i", "--root")


def _bisecting(person: Person) -> None:
    person.git("bisect", "start")


CASES: list[tuple[Callable[[Person], None], str]] = [
    (_unstaged, "not committed (a.txt). Commit or stash"),
    (_staged, "not committed (c.txt)"),
    (_deleted, "not committed (src/b.txt)"),
    (_assumed, "in the way (a.txt)"),
    (_in_the_way, "in the way (dir/new.log.txt). Move them aside."),
    (_ignored_in_the_way, "in the way (dir/new.log.txt)"),
    (_file_for_folder, "in the way (dir)"),
    (_merging, "A merge is under way"),
    (_locked, "locked by git"),
    (_rebasing, "A rebase is under way"),
    (_bisecting, "A bisect is under way"),
]


@pytest.mark.parametrize(("prepare", "words"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_a_work_tree_that_is_not_clean_is_not_touched(
    person: Person, repository: GitRepository, new: str, prepare: Callable[[Person], None], words: str
) -> None:
    prepare(person)
    before = person.state()
    landing = repository.land(MAIN, new, person.base)
    assert landing.state == "waits", landing
    assert words in landing.words
    assert str(person.root) in landing.words
    assert "main" in landing.words
    assert person.state() == before
    assert repository.tip(MAIN) == person.base


def test_what_no_stash_puts_away_is_told_with_what_helps(person: Person, repository: GitRepository) -> None:
    """A submodule at another commit, in the files or staged; a conflict that no merge is under way of."""
    lib = Person(person.root / "li b")
    lib.commit("More\n", {"a.txt": "more\n"})
    person.git("submodule", "--quiet", "add", "./li b")
    base = person.commit("Add a library\n", {})
    tree = story(repository, base)
    (tree.folder / "new.txt").write_text("new\n", encoding="utf-8")
    new = repository.commit(tree, base, "Step\n")
    assert new is not None
    for staged in (False, True):
        lib.git("checkout", "--quiet", "HEAD~1")
        if staged:
            person.git("add", "li b")
        told = repository.land(MAIN, new, base)
        assert told.state == "waits"
        assert "submodules at other commits than it names (li b). Commit that, or put them back: " in told.words
        way = told.words.rpartition("put them back: ")[2]
        assert ("restore" in way) == staged
        subprocess.run(["sh", "-c", way], cwd=person.root, check=True, capture_output=True)
        assert person.git("status", "--porcelain", "--untracked-files=no") == ""
    ids = "".join(f"100644 {person.git('rev-parse', f'{base}:a.txt')} {at}\ta.txt\n" for at in (1, 2, 3))
    entries = f"0 {'0' * len(base)}\ta.txt\n{ids}".encode()
    subprocess.run(["git", "update-index", "--index-info"], cwd=person.root, input=entries, check=True)
    told = repository.land(MAIN, new, base)
    assert "has conflicts that are not resolved (a.txt). Resolve them, and commit or stash that." in told.words
    person.git("add", "a.txt")
    assert repository.land(MAIN, new, base).state == "moved"


def test_a_person_on_another_branch_keeps_everything(person: Person, repository: GitRepository, new: str) -> None:
    person.git("switch", "-q", "-c", "other")
    person.write({"a.txt": "mine\n"})
    before = person.state()
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert repository.tip(MAIN) == new
    assert person.state() == before


def test_a_target_whose_head_is_a_link_is_moved_with_its_files(
    person: Person, repository: GitRepository, new: str
) -> None:
    """As git writes it with `core.preferSymlinkRefs`; and what is checked out by another name that is one."""
    person.git("config", "core.preferSymlinkRefs", "true")
    person.git("symbolic-ref", "refs/heads/master", MAIN)
    for head in (MAIN, "refs/heads/master"):
        person.git("symbolic-ref", "HEAD", head)
        if not (person.root / ".git/HEAD").is_symlink():
            pytest.skip("this git writes no such links any more")
        assert person.open().target(None) == MAIN
        person.write({"a.txt": "mine\n"})
        assert "not committed (a.txt)" in repository.land(MAIN, new, person.base).words
        person.git("checkout", "-q", "a.txt")
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert person.git("status", "--porcelain") == ""


@pytest.mark.parametrize("state", ["checked out", "bisected"])
def test_a_target_that_is_checked_out_by_another_name_is_moved_with_its_files(
    person: Person, repository: GitRepository, new: str, state: str
) -> None:
    """As where `master` was kept as a name for `main`: else all that landed would be taken back by a commit."""
    person.git("symbolic-ref", "refs/heads/older", MAIN)
    person.git("symbolic-ref", "refs/heads/master", "refs/heads/older")
    person.git("symbolic-ref", "HEAD", "refs/heads/master")
    if state == "bisected":
        person.git("bisect", "start")
        assert "A bisect is under way" in repository.land(MAIN, new, person.base).words
        person.git("bisect", "reset")
    person.write({"a.txt": "mine\n"})
    assert "not committed (a.txt)" in repository.land(MAIN, new, person.base).words
    person.git("checkout", "-q", "a.txt")
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert person.git("rev-parse", "HEAD", "main") == f"{new}\n{new}"
    if state == "checked out":  # a bisection that is over leaves the name that git itself resolved
        assert (person.root / ".git/HEAD").read_text(encoding="ascii") == "ref: refs/heads/master\n"
    assert person.git("status", "--porcelain") == ""


def test_a_chain_of_names_without_end_holds_nothing_up(
    person: Person, repository: GitRepository, new: str
) -> None:
    person.git("switch", "-q", "-c", "other")
    (person.root / ".git/refs/heads/one").write_text("ref: refs/heads/two\n", encoding="ascii")
    (person.root / ".git/refs/heads/two").write_text("ref: refs/heads/one\n", encoding="ascii")
    (person.root / ".git/HEAD").write_text("ref: refs/heads/one\n", encoding="ascii")
    assert repository.land(MAIN, new, person.base).state == "moved"


def test_a_ref_that_git_locks_waits(person: Person, repository: GitRepository, new: str) -> None:
    person.git("branch", "next")
    lock = person.root / ".git/refs/heads/next.lock"
    lock.touch()
    landing = repository.land("refs/heads/next", new, person.base)
    assert landing.state == "waits"
    assert str(lock) in landing.words
    lock.unlink()
    assert repository.land("refs/heads/next", new, person.base).state == "moved"


def test_called_from_inside_the_git_folder_the_work_tree_still_counts(person: Person, new: str) -> None:
    person.write({"a.txt": "mine\n"})
    repository = open_repository(person.root / ".git", os.environ)
    assert repository.land(MAIN, new, person.base).state == "waits"
    assert repository.home == person.root


def test_a_detached_head_at_the_old_commit_is_not_moved(
    person: Person, repository: GitRepository, new: str
) -> None:
    person.git("switch", "-q", "--detach")
    before = person.state()
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert person.state() == before
    assert person.git("rev-parse", "HEAD") == person.base


def test_a_second_work_tree_is_moved_and_the_first_left(
    person: Person, repository: GitRepository, new: str, tmp_path: Path
) -> None:
    second = tmp_path / "second tree"
    person.git("switch", "-q", "-c", "other")
    person.git("worktree", "add", "-q", str(second), "main")
    before = person.state()
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert person.state() == before
    assert (second / "a.txt").read_text(encoding="utf-8") == "story\n"
    assert git(second, "status", "--porcelain") == ""


def test_a_second_work_tree_that_is_dirty_waits(
    person: Person, repository: GitRepository, new: str, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    person.git("switch", "-q", "-c", "other")
    person.git("worktree", "add", "-q", str(second), "main")
    (second / "a.txt").write_text("mine\n", encoding="utf-8")
    before = person.state(second)
    landing = repository.land(MAIN, new, person.base)
    assert landing.state == "waits"
    assert str(second) in landing.words
    assert person.state(second) == before


def test_a_target_checked_out_twice_waits(
    person: Person, repository: GitRepository, new: str, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    person.git("worktree", "add", "-q", "--force", str(second), "main")
    landing = repository.land(MAIN, new, person.base)
    assert landing.state == "waits"
    assert str(second) in landing.words
    assert "Switch all but one" in landing.words
    assert repository.tip(MAIN) == person.base


def test_a_work_tree_that_is_gone_waits(
    person: Person, repository: GitRepository, new: str, tmp_path: Path
) -> None:
    person.git("switch", "-q", "-c", "other")
    person.git("worktree", "add", "-q", str(tmp_path / "second"), "main")
    (tmp_path / "second").rename(tmp_path / "away")
    landing = repository.land(MAIN, new, person.base)
    assert landing.state == "waits"
    assert "git worktree prune" in landing.words
    person.git("worktree", "prune", "--expire=now")
    assert repository.land(MAIN, new, person.base).state == "moved"


def test_a_target_that_moved_is_behind(person: Person, repository: GitRepository, new: str) -> None:
    later = person.commit("Person\n", {"c.txt": "x\n"})
    before = person.state()
    assert repository.land(MAIN, new, person.base).state == "behind"
    assert repository.tip(MAIN) == later
    assert person.state() == before
    assert repository.land("refs/heads/none", new, person.base).state == "behind"


@pytest.mark.parametrize("checked_out", [True, False])
def test_a_target_that_moves_in_the_midst_is_not_moved_again(
    person: Person, new: str, tmp_path: Path, checked_out: bool
) -> None:
    """A person commits after bmad has looked at the ref, before it moves it."""
    later = person.commit("Later\n", {"c.txt": "c\n"})
    person.git("reset", "-q", "--hard", person.base)
    if not checked_out:
        person.git("switch", "-q", "-c", "other")
    real = shutil.which("git")
    between = f"reset -q --hard {later}" if checked_out else f"update-ref {MAIN} {later}"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(
        f'#!/bin/sh\ncase "$*" in *merge-base*) env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_IMPLICIT_WORK_TREE '
        f'{real} -C {shlex.quote(str(person.root))} {between};; esac\nexec {real} "$@"\n',
        encoding="utf-8",
    )
    (tmp_path / "bin/git").chmod(0o755)
    path = f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"
    repository = open_repository(person.root, {**os.environ, "PATH": path})
    assert repository.land(MAIN, new, person.base).state != "moved"
    assert repository.tip(MAIN) == later
    assert person.git("status", "--porcelain") == ""
    assert repository.land(MAIN, new, person.base).state == "behind"


def test_what_does_not_come_after_the_target_does_not_land(
    person: Person, repository: GitRepository, new: str
) -> None:
    later = person.commit("Person\n", {"c.txt": "x\n"})
    with pytest.raises(UsageError, match="does not come after"):
        repository.land(MAIN, new, later)


def test_a_landing_cut_short_before_the_ref_is_finished(
    person: Person, repository: GitRepository, new: str
) -> None:
    person.git("read-tree", "-m", "-u", person.base, new)
    assert repository.tip(MAIN) == person.base
    assert repository.land(MAIN, new, person.base).state == "moved"
    assert person.git("status", "--porcelain") == ""
    assert repository.tip(MAIN) == new


def test_a_branch_to_be_pulled_moves_only_where_nobody_has_it(
    person: Person, repository: GitRepository, new: str
) -> None:
    ref = "refs/heads/bmad/next"
    assert repository.move(ref, person.base, None)
    assert not repository.move(ref, new, None)
    assert repository.move(ref, new, person.base)
    assert repository.move(ref, new, person.base)
    assert not repository.move(ref, person.base, "1" * 40)
    assert not repository.move(MAIN, new, person.base)
    assert not repository.move(BRANCH, person.base, new)
    assert repository.tip(ref) == repository.tip(BRANCH) == new


def test_of_many_landings_at_once_one_moves(person: Person, repository: GitRepository, new: str) -> None:
    person.git("branch", "next")
    rivals = [repository.squash(person.base, new, f"Rival {number}\n") for number in range(4)]
    code = (
        "import os,sys;from pathlib import Path;from bmad.git.work.repository import open_repository as o;"
        "print(o(Path(sys.argv[1]),os.environ).land('refs/heads/next',sys.argv[2],sys.argv[3]).state)"
    )
    command = [sys.executable, "-c", code, str(person.root)]
    running = [
        subprocess.Popen([*command, rival, person.base], stdout=subprocess.PIPE, text=True) for rival in rivals
    ]
    told = [child.communicate()[0].strip() for child in running]
    assert sorted(told) == ["behind", "behind", "behind", "moved"]
    assert repository.tip("refs/heads/next") == rivals[told.index("moved")]
