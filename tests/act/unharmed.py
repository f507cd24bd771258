"""What must hold however often runners die: `act.md`, scheduling and durability."""

from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from bmad.core.act.replay import runs
from tests.act.ground import Ground
from tests.act.killed_agent import born
from tests.act.repos import trees


def overlaps(ground: Ground) -> list[str]:
    return [line for line in ground.told() if line.startswith("overlap")]


def check_landed(ground: Ground, undisturbed: Ground) -> None:
    """Every story landed once, and as it would have without a kill."""
    check_landed_once(ground, sorted(path.stem for path in (undisturbed.repo / "stories/records").iterdir()))
    assert files(ground) == files(undisturbed)


def check_landed_once(ground: Ground, wanted: list[str]) -> None:
    """These stories, sorted, landed once each, and no other."""
    assert landed(ground) == wanted
    line = ground.git("log", "--first-parent", "--format=%s", f"{ground.start}..main").splitlines()
    told = (subject.partition(":")[0].split(" ") for subject in line)
    assert sorted(words[1] for words in told if words[0] in ("Land", "Record")) == wanted  # `Record` of a rebase
    runs_now = runs(ground.journal())
    assert {story: str(run.state) for story, run in runs_now.items()} == dict.fromkeys(wanted, "done")


def landed(ground: Ground) -> list[str]:
    """The landings that stand on main, a record each, sorted."""
    told = ground.git("ls-tree", "--name-only", "main", "stories/records/").splitlines()
    return sorted(Path(path).stem for path in told if path.endswith(".json"))


def files(ground: Ground) -> list[str]:
    """The files of main but for the records and a person's notes, with their blobs."""
    told = ground.git("ls-tree", "-r", "main").splitlines()
    return [line for line in told if not line.partition("\t")[2].startswith(("stories/records/", "notes/"))]


def check_commits(ground: Ground, seen: Collection[str], mains: Iterable[str]) -> None:
    """No commit is lost that a ref or main was ever at, and none is there twice."""
    assert not lost(ground, seen)
    assert not twice(ground)
    for main in mains:
        ground.git("merge-base", "--is-ancestor", main, "main")
    ground.git("fsck", "--strict", "--no-dangling")


def lost(ground: Ground, seen: Collection[str]) -> set[str]:
    """The commits that a ref was ever at and that none reaches any more."""
    return commits(ground, "--no-walk", *seen) - commits(ground, "--all")


def twice(ground: Ground) -> list[str]:
    """The steps that stand on main more than once."""
    form = "--format=%(trailers:key=Story,valueonly,separator=%x2C) %(trailers:key=Step,valueonly,separator=%x2C)"
    told = ground.git("log", "--no-merges", form, f"{ground.start}..main").splitlines()
    return [step for step, times in Counter(line for line in told if line.strip()).items() if times > 1]


def commits(ground: Ground, *which: str) -> set[str]:
    """Commits by what stays when they are carried onto another one: who made them and when, and their words."""
    return set(ground.git("log", "-z", "--format=%an %at %B", *which).split("\0"))


def check_ground(ground: Ground) -> None:
    """Nothing is left over, and the gate agrees."""
    assert not overlaps(ground)
    assert not ground.live()
    assert not carriers(ground)
    assert list(trees(ground.repo, ground.environ).iterdir()) == []
    left = [
        path.name for path in (ground.repo / ".bmad/index").iterdir() if path.is_file() or list(path.iterdir())
    ]
    assert left == [], left
    assert list((ground.repo / ".git/worktrees").glob("*")) == []
    assert [path.name for path in ground.temp.iterdir()] == []
    locks = (ground.repo / ".git").rglob("*.lock")
    assert [path for path in locks if path.parent != ground.repo / ".git/bmad"] == [], "of git, none is held"
    assert ground.git("status", "--porcelain") == ""
    code, told = ground.bmad("gate", "--base", ground.start, "--level", "reviewed")
    assert code == 0, told


def carriers(ground: Ground) -> list[str]:
    """The processes that were started for a worktree of the repository and still are."""
    mark = f"BMAD_LEASE={ground.repo}/.bmad/".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes() and born(int(folder.name)):
                found.append(folder.name)
    return found
