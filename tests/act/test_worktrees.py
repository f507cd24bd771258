"""bmad's worktrees with real git: made, found again after crashes, mended after agents."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.errors import BmadError, CannotAnswerError, UsageError
from bmad.git.work.erase import erase
from bmad.git.work.loose_objects import write_object
from bmad.git.work.repository import GitRepository
from bmad.git.work.staging import Stage
from bmad.model.worktrees import Worktree
from tests.act.repos import BRANCH, MAIN, Person, files, git, story, trees


def head(person: Person) -> str:
    return (person.root / ".git/worktrees/bmad-STORY-a/HEAD").read_text(encoding="utf-8")


# Making, and every crash point


def test_a_new_worktree_stands_on_its_branch_and_the_person_sees_nothing(
    person: Person, repository: GitRepository
) -> None:
    before = person.state()
    tree = story(repository, person.base)
    assert tree.folder == trees(person.root) / "STORY-a"
    assert tree.branch == BRANCH
    assert tree.since
    assert story(repository, person.base).since == tree.since
    assert repository.home == person.root
    assert (tree.folder / "src/b.txt").read_text(encoding="utf-8") == "two\n"
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert git(tree.folder, "rev-parse", "HEAD") == person.base == repository.tip(BRANCH)
    assert person.git("status", "--porcelain") == ""
    assert person.state() == before
    assert str(tree.folder) in person.git("worktree", "list")
    git(person.root, "fsck", "--strict")


def test_i_a_person_may_prune_and_collect_while_a_worktree_is_made(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git prunes a worktree whose folder is not in place; once that is, it is as open to a person as their own."""
    load = Stage.load

    def pruned(stage: Stage, tree: Worktree, commit: str, *, files: bool) -> None:
        person.git("worktree", "prune", "--expire=now")
        load(stage, tree, commit, files=files)

    monkeypatch.setattr(Stage, "load", pruned)
    tree = story(repository, person.base)
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert "locked" not in person.git("worktree", "list", "--porcelain")


def test_i_an_object_is_written_where_its_folder_was_just_collected(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = person.root / ".git/objects"
    collected: list[Path] = []
    replace = Path.replace

    def gone(path: Path, target: Path) -> Path:
        if not collected:
            collected.append(path)
            shutil.rmtree(path.parent)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", gone)
    content = b"as no other file of this repository\n"
    name = write_object(objects, "sha1", "blob", content)
    assert collected
    assert person.git("cat-file", "blob", name).encode() == content.rstrip()


def test_that_bmads_own_folder_was_taken_away_is_told(person: Person, repository: GitRepository) -> None:
    """As `git clean -fdx` does, between the reading of a worktree's files and the next look of its git."""
    tree = story(repository, person.base)
    shutil.rmtree(person.root / ".bmad")
    with pytest.raises(CannotAnswerError, match=r"/\.bmad/index/STORY-a was taken away while bmad was at work"):
        repository._stage.share(tree)


def test_what_is_half_made_or_half_removed_has_a_name_too(person: Person, repository: GitRepository) -> None:
    assert repository.worktrees() == []
    person.git("worktree", "add", "-q", "--detach", str(person.root.parent / "other"))
    story(repository, person.base)
    folder = trees(person.root)
    (folder / "STORY-a").rename(folder / ".gone-STORY-a")
    (folder / ".new-STORY-b").mkdir()
    (person.root / ".git/worktrees/bmad-STORY-c").mkdir()
    assert repository.worktrees() == ["STORY-a", "STORY-b", "STORY-c"]
    for name in repository.worktrees():
        repository.remove(name)
    assert repository.worktrees() == []


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
    return tree.gitdir.parents[2] / ".bmad/index/STORY-a"


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
    person.git("branch", "-m", "bmad/STORY-a/mine")
    with pytest.raises(UsageError, match=r"Rename it: git branch -m bmad/STORY-a/mine NAME"):
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


def test_i_a_removal_that_is_cut_short_leaves_no_index_that_nothing_names(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = story(repository, person.base)
    index = _own_index(tree)
    assert index.exists()

    def cut(path: Path) -> None:
        erase(path)
        if path == tree.gitdir:
            raise KeyboardInterrupt

    monkeypatch.setattr("bmad.git.work.worktrees.erase", cut)
    with pytest.raises(KeyboardInterrupt):
        repository.remove("STORY-a")
    assert repository.worktrees() == []
    assert not index.exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a\n"])
def test_a_name_that_leads_elsewhere_is_refused(person: Person, repository: GitRepository, name: str) -> None:
    with pytest.raises(UsageError):
        repository.worktree(name, "bmad/x", person.base)


def test_a_link_in_the_place_of_bmads_folder_is_refused(person: Person, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (person.root / ".bmad").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BmadError, match="must be a folder"):
        story(person.open(), person.base)


@pytest.mark.parametrize("how", ["file", "dangling"])
def test_what_stands_in_the_place_of_gits_folder_is_named(
    person: Person, repository: GitRepository, how: str, tmp_path: Path
) -> None:
    """It is git's own, and so a person's to move aside; the story goes on after that."""
    tree = story(repository, person.base)
    place = tree.gitdir.parent
    place.rename(tmp_path / "aside")
    if how == "file":
        place.write_text("", encoding="utf-8")
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BmadError, match=f"^{place} must be a folder. Move it aside.$"):
        story(repository, person.base)
    place.unlink()
    assert (story(repository, person.base).folder / "a.txt").read_text(encoding="utf-8") == "one\n"


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


def test_the_folder_of_all_worktrees_is_made_again_where_somebody_took_it(
    person: Person, repository: GitRepository
) -> None:
    tree = story(repository, person.base)
    shutil.rmtree(trees(person.root).parent)
    assert "was taken away" in str(repository.faults(tree))
    assert (tree.folder / "a.txt").read_text(encoding="utf-8") == "one\n"
    assert repository.faults(tree) is None


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
