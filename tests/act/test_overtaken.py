"""Two people carry the same story, each in a clone of their own; one lands it, the other pulls that."""

from pathlib import Path

import pytest

from tests.act.stage import Play, Stage, source
from tests.program import git, inside


@pytest.mark.parametrize(
    ("play", "was", "then"),
    [
        (source("VALUE = 'mine'\n"), "accept", ("accept", "act")),
        ({"exit": 1}, "failed", ("act",)),
    ],
    ids=["waits for acceptance", "under way"],
)
def test_i_what_has_landed_by_other_work_is_called_off_and_nothing_of_it_is_to_be_taken_away(
    tmp_path: Path, play: Play, was: str, then: tuple[str, ...]
) -> None:
    stage = Stage(tmp_path, {"1/dev": play}, accept="story")
    story, clone = stage.first, tmp_path / "clone"
    git("clone", "--quiet", str(stage.repo), str(clone), cwd=tmp_path)
    stage.bmad("act", story, code=4)
    assert stage.ways(story)[-1] == was
    stage.play({"1/dev": source("VALUE = 'theirs'\n")})
    for arguments, code in ((("act", story), 4), (("accept", story), 0), (("act", story), 0)):
        assert inside(*arguments, cwd=clone).code == code
    stage.git("pull", "--quiet", "--no-rebase", "--no-edit", str(clone), "main")
    landed = stage.tip()
    told = f"{story} has landed on main by other work than this, which stays on bmad/{story} and cannot land"
    [item] = stage.json("inbox")["items"]
    assert (told in item["words"], item["commands"]) == (True, [f"bmad cancel {story}"])
    for command in then:
        ended = stage.run(command, story, cwd=stage.repo)
    assert told in ended.out
    assert f"bmad cancel {story}" in ended.out
    assert ("failed" in ended.out) == (was == "accept"), "nothing has failed that was not finished"
    stage.bmad("cancel", story)
    assert stage.json("inbox")["items"] == []
    stage.play({})
    stage.bmad("act", stage.second, code=4)
    assert stage.git("show", f"main:{stage.file_of(story)}") == "VALUE = 'theirs'"
    assert (
        stage.git("rev-list", "--count", f"{landed}..main", "--", stage.file_of(story), "stories/records") == "0"
    )
    assert stage.git("rev-parse", "--verify", "--quiet", f"bmad/{story}")


@pytest.mark.parametrize(("reached", "said"), [("accept", "accept"), ("failed", "act")])
def test_what_is_marked_as_done_elsewhere_meanwhile_is_built_no_further(
    tmp_path: Path, reached: str, said: str
) -> None:
    stage = Stage(tmp_path, {"1/dev": {"exit": 1}} if reached == "failed" else {}, accept="story")
    story, path = stage.first, stage.path(stage.first)
    stage.bmad("act", story, code=4)
    assert stage.ways(story)[-1] == reached
    stage.play({})
    before = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: before.replace("\n\n", "\n\n- Done elsewhere: by hand (ops/keep.sh)\n", 1)}, "It is done")
    steps = len(stage.events(story))
    told = "it was done before bmad came (by hand (ops/keep.sh)); to have it built anew, take `Done elsewhere` out"
    [item] = stage.json("inbox")["items"]
    assert (told in item["words"], item["commands"]) == (True, [f"bmad cancel {story}"])
    stage.run(said, story, cwd=stage.repo)
    assert told in stage.bmad("act", story, code=4).out
    made = {one["event"] for one in stage.events(story)[steps:]}
    assert made <= {"accepted", "resumed", "waits"}, "no agent was asked, and nothing landed"
    stage.commit({path: before}, "It is not, after all")
    assert stage.json_lines("act", story, code=4 if reached == "failed" else 0)[-1]["stories"][0]["state"] == (
        "accept" if reached == "failed" else "done"
    )


def test_what_was_called_off_and_is_done_elsewhere_is_told_as_that(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"1/dev": {"exit": 1}})
    path = stage.path(stage.first)
    stage.bmad("act", stage.first, code=4)
    stage.bmad("cancel", stage.first)
    text = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: text.replace("\n\n", "\n\n- Done elsewhere: by hand\n", 1)}, "It is done")
    states = {one["id"]: one["state"] for one in stage.json("status")["stories"]}
    assert states[stage.first] == "elsewhere"
