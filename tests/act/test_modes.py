"""How work is accepted and landed: story by story, all at the end, by itself; in four shapes of history."""

from pathlib import Path

import pytest

from tests.act.stage import Stage, source
from tests.documents.consoles import played

ACCEPT = "waits to be accepted"
BY_HAND = [("merge", "--no-ff", "--no-edit"), ("merge", "--ff-only"), ("merge", "--squash")]


def test_each_story_waits_and_lands_once_a_person_has_accepted_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    before = stage.tip()
    ended = stage.bmad("act", code=4)
    assert "0 of 2 stories done on main" in ended.out
    told = stage.bmad("inbox").out
    for story in (stage.first, stage.second):
        assert f"accept    {story}" in told
        assert f"$ bmad accept {story}" in told
        assert f"$ bmad reject {story} --why" in told
    assert not [path for path in stage.files() if path.startswith(("src/", "stories/records/"))]
    assert "2 stories wait" in stage.bmad("accept", code=4).out
    stage.bmad("accept", stage.first)
    assert stage.first in (landed := stage.json_lines("act", code=4)[-1])["landed"]
    assert [one["state"] for one in landed["stories"]] == ["done", "accept"]
    stage.bmad("accept", stage.second)
    assert "Nothing waits" in stage.bmad("accept").out
    assert stage.json("accept", "--all")["stories"] == []
    stage.bmad("act")
    record = stage.record(stage.second)
    assert record["accepted"] == {"by": stage.person, "how": "person"}
    assert stage.gate(before).code == 0
    assert stage.bmad("act").code == 0


def test_all_that_waits_is_accepted_at_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", code=4)
    assert stage.json("accept", "--all")["words"]
    stage.bmad("act")
    assert f"src/{stage.name(stage.second)}.py" in stage.files()


def test_an_acceptance_at_the_end_brings_all_to_the_target_at_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.depend(stage.second, stage.first)
    before = stage.tip()
    stage.bmad("act", code=4)
    assert stage.tip() == before
    order = stage.git("log", "--format=%s", "--first-parent", "main..bmad/next").splitlines()
    assert [line.split()[0] for line in order] == ["Land", "Prepare", "Land", "Prepare"]
    assert stage.second in order[0]
    assert "it stands on bmad/next" in stage.bmad("inbox").out
    assert "accepted together" in stage.bmad("accept", stage.first, code=2).err
    (stage.repo / "intent.md").write_text("half a thought", encoding="utf-8")
    stage.bmad("accept", "--all", code=4)
    assert stage.tip() == before
    stage.git("checkout", "intent.md")
    stage.bmad("accept", "--all", "--why", "Story: STORY-0\nis as it should be.")
    assert stage.git("log", "-1", "--format=%P") == f"{before} {stage.tip('bmad/next')}"
    assert stage.git("diff", "main", "bmad/next") == stage.git("status", "--porcelain") == ""
    assert "\nReason: Story: STORY-0 is as it should be.\n" in stage.git("log", "-1", "--format=%B")
    stage.gate(before)
    told = stage.bmad("report", "--base", before).out
    assert told.count("accepted by act.accept (policy) and, with all others at the end, by ") == len(order) / 2
    assert [one["state"] for one in stage.json_lines("act")[-1]["stories"]] == ["done", "done"]


def test_an_acceptance_at_the_end_leaves_a_linear_history_linear(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end", land="rebase")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", "--all")
    told = stage.git("log", "-1", "--format=%P%n%B")
    assert told.startswith(stage.tip("bmad/next") + "\nAccept bmad/next\n\nAccepted-by: ")
    assert told.endswith(f"\nAccepts: {stage.first}")
    assert not stage.git("log", "--merges", "--format=%H", f"{before}..main")
    stage.gate(before)


