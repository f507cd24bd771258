"""A person's repository of any kind: targets, commits without a worktree, differences, what was touched."""

import os
import time
from pathlib import Path

import pytest

from bmad.errors import BmadError, CannotAnswerError, UsageError
from bmad.git.read.history import GitHistory
from bmad.git.work.repository import GitRepository, open_repository
from bmad.model.bounds import FILE
from bmad.pipeline.act.baseline import Grounds
from bmad.store.formats import TextFormats
from tests.act.repos import BRANCH, MAIN, Person, files, git, story, text, trees


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


@pytest.mark.parametrize("name", [b"line\nend", b"caf\xe9", b"a b"])
def test_a_folder_of_any_name(tmp_path: Path, name: bytes) -> None:
    person = Person(tmp_path / os.fsdecode(name))
    repository = person.open()
    assert repository.target(None) == MAIN
    tree = story(repository, person.base)
    (tree.folder / "n").touch()
    made = repository.commit(tree, person.base, "Step\n\nStep: 1/dev\n")
    assert made is not None
    assert repository.land(MAIN, made, person.base).state == "moved"
    assert (person.root / "n").exists()


def test_paths_with_blanks_line_ends_and_foreign_bytes(person: Person, repository: GitRepository) -> None:
    tree = story(repository, person.base)
    names = [b"with blank", b"line\nend", b"bytes\xff\xfe", b" lead", '"quoted" ä'.encode()]
    for name in names:
        Path(os.fsdecode(os.fsencode(tree.folder) + b"/" + name)).write_text("text\n", encoding="utf-8")
    made = repository.commit(tree, person.base, "Step\n")
    assert made is not None
    assert {os.fsencode(path) for path in files(person.root, made)} >= set(names)
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
    assert story(repository, person.base).folder == trees(person.root) / "STORY-a"


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
    with pytest.raises(CannotAnswerError, match="no commit yet"):
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
    assert text(person.root, made, "stories/ä b.md") == "ä\r\n"
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
    """A file's text as agents and reviewers get it; what is no file that anybody reads is none."""
    (person.root / "odd").write_bytes(b"a\xffb")
    (person.root / "big").write_bytes(b"x" * (FILE.one + 1))
    (person.root / "link").symlink_to("odd")
    commit = person.commit("Odd\n", {"ä\n/\tb c": "named\n"})
    with GitHistory(repository.located, os.environ).read() as objects:
        grounds = Grounds(objects, TextFormats())
        assert grounds.text(commit, "odd") == "a\ufffdb"
        assert grounds.text(commit, "src/b.txt") == "two\n"
        assert grounds.text(commit, "ä\n/\tb c") == "named\n"
        for path in ("none", "none/of/it", "odd/below", "src", "link", "big", "../a.txt", "/a.txt", ""):
            assert grounds.text(commit, path) is None
        with pytest.raises(BmadError):
            grounds.text("0" * 39 + "1", "odd")


def test_tips(person: Person, repository: GitRepository) -> None:
    assert repository.tip("refs/heads/none") is None
    assert repository.tip("refs/heads/../HEAD") is None
    person.git("pack-refs", "--all")
    assert repository.tip(MAIN) == person.base


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
    settings = {"git: config", "git: hooks/pre-commit", "git: info/attributes"}
    assert changed("own") == {*settings, BRANCH}
    git(tree.folder, "replace", "HEAD", person.base)
    (person.root / ".git/shallow").touch()
    [replaced] = changed("own") - {*settings, BRANCH, "git: shallow"}
    assert replaced.startswith("refs/replace/")


def test_a_snapshot_tells_what_was_given_its_old_time_back(person: Person, repository: GitRepository) -> None:
    places = {"git: info/exclude": ".git/info/exclude", f"{person.root}/a.txt": "a.txt"}
    for path in places.values():
        (person.root / path).parent.mkdir(exist_ok=True)
        (person.root / path).write_text("a person's\n", encoding="utf-8")
    own, people = repository.snapshot()
    time.sleep(0.03)  # the clock of files ticks
    for path in places.values():
        was = (person.root / path).stat()
        (person.root / path).write_text("an agent's\n", encoding="utf-8")
        os.utime(person.root / path, ns=(was.st_atime_ns, was.st_mtime_ns))
        assert (person.root / path).stat().st_size == was.st_size
    now = repository.snapshot()
    changed = {name for name, mark in (own | people).items() if (now.own | now.people).get(name) != mark}
    assert changed == set(places)
