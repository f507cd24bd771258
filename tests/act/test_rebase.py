"""Rebasing a story's branch with real git: replayed whole, or not at all."""

from pathlib import Path

from bmad.git.work.repository import GitRepository
from bmad.model.worktrees import Worktree
from tests.act.repos import BRANCH, Person, git, story, text


def step(repository: GitRepository, tree: Worktree, parent: str, files: dict[str, str], message: str) -> str:
    for path, content in files.items():
        (tree.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (tree.folder / path).write_text(content, encoding="utf-8")
    made = repository.commit(tree, parent, message)
    assert made is not None
    return made


def test_the_steps_are_replayed_with_their_words(person: Person, repository: GitRepository) -> None:
    lines = "".join(f"{number}\n" for number in range(20))
    base = person.commit("Lines\n", {"lines": lines})
    tree = story(repository, base)
    first = step(repository, tree, base, {"lines": "top\n" + lines}, "One\n\nStep: 1/dev\nStory: STORY-a\n")
    step(repository, tree, first, {"new/x": "x\n"}, "Two\n\n# kept\n\nStep: 1/fix\nStory: STORY-a\n")
    person.git("config", "user.name", "Somebody")
    onto = person.commit("Person\n", {"lines": lines + "end\n", "c.txt": "c\n"})
    assert person.open().rebase(tree, base, onto) == ()
    head = repository.tip(BRANCH) or ""
    steps = repository.steps(head, onto)
    assert [made.step for made in steps] == ["1/dev", "1/fix"]
    assert steps[0].parent == onto
    assert person.git("log", "-1", "--format=%B%an", head) == "Two\n\n# kept\n\nStep: 1/fix\nStory: STORY-a\nAda"
    assert text(person.root, head, "lines") == "top\n" + lines + "end\n"
    assert (tree.folder / "lines").read_text(encoding="utf-8") == "top\n" + lines + "end\n"
    assert (tree.folder / "c.txt").exists()
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert repository.rebase(tree, base, onto) == ()
    assert repository.tip(BRANCH) == head
    person.git("fsck", "--strict")


def test_conflicts_are_named_and_nothing_moves(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    first = step(repository, tree, person.base, {"n.txt": "n\n"}, "One\n")
    head = step(repository, tree, first, {"a.txt": "story\n", "src/b.txt": "story\n", "ok": "x"}, "Two\n")
    onto = person.commit("Person\n", {"a.txt": "person\n", "src/b.txt": "person\n"})
    before = person.state()
    assert repository.rebase(tree, person.base, onto) == ("a.txt", "src/b.txt")
    assert repository.tip(BRANCH) == head
    assert (tree.folder / "a.txt").read_text(encoding="utf-8") == "story\n"
    assert git(tree.folder, "status", "--porcelain", "--branch") == "## bmad/STORY-a"
    assert not (tree.gitdir / "rebase-merge").exists()
    assert person.state() == before


def test_a_file_deleted_there_and_changed_here_conflicts(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    step(repository, tree, person.base, {"src/b.txt": "story\n"}, "One\n")
    (person.root / "src/b.txt").unlink()
    onto = person.commit("Person\n", {})
    assert repository.rebase(tree, person.base, onto) == ("src/b.txt",)


def test_a_step_that_is_there_already_is_dropped(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    first = step(repository, tree, person.base, {"a.txt": "both\n"}, "One\n\nStep: 1/dev\n")
    step(repository, tree, first, {"n.txt": "n\n"}, "Two\n\nStep: 1/fix\n")
    onto = person.commit("Person\n", {"a.txt": "both\n"})
    assert repository.rebase(tree, person.base, onto) == ()
    head = repository.tip(BRANCH) or ""
    assert [made.step for made in repository.steps(head, onto)] == ["1/fix"]


def test_a_branch_without_steps_goes_onto_the_target(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    onto = person.commit("Person\n", {"a.txt": "both\n"})
    assert repository.rebase(tree, person.base, onto) == ()
    assert repository.tip(BRANCH) == onto
    assert (tree.folder / "a.txt").read_text(encoding="utf-8") == "both\n"


def test_a_replay_killed_before_the_files_moved_is_finished_by_a_reset(
    person: Person, repository: GitRepository
) -> None:
    tree = story(repository, person.base)
    head = step(repository, tree, person.base, {"n.txt": "n\n"}, "One\n\nStep: 1/dev\n")
    onto = person.commit("Person\n", {"a.txt": "person\n"})
    repository.rebase(tree, person.base, onto)
    rebased = repository.tip(BRANCH) or ""
    repository.reset(tree, head, "x")
    person.git("update-ref", BRANCH, rebased)
    opened = person.open()
    tree = story(opened, person.base)
    assert opened.rebase(tree, person.base, onto) == ()
    opened.reset(tree, rebased, "y")
    assert opened.tip(BRANCH) == rebased
    assert (tree.folder / "a.txt").read_text(encoding="utf-8") == "person\n"
    assert git(tree.folder, "status", "--porcelain") == ""


def test_loose_files_are_kept(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    step(repository, tree, person.base, {"n.txt": "n\n"}, "One\n")
    (tree.folder / "a.txt").write_text("loose\n", encoding="utf-8")
    onto = person.commit("Person\n", {"c.txt": "c\n"})
    assert repository.rebase(tree, person.base, onto) == ()
    kept = repository.tip("refs/bmad/kept/STORY-a/rebase") or ""
    assert text(person.root, kept, "a.txt") == "loose\n"


def test_merge_attributes_of_the_project_count(person: Person, repository: GitRepository) -> None:
    base = person.commit("Lock\n", {".gitattributes": "lock merge=union\n", "lock": "a\n"})
    tree = story(repository, base)
    step(repository, tree, base, {"lock": "a\nstory\n"}, "One\n")
    onto = person.commit("Person\n", {"lock": "a\nperson\n"})
    assert repository.rebase(tree, base, onto) == ()
    assert (tree.folder / "lock").read_text(encoding="utf-8") == "a\nperson\nstory\n"


def test_paths_that_are_not_text_are_named_readably(person: Person, repository: GitRepository) -> None:
    odd = b"odd\xff\n"
    for name in (odd,):
        Path(str(person.root) + "/" + name.decode("utf-8", "surrogateescape")).write_text("1\n", encoding="utf-8")
    base = person.commit("Odd\n", {})
    tree = story(repository, base)
    place = odd.decode("utf-8", "surrogateescape")
    step(repository, tree, base, {place: "story\n"}, "One\n")
    onto = person.commit("Person\n", {place: "person\n"})
    assert repository.rebase(tree, base, onto) == ('"odd\\377\\n"',)
