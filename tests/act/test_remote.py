"""A common remote: who holds a story there, and that a late push changes nothing."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from bmad.errors import CannotAnswerError, FencedError
from bmad.git.work.remote import address_of, make_clone, place_of
from bmad.git.work.shared_clone import SharedClone, open_shared
from bmad.model.worktrees import Landing
from tests.act.repos import MAIN, Person, git

STORY = "STORY-a"
BRANCH = f"refs/heads/bmad/{STORY}"


class World(NamedTuple):
    """A bare remote, and two machines that work on it."""

    remote: Path
    base: str
    one: SharedClone
    two: SharedClone

    def at(self, ref: str) -> str:
        return git(self.remote, "for-each-ref", "--format=%(objectname)", ref)


def machine(folder: Path, remote: Path) -> SharedClone:
    make_clone(folder, str(remote), None, os.environ)
    made = open_shared(folder, os.environ)
    made.common.refresh()
    return made


@pytest.fixture
def world(person: Person, tmp_path: Path) -> World:
    remote = tmp_path / "calc.git"
    git(tmp_path, "clone", "-q", "--bare", str(person.root), str(remote))
    return World(remote, person.base, machine(tmp_path / "one", remote), machine(tmp_path / "two", remote))


def work(of: SharedClone, base: str, name: str) -> str:
    """A commit on the story's branch."""
    made = of.repository.commit_files(
        base, {f"{name}.txt": f"{name}\n"}, f"Do {name}\n\nStory: {STORY}\nStep: 1/{name}\n"
    )
    assert of.repository.move(BRANCH, made, of.repository.tip(BRANCH))
    return made


def test_work_is_where_others_find_it_and_goes_on_there(world: World) -> None:
    world.one.common.hold(STORY, "one, epoch 1")
    first = work(world.one, world.base, "dev")
    world.one.common.publish(STORY)
    assert world.at(BRANCH) == first
    world.two.common.hold(STORY, "two, epoch 2")
    assert world.two.repository.tip(BRANCH) == first
    second = work(world.two, first, "fix")
    assert world.two.repository.land(MAIN, second, world.base) == Landing("moved")
    assert world.at(MAIN) == world.at(BRANCH) == second
    world.two.common.let_go(done=True)
    assert not world.at("refs/bmad/held")


def test_who_slept_can_neither_push_nor_land(world: World) -> None:
    """The target is where it was, so nothing but the hold speaks against the landing of the first."""
    world.one.common.hold(STORY, "one, epoch 1")
    late = work(world.one, world.base, "dev")
    world.two.common.hold(STORY, "two, epoch 2")
    with pytest.raises(FencedError, match="STORY-a is held by another worker since"):
        world.one.repository.land(MAIN, late, world.base)
    assert world.at(MAIN) == world.base
    with pytest.raises(CannotAnswerError, match="a machine that holds no story"):
        world.one.repository.land(MAIN, late, world.base)
    world.one.common.hold(STORY, "one, epoch 3")
    world.two.common.hold(STORY, "two, epoch 4")
    work(world.one, world.base, "again")
    with pytest.raises(FencedError):
        world.one.common.publish(STORY)
    assert not world.at(BRANCH)


@pytest.mark.parametrize("done", [False, True])
def test_who_slept_and_looked_at_the_remote_since_can_neither_push_nor_land(world: World, *, done: bool) -> None:
    """What the first saw of the other's hold, or of its end, is no hold of its own."""

    def outslept(name: str) -> str:
        world.one.common.hold(STORY, f"one, {name}")
        made = work(world.one, world.base, name)
        world.two.common.hold(STORY, f"two, {name}")
        if done:
            world.two.common.let_go(done=True)
        world.one.common.refresh()
        return made

    late = outslept("dev")
    with pytest.raises(FencedError):
        world.one.repository.land(MAIN, late, world.base)
    again = outslept("again")
    with pytest.raises(FencedError):
        world.one.common.publish(STORY)
    assert not world.at(BRANCH)
    assert world.at(MAIN) == world.base
    assert again == world.one.repository.tip(BRANCH)


