"""A step's commit from what an agent left in a worktree, and the reset before the next one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bmad.git.process import Git
from bmad.git.work.calls import tell
from bmad.git.work.repository import GitRepository
from tests.act.repos import BRANCH, MAIN, Person, files, git, story, text


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


def test_i_a_step_is_committed_where_a_person_collects_what_was_just_written(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = story(repository, person.base)
    pruned: list[str] = []

    def collected(git: Git, arguments: Sequence[str], stdin: bytes = b"") -> bytes:
        if arguments == ["write-tree"] and not pruned:
            pruned.append(person.git("prune", "--expire=now"))
        return tell(git, arguments, stdin)

    monkeypatch.setattr("bmad.git.work.staging.tell", collected)
    (tree.folder / "a.txt").write_text("agent\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert pruned
    assert text(person.root, made or "", "a.txt") == "agent\n"
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
    assert text(person.root, made, "a.txt") == "hidden\n"


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
    assert text(person.root, made, "x.up") == "SHOUT\n"
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
    assert text(person.root, commit, "new dir/x") == "loose\n"
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
