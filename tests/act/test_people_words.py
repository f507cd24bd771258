"""What a person says and is told: in whatever state the specification is, and whatever they typed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bmad.pipeline.act import scheduler
from bmad.pipeline.act.session import Session
from tests.act.stage import Stage
from tests.program import bmad

LATIN = b"caf\xe9"


def raw(stage: Stage, *arguments: bytes, **environ: bytes) -> tuple[int, str]:
    """Run bmad with words that are not UTF-8."""
    env = {**os.environ, **{name: os.fsdecode(value) for name, value in environ.items()}}
    ended = bmad(*map(os.fsdecode, arguments), cwd=stage.repo, env=env)
    return ended.code, ended.err


def test_words_that_are_not_utf_8_are_wrong_usage(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    story = stage.first.encode()
    before = stage.events(stage.first)
    for word in (b"reject", b"cancel"):
        code, told = raw(stage, word, story, b"--why", LATIN)
        assert (code, "--why is not UTF-8" in told) == (2, True), told
    calls: list[list[bytes]] = [[b"reject", story, b"--why", b"No."], [b"cancel", story], [b"accept", story]]
    for call in calls:
        code, told = raw(stage, *call, BMAD_ACTOR=LATIN)
        assert (code, "BMAD_ACTOR" in told) == (2, True), told
    assert stage.events(stage.first) == before
    stage.bmad("cancel", stage.first)
    code, told = raw(stage, b"act", story, BMAD_ACTOR=LATIN)
    assert (code, "BMAD_ACTOR" in told) == (2, True), told


def test_a_specification_that_cannot_be_read_hides_nothing_of_what_is_noted(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", code=4)
    prd = (stage.repo / "specs/prd.md").read_text(encoding="utf-8")
    stage.commit({"specs/prd.md": f"{prd}\n### FR-zzzzzz broken\n"}, "Break it")
    assert {item["kind"] for item in stage.json("inbox")["items"]} == {"accept"}
    stage.bmad("reject", stage.second, "--why", "No.")
    assert stage.json("log", stage.second)["state"] == "fix"
    assert stage.json("cancel", stage.first)["stories"][0]["state"] == "cancelled"


def test_an_empty_name_names_nothing_and_a_name_said_twice_counts_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    for word in (("cancel", ""), ("accept", ""), ("log", ""), ("reject", "", "--why", "No.")):
        assert "It is empty" in stage.bmad(*word, code=2).err
    assert len(stage.json("accept", stage.first, stage.first[:10], stage.first)["stories"]) == 1
    assert stage.ways(stage.first)[-1] == "land"


def test_a_story_without_a_file_can_be_cancelled_and_leaves_the_inbox(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.second, code=4)
    stage.git("rm", "--quiet", stage.path(stage.second))
    stage.git("commit", "--quiet", "-m", "Drop it")
    [item] = stage.json("inbox")["items"]
    assert item["commands"] == [f"bmad cancel {stage.second}"]
    assert stage.json("cancel", stage.second)["words"] == "its branch and all work stay"
    assert "Nothing waits" in stage.bmad("inbox").out


def test_a_story_of_the_backlog_is_kept_from_being_begun(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    told = stage.json("cancel", stage.first, "--why", "Not now.")
    assert told["words"] == f"nothing of it was begun; bmad act {stage.first} takes it up again"
    states = [one["state"] for one in stage.json_lines("act")[-1]["stories"]]
    assert states == ["cancelled", "done"]
    assert "Nothing waits" in stage.bmad("inbox").out
    assert "under way or waiting" not in stage.bmad("act").out
    assert "nothing to cancel" in stage.bmad("cancel", stage.first, code=2).err
    stage.bmad("act", stage.first)
    for story in (stage.first, stage.second):
        assert "nothing to cancel" in stage.bmad("cancel", story, code=2).err
    assert "names nothing" in stage.bmad("cancel", "STORY-9", code=2).err


def test_what_is_to_be_approved_can_be_read(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto", plan="human")
    stage.bmad("act", stage.first, code=4)
    [item] = stage.json("inbox")["items"]
    look = item["commands"][0]
    assert look == f"git show main:{stage.path(stage.first)}"
    assert "- Territory:" in stage.git(*look.split()[1:])


@pytest.mark.parametrize("accept", ["story", "end"])
def test_a_chain_that_is_suspect_waits_for_its_confirmation(tmp_path: Path, accept: str) -> None:
    stage = Stage(tmp_path, accept=accept, plan="human")
    stage.bmad("act", stage.first, code=4)
    (stage.repo / "intent.md").write_text(stage.intent.replace("return `a`", "return `A`"), encoding="utf-8")
    stage.bmad("map", "intent.md")
    stage.commit({}, "Change the intent")
    stage.bmad("act", stage.first, code=4)
    [item] = [item for item in stage.json("inbox")["items"] if item["story"] == stage.first]
    commit = f'git commit -m "Confirm {stage.first}" specs/trace.lock'
    assert item["commands"] == [f"bmad confirm {stage.first} --why REASON", commit, f"bmad act {stage.first}"]


@pytest.mark.parametrize("plan", ["auto", "human"])
def test_what_would_be_sent_back_is_not_offered_to_be_accepted(tmp_path: Path, plan: str) -> None:
    """A hand calls in the register what the story is for no goal; accepted it would be begun anew all the same."""
    stage = Stage(tmp_path, accept="story", plan=plan)
    stage.bmad("act", stage.first, code=4)
    register, events = (stage.repo / "specs/intent.md").read_text(encoding="utf-8"), stage.events(stage.first)
    stage.commit({"specs/intent.md": register.replace("- Class: requirement", "- Class: non-goal", 2)}, "No goal")
    ways = ["bmad validate", f"bmad act {stage.first}"]
    [item], [shown] = stage.json("inbox")["items"], stage.json("accept", code=4)["items"]
    assert (item["kind"], item["commands"], shown["commands"]) == ("waiting", ways, ways)
    for words in ((stage.first,), ("--all",)):
        told = stage.bmad("accept", *words, code=4).err
        assert f"{stage.first} cannot be accepted as it stands: its chain to the intent is broken" in told
    assert stage.events(stage.first) == events
    stage.commit({"specs/intent.md": register}, "It is one")
    assert f"bmad accept {stage.first}" in stage.json("accept", code=4)["items"][0]["commands"]
    stage.bmad("accept", stage.first)


def test_the_end_of_a_run_tells_what_a_person_said_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, accept="story")
    tidied = scheduler.tidy_up
    left: list[Callable[[], object]] = [lambda: None, lambda: stage.bmad("cancel", stage.first)]

    def meanwhile(session: Session) -> None:
        tidied(session)
        left.pop(0)()

    monkeypatch.setattr(scheduler, "tidy_up", meanwhile)
    told = stage.json_lines("act", stage.first, stage.second, code=4)
    assert [one["state"] for one in told[-1]["stories"]] == ["cancelled", "accept"]
    assert not left


def test_a_policy_that_the_gate_cannot_judge_by_is_told_before_anybody_works(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    policy = stage.settings.replace("level: reviewed", "level: reviewed, governed: ['src//a']")
    stage.commit({"bmad.yaml": policy}, "Govern it\n\nPolicy: tests")
    assert "the glob `src//a`" in stage.bmad("act", code=2).err
    assert not (stage.repo / ".bmad" / "logs" / stage.first).exists()