def test_whoever_comes_second_finds_the_target_moved(world: World) -> None:
    world.one.common.hold(STORY, "one, epoch 1")
    world.two.common.hold("STORY-b", "two, epoch 1")
    first, second = (
        of.repository.commit_files(world.base, {"x": f"{of}\n"}, "x\n") for of in (world.one, world.two)
    )
    assert world.one.repository.land(MAIN, first, world.base).state == "moved"
    assert world.two.repository.land(MAIN, second, world.base) == Landing("behind")
    assert world.two.repository.tip(MAIN) == first


def test_a_landing_whose_answer_was_lost_is_known_to_have_landed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remote took it, git could not tell, and another machine has landed on top of it since."""
    world.one.common.hold(STORY, "one, epoch 1")
    landed = work(world.one, world.base, "dev")
    hook = world.remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n", encoding="utf-8")
    hook.chmod(0o755)
    fetched = world.one.common._remote.fetch

    def fetch() -> None:
        hook.unlink(missing_ok=True)
        on_top = git(world.remote, "commit-tree", "-p", landed, "-m", "on top", f"{landed}^{{tree}}")
        git(world.remote, "update-ref", MAIN, on_top, landed)
        monkeypatch.setattr(world.one.common._remote, "fetch", fetched)
        fetched()

    monkeypatch.setattr(world.one.common._remote, "fetch", fetch)
    assert world.one.repository.land(MAIN, landed, world.base) == Landing("moved")
    assert git(world.remote, "rev-list", "--count", MAIN) == "3"


@pytest.mark.parametrize("again", [True, False])
def test_what_was_not_pushed_yet_goes_on_with_who_made_it_alone(world: World, *, again: bool) -> None:
    world.one.common.hold(STORY, "one, epoch 1")
    first = work(world.one, world.base, "dev")
    world.one.common.publish(STORY)
    second = work(world.one, first, "fix")
    world.one.common.hold(STORY, "one, epoch 3", again=again)
    assert world.one.repository.tip(BRANCH) == (second if again else first)
    kept = git(world.one.repository.home, "for-each-ref", "--format=%(objectname)", "refs/bmad/kept")
    assert kept == ("" if again else second), "and is lost in no case"


def test_a_remote_that_is_away_or_refuses_is_a_sentence(world: World) -> None:
    world.one.common.hold(STORY, "one, epoch 1")
    work(world.one, world.base, "dev")
    hook = world.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(
        CannotAnswerError, match=r"The remote refuses what was pushed: .*pre-receive hook declined"
    ):
        world.one.common.publish(STORY)
    away = world.remote.rename(world.remote.with_name("away"))
    with pytest.raises(
        CannotAnswerError, match=r"The remote cannot be reached: .* Everything here stays as it is"
    ):
        world.one.common.publish(STORY)
    away.rename(world.remote)
    hook.unlink()
    world.one.common.publish(STORY)
    assert world.at(BRANCH) == world.one.repository.tip(BRANCH)


def test_the_word_of_a_repository_is_the_same_in_each_clone(world: World) -> None:
    assert world.one.root() == world.two.root() == world.base


def test_a_clone_is_found_by_the_remote_and_called_as_the_repository_is(person: Person, tmp_path: Path) -> None:
    assert address_of(person.root, os.environ) is None
    for address in ("git@host:org/calc.git", "https://host/org/calc", "/srv/calc.git/", "ssh://git@h/~x/calc"):
        person.git("config", "remote.origin.url", address)
        assert address_of(person.root, os.environ) == address
        place = place_of(address, "worker", {"XDG_STATE_HOME": str(tmp_path / "state")}, person.root)
        assert (place.name, place.parent.name) == ("calc", "worker")
        assert place.is_relative_to(tmp_path / "state")
    person.git("config", "remote.origin.url", "../calc.git")
    (tmp_path / "calc.git").mkdir()
    assert address_of(person.root, os.environ) == str(tmp_path / "calc.git")


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_a_clone_names_objects_as_its_remote_does(tmp_path: Path, kind: str) -> None:
    there, folder = tmp_path / "there", tmp_path / "clone"
    there.mkdir()
    git(there, "init", "--quiet", "--initial-branch", "main", "--object-format", kind)
    git(there, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    make_clone(folder, str(there), None, os.environ)
    git(folder, "fetch", "--quiet", "origin")
    assert git(folder, "rev-parse", "FETCH_HEAD") == git(there, "rev-parse", "main")
