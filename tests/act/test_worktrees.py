"""bmad's worktrees with real git: made, found again after crashes, mended after agents; commits, resets."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.errors import BmadError, CannotAnswerError, UsageError
from bmad.git.repository import GitRepository, open_repository
from bmad.model.worktrees import Worktree
from tests.act.repos import BRANCH, MAIN, Person, files, git, story


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "my projekt ä")


@pytest.fixture
def repository(person: Person) -> GitRepository:
    return person.open()


def head(person: Person) -> str:
    return (person.root / ".git/worktrees/bmad-STORY-a/HEAD").read_text(encoding="utf-8")


# Making, and every crash point


def test_a_new_worktree_stands_on_its_branch_and_the_person_sees_nothing(
    person: Person, repository: GitRepository
) -> None:
    before = person.state()
    tree = story(repository, person.base)
    assert tree.folder == person.root / ".bmad/worktrees/STORY-a"
    assert tree.branch == BRANCH
    assert tree.fresh
    assert not story(repository, person.base).fresh
    assert repository.home == person.root
    assert (tree.folder / "src/b.txt").read_text(encoding="utf-8") == "two\n"
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert git(tree.folder, "rev-parse", "HEAD") == person.base == repository.tip(BRANCH)
    assert person.git("status", "--porcelain") == ""
    assert person.state() == before
    assert str(tree.folder) in person.git("worktree", "list")
    git(person.root, "fsck", "--strict")


def test_a_branch_that_is_there_keeps_its_commits(person: Person, repository: GitRepository) -> None:
    later = person.commit("Later\n", {"c.txt": "three\n"})
    person.git("branch", "bmad/STORY-a", later)
    tree = story(repository, person.base)
    assert (tree.folder / "c.txt").exists()
    assert repository.tip(BRANCH) == later


def _no_folder(tree: Worktree) -> None:
    shutil.rmtree(tree.folder)


def _no_gitdir(tree: Worktree) -> None:
    shutil.rmtree(tree.gitdir)


def _only_branch(tree: Worktree) -> None:
    shutil.rmtree(tree.gitdir)
    shutil.rmtree(tree.folder.parents[1])


def _half_checked_out(tree: Worktree) -> None:
    fresh = tree.folder.rename(tree.folder.with_name(".new-STORY-a"))
    (fresh / "a.txt").unlink()
    (tree.gitdir / "index").unlink()
    _own_index(tree).with_name("STORY-a.lock").touch()


def _half_removed(tree: Worktree) -> None:
    tree.folder.rename(tree.folder.with_name(".gone-STORY-a"))


def _locks(tree: Worktree) -> None:
    (tree.gitdir / "index.lock").touch()
    (tree.gitdir / "HEAD.lock").touch()
    _own_index(tree).with_name("STORY-a.lock").touch()
    (tree.gitdir.parents[1] / f"{BRANCH}.lock").touch()


def _empty_gitdir(tree: Worktree) -> None:
    shutil.rmtree(tree.gitdir)
    tree.gitdir.mkdir()


def _no_index(tree: Worktree) -> None:
    (tree.gitdir / "index").unlink()
    _own_index(tree).write_bytes(b"DIRC nonsense")


def _link_to_person(tree: Worktree) -> None:
    shutil.rmtree(tree.folder)
    tree.folder.symlink_to(tree.folder.parents[2])


def _locked(tree: Worktree) -> None:
    git(tree.folder, "worktree", "lock", ".")
    shutil.rmtree(tree.folder)


def _own_index(tree: Worktree) -> Path:
    return tree.folder.parents[1] / "index/STORY-a"


CRASHES = [
    _no_folder,
    _no_gitdir,
    _only_branch,
    _half_checked_out,
    _half_removed,
    _locks,
    _empty_gitdir,
    _no_index,
    _link_to_person,
    _locked,
]


@pytest.mark.parametrize("crash", CRASHES)
def test_a_worktree_is_whole_again_after_a_crash(
    person: Person, repository: GitRepository, crash: Callable[[Worktree], None]
) -> None:
    tree = story(repository, person.base)
    before = person.state()
    crash(tree)
    for opened in (repository, person.open()):
        assert story(opened, "0" * 40)[:4] == tree[:4]
        assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
        (tree.folder / "new.txt").write_text(f"{id(opened)}", encoding="utf-8")
        made = opened.commit(tree, person.base, "Step\n")
        assert made is not None
        assert set(files(person.root, made)) == {"a.txt", "src/b.txt", ".gitignore", "new.txt"}
        opened.reset(tree, person.base, "x")
    assert person.state() == before


def test_a_half_done_rebase_of_the_agent_is_forgotten(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    later = person.commit("Later\n", {"a.txt": "person\n"})
    (tree.folder / "a.txt").write_text("agent\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    with pytest.raises(AssertionError):
        git(tree.folder, "rebase", later)
    assert (tree.gitdir / "rebase-merge").is_dir()
    story(repository, person.base)
    assert not (tree.gitdir / "rebase-merge").exists()
    assert head(person) == f"ref: {BRANCH}\n"
    assert repository.reset(tree, made, "STORY-a/1") is not None
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert (tree.folder / "a.txt").read_text(encoding="utf-8") == "agent\n"


def test_a_branch_that_a_person_works_on_is_refused(person: Person, repository: GitRepository) -> None:
    person.git("switch", "-q", "-c", "bmad/STORY-a")
    with pytest.raises(UsageError, match=r"checked out in .*Switch to another branch"):
        story(repository, person.base)


def test_a_work_tree_of_somebody_else_is_not_taken(person: Person, tmp_path: Path) -> None:
    other = tmp_path / "bmad-STORY-a"
    person.git("worktree", "add", "-q", "-b", "mine", str(other))
    repository = person.open()
    with pytest.raises(UsageError, match="somebody else"):
        story(repository, person.base)
    repository.remove("STORY-a")
    assert git(other, "symbolic-ref", "HEAD") == "refs/heads/mine"


def test_removing_takes_all_but_the_branch_and_may_be_repeated(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    (tree.folder / "deep/er").mkdir(parents=True)
    (tree.folder / "deep/er/x").touch()
    (tree.folder / "deep/er").chmod(0o500)
    (tree.folder / "out").symlink_to(person.root)
    before = person.state()
    repository.remove("STORY-a")
    repository.remove("STORY-a")
    assert not tree.folder.exists()
    assert not tree.gitdir.exists()
    assert repository.tip(BRANCH) == person.base
    assert person.state() == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a\n"])
def test_a_name_that_leads_elsewhere_is_refused(person: Person, repository: GitRepository, name: str) -> None:
    with pytest.raises(UsageError):
        repository.worktree(name, "bmad/x", person.base)


def test_a_link_in_the_place_of_bmads_folder_is_refused(person: Person, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (person.root / ".bmad").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BmadError, match="must be a folder"):
        story(person.open(), person.base)


# What agents do to git


def test_faults_are_named_and_mended(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    link = tree.folder / ".git"
    before = person.state()
    assert repository.faults(tree) is None

    link.unlink()
    assert "taken away" in str(repository.faults(tree))
    link.unlink()
    git(tree.folder, "init", "-q")
    assert "replaced by a folder" in str(repository.faults(tree))
    link.unlink()
    link.symlink_to(person.root / ".git")
    assert "replaced by a link" in str(repository.faults(tree))
    link.write_text(f"gitdir: {person.root}/.git\n", encoding="utf-8")
    assert "lead elsewhere" in str(repository.faults(tree))
    git(tree.folder, "switch", "-q", "-c", "other")
    assert "branch other" in str(repository.faults(tree))
    git(tree.folder, "switch", "-q", "--detach")
    assert "detached" in str(repository.faults(tree))
    (tree.gitdir / "commondir").write_text("/nowhere\n", encoding="utf-8")
    assert "damaged" in str(repository.faults(tree))
    shutil.rmtree(tree.gitdir)
    assert "damaged" in str(repository.faults(tree))
    shutil.rmtree(tree.folder)
    tree.folder.symlink_to(person.root)
    assert "replaced" in str(repository.faults(tree))

    assert repository.faults(tree) is None
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert person.state() == before


@pytest.mark.parametrize("how", ["gone", "own", "link", "person"])
def test_without_its_git_a_worktree_never_leads_to_the_persons_repository(
    person: Person, repository: GitRepository, how: str
) -> None:
    tree = story(repository, person.base)
    link = tree.folder / ".git"
    link.unlink()
    if how == "own":
        git(tree.folder, "init", "-q")
    elif how == "link":
        link.symlink_to(person.root / ".git")
    elif how == "person":
        link.write_text(f"gitdir: {person.root}/.git\n", encoding="utf-8")
    (tree.folder / "new.txt").write_text("new\n", encoding="utf-8")
    before = person.state()
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert set(files(person.root, made)) == {"a.txt", "src/b.txt", ".gitignore", "new.txt"}
    assert repository.reset(tree, person.base, "x") == "refs/bmad/kept/x"
    assert not (tree.folder / "new.txt").exists()
    assert person.state() == before
    assert repository.tip(MAIN) == person.base


def test_a_folder_replaced_by_a_link_is_not_worked_on(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    shutil.rmtree(tree.folder)
    tree.folder.symlink_to(person.root)
    person.write({"mine.txt": "mine\n"})
    before = person.state()
    with pytest.raises(CannotAnswerError, match="not the folder that bmad made"):
        repository.reset(tree, person.base, "x")
    with pytest.raises(CannotAnswerError):
        repository.commit(tree, person.base, "Step\n")
    assert person.state() == before


def test_an_agents_own_commits_are_folded_into_the_step(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    (tree.folder / "a.txt").write_text("agent\n", encoding="utf-8")
    git(tree.folder, "commit", "-q", "-a", "-m", "Mine")
    (tree.folder / "staged.txt").write_text("x", encoding="utf-8")
    git(tree.folder, "add", "staged.txt")
    (tree.folder / "src/b.txt").unlink()
    message = "Title\n\nBody  \n# no comment\n\n\nStep: 1/dev\nStory: STORY-a"
    made = repository.commit(tree, person.base, message)
    assert made == repository.tip(BRANCH)
    assert set(files(person.root, made or "")) == {"a.txt", ".gitignore", "staged.txt"}
    assert person.git("rev-list", "--parents", "-1", made or "").split()[1:] == [person.base]
    raw = person.git("cat-file", "commit", made or "")
    assert raw.split("\n\n", 1)[1] == message
    assert "author Ada <ada@example.org> " in raw
    assert "committer Ada <ada@example.org> " in raw
    assert git(tree.folder, "status", "--porcelain") == ""
    person.git("fsck", "--strict")


def test_nothing_changed_is_no_commit_and_takes_the_branch_back(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    assert repository.commit(tree, person.base, "Step\n") is None
    git(tree.folder, "commit", "-q", "--allow-empty", "-m", "Mine")
    assert repository.tip(BRANCH) != person.base
    assert repository.commit(tree, person.base, "Step\n") is None
    assert repository.tip(BRANCH) == person.base


def test_flags_in_the_agents_index_hide_nothing(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    git(tree.folder, "update-index", "--assume-unchanged", "a.txt")
    git(tree.folder, "update-index", "--skip-worktree", "src/b.txt")
    (tree.folder / "a.txt").write_text("hidden\n", encoding="utf-8")
    (tree.folder / "src/b.txt").unlink()
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert "src/b.txt" not in files(person.root, made)
    assert repository.read(made, "a.txt") == "hidden\n"


def test_configuration_and_hooks_of_the_agents_making_do_nothing(
    person: Person, repository: GitRepository, tmp_path: Path
) -> None:
    tree = story(repository, person.base)
    person.git("config", "extensions.worktreeConfig", "true")
    git(tree.folder, "config", "--worktree", "filter.evil.clean", f"touch {tmp_path}/ran; cat")
    git(tree.folder, "config", "--worktree", "core.hooksPath", str(tmp_path))
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit", "post-merge"):
        for folder in (tmp_path, person.root / ".git/hooks"):
            folder.mkdir(exist_ok=True)
            (folder / hook).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
            (folder / hook).chmod(0o755)
    (tree.folder / ".gitattributes").write_text("* filter=evil\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    repository.reset(tree, person.base, "x")
    assert repository.land(MAIN, made, person.base).state == "moved"
    assert not (tmp_path / "ran").exists()


def test_the_persons_filters_count(person: Person, repository: GitRepository) -> None:
    person.git("config", "filter.up.clean", "tr a-z A-Z")
    person.git("config", "filter.up.smudge", "tr A-Z a-z")
    tree = story(repository, person.base)
    (tree.folder / ".gitattributes").write_text("*.up filter=up\n", encoding="utf-8")
    (tree.folder / "x.up").write_text("shout\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert repository.read(made, "x.up") == "SHOUT\n"
    repository.remove("STORY-a")
    assert (story(repository, person.base).folder / "x.up").read_text(encoding="utf-8") == "shout\n"


def test_a_repository_in_a_subfolder_is_a_submodule_and_one_without_commit_is_files(
    person: Person, repository: GitRepository
) -> None:
    tree = story(repository, person.base)
    for name in ("full", "unborn"):
        (tree.folder / name).mkdir()
        git(tree.folder / name, "init", "-q")
        (tree.folder / name / "x").write_text("x", encoding="utf-8")
    git(tree.folder / "full", "add", "x")
    git(tree.folder / "full", "commit", "-q", "-m", "x")
    assert repository.faults(tree) is None
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    found = files(person.root, made)
    assert found["full"].startswith("160000 commit")
    assert found["unborn/x"].startswith("100644 blob")
    repository.reset(tree, person.base, "x")
    assert not (tree.folder / "full").exists()


def test_a_branch_made_to_point_at_main_does_not_move_main(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    git(tree.folder, "symbolic-ref", BRANCH, MAIN)
    (tree.folder / "n").touch()
    made = repository.commit(tree, person.base, "Step\n")
    assert repository.tip(BRANCH) == made
    assert repository.tip(MAIN) == person.base


def test_ignored_files_are_no_part_of_a_step_and_survive_a_reset(
    person: Person, repository: GitRepository
) -> None:
    tree = story(repository, person.base)
    (tree.folder / "run.log").touch()
    git(tree.folder, "add", "-f", "run.log")
    assert repository.commit(tree, person.base, "Step\n") is None
    assert repository.reset(tree, person.base, "x") is None
    assert (tree.folder / "run.log").exists()


# Resetting


def test_reset_keeps_what_would_be_lost(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    assert repository.reset(tree, person.base, "STORY-a/1") is None
    (tree.folder / "a.txt").write_text("committed\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert repository.reset(tree, made, "STORY-a/1") is None
    assert repository.reset(tree, person.base, "STORY-a/1") == "refs/bmad/kept/STORY-a/1"
    assert repository.tip("refs/bmad/kept/STORY-a/1") == made
    (tree.folder / "new dir").mkdir()
    (tree.folder / "new dir/x").write_text("loose\n", encoding="utf-8")
    (tree.folder / "a.txt").unlink()
    kept = repository.reset(tree, person.base, "STORY-a/1")
    assert kept == "refs/bmad/kept/STORY-a/1.2"
    commit = repository.tip(kept) or ""
    assert set(files(person.root, commit)) == {".gitignore", "src/b.txt", "new dir/x"}
    assert repository.read(commit, "new dir/x") == "loose\n"
    assert not (tree.folder / "new dir").exists()
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"


def test_the_same_loss_is_kept_once(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    for _ in range(2):
        (tree.folder / "x").write_text("same\n", encoding="utf-8")
        assert repository.reset(tree, person.base, "k") == "refs/bmad/kept/k"


# Other ground


def test_a_persons_sparse_checkout_leaves_the_worktree_whole(person: Person) -> None:
    base = person.commit("More\n", {"far/x": "x\n"})
    person.git("sparse-checkout", "set", "src")
    assert not (person.root / "far").exists()
    repository = person.open()
    tree = story(repository, base)
    assert (tree.folder / "far/x").exists()
    (tree.folder / "n").touch()
    made = repository.commit(tree, base, "Step\n")
    assert made is not None
    assert "far/x" in files(person.root, made)
    assert repository.land(MAIN, made, base).state == "moved"
    assert not (person.root / "far").exists()


def test_a_split_index_is_the_agents_own_matter(person: Person, repository: GitRepository) -> None:
    person.git("config", "core.splitIndex", "true")
    tree = story(repository, person.base)
    (tree.folder / "n").touch()
    git(tree.folder, "add", "n")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert git(tree.folder, "status", "--porcelain") == ""


def test_a_sha256_repository(tmp_path: Path) -> None:
    person = Person(tmp_path / "r", algorithm="sha256")
    repository = person.open()
    tree = story(repository, person.base)
    (tree.folder / "n").touch()
    made = repository.commit(tree, person.base, "Step\n\nStep: 1/dev\n")
    assert made is not None
    assert len(made) == 64
    assert repository.steps(made, person.base)[0].step == "1/dev"
    assert repository.move("refs/heads/bmad/next", made, None)
    assert repository.land(MAIN, made, person.base).state == "moved"
    person.git("fsck", "--strict")


def test_paths_with_blanks_line_ends_and_foreign_bytes(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    names = [b"with blank", b"line\nend", b"bytes\xff\xfe", b" lead", '"quoted" ä'.encode()]
    for name in names:
        Path(os.fsdecode(os.fsencode(tree.folder) + b"/" + name)).write_text("text\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert {os.fsencode(path) for path in files(person.root, made)} >= set(names)
    assert repository.diff(person.base, made, names[:3]).count("+text") == 3
    assert repository.reset(tree, person.base, "x") == "refs/bmad/kept/x"
    assert {path.name for path in tree.folder.iterdir()} == {".git", ".gitignore", "a.txt", "src"}
    assert repository.land(MAIN, made, person.base).state == "moved"


def test_a_bare_repository_holds_bmads_folder_itself(tmp_path: Path) -> None:
    person = Person(tmp_path / "r")
    git(tmp_path, "clone", "-q", "--bare", str(person.root), "bare.git")
    repository = open_repository(tmp_path / "bare.git", os.environ)
    assert repository.home == tmp_path / "bare.git"
    assert repository.target(None) == MAIN
    tree = story(repository, person.base)
    (tree.folder / "n").touch()
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert repository.land(MAIN, made, person.base).state == "moved"
    assert repository.tip(MAIN) == made
    assert repository.snapshot().people


def test_from_a_second_work_tree_it_is_the_same_repository(person: Person, tmp_path: Path) -> None:
    person.git("worktree", "add", "-q", "-b", "second", str(tmp_path / "second"))
    repository = open_repository(tmp_path / "second" / "src", os.environ)
    assert repository.home == person.root
    assert repository.target(None) == "refs/heads/second"
    assert story(repository, person.base).folder == person.root / ".bmad/worktrees/STORY-a"


def test_variables_of_git_in_the_environment_say_nothing(person: Person, tmp_path: Path) -> None:
    other = Person(tmp_path / "other")
    lies = {"GIT_DIR": f"{other.root}/.git", "GIT_WORK_TREE": str(other.root), "GIT_AUTHOR_NAME": "Eve"}
    repository = open_repository(person.root, os.environ | lies | {"GIT_INDEX_FILE": f"{other.root}/.git/index"})
    before = other.state()
    tree = story(repository, person.base)
    (tree.folder / "n").touch()
    made = repository.commit(tree, person.base, "Step\n")
    assert "author Ada <" in person.git("cat-file", "commit", made or "")
    assert other.state() == before


def test_without_an_identity_bmad_signs_itself(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    repository = person.open()
    made = repository.squash(person.base, person.base, "x\n")
    assert "author bmad <bmad@localhost.invalid> " in person.git("cat-file", "commit", made)


# Targets


def test_targets(person: Person) -> None:
    person.git("branch", "feature/x")
    person.git("symbolic-ref", "refs/heads/alias", "refs/heads/feature/x")
    repository = person.open()
    assert repository.target(None) == MAIN
    assert repository.target("feature/x") == "refs/heads/feature/x"
    assert repository.target("refs/heads/feature/x") == "refs/heads/feature/x"
    assert repository.target("alias") == "refs/heads/feature/x"
    for named in ("nothing", "refs/tags/x", "", "-x", "../../HEAD", "a b"):
        with pytest.raises(UsageError, match="no branch"):
            repository.target(named)
    person.git("switch", "-q", "--detach")
    with pytest.raises(UsageError, match=r"detached.*act\.target"):
        repository.target(None)
    person.git("symbolic-ref", "HEAD", "refs/heads/unborn")
    with pytest.raises(UsageError, match="no commit yet"):
        repository.target(None)
    person.git("symbolic-ref", "HEAD", BRANCH)
    with pytest.raises(UsageError, match="story's own"):
        repository.target(None)


# Reading and writing without a worktree


def test_commits_without_a_worktree(person: Person, repository: GitRepository) -> None:
    (person.root / "run.sh").touch(mode=0o755)
    base = person.commit("Run\n", {})
    before = person.state()
    made = repository.commit_files(base, {"run.sh": "x\n", "stories/ä b.md": "ä\r\n", "a.txt/deep": "d"}, "Spec\n")
    found = files(person.root, made)
    assert found["run.sh"].startswith("100755")
    assert "a.txt" not in found
    assert repository.read(made, "stories/ä b.md") == "ä\r\n"
    joined = repository.join(base, made, made, "Join\n\nStory: STORY-a\n")
    assert person.git("log", "-1", "--format=%P %T", joined) == f"{base} {made} " + person.git(
        "rev-parse", f"{made}^{{tree}}"
    )
    squashed = repository.squash(person.base, joined, "Squash\n")
    assert person.git("log", "-1", "--format=%P", squashed) == person.base
    assert person.git("diff", squashed, joined) == ""
    assert person.state() == before
    assert repository.tip(MAIN) == base


@pytest.mark.parametrize("path", ["../x", ".git/config", "a//b", "/x"])
def test_a_path_that_git_does_not_take_is_refused(person: Person, repository: GitRepository, path: str) -> None:
    with pytest.raises(UsageError):
        repository.commit_files(person.base, {path: "x"}, "x\n")


def test_reading(person: Person, repository: GitRepository) -> None:
    (person.root / "odd").write_bytes(b"a\xffb")
    commit = person.commit("Odd\n", {})
    assert repository.read(commit, "odd") == "a�b"
    assert repository.read(commit, "src/b.txt") == "two\n"
    assert repository.read(commit, "none") is None
    assert repository.read(commit, "src") is None
    with pytest.raises(BmadError):
        repository.read("0" * 39 + "1", "odd")
    assert repository.tip("refs/heads/none") is None
    assert repository.tip("refs/heads/../HEAD") is None
    person.git("pack-refs", "--all")
    assert repository.tip(MAIN) == commit


def test_steps_read_only_the_last_paragraph(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    messages = [
        "One\n\nStep: 1/dev\nStory: STORY-a\nAssisted-by: x:y\n",
        "Step: 9/dev\n",
        "Two\n\nStep: 9/dev\n\nthe end\n",
        "Three\n\nStep: 9/dev\nis prose\n",
        "Four\n\nStep: 8/dev\nStep: 9/dev\nStory: STORY-a\n",
    ]
    parent = person.base
    for number, message in enumerate(messages):
        (tree.folder / "n").write_text(f"{number}", encoding="utf-8")
        parent = repository.commit(tree, parent, message) or ""
    steps = repository.steps(parent, person.base)
    assert [(step.step, step.story) for step in steps] == [
        ("1/dev", "STORY-a"), ("", ""), ("", ""), ("", ""), ("", "STORY-a"),
    ]  # fmt: skip
    assert steps[0].parent == person.base
    assert steps[-1].id == parent
    assert steps[-1].tree == person.git("rev-parse", f"{parent}^{{tree}}")
    assert repository.steps(parent, parent) == []


def test_a_diff_reads_the_same_whatever_is_configured(person: Person, repository: GitRepository) -> None:
    commit = person.commit("Next\n", {"a.txt": "uno\n", ".gitattributes": "*.txt -diff\n", "src/b.txt": "dos\n"})
    plain = repository.diff(person.base, commit, [b"a.txt"])
    assert plain.startswith("diff --git a/a.txt b/a.txt\n")
    assert plain.endswith("@@ -1 +1 @@\n-one\n+uno\n")
    assert "src/b.txt" not in plain
    for key, value in {"diff.noprefix": "true", "diff.external": "false", "color.ui": "always"}.items():
        person.git("config", key, value)
    assert repository.diff(person.base, commit, [b"a.txt"]) == plain


def test_a_diff_that_is_too_long_says_so(person: Person, repository: GitRepository) -> None:
    commit = person.commit("Much\n", {"big": "0123456789\n" * 500_000})
    told = repository.diff(person.base, commit)
    assert len(told) < 4_300_000
    assert told.endswith("[The difference is longer than 4 MiB; the rest is left out.]\n")
    assert told.splitlines()[-3] == "+0123456789"


# Watching


def test_a_snapshot_tells_what_was_touched_and_touches_nothing(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    before = person.state()
    first = repository.snapshot()
    (tree.folder / "n").touch()
    assert repository.snapshot() == first
    assert person.state() == before

    def changed(kind: str) -> set[str]:
        old, new = getattr(first, kind), getattr(repository.snapshot(), kind)
        return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}

    person.write({"a.txt": "agent\n", "src/new": "x"})
    assert changed("people") == {f"{person.root}/a.txt", f"{person.root}/src/new"}
    person.git("switch", "-q", "-c", "other")
    assert f"{person.root}: HEAD" in changed("people")
    assert changed("own") == set()
    person.git("config", "core.editor", "evil")
    (person.root / ".git/hooks").mkdir(exist_ok=True)
    (person.root / ".git/hooks/pre-commit").touch()
    (person.root / ".git/info/attributes").write_text("x", encoding="utf-8")
    git(tree.folder, "commit", "-q", "--allow-empty", "-m", "x")
    assert changed("own") == {"git: config", "git: hooks/pre-commit", "git: info/attributes", BRANCH}
