"""What people commit beside a running `bmad act` counts: another intent, another policy, a landing taken back."""

from pathlib import Path

import pytest

from bmad.model.act import Event, State
from bmad.model.journal import Entry
from bmad.ports.acting import Desk
from tests.act.stage import Stage
from tests.act.test_board import begins, waits
from tests.act.test_heard import carried


def edited(stage: Stage) -> None:
    """Commit that the intent asks for something else now; nobody has mapped it."""
    text = stage.intent.replace("`alpha()` must return `a`", "`alpha()` must return `z`")
    stage.commit({"intent.md": text}, "Want something else")


def taken_back(stage: Stage, story: str, *, record: bool) -> None:
    """Commit that a landing is taken back, with its record, or all but that."""
    landing = stage.git("log", "-1", "--format=%H", "--grep", f"^Land {story}")
    stage.git("revert", "--no-commit", "--mainline", "1", landing)
    if not record:
        stage.git("checkout", "HEAD", "--", "stories/records")
    stage.git("commit", "--quiet", "-m", f'Revert "Land {story}"\n\nThis reverts commit {landing}.')


def test_nothing_is_begun_that_the_intent_does_not_say_any_more(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert sorted(begins(stage)) == sorted([stage.first, stage.second])
    edited(stage)
    assert begins(stage) == [stage.second]
    [told, _] = stage.json_lines("act", "--dry-run")[-1]["stories"]
    assert told["waits_for"].endswith(
        "does not stand in the intent any more; bring that in, and commit it: bmad map intent.md"
    )


def test_nothing_lands_that_the_intent_does_not_say_any_more(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    before = stage.intent
    stage.bmad("act", stage.first, code=4)
    edited(stage)
    [shown] = stage.json("accept", code=4)["items"]
    [moved] = [one["words"] for one in shown["signs"] if one["risk"] == "moved"]
    assert moved.startswith(f"{shown['asked'][0]['statements'][0]['id']}, which it comes from, does not stand in ")
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first, code=4)
    [item] = stage.json("inbox")["items"]
    assert item["commands"] == ["bmad map intent.md", f"bmad act {stage.first}"]
    assert "does not stand in the intent any more" in item["words"]
    stage.commit({"intent.md": before}, "Want it after all")
    assert stage.json_lines("act", stage.first)[-1]["landed"] == [stage.first]


@pytest.mark.parametrize(("accept", "state"), [("story", State.ACCEPT), ("end", State.BACKLOG)])
def test_what_is_begun_later_goes_by_the_policy_that_has_landed_since(
    tmp_path: Path, accept: str, state: State
) -> None:
    stage = Stage(tmp_path)

    def say(_desk: Desk, entry: Entry, _state: State) -> None:
        if entry.event is Event.LANDED:
            stage.set(accept=accept)

    report = carried(stage, say)
    assert report.landed == (stage.first,)
    [_, second] = report.stories
    assert second.state is state
    assert ("`act.accept` of bmad.yaml on main is another" in second.waits_for) == (state is State.BACKLOG)


def test_nothing_lands_on_what_was_taken_back_meanwhile(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.depend(stage.second, stage.first)

    def say(_desk: Desk, entry: Entry, _state: State) -> None:
        if entry.event is Event.DEVELOPED and entry.story == stage.second:
            taken_back(stage, stage.first, record=True)

    report = carried(stage, say)
    assert [(one.state, one.waits_for) for one in report.stories if one.id == stage.second] == [
        (State.LAND, f"it waits for {stage.first}")
    ]
    assert stage.json_lines("act", stage.first)[-1]["landed"] == [stage.first]
    assert stage.json_lines("act")[-1]["landed"] == [stage.second]


def test_nothing_is_begun_on_what_was_taken_back_though_its_record_stands(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.depend(stage.second, stage.first)

    def say(_desk: Desk, entry: Entry, _state: State) -> None:
        if entry.event is Event.LANDED:
            taken_back(stage, stage.first, record=False)

    report = carried(stage, say, 1, stage.first)
    assert [one.state for one in report.stories] == [State.BACKLOG]
    assert "its code was taken off main again" in report.stories[0].waits_for
    assert (begins(stage), waits(stage)) == ([], [stage.first])


def test_what_comes_to_wait_for_what_waits_for_it_is_refused_and_not_left_to_wait(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.depend(stage.second, stage.first)

    def say(_desk: Desk, entry: Entry, _state: State) -> None:
        if entry.event is Event.DEVELOPED:
            stage.depend(stage.first, stage.second)

    [first] = carried(stage, say, 1, stage.first).stories
    assert (first.state, "is a cycle" in first.waits_for) == (State.FAILED, True)


@pytest.mark.parametrize("record", [True, False], ids=["with its record", "without"])
def test_what_was_taken_back_on_purpose_is_told_and_can_be_left_at_that(tmp_path: Path, *, record: bool) -> None:
    stage = Stage(tmp_path)
    stage.bmad("act", stage.first)
    assert "there is nothing to cancel" in stage.bmad("cancel", stage.first, code=2).err
    taken_back(stage, stage.first, record=record)
    [told] = stage.json("inbox")["items"]
    assert (told["story"], f"bmad cancel {stage.first}" in told["commands"]) == (stage.first, True)
    planned = stage.json_lines("act", "--dry-run")[-1]["stories"]
    assert f"bmad cancel {stage.first} leaves it at that" in planned[0]["waits_for"]
    stage.bmad("cancel", stage.first, "--why", "Nobody wants it.")
    assert stage.json("inbox")["items"] == []
    stage.bmad("act")
    board = {one["id"]: one["state"] for one in stage.json("status")["stories"]}
    assert board == {stage.first: "cancelled", stage.second: "done"}
    stage.bmad("act", stage.first, code=0 if record else 4)
    assert (len(stage.ways(stage.first)) > 10) == record
