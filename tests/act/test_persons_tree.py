"""A person's tree is never touched under their feet, whatever they have checked out or do meanwhile."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.act.agent_world import needs_landlock
from tests.act.hostile_world import Hostile, seen
from tests.act.repos import git, trees
from tests.program import Ended

CODE = "src/honest/code.py"


def the_tip(world: Hostile, ref: str = "refs/heads/main") -> str:
    return git(world.home, "rev-parse", ref)


def modify(root: Path) -> None:
    (root / "intent.md").write_text("Mine, and not committed.\n", encoding="utf-8")


def stage(root: Path) -> None:
    (root / "mine.txt").write_text("mine\n", encoding="utf-8")
    git(root, "add", "mine.txt")


def merge(root: Path) -> None:
    git(root, "switch", "--quiet", "-c", "other")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "Other")
    git(root, "switch", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-commit", "--no-ff", "other")


def block(root: Path) -> None:
    (root / CODE).parent.mkdir(parents=True)
    (root / CODE).write_text("MINE = 1\n", encoding="utf-8")


def clean(root: Path) -> None:
    git(root, "merge", "--abort") if (root / ".git" / "MERGE_HEAD").exists() else git(
        root, "reset", "--quiet", "--hard"
    )
    git(root, "clean", "--quiet", "-fd", "--", "src")


@pytest.mark.parametrize("creator", [True, False])
def test_a_clean_tree_on_the_target_goes_with_it(tmp_path: Path, creator: bool) -> None:
    world = Hostile(tmp_path / "w", ["Honest"], creator=creator)
    assert world.bmad("act").code == 0
    assert (world.home / CODE).read_text(encoding="utf-8") == "VALUE = '1/dev'\n"
    assert git(world.home, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert world.landed() == {world.id("Honest")}
    assert (world.left(), world.differs()) == ([], "")


DIRTY: list[tuple[Callable[[Path], None], str, bool]] = [
    (modify, "has changes that are not committed (intent.md). Commit or stash them.", False),
    (modify, "has changes that are not committed (intent.md). Commit or stash them.", True),
    (stage, "has changes that are not committed (mine.txt). Commit or stash them.", False),
    (merge, "A merge is under way in", True),
    (merge, "A merge is under way in", False),
    (block, f"files that git does not track are in the way ({CODE}). Move them aside.", False),
]


@pytest.mark.parametrize(("make", "words", "creator"), DIRTY)
def test_a_dirty_tree_on_the_target_makes_the_landing_wait(
    tmp_path: Path, make: Callable[[Path], None], words: str, creator: bool
) -> None:
    world = Hostile(tmp_path / "w", ["Honest"], creator=creator)
    make(world.home)
    before, tip = seen(world.home), the_tip(world)
    ended = world.bmad("act")
    assert ended.code == 4
    assert words in ended.out
    [item] = world.json("inbox")["items"]
    assert words in item["words"]
    assert (item["kind"], item["commands"]) == ("waiting", [f"bmad act {item['story']}"])
    assert (seen(world.home), the_tip(world)) == (before, tip)
    assert world.left() == []
    clean(world.home)
    assert world.bmad("act").code == 0
    assert (world.home / CODE).read_text(encoding="utf-8") == "VALUE = '1/dev'\n"


@pytest.mark.parametrize("make", [None, modify])
@pytest.mark.parametrize("detached", [False, True])
def test_elsewhere_only_the_target_moves(
    tmp_path: Path, make: Callable[[Path], None] | None, detached: bool
) -> None:
    world = Hostile(tmp_path / "w", ["Honest"], creator=make is None, target="main")
    git(world.home, "switch", "--quiet", *(["--detach"] if detached else ["-c", "feature"]))
    if make is not None:
        make(world.home)
    before, head, tip = seen(world.home), the_tip(world, "HEAD"), the_tip(world)
    ended = world.bmad("act")
    assert ended.code == 0, ended
    assert (seen(world.home), the_tip(world, "HEAD")) == (before, head)
    assert git(world.home, "merge-base", tip, "main") == tip
    assert world.landed() == {world.id("Honest")}
    assert git(world.home, "show", f"main:{CODE}") == "VALUE = '1/dev'"


def test_without_a_target_it_is_the_branch_that_is_checked_out(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"])
    git(world.home, "switch", "--quiet", "-c", "feature")
    tip = the_tip(world)
    assert world.bmad("act").code == 0
    assert the_tip(world) == tip
    assert git(world.home, "show", f"feature:{CODE}") == "VALUE = '1/dev'"
    assert world.differs() == ""


def test_a_detached_head_without_a_target_says_what_to_name(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"])
    git(world.home, "switch", "--quiet", "--detach")
    before = seen(world.home)
    ended = world.bmad("act")
    assert ended.code == 2
    assert "The head is detached" in ended.err
    assert "`act.target`" in ended.err
    assert seen(world.home) == before


@contextmanager
def at_work(world: Hostile, name: str) -> Iterator["Future[Ended]"]:
    """Within it an agent is at work on the story; afterwards it goes on, and `bmad act` has ended."""
    begun = trees(world.home) / world.id(name) / "begun"
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(world.bmad, "act")
        while not begun.exists() and not ended.done():
            time.sleep(0.01)
        try:
            yield ended
        finally:
            (world.control / "go").touch()


def events(world: Hostile, name: str) -> list[str]:
    return [one["event"] for one in world.happened(name)]


def test_who_commits_to_the_target_meanwhile_has_the_story_verified_on_it(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Dev waits"], timeout=60)
    with at_work(world, "Dev waits") as act:
        world.write({"mine.txt": "mine\n"})
        world.save("Mine, meanwhile")
        mine = the_tip(world)
    assert act.result().code == 0
    told = events(world, "Dev waits")
    assert told[-3:] == ["moved", "passed", "landed"]
    assert world.record("Dev waits")["base"] == mine
    assert (world.home / "mine.txt").read_text(encoding="utf-8") == "mine\n"
    assert world.differs() == ""


def test_what_collides_with_the_target_is_mended_between_conflict_marks(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Dev waits"], timeout=60)
    with at_work(world, "Dev waits") as act:
        world.write({"src/dev-waits/code.py": "VALUE = 'mine'\n"})
        world.save("Mine, meanwhile")
        mine = the_tip(world)
    assert act.result().code == 0, act.result()
    told = events(world, "Dev waits")
    assert told[told.index("conflicted") :][:3] == ["conflicted", "fixed", "passed"]
    log = world.home / ".bmad" / "logs" / world.id("Dev waits") / "2-fix.log"
    text = log.read_text(encoding="utf-8")
    assert "<<<<<<< " in text
    assert "VALUE = 'mine'" in text
    assert git(world.home, "merge-base", mine, "main") == mine
    assert (world.home / "src" / "dev-waits" / "code.py").read_text(encoding="utf-8") == "VALUE = '2/fix'\n"
    assert world.differs() == ""


def test_who_switches_away_meanwhile_keeps_their_tree(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Dev waits"], timeout=60)
    with at_work(world, "Dev waits") as act:
        git(world.home, "switch", "--quiet", "-c", "feature")
        stage(world.home)
        modify(world.home)
        before = seen(world.home)
    assert act.result().code == 0
    assert seen(world.home) == before
    assert world.landed() == {world.id("Dev waits")}


def test_who_begins_to_change_files_meanwhile_keeps_them(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Dev waits"], timeout=60)
    with at_work(world, "Dev waits") as act:
        modify(world.home)
        before, tip = seen(world.home), the_tip(world)
    assert act.result().code == 4
    assert (seen(world.home), the_tip(world)) == (before, tip)
    git(world.home, "stash", "--quiet")
    assert world.bmad("act").code == 0
    git(world.home, "stash", "pop", "--quiet")
    assert (world.home / "intent.md").read_text(encoding="utf-8") == "Mine, and not committed.\n"


@needs_landlock
def test_what_a_person_does_meanwhile_is_not_laid_to_a_confined_agent(tmp_path: Path) -> None:
    """Their settings, hooks and branches of their own, one named as `bmad start` names it."""
    world = Hostile(tmp_path / "w", ["Dev waits"], timeout=60)
    with at_work(world, "Dev waits") as act:
        git(world.home, "config", "user.signingKey", "mine")
        git(world.home, "branch", "bmad/STORY-mine")
        git(world.home, "update-ref", "refs/bmad/kept/mine", "HEAD")
    assert act.result().code == 0, act.result()


@pytest.mark.parametrize("dirty", [False, True])
def test_the_tree_that_has_the_target_is_the_one_that_counts(tmp_path: Path, dirty: bool) -> None:
    world = Hostile(tmp_path / "w", ["Honest"], target="main")
    git(world.home, "switch", "--quiet", "-c", "feature")
    modify(world.home)
    second = tmp_path / "second"
    git(world.home, "worktree", "add", "--quiet", str(second), "main")
    if dirty:
        modify(second)
    first, before, tip = seen(world.home), seen(second), the_tip(world)
    ended = world.bmad("act")
    assert seen(world.home) == first
    if dirty:
        assert ended.code == 4
        assert f"{second}, where main is checked out, has changes that are not committed" in ended.out
        assert (seen(second), the_tip(world)) == (before, tip)
    else:
        assert ended.code == 0
        assert (second / CODE).read_text(encoding="utf-8") == "VALUE = '1/dev'\n"
        assert git(second, "status", "--porcelain") == ""


def test_from_a_subfolder_and_from_a_linked_work_tree_it_is_the_same(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest", "Dev executable"], target="main")
    second = tmp_path / "second"
    git(world.home, "worktree", "add", "--quiet", "-b", "other", str(second))
    before = seen(second)
    assert world.bmad("act", world.id("Honest"), cwd=world.home / "stories").code == 0
    assert world.bmad("act", cwd=second).code == 0
    assert seen(second) == before
    assert not (second / ".bmad").exists()
    assert world.landed() == {world.id("Honest"), world.id("Dev executable")}
    assert (world.left(), world.differs()) == ([], "")


def test_a_story_whose_branch_a_person_looks_at_waits_and_the_others_go_on(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest", "Dev executable"])
    second = tmp_path / "second"
    git(world.home, "worktree", "add", "--quiet", "-b", f"bmad/{world.id('Honest')}", str(second))
    before = seen(second)
    ended = world.bmad("act")
    assert ended.code == 4
    assert f"is checked out in {second}. Switch to another branch there" in ended.out
    assert world.landed() == {world.id("Dev executable")}
    assert seen(second) == before
    git(second, "switch", "--quiet", "--detach")
    assert world.bmad("act").code == 0


def test_a_bare_repository_lands_on_its_target(tmp_path: Path) -> None:
    world = Hostile(tmp_path / "w", ["Honest"], target="main")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(world.home), str(bare))
    before = seen(world.home)
    ended = world.bmad("act", cwd=bare)
    assert ended.code == 0, ended
    assert git(bare, "show", f"main:{CODE}") == "VALUE = '1/dev'"
    assert seen(world.home) == before
