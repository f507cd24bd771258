"""What is shown of the loop: reviews of any change, the board, the log, the inbox, and documents for programs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bmad.core.act.review import finding_id
from tests.act.stage import Stage, claim, found, source, stands
from tests.mapping import replace
from tests.program import bmad, git

REVIEW = "1/review/correctness"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage on which a person has written a file, and has not committed it."""
    stage = Stage(tmp_path)
    (stage.repo / "src").mkdir()
    (stage.repo / stage.file_of(stage.first)).write_text("VALUE = 1\n", encoding="utf-8")
    return stage


def kept(stage: Stage) -> list[str]:
    """All that a review must leave as it is."""
    index = git("ls-files", "--stage", cwd=stage.repo)
    return [index, stage.git("for-each-ref"), stage.git("status", "--porcelain"), stage.git("worktree", "list")]


@pytest.mark.parametrize(("severity", "code"), [("P0", 1), ("P1", 1), ("P2", 0)])
def test_what_is_staged_is_reviewed_and_nothing_of_it_is_kept(stage: Stage, severity: str, code: int) -> None:
    stage.git("add", stage.file_of(stage.first))
    stage.play(
        {
            REVIEW: found(
                claim(stage.first, "VALUE = 1", severity=severity), claim(stage.first, "nowhere", severity="P2")
            )
        }
    )
    before = kept(stage)
    told = stage.bmad("review", "--staged", code=code).out
    assert f"{severity} F-" in told
    assert "of 1 the quote stands nowhere" in told
    report = stage.json("review", "--staged", code=code)
    assert report["ok"] is (code == 0)
    assert {one["path"] for one in report["findings"]} == {stage.file_of(stage.first)}
    assert kept(stage) == before
    assert not (stage.repo / ".bmad/journal.db").exists()


def test_a_range_is_reviewed_for_the_story_that_it_names(stage: Stage) -> None:
    base = stage.tip()
    stage.commit({stage.file_of(stage.first): "VALUE = 1\n"}, f"Begin\n\nStory: {stage.first}")
    assert "0 findings" in stage.bmad("review", "--base", base).out
    assert f"# {stage.first}: First" in stage.told("aside-review", REVIEW)
    assert "nothing to review" in stage.bmad("review", "--base", "HEAD", code=2).err
    assert "Nothing is staged" in stage.bmad("review", "--staged", code=2).err
    assert "without --base" in stage.bmad("review", "--staged", "--base", base, code=2).err


def test_what_a_reviewer_says_of_no_finding_of_theirs_is_in_the_record(tmp_path: Path) -> None:
    """It holds nothing up: what they did raise is settled by their word alone."""
    stage = Stage(tmp_path, accept="auto")
    wrong = finding_id("correctness", stage.file_of(stage.first), "VALUE = 0")
    stage.play(
        {
            f"{stage.first} 1/dev": source("VALUE = 0\n"),
            f"{stage.first} {REVIEW}": found(claim(stage.first, "VALUE = 0")),
            f"{stage.first} 2/fix": source("VALUE = 1\n"),
            f"{stage.first} 2/review/correctness": found(settled=[wrong], unsettled=["F-zzzzzzzz"]),
        }
    )
    stage.bmad("act", stage.first)
    record = json.loads(stage.git("show", f"main:stories/records/{stage.first}.json"))
    assert [(one["severity"], one["disposition"]) for one in record["claims"]] == [("P2", "kept")]
    assert "It still is." in stage.bmad("log", stage.first).out


def test_without_a_reviewer_that_can_answer_the_review_says_so(stage: Stage) -> None:
    command = stage.settings.partition("reviewer: ")[2].partition("}")[0] + "}"
    base = stage.tip()
    stage.commit({"bmad.yaml": stage.settings.replace(f", reviewer: {command}", "")}, "No one\n\nPolicy: tests")
    stage.commit({"a.txt": "a"}, "More")
    assert "names no agent for the reviewer" in stage.bmad("review", "--base", "HEAD~1", code=2).err
    stage.play({REVIEW: {"exit": 1}, f"{REVIEW}/again": {"exit": 1}})
    assert stage.bmad("review", "--base", base, code=3).err


