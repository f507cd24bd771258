"""Whose stories a plain `bmad act` begins: none of an epic whose `Owner` is another person than who runs it."""

from pathlib import Path

import pytest

from bmad.core.act.owners import is_of
from bmad.core.gate.people import People
from tests.act.stage import Stage, begun

ANN = "Ann Lee <ann@example.org>"
OTHER = "EPIC-2h7k9q"


def own(stage: Stage, owner: str) -> None:
    """Give the second story an epic of its own, and that an owner; commit it."""
    [epic] = stage.repo.glob("specs/epics/*.md")
    path, name = stage.repo / stage.path(stage.second), epic.name[:11]
    story = path.read_text(encoding="utf-8")
    first, second = story.partition("- Implements: ")[2].partition("\n")[0].split(", ")
    epic.write_text(
        epic.read_text(encoding="utf-8").replace(f", {first}", "").replace(f", {second}", ""), encoding="utf-8"
    )
    path.write_text(story.replace(name, OTHER), encoding="utf-8")
    text = f"# {OTHER}: Later\n\n- Covers: {first}, {second}\n- Owner: {owner}\n"
    stage.commit(
        {f"specs/epics/{OTHER}-later.md": text, ".mailmap": "<ada@example.org> <ada@work.example>\n"}, "Own"
    )
    stage.bmad("fmt")
    stage.commit({}, "Order it")
    stage.bmad("validate")


def test_the_stories_of_another_owner_are_left_to_them_in_one_line(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    own(stage, ANN)
    told = stage.bmad("act").out
    left = f"1 story is left to {ANN} (`Owner` of the epic); to work on it all the same: bmad act {stage.second}"
    assert f"note: {left}" in told
    assert f"{stage.first} is done on main" in told
    assert stage.file_of(stage.first) in stage.files()
    assert stage.file_of(stage.second) not in stage.files()
    assert stage.json_lines("act", "--dry-run")[-1]["notes"] == [left]
    stage.bmad("act", stage.second)
    assert stage.file_of(stage.second) in stage.files()
    assert "left to" not in stage.bmad("act").out


def test_the_board_says_whom_a_story_waits_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    own(stage, ANN)
    board = stage.json("status")
    assert {one["id"]: one["owner"] for one in board["stories"]} == {stage.first: None, stage.second: ANN}
    assert board["next_up"] == [stage.first]
    told = stage.bmad("status").out
    assert f"Second  waits for {ANN}" in told
    assert f"next up: {stage.first}\n" in told
    stage.git("config", "user.email", "ann@example.org")
    assert stage.json("status")["next_up"] == [stage.first, stage.second]


@pytest.mark.parametrize("owner", ["", "ada", "ADA@example.org", "ada@work.example", f"{ANN}, Ada"])
def test_what_nobody_or_who_runs_it_owns_is_begun(tmp_path: Path, owner: str) -> None:
    stage = Stage(tmp_path)
    if owner:
        own(stage, owner)
    assert stage.json("status")["next_up"] == [stage.first, stage.second]
    told = stage.json_lines("act", "--dry-run")[-1]
    assert {one["id"] for one in told["stories"]} == {stage.first, stage.second}
    assert not told["notes"]


def test_what_waits_for_another_persons_story_says_whose_it_is(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    own(stage, ANN)
    stage.depend(stage.first, stage.second)
    told = stage.bmad("act", code=4).out
    assert f"it waits for {stage.second} of {ANN}" in told
    assert f"bmad act {stage.second}" in told
    stage.bmad("act", stage.first, stage.second)
    assert {stage.file_of(stage.first), stage.file_of(stage.second)} <= set(stage.files())


def test_what_was_begun_by_name_goes_on_by_itself(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    own(stage, ANN)
    stage.bmad("act", stage.second, code=4)
    stage.bmad("accept", stage.second)
    assert stage.second in stage.json_lines("act", code=4)[-1]["landed"]


def test_a_person_submits_a_story_whoever_owns_its_epic(tmp_path: Path) -> None:
    stage = begun(tmp_path)
    [epic] = stage.repo.glob("specs/epics/*.md")
    stage.git("switch", "--quiet", "main")
    told = epic.read_text(encoding="utf-8").replace("\n\nFrom", f"\n- Owner: {ANN}\n\nFrom")
    stage.commit({epic.relative_to(stage.repo).as_posix(): told}, "Own")
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    stage.git("merge", "--quiet", "--ff-only", "main")
    stage.commit({stage.file_of(stage.first): "VALUE = 1\n"}, f"Work\n\nStory: {stage.first}")
    assert stage.first in stage.json_lines("submit", stage.first)[-1]["landed"]


@pytest.mark.parametrize(
    ("owner", "person", "same"),
    [
        ("Ann Lee", "ann lee <ann@example.org>", True),
        ("ann@example.org", "Somebody <Ann+work@Example.org>", True),
        (ANN, "Another <ann@example.org>", True),
        (ANN, "Ann Lee <lee@example.org>", False),
        ("ann@old.example", ANN, True),
        ("Ann Lee and Ben", ANN, False),
        ("Payments", ANN, False),
        ("Ann Lee", "", False),
    ],
)
def test_an_owner_is_a_name_or_an_address(owner: str, person: str, same: bool) -> None:
    assert is_of(owner, person, People("Ann Lee <ann@example.org> <ann@old.example>\n")) is same
