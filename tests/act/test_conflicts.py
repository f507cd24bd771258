"""A conflict at the landing is one until it is settled, whoever settles it and however often they try."""

from pathlib import Path

from tests.act.agent_world import needs_landlock
from tests.act.stage import Stage, begun, source, work

MARKED = "<<<<<<< ours\nVALUE = 1\n=======\nOTHER = 1\n>>>>>>> theirs\n"


def collide(stage: Stage) -> None:
    """Have another one land the first story's file, which is accepted; and go on."""
    stage.bmad("accept", stage.first)
    stage.git("switch", "--quiet", "main")
    stage.commit({stage.file_of(stage.first): "OTHER = 1\n"}, f"Another\n\nStory: {stage.first}")


@needs_landlock
def test_marks_that_a_fix_leaves_are_mended_and_it_lands(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"2/fix": source(MARKED)}, accept="story")
    stage.bmad("act", stage.first, code=4)
    collide(stage)
    base = stage.tip()
    stage.bmad("act", stage.first, code=4)
    ways = stage.ways(stage.first)
    assert "<<<<<<< ours" in stage.told(stage.first, "3/fix")
    again = f"{stage.person} accepted it in round 1, and it changes something else since"
    [item] = stage.json("inbox")["items"]
    assert item["words"].endswith(f"waits to be accepted: {again}")
    assert again in [one["words"] for one in stage.json("accept", code=4)["items"][0]["signs"]]
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    marks = [(one["round"], one["ok"]) for one in record["checks"] if one["name"] == "conflicts"]
    assert (record["converged"], marks) == (True, [(2, False), (3, True)]), ways
    assert "conflicts" not in [name for one in record["evidence"] for name in one["checks"]]
    assert "Step: 2/fix" not in stage.git("log", f"{base}..main"), "no marks stand in the history"
    stage.gate(base)


def test_a_person_who_joined_and_left_marks_is_not_sent_to_join_again(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="story")
    work(stage)
    stage.bmad("submit", code=4)
    collide(stage)
    told = stage.bmad("submit", stage.first, code=4)
    assert "conflicts with what has landed" in told.out
    stage.git("switch", "--quiet", f"bmad/{stage.first}")
    stage.git("merge", "--quiet", "--strategy=ours", "main", "--message", f"Join\n\nStory: {stage.first}")
    work(stage, MARKED)
    told = stage.bmad("submit", stage.first, code=4)
    assert "still holds conflict marks" in told.out
    assert "conflicts with what has landed" not in told.out
    work(stage, "VALUE = 2\n")
    stage.bmad("submit", stage.first, code=4)
    stage.bmad("accept", stage.first)
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)["converged"]