def test_the_board_shows_what_the_journal_says(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    loaded = [sys.executable, "-X", "importtime", "-m", "bmad", "status"]
    assert b"sqlite3" not in subprocess.run(loaded, cwd=stage.repo, capture_output=True, check=True).stderr
    before = stage.json("status")["stories"]
    assert [(one["state"], one["round"], one["open_findings"]) for one in before] == [("backlog", None, None)] * 2
    stage.play(
        {
            f"{stage.first} 1/dev": source("VALUE = 1\n"),
            f"{stage.first} {REVIEW}": found(claim(stage.first, "VALUE = 1")),
            f"{stage.first} 2/fix": {"exit": 1},
        }
    )
    stage.bmad("act", code=4)
    told = [(one["state"], one["round"], one["open_findings"]) for one in stage.json("status")["stories"]]
    assert told == [("failed", 2, 1), ("accept", 1, 0)]
    board = stage.bmad("status").out
    assert "! failed" in board
    assert "round 2" in board
    stage.bmad("cancel", stage.first, "--why", "Later.")
    assert "x cancelled" in stage.bmad("status").out
    stage.play({f"{stage.first} 2/review/correctness": {"answer": {"findings": [], "verdicts": []}}})
    assert "Later." in stage.bmad("log", stage.first).out
    assert stage.first not in [
        one["id"] for one in stage.json_lines("act", code=4)[-1]["stories"] if one["round"] == 3
    ]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.depend(stage.second, stage.first)
    before = stage.git("for-each-ref")
    told = stage.bmad("act", "--dry-run").out.splitlines()
    assert "would be begun" in told[0]
    assert told[-1] == "2 not begun", "the inbox has nothing to say of that"
    assert f"it waits for {stage.first}" in told[1]
    assert stage.git("for-each-ref") == before
    assert not (stage.repo / ".bmad/journal.db").exists()
    stage.bmad("act", stage.first, code=4)
    assert "waits for a person" in stage.bmad("act", "--dry-run").out


def test_a_dry_run_says_of_nothing_that_is_done_or_goes_on_that_it_waits_for_a_person(tmp_path: Path) -> None:
    stage = Stage(tmp_path, plan="human")
    stage.bmad("act", stage.first, code=4)
    assert (
        f"{stage.first} is not done on main: waiting for you (plan)"
        in stage.bmad("act", stage.first, "--dry-run").out
    )
    stage.bmad("accept", stage.first)
    under_way = stage.bmad("act", stage.first, "--dry-run").out
    assert "would go on with 1/dev" in under_way
    assert "is not done on main: under way (dev)" in under_way
    assert "waiting for you" not in under_way
    stage.bmad("act", stage.first)
    done = stage.bmad("act", stage.first, stage.second, "--dry-run").out
    assert "1 done before, 1 not begun" in done
    assert "waits for a person" not in done


def test_a_cancelled_story_is_taken_up_again_by_its_name(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.play({f"{stage.first} 1/dev": {"exit": 1}})
    stage.bmad("act", code=4)
    stage.bmad("cancel", stage.first)
    stage.play({})
    assert stage.json_lines("act")[-1]["stories"][0]["state"] == "cancelled"
    stage.bmad("act", stage.first)
    assert stage.json("status")["stories"][0]["state"] == "done"
    assert "Nothing waits" in stage.bmad("inbox").out


def test_a_specification_that_changes_sends_a_story_back_and_its_work_is_kept(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    old = stage.tip(f"bmad/{stage.first}")
    (stage.repo / "intent.md").write_text(stage.intent.replace("return `a`", "return `A`"), encoding="utf-8")
    stage.bmad("map", "intent.md")
    stage.commit({}, "Change the intent")
    assert f"bmad confirm {stage.first}" in stage.bmad("act", stage.first, code=4).out
    for name in {link["source"] for link in stage.json("status")["suspects"]}:
        stage.bmad("confirm", name, "--why", "It is so.")
    stage.commit({}, "Confirm")
    stage.bmad("act", stage.first, code=4)
    assert "return `A`" in stage.told(stage.first, "2/dev")
    assert old in stage.git("for-each-ref", "--format=%(objectname)", f"refs/bmad/kept/{stage.first}").split()
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)["rounds"] == 2


def test_a_story_that_is_retired_while_it_is_under_way_says_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", code=4)
    (stage.repo / "intent.md").write_text(stage.intent.partition("### Second")[0], encoding="utf-8")
    stage.git("rm", "--quiet", stage.path(stage.second))
    stage.bmad("map", "intent.md")
    stage.commit({}, "Drop the second half")
    assert f"{stage.second} does not stand in main any more" in stage.bmad("act", code=4).out
    assert f"bmad cancel {stage.second}" in stage.bmad("inbox").out
    stage.bmad("accept", stage.first)
    assert [one["id"] for one in stage.json_lines("act")[-1]["stories"]] == [stage.first]


def test_every_document_fits_its_schema(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.play(
        {
            f"{stage.first} 1/dev": source("VALUE = 1\n"),
            f"{stage.first} {REVIEW}": found(claim(stage.first, "VALUE = 1")),
            f"{stage.first} 1/triage": stands("confirmed"),
        }
    )
    lines = stage.json_lines("act", code=4)
    events, last = lines[:-1], lines[-1]
    assert last["schema"] == "bmad.act/1"
    assert {one["schema"] for one in events} == {"bmad.act-event/1"}
    assert all({"time", "story", "round", "step", "event"} <= set(one) for one in events)
    logged = [{"schema": "bmad.act-event/1", **one} for one in stage.json("log", stage.second)["events"]]
    assert logged == [one for one in events if one["story"] == stage.second]
    told = [
        stage.json("status"),
        stage.json("inbox"),
        stage.json("act", "--dry-run"),
        stage.json("log", stage.first),
    ]
    settled = [stage.json("reject", stage.second, "--why", "No."), stage.json("cancel", stage.second)]
    for document in [*lines, *told, *settled]:
        name = document["schema"].removeprefix("bmad.").removesuffix("/1")
        jsonschema.validate(document, json.loads(stage.bmad("schema", name).out))


def test_the_log_follows_a_story_to_its_end(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert "names no story that bmad act has begun" in stage.bmad("log", "US-7", code=2).err
    replace(stage.repo, f"stories/{stage.first}*.md", "- Implements:", "- Source: US-7\n- Implements:")
    git("commit", "--quiet", "-am", "Say what its author calls it", cwd=stage.repo)
    assert f"{stage.first} has not been begun" in stage.bmad("log", "US-7", code=2).err
    stage.bmad("act", stage.first)
    told: list[Any] = [
        json.loads(line) for line in stage.bmad("log", stage.first, "--follow", "--json").out.splitlines()
    ]
    assert told[0]["event"] == "started"
    assert told[-1]["state"] == "done"
    text = bmad("log", "US-7", "--follow", cwd=stage.repo).out
    assert "output: " in text
