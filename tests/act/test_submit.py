"""A person does the developer's part: on a branch of their own with `bmad submit`, or as the agent `human`."""

import copy
import json
from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from tests.act.repos import trees
from tests.act.stage import FAILING, PASSING, Stage, begun, claim, found, replies, work
from tests.program import git

REVIEW = "review/correctness"


def test_work_by_hand_is_reviewed_recorded_and_landed_and_the_branch_stays(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="story")
    before = stage.tip("main")
    mine = work(stage)
    told = stage.bmad("submit", code=4).out
    assert f"{stage.first} is not done on main: waiting for you (accept); see: bmad inbox" in told
    assert stage.bmad("accept", stage.first).out
    [item] = stage.json("inbox")["items"]
    assert item["words"] == f"it is accepted, and lands with: bmad submit {stage.first}"
    assert item["commands"] == [f"bmad submit {stage.first}"]
    told = stage.bmad("submit").out
    assert stage.json("inbox")["items"] == []
    assert "gpgSign" not in told
    assert f"{stage.first} is done on main" in told
    assert "of 1 story" not in told
    assert stage.git("branch", "--show-current") == f"bmad/{stage.first}"
    assert stage.tip("HEAD") == mine
    assert stage.git("status", "--porcelain") == ""
    record = stage.record(stage.first)
    assert [one["backend"] for one in record["work"] if one["role"] == "developer"] == ["human"]
    assert mine in stage.git("rev-list", "main").split()
    stage.gate(before, "main")
    stage.git("switch", "--quiet", "main")
    assert stage.json("status")["stories"][0]["state"] == "done"
    told = stage.json("report", stage.first)
    own = told["story"]
    line = told["lines"][0]
    assert (line["path"], line["first"], line["last"]) == (stage.file_of(stage.first), 1, 1)
    assert (own["rounds"], own["accepted"]["by"]) == (1, stage.person)
    assert own["statements"][0]["quote"]
    assert mine in [one["commit"] for one in told["commits"]]
    assert told["landings"] == [f"stories/records/{stage.first}.json"]
    shown = stage.bmad("report", stage.first[:9]).out
    assert f"- `{stage.file_of(stage.first)}:1` (exact)" in shown
    assert "accepted by" in shown
    assert "is no story (requirement); its stories: " in stage.bmad("report", own["requirements"][0], code=2).err
    assert "all of it is told" in stage.bmad("report", stage.first, "--base", "main", code=2).err
    assert stage.json("report", "--since", before)["ok"]


