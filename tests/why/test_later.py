"""How far back a line is followed: by dates where they tell it, else by which commits come after which."""

import os
import subprocess
from pathlib import Path

import pytest

from bmad.git.read.blame import blame_after
from bmad.git.read.history import open_history
from tests.why.blames import by_dates, led_to, made

_START = 1_700_000_000
OLD, BEFORE, SINCE, LATER, BRANCH, MERGE, HEAD = range(7)
PARENTS = ((), (OLD,), (BEFORE,), (SINCE,), (BEFORE,), (LATER, BRANCH), (MERGE,))
"""A branch that began before the adoption, and was merged after it."""
LINES = (
    (OLD,),
    (OLD, BEFORE),
    (OLD, BEFORE, SINCE),
    (OLD, BEFORE, SINCE, LATER),
    (BRANCH, OLD, BEFORE),
    (BRANCH, OLD, BEFORE, SINCE, LATER),
    (BRANCH, OLD, BEFORE, SINCE, LATER, HEAD),
)
"""What stands in the file at each commit, a line for each that wrote one."""
NEWER = {BRANCH, LATER, HEAD}


@pytest.fixture
def misled(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether dates did not tell it, of each blame."""
    found: list[bool] = []

    def seen(*asked: object) -> object:
        told = blame_after(*asked)  # type: ignore[arg-type]
        found.append(told is None)
        return told

    monkeypatch.setattr("bmad.git.read.history.blame_after", seen)
    return found


def written(root: Path, hours: dict[int, int]) -> list[str]:
    """The commits, one a day, but for clocks that are wrong by hours."""
    parts = []
    for number, (parents, lines) in enumerate(zip(PARENTS, LINES, strict=True)):
        when = _START + 3600 * (24 * number + hours.get(number, 0))
        text = "".join(f"of {one}\n" for one in lines)
        head = f"commit refs/heads/main\nmark :{number + 1}\ncommitter Ada <a@x> {when} +0000\ndata 0\n"
        whence = [f"{'merge' if at else 'from'} :{one + 1}\n" for at, one in enumerate(parents)]
        parts.append(f"{head}{''.join(whence)}M 644 inline a\ndata {len(text)}\n{text}\n")
    subprocess.run(["git", "init", "-q", "--bare", str(root)], check=True)
    import_it = ["git", "-C", str(root), "fast-import", "--quiet", "--export-marks=marks"]
    subprocess.run(import_it, input="".join(parts).encode(), check=True, cwd=root)
    marks = (root / "marks").read_text().split()
    return [name for _, name in sorted(zip((int(one[1:]) for one in marks[::2]), marks[1::2], strict=True))]


@pytest.mark.parametrize(
    ("hours", "is_misled"),
    [
        ({}, False),
        ({BRANCH: -60}, True),  # before the adoption, and yet of the branch
        ({OLD: 240}, False),  # after the head, and yet the oldest of all
        ({LATER: -25}, True),  # a first parent that is before the adoption by its clock
        ({SINCE: 1000}, True),
    ],
)
def test_a_wrong_clock_moves_no_line_across_the_adoption(
    tmp_path: Path, misled: list[bool], hours: dict[int, int], *, is_misled: bool
) -> None:
    ids = written(tmp_path / "r.git", hours)
    with open_history(tmp_path / "r.git", os.environ).read() as objects:
        found = objects.blame(ids[HEAD], b"a", since=ids[SINCE])
        assert objects.follows(ids[HEAD], ids[SINCE])
        assert not objects.follows(ids[BRANCH], ids[SINCE])
    assert [None if one.older else ids.index(one.commit) for one in found] == [
        one if one in NEWER else None for one in LINES[HEAD]
    ]
    assert misled == [is_misled]


def test_random_histories_are_told_as_by_all_of_history(
    tmp_path: Path, misled: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as have clocks that are wrong by hours, and an adoption beside the first parents, near or far."""
    monkeypatch.setattr("bmad.git.read.later._AT_FIRST", 2)
    ids = made(tmp_path / "r.git", 1)
    for since in (*ids[10:30:9], *led_to(tmp_path / "r.git", ids[-1])[-2:]):
        assert list(by_dates(tmp_path / "r.git", ids[-1], since)) == []
    assert set(misled) == {True, False}


@pytest.mark.parametrize("at_first", [1, 3])
def test_an_adoption_beside_the_first_parents_is_found_from_the_end_of_the_line(
    tmp_path: Path, misled: list[bool], monkeypatch: pytest.MonkeyPatch, at_first: int
) -> None:
    monkeypatch.setattr("bmad.git.read.later._AT_FIRST", at_first)
    ids = written(tmp_path / "r.git", {BRANCH: -60})
    with open_history(tmp_path / "r.git", os.environ).read() as objects:
        found = objects.blame(ids[HEAD], b"a", since=ids[BRANCH])
        assert not objects.follows(ids[LATER], ids[BRANCH])
    assert [ids.index(one.commit) for one in found if not one.older] == [SINCE, LATER, HEAD]
    assert misled == [False]


def test_a_walk_leaves_out_all_that_its_base_reaches(tmp_path: Path) -> None:
    """Whatever clocks say, and where the base itself leads to what the tip stands on."""
    ids = made(tmp_path / "r.git", 0)
    with open_history(tmp_path / "r.git", os.environ).read() as objects:
        past: dict[str, set[str]] = {}
        for commit in objects.commits(ids).values():
            past[commit.id] = {commit.id}.union(*(past[one] for one in commit.parents))
        for since in ids[20:39]:
            for tip in ids[-3:]:
                assert {commit.id for commit in objects.walk(tip, since)} == past[tip] - past[since]
