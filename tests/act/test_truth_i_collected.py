"""A `git gc` beside a landing takes nothing of it: what no branch holds yet a ref holds until it has landed."""

import os
import subprocess
import sys
import threading
import time

import pytest

from bmad import platforms
from bmad.git.work import gc_roots
from bmad.git.work.repository import GitRepository
from tests.act.repos import Person


def refs(person: Person) -> str:
    return person.git("for-each-ref", "--format=%(refname)", "refs/bmad")


def made(person: Person, repository: GitRepository) -> str:
    """As a landing makes it: the record on the work, then one commit of it."""
    recorded = repository.commit_files(person.base, {"stories/records/STORY-a.json": "{}\n"}, "Record\n")
    return repository.squash(person.base, recorded, "Land\n")


def test_what_has_not_landed_outlives_a_gc(person: Person, repository: GitRepository) -> None:
    commit = made(person, repository)
    person.git("reflog", "expire", "--expire=now", "--all")
    person.git("gc", "--prune=now", "--quiet")
    assert repository.is_whole(commit, person.base)
    assert refs(person) == "refs/bmad/made"
    assert repository.land("refs/heads/main", commit, person.base).state == "moved"
    assert refs(person) == ""
    assert person.git("show", "main:stories/records/STORY-a.json") == "{}"


@pytest.mark.parametrize("message", ["Land\n", "Land\n\nStory: STORY-a\n"])
def test_a_lock_that_a_killed_runner_left_holds_up_nobody(
    person: Person, repository: GitRepository, message: str
) -> None:
    held = repository.squash(person.base, person.base, message)
    [name] = refs(person).split()
    lock = repository.home / ".git" / f"{name}.lock"
    lock.touch()
    again = person.open()
    assert again.squash(person.base, held, f"Again: {message}")
    lock.touch()
    person.open().clear_bench()
    assert refs(person) == ""
    assert not lock.exists()


def test_what_came_to_nothing_is_let_go(person: Person, repository: GitRepository) -> None:
    made(person, repository)
    repository.clear_bench()
    assert refs(person) == ""


def test_what_a_gc_took_is_seen(person: Person, repository: GitRepository) -> None:
    commit = made(person, repository)
    blob = person.git("rev-parse", f"{commit}:stories/records/STORY-a.json")
    file = repository.home / ".git" / "objects" / blob[:2] / blob[2:]
    content = file.read_bytes()
    file.unlink()
    assert not repository.is_whole(commit, person.base)
    assert made(person, repository)
    assert file.read_bytes() == content, "it is made anew"


def test_a_gc_that_has_begun_is_waited_for_and_one_that_died_is_not(
    person: Person, repository: GitRepository
) -> None:
    commit = made(person, repository)
    mark = repository.home / ".git" / "gc.pid"
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    mark.write_bytes(gone.stdout.strip() + b" here")
    begun = time.monotonic()
    assert repository.is_whole(commit, person.base)
    assert time.monotonic() - begun < 5
    with subprocess.Popen(["sleep", "60"]) as collecting:
        mark.write_text(f"{collecting.pid} here")
        ended: list[bool] = []
        waits = threading.Thread(target=lambda: ended.append(repository.is_whole(commit, person.base)))
        waits.start()
        time.sleep(0.3)
        assert ended == []
        mark.unlink()
        waits.join(10)
        assert ended == [True]
        collecting.kill()


def test_a_step_is_committed_once_a_gc_that_has_begun_is_over(person: Person, repository: GitRepository) -> None:
    """It has looked at the branches as they were, and would take the commit that one is put on."""
    tree = repository.worktree("STORY-a", "refs/heads/bmad/STORY-a", person.base)
    (tree.folder / "new.txt").write_text("new", encoding="utf-8")
    mark = repository.home / ".git" / "gc.pid"
    with subprocess.Popen(["sleep", "60"]) as collecting:
        mark.write_text(f"{collecting.pid} here")
        made: list[str | None] = []
        commits = threading.Thread(target=lambda: made.append(repository.commit(tree, person.base, "Step\n")))
        commits.start()
        time.sleep(0.3)
        assert (made, person.git("rev-parse", "bmad/STORY-a")) == ([], person.base)
        mark.unlink()
        commits.join(10)
        collecting.kill()
    assert made == [person.git("rev-parse", "bmad/STORY-a")]


@pytest.mark.skipif(not platforms.LINUX, reason="elsewhere nobody tells when a process began")
def test_a_mark_whose_number_another_process_was_given_since_is_none(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        assert not is_waited_for(person, repository, monkeypatch, other.pid, hours=1)
        other.kill()


@pytest.mark.parametrize("hours", [11, 13])
def test_a_mark_that_git_itself_does_not_believe_any_more_is_none(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr(platforms, "begun", lambda _: 0)
    assert is_waited_for(person, repository, monkeypatch, os.getpid(), hours) == (hours < 12)


def is_waited_for(
    person: Person, repository: GitRepository, monkeypatch: pytest.MonkeyPatch, pid: int, hours: int
) -> bool:
    """Whether a landing waits for a process that is said to collect since some hours."""
    commit = made(person, repository)
    mark = repository.home / ".git" / "gc.pid"
    mark.write_text(f"{pid} here")
    since = time.time() - hours * 3600
    os.utime(mark, (since, since))
    looks: list[float] = []
    monkeypatch.setattr(gc_roots, "_PATIENCE", 0.1)
    monkeypatch.setattr(time, "sleep", looks.append)
    assert repository.is_whole(commit, person.base)
    return bool(looks)