def test_what_is_wrong_is_said_and_mended_by_committing_again(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    stage.play({f"2/{REVIEW}": found(claim(stage.first, "VALUE = 1")), f"3/{REVIEW}": found(settled=[name])})
    assert "Commit your work on" in stage.bmad("submit", code=4).out
    work(stage, test=FAILING)
    (stage.repo / "scratch.txt").write_text("a thought", encoding="utf-8")
    told = stage.bmad("submit", code=4).out
    assert "The check `tests`" in told
    assert "Not committed, and so no part of it: scratch.txt" in told
    assert f"bmad submit {stage.first}" in stage.bmad("inbox").out
    work(stage)
    stage.bmad("submit", code=4)
    told = stage.bmad("inbox").out
    assert told.startswith("triage")
    assert "This is wrong." in told
    assert f"$ bmad triage {stage.first} --dispute" in told
    assert f"bmad submit {stage.first}" in stage.json("triage", stage.first)["words"]
    stage.bmad("submit", code=4)
    assert f"P1 {name}" in stage.bmad("inbox").out
    work(stage, "VALUE = 2\n")
    stage.bmad("submit")
    [kept] = stage.record(stage.first)["findings"]
    assert kept["disposition"] == "fixed"
    assert "scratch.txt" not in stage.files()
    assert (stage.repo / "scratch.txt").exists()


def test_a_person_disputes_a_finding_and_leaves_a_comment(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    stage.play(
        {
            f"1/{REVIEW}": found(claim(stage.first, "VALUE = 1")),
            "1/reply/correctness": replies("conceded", name, argument="Right."),
        }
    )
    work(stage)
    stage.bmad("submit", code=4)
    assert "needs an argument" in stage.bmad("triage", stage.first, "--dispute", name, code=2).err
    assert "none of the findings" in stage.bmad("triage", stage.first, "--dispute", "F-x", code=2).err
    stage.bmad("triage", stage.first, "--dispute", name, "--why", "One is what the contract says.")
    assert "false alarm" in stage.bmad("submit", code=4).out
    assert "One is what the contract says." in stage.told(stage.first, "1/reply/correctness")
    work(stage, "# One is what the contract says.\nVALUE = 1\n")
    stage.bmad("submit")
    [kept] = stage.record(stage.first)["findings"]
    assert (kept["disposition"], kept["mark"]) == ("false-positive", f"{stage.file_of(stage.first)}:1")
    assert stage.bmad("log", stage.first).out.count("This is wrong.") == 1
    [own] = stage.json("show", name[:6])["stands"]
    assert (own["story"], own["claim"], own["answer"]) == (stage.first, "This is wrong.", "Right.")
    assert own["argument"] == "One is what the contract says."
    clone = copy.copy(stage)
    clone.repo = tmp_path / "clone"
    git("clone", "--quiet", "--branch", "main", str(stage.repo), str(clone.repo), cwd=tmp_path)
    told = clone.bmad("show", name).out
    assert f"P1 {name}  {stage.file_of(stage.first)}:1  (correctness): false-positive\n" in told
    assert f"mark       {kept['mark']}\n" in told
    assert "words      not kept" in told
    assert f"{name} is a finding in {stage.first}, which is followed" in clone.bmad("trace", name).err
    assert "is no finding that" in clone.bmad("show", "F-00000000", code=2).err
    assert kept["id"] in clone.bmad("log", stage.first[6:]).out


def test_a_branch_that_lacks_the_targets_tip_is_brought_up_by_its_person(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    stage.git("switch", "--quiet", "main")
    stage.set(rounds=5, accept="auto")
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    work(stage)
    told = stage.bmad("submit", code=4).out
    assert "of main; bring it up: git switch" in told
    stage.git("rebase", "--quiet", "main")
    stage.bmad("submit")


def test_a_reviewer_alone_is_enough_for_work_by_hand(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    [agents] = [line for line in stage.settings.splitlines() if line.startswith("agents:")]
    reviewer = f"agents: {{{agents[agents.index('reviewer:') :]}"
    for named, told in (("agents: {}", "a person, `{use: human}`, which a team of"), (reviewer, "")):
        stage.git("switch", "--quiet", "main")
        stage.commit({"bmad.yaml": stage.settings.replace(agents, named)}, "Set up\n\nPolicy: tests")
        stage.git("switch", "--quiet", f"bmad/{stage.first}")
        stage.git("rebase", "--quiet", "main")
        work(stage)
        ended = stage.bmad("submit", code=2 if told else 0)
        assert told in ended.err
        assert "asks for no review" not in ended.err, "at level `reviewed` it asks"
    assert f"{stage.first} is done on main" in ended.out


def test_what_cannot_be_submitted_is_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    assert "Stories land on main itself" in stage.bmad("submit", stage.first, code=2).err
    assert "bound to no story" in stage.bmad("submit", code=2).err
    stage.git("switch", "--quiet", "-c", "mine")
    told = stage.bmad("submit", stage.first, code=4).out
    assert "no territory" in told
    assert "once it stands on main" in told
    stage.git("switch", "--quiet", "main")
    stage.bmad("act", stage.second, code=4)
    stage.git("switch", "--quiet", "mine")
    assert f"bmad act {stage.second}" in stage.bmad("submit", stage.second, code=2).err


def test_a_landed_story_is_taken_up_by_hand_once_it_is_reopened(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    work(stage)
    stage.bmad("submit")
    assert "has landed as" in stage.bmad("submit", code=2).err
    stage.git("switch", "--quiet", "main")
    assert f"bmad reopen {stage.first} --why" in stage.bmad("start", stage.first, code=2).err
    stage.bmad("reopen", stage.first, "--why", "One is not enough.")
    stage.commit({}, "Take it up again")
    before = stage.tip()
    stage.bmad("start", stage.first)
    stage.git("rebase", "--quiet", "main")
    work(stage, "VALUE = 2\n")
    stage.bmad("submit", stage.first)
    assert stage.record(stage.first, landing=2)["landing"] == 2
    stage.gate(before)


def test_a_person_takes_over_what_agents_began(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"1/dev": {"exit": 1}})
    stage.territory(stage.first, stage.file_of(stage.first))
    stage.bmad("hooks", "install")
    stage.bmad("act", stage.first, code=4)
    told = stage.bmad("start", stage.first, code=2).err
    assert f"To do it yourself: bmad cancel {stage.first}" in told
    stage.bmad("cancel", stage.first)
    stage.bmad("start", stage.first)
    work(stage)
    assert f"{stage.first} is done on main" in stage.bmad("submit").out
    assert stage.record(stage.first)["work"][0]["by"] == stage.person


def test_a_persons_branch_is_not_moved_by_agents(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    mine = work(stage)
    stage.git("switch", "--quiet", "main")
    stage.bmad("act", stage.first, code=4)
    assert stage.tip(f"bmad/{stage.first}") == mine


def test_a_person_as_developer_works_in_the_storys_worktree(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    command = stage.settings.partition("developer: ")[2].partition("}")[0] + "}"
    settings = stage.settings.replace(f"developer: {command}", "developer: {use: human}")
    stage.commit({"bmad.yaml": settings}, "Do it ourselves\n\nPolicy: tests")
    told = stage.bmad("act", stage.first, code=4).out
    assert "Your turn" in told
    tree = trees(stage.repo) / stage.first
    (tree / "src").mkdir()
    (tree / stage.file_of(stage.first)).write_text("VALUE = 1\n", encoding="utf-8")
    (tree / "tests").mkdir()
    (tree / f"tests/test_{stage.name(stage.first)}.py").write_text(PASSING, encoding="utf-8")
    [folder] = (stage.repo / ".bmad/human").glob(f"{stage.first}*dev")
    assert "You build the story" in (folder / "prompt.md").read_text(encoding="utf-8")
    (folder / "answer.json").write_text(json.dumps({}), encoding="utf-8")
    stage.bmad("act", stage.first)
    assert [one["backend"] for one in stage.record(stage.first)["work"] if one["role"] == "developer"] == ["human"]


@pytest.mark.parametrize(("land", "shape"), [("squash", [1]), ("rebase", [1, 1]), ("merge", [2, 1, 1])])
def test_work_by_hand_lands_in_every_shape(tmp_path: Path, land: str, shape: list[int]) -> None:
    stage = begun(tmp_path, accept="auto", land=land)
    before = stage.tip("main")
    mine = work(stage)
    stage.bmad("submit")
    landed = [line.split() for line in stage.git("log", "--format=%H %P", f"{before}..main").splitlines()]
    assert [len(parents) for _, *parents in landed] == shape
    assert (mine in [commit for commit, *_ in landed]) == (land != "squash")
    assert stage.git("show", f"main:{stage.file_of(stage.first)}") == "VALUE = 1"
    stage.gate(before, "main")


def test_h_a_merge_of_the_target_into_the_storys_branch_needs_no_name(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    no_hooks = ("-c", "core.hooksPath=/dev/null")
    work(stage)
    stage.git("switch", "--quiet", "main")
    (stage.repo / "elsewhere.py").write_text("OTHER = 1\n", encoding="utf-8")
    stage.git("add", "elsewhere.py")
    stage.git(*no_hooks, "commit", "--quiet", "-m", "Elsewhere")
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    stage.git(*no_hooks, "merge", "--quiet", "--no-commit", "main")
    stage.git(*no_hooks, "commit", "--quiet", "--no-edit")
    plain = stage.git("rev-parse", "HEAD")
    (stage.repo / stage.file_of(stage.first)).write_text("VALUE = 3\n", encoding="utf-8")
    stage.git(*no_hooks, "commit", "--quiet", "--all", "--amend", "--no-edit")
    assert "names no story" in stage.bmad("submit", code=4).out, "a merge with work of its own names whose it is"
    stage.git("reset", "--quiet", "--hard", plain)
    stage.bmad("submit")


def test_h_a_landing_says_that_it_is_not_signed(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    work(stage)
    stage.git("config", "commit.gpgSign", "true")
    told = stage.bmad("submit").out
    assert "commit.gpgSign is set, but bmad signs none of the commits" in told
    assert "gpgsig" not in stage.git("cat-file", "commit", "main")