def test_nothing_of_a_story_rejected_at_the_end_reaches_the_target_before_it_is_mended(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    before = stage.tip()
    stage.bmad("act", code=4)
    stage.bmad("reject", stage.first, "--why", "Not what I meant.")
    assert f"mend it first: bmad act {stage.first}" in stage.bmad("accept", "--all", code=4).err
    assert stage.tip() == before
    stage.bmad("act", code=4)
    assert "Not what I meant." in stage.told(stage.first, "2/fix")
    stage.bmad("accept", "--all")
    again = stage.record(stage.first, landing=2)
    assert again["landing"] == 2
    assert [one["path"] for one in again["change"]] == [f"src/{stage.name(stage.first)}.py"]
    stage.gate(before)


def test_what_came_onto_the_target_meanwhile_is_joined_and_verified(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.bmad("act", code=4)
    moved = stage.set(accept="end", rounds=5)
    stage.bmad("accept", "--all")
    joined = stage.git("log", "-1", "--format=%P").split()
    assert joined[0] == moved
    assert '"rounds": 5' in stage.git("show", "main:bmad.yaml")
    assert f"src/{stage.name(stage.first)}.py" in stage.files()
    stage.gate(moved)
    assert stage.git("worktree", "list").count("\n") == 0


def test_what_fails_once_it_is_joined_with_the_target_is_mended_first(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.bmad("act", code=4)
    checks = stage.settings.replace("gate:", f"# {stage.first} must not have the value of its first round\ngate:")
    verify = next(row for row in checks.splitlines() if row.startswith("verify: ["))
    checks = checks.replace(verify, verify.removesuffix("]") + ", {name: grep, run: [GREP]}]")
    grep = f'sh, -c, "! grep -q 1/dev src/{stage.name(stage.first)}.py"'
    stage.commit({"bmad.yaml": checks.replace("GREP", grep)}, "Check more\n\nPolicy: tests")
    told = stage.bmad("accept", "--all", code=4).err
    assert "`grep`" in told
    assert "bmad reject STORY" in told
    assert not [path for path in stage.files() if path.startswith("src/")]
    stage.bmad("reject", stage.first, "--why", "It fails with the new check.")
    stage.bmad("act", code=4)
    stage.bmad("accept", "--all")
    assert "2/fix" in stage.git("show", f"main:src/{stage.name(stage.first)}.py")


def test_a_conflict_of_the_end_is_a_persons_to_join(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="end")
    stage.bmad("act", code=4)
    path = f"src/{stage.name(stage.first)}.py"
    stage.commit({path: "VALUE = 'mine'\n"}, f"Be first\n\nStory: {stage.first}")
    told = stage.bmad("accept", "--all", code=4).err
    assert path in told
    assert "git branch -f bmad/next main" in told, "joining by hand would land what nobody reviewed"
    assert "conflict" in "".join(stage.json_lines("act", code=4)[-1]["notes"])


@pytest.mark.parametrize("land", ["merge", "squash", "rebase"])
def test_each_shape_of_history_passes_the_gate(tmp_path: Path, land: str) -> None:
    stage = Stage(tmp_path, accept="auto", land=land)
    before = stage.tip()
    stage.git("tag", "mapped")
    stage.bmad("act")
    assert played("docs/acting.md", f"land: {land}", stage.repo) == []
    parents = [len(line.split()) for line in stage.git("log", "--format=%P", f"{before}..main").splitlines()]
    assert max(parents) == (2 if land == "merge" else 1)
    assert len(parents) == {"merge": 8, "squash": 2, "rebase": 6}[land]
    for story in (stage.first, stage.second):
        assert stage.record(story)["accepted"]["how"] == "policy"
        steps = stage.git(
            "log", f"--grep=Story: {story}", "--format=%(trailers:key=Step,valueonly)", "main"
        ).split()
        assert "1/create" in steps
        assert steps[land == "squash"].startswith("1/land")
    stage.gate(before)


@pytest.mark.parametrize("by_hand", BY_HAND)
def test_a_branch_is_left_for_the_code_host_and_is_done_once_it_is_merged(
    tmp_path: Path, by_hand: tuple[str, ...]
) -> None:
    stage = Stage(tmp_path, accept="auto", land="branch")
    before = stage.tip()
    told = stage.bmad("act", stage.first, code=4).out
    assert f"Push bmad/{stage.first}" in told
    assert "reaches main" in told
    assert f"bmad/{stage.first}" in stage.bmad("inbox").out
    assert not [path for path in stage.files() if path.startswith("src/")]
    stage.bmad("act", stage.first, code=4)
    if by_hand == BY_HAND[0]:
        stage.git("tag", "mapped", before)
        stage.bmad("act", code=4)
        assert played("docs/acting.md", "land: branch", stage.repo) == []
    stage.git(*by_hand, f"bmad/{stage.first}")
    if "--squash" in by_hand:
        stage.git("commit", "--quiet", "-m", f"First\n\nStory: {stage.first}")
    told = stage.json_lines("act", stage.first)[-1]
    assert [one["state"] for one in told["stories"]] == ["done"]
    assert not [one for one in told["notes"] if "reviewed" in one]
    stage.gate(before)


def test_a_host_that_merges_something_else_than_was_reviewed_is_told_of(tmp_path: Path) -> None:
    """Its record stands there, and so it is done; that the gate refuses it is not kept back."""
    stage = Stage(tmp_path, accept="auto", land="branch")
    stage.bmad("act", stage.first, code=4)
    stage.git("merge", "--quiet", "--squash", f"bmad/{stage.first}")
    made = stage.commit({stage.file_of(stage.first): "VALUE = 666\n"}, f"First\n\nStory: {stage.first}")
    told = stage.bmad("act", stage.first).out
    assert f"{stage.first} stands on main, but not as it was reviewed; the gate refuses {made[:12]}: G15" in told
    assert "not as it was reviewed" in stage.bmad("log", stage.first).out


def test_what_waits_to_be_merged_can_still_be_rejected(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto", land="branch")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("reject", stage.first, "--why", "Say it in words.")
    stage.play({"2/fix": source("# said in words\nVALUE = 1\n")})
    told = stage.bmad("act", stage.first, code=4).out
    assert f"Push bmad/{stage.first}" in told
    assert "fix" in stage.ways(stage.first)
    assert "# said in words" in stage.git("show", f"bmad/{stage.first}:{stage.file_of(stage.first)}")
    stage.git("merge", "--ff-only", "--quiet", f"bmad/{stage.first}")
    stage.bmad("act", stage.first)
    assert "only what waits to be accepted" in stage.bmad("reject", stage.first, "--why", "No.", code=2).err


def test_a_target_that_was_renamed_holds_up_only_what_was_built_on_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="story")
    stage.bmad("act", stage.first, code=4)
    stage.bmad("accept", stage.first)
    prepared = stage.tip()
    stage.git("branch", "--move", "main", "trunk")
    told = stage.bmad("act", code=4).out
    assert "main, which it is built on, is gone: make it again (git branch main COMMIT)" in told
    [item] = [one for one in stage.json("inbox")["items"] if one["story"] == stage.first]
    assert item["commands"] == ["git branch main COMMIT", f"bmad act {stage.first}"]
    assert item["title"] == "First", "as it was called where it was put on it"
    assert stage.ways(stage.second)[-1] == "accept"
    stage.bmad("accept", stage.second)
    stage.bmad("act", stage.second)
    assert stage.record(stage.second, "trunk")
    stage.git("branch", "main", prepared)
    [item] = stage.json("inbox")["items"]
    assert (item["story"], item["commands"]) == (stage.first, [f"bmad act {stage.first}"])
    assert f"stories/records/{stage.first}.json" not in stage.files("trunk")
    told = stage.bmad("act", stage.first, code=4).out
    assert "on main, and does not stand on trunk" in told
    assert stage.record(stage.first, "main")


def test_a_plan_waits_for_a_person_and_goes_back_with_their_words(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto", plan="human")
    stage.bmad("act", stage.first, code=4)
    assert stage.json("inbox")["items"][0]["kind"] == "plan"
    assert f"stories/records/{stage.first}.json" not in stage.files()
    assert "- Territory:" in stage.git("show", f"main:{stage.path(stage.first)}")
    stage.bmad("reject", stage.first, "--why", "Name the module for what it does.")
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-2:] == ["create", "plan"]
    assert "Name the module for what it does." in stage.told(stage.first, "1/create.2")
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert stage.ways(stage.first)[-1] == "done"


def test_a_rejection_is_a_finding_that_one_more_round_mends(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"2/fix": source("# said in words\nVALUE = 2\n")}, accept="story")
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    assert "Say why" in stage.bmad("reject", stage.first, "--why", " ", code=2).err
    stage.bmad("reject", stage.first, "--why", "Say it in words.")
    [item] = stage.json("inbox")["items"]
    assert item["words"] == f"it waits for nobody, and goes on with: bmad act {stage.first}"
    stage.bmad("act", stage.first, code=4)
    assert "Say it in words." in stage.told(stage.first, "2/fix")
    shown = stage.told(stage.first, "2/review/correctness")
    assert "+# said in words" in shown
    assert f"tests/test_{stage.name(stage.first)}.py" not in shown.partition("The diff")[2].partition("+++")[2]
    assert stage.json("inbox")["items"][0]["round"] == 2
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    [finding] = stage.record(stage.first)["findings"]
    assert (finding["lens"], finding["severity"], finding["disposition"]) == ("person", "P1", "fixed")
    stage.gate(before)
