"""Landings that fail half way, and what does not pile up or grow without end."""

import resource
import sys
from pathlib import Path

import pytest

from bmad.errors import CannotAnswerError
from bmad.git.work import staging
from bmad.git.work.repository import GitRepository
from tests.act.repos import MAIN, Person, git, story
from tests.act.stage import Stage

BIG = "".join(f"{number}\n" for number in range(20_000))


def landing(person: Person, repository: GitRepository) -> str:
    """A commit on main's tip with new files and a changed one, all of them large."""
    tree = story(repository, person.base)
    for name in ("a.txt", "src/b.txt", "new/deep/c.txt", "d.txt"):
        (tree.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (tree.folder / name).write_text(BIG)
    made = repository.commit(tree, person.base, "Work\n")
    assert made is not None
    return made


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of files are tried on Linux")
def test_i_what_git_had_half_written_is_not_the_persons(person: Person, repository: GitRepository) -> None:
    """No file grows beyond some bytes: git dies in the middle of one."""
    made = landing(person, repository)
    before = person.state()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        first = repository.land(MAIN, made, person.base)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert first.state == "waits"
    assert person.state() == before
    assert person.git("status", "--porcelain") == ""  # which may write the index anew
    assert not (person.root / "new").exists()
    assert repository.land(MAIN, made, person.base).state == "moved"
    assert person.git("status", "--porcelain") == ""


def test_i_what_a_person_has_there_is_in_the_way_and_stays(person: Person, repository: GitRepository) -> None:
    made = landing(person, repository)
    person.write({"d.txt": "0\n"})  # as the new file begins
    waits = repository.land(MAIN, made, person.base)
    assert "files that git does not track are in the way (d.txt)" in waits.words
    assert (person.root / "d.txt").read_text() == "0\n"


@pytest.mark.parametrize("mine", ["", "0\n", None], ids=["emptied", "shortened", "gone"])
@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_i_what_git_was_told_to_see_no_change_in_stays_as_the_person_left_it(
    person: Person, repository: GitRepository, flag: str, mine: str | None
) -> None:
    """Though the new file begins as it does: git refused before it wrote anything."""
    made = landing(person, repository)
    person.write({"d.txt": "in the way\n"})
    person.git("update-index", flag, "a.txt")
    file = person.root / "a.txt"
    file.unlink()
    if mine is not None:
        file.write_text(mine)
    assert repository.land(MAIN, made, person.base).state == "waits"
    assert (file.read_text() if file.exists() else None) == mine


@pytest.mark.parametrize("lock", ["HEAD.lock", "index.lock", "refs/heads/main.lock"])
def test_i_a_held_lock_is_named(person: Person, repository: GitRepository, lock: str) -> None:
    made = landing(person, repository)
    path = person.root / ".git" / lock
    path.touch()
    waits = repository.land(MAIN, made, person.base)
    assert waits.state == "waits"
    assert f"locked by git. Let it end; if none runs, remove {path}." in waits.words
    assert person.git("rev-parse", "HEAD") == person.base
    path.unlink()
    assert repository.land(MAIN, made, person.base).state == "moved"


def test_i_gits_own_words_are_its_complaint_not_its_hints(person: Person, repository: GitRepository) -> None:
    made = landing(person, repository)
    hook = person.root / ".git" / "objects" / made[:2] / made[2:]
    content = hook.read_bytes()
    hook.chmod(0o644)
    hook.write_bytes(b"")
    with pytest.raises(CannotAnswerError) as told:
        GitRepository.land(person.open(), MAIN, made, person.base)
    assert "hint" not in str(told.value)
    hook.write_bytes(content)


def test_i_what_was_kept_on_the_way_goes_with_the_end(person: Person, repository: GitRepository) -> None:
    """One ref holds all of it: no commit is lost."""
    second = person.commit("More\n", {"a.txt": "more\n"})
    for name in ("STORY-a/1-dev", "STORY-a/done", "STORY-b/1-dev"):
        person.git("update-ref", f"refs/bmad/kept/{name}", person.base)
    person.git("update-ref", "refs/bmad/kept/STORY-a/2-fix", second)
    for story_id in ("STORY-a", "STORY-c", "STORY-b"):
        repository.forget_kept(story_id)
    told = person.git("for-each-ref", "--format=%(refname)", "refs/bmad").splitlines()
    assert told == ["refs/bmad/archive", "refs/bmad/kept/STORY-a/done"]
    assert {person.base, second} <= set(person.git("rev-list", "refs/bmad/archive").splitlines())


@pytest.mark.parametrize(("limit", "most"), [("MOST_FILES", 3), ("MOST_BYTES", 3), ("LARGEST", 1)])
def test_i_a_step_has_an_end_and_what_is_more_is_kept_as_it_is(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    tree = story(repository, person.base)
    monkeypatch.setattr(staging, limit, most)
    for number in range(4):
        (tree.folder / f"{number}.txt").write_text("x" * (1 + number))
    with pytest.raises(CannotAnswerError, match=r"a (file of a )?step may have"):
        repository.commit(tree, person.base, "Much\n")
    kept = repository.reset(tree, person.base, "STORY-a/1-dev")
    assert kept is not None
    assert sorted(path.name for path in Path(kept).glob("[0-9].txt")) == [f"{number}.txt" for number in range(4)]
    assert git(tree.folder, "status", "--porcelain") == ""
    (tree.folder / "0.txt").write_text("x")
    assert repository.commit(tree, person.base, "Little\n") is not None


def test_d_a_stash_of_the_persons_is_watched(person: Person, repository: GitRepository) -> None:
    """Where nothing keeps an agent from it."""
    tree = story(repository, person.base)
    before = repository.snapshot()
    (tree.folder / "a.txt").write_text("changed\n")
    git(tree.folder, "stash")
    after = repository.snapshot()
    assert {name for name in after.people if after.people[name] != before.people.get(name)} == {"refs/stash"}


def test_i_a_step_that_a_person_amended_is_not_dropped_for_what_was_reviewed(tmp_path: Path) -> None:
    """An amend keeps the trailers, and so looks like a step of bmad's own."""
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    branch = f"bmad/{stage.first}"
    reviewed = stage.tip(branch)
    message = stage.git("log", "-1", "--format=%B", branch)
    amended = stage.git("commit-tree", "main^{tree}", "-p", f"{branch}^", "-m", message)
    stage.git("update-ref", f"refs/heads/{branch}", amended)
    stage.bmad("accept", stage.first)
    told = stage.bmad("act", stage.first, code=4).out
    assert f"holds commits that nobody reviewed ({amended[:12]})" in told
    assert stage.tip(branch) == amended
    stage.git("update-ref", f"refs/heads/{branch}", reviewed)
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)
