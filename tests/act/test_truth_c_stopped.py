"""A review that one reviewer keeps from ending: what the others said of the change stands in the next one."""

from pathlib import Path

from bmad.core.act.review import finding_id
from tests.act.stage import Stage, claim, found, source
from tests.program import inside

LENSES = ("correctness", "security")


def test_c_what_a_reviewer_said_stands_where_another_one_failed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, lenses=list(LENSES))
    stage.run = inside
    said = found(claim(stage.first, "VALUE = 1", severity="P0"))
    plays = {"1/dev": source("VALUE = 1\n"), "1/review/correctness": said}
    stage.play({**plays, "1/review/security": {"exit": 3}})
    stage.bmad("act", stage.first, code=4)
    name = finding_id("correctness", stage.file_of(stage.first), "VALUE = 1")
    fix = source("VALUE = 2\n")
    stage.play({"1/review.2/correctness": found(), "2/fix": fix, "2/review/correctness": found(settled=[name])})
    stage.bmad("act", stage.first)
    [kept] = stage.record(stage.first)["findings"]
    assert (kept["id"], kept["severity"], kept["disposition"]) == (name, "P0", "fixed")
    assert stage.ways(stage.first).count("fix") == 1
