"""A review that one reviewer keeps from ending: what the others said of the change stands in the next one."""

from pathlib import Path

from bmad.core.act.review import finding_id
from tests.act.stage import Stage, claim, found, replies, source, stands

LENSES = ("correctness", "security")


def test_c_what_a_reviewer_said_stands_where_another_one_failed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, lenses=list(LENSES))
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


def test_c_what_a_reviewer_upheld_stands_where_another_one_could_not_answer(tmp_path: Path) -> None:
    """The developer and that reviewer have had their one exchange: it is a person's now, in the same words."""
    stage = Stage(tmp_path, lenses=list(LENSES))
    held, other = (finding_id(lens, stage.file_of(stage.first), "VALUE = 1") for lens in LENSES)
    looks = {f"1/review/{lens}": found(claim(stage.first, "VALUE = 1")) for lens in LENSES}
    stage.play(
        {
            "1/dev": source("VALUE = 1\n"),
            **looks,
            "1/triage": stands("disputed", held, other, argument="The contract asks for one."),
            "1/reply/correctness": replies("upheld", held, argument="It asks for two."),
            "1/reply/security": {"exit": 3},
        }
    )
    stage.bmad("act", stage.first, code=4)
    asked = stage.bmad("show", stage.first, "--prompt", "triager").out
    assert (held in asked, other in asked) == (False, True)
    stage.play(
        {
            "1/triage.2": stands("disputed", held, other, argument="It is one, I say."),
            "1/reply.2/correctness": replies("conceded", held, argument="Well then."),
            "1/reply.2/security": replies("conceded", other, argument="Right."),
        }
    )
    stage.bmad("act", stage.first, code=4)
    told = stage.bmad("inbox").out
    assert f"P1 {held}" in told
    assert f"P1 {other}" not in told
    assert "developer: The contract asks for one." in told
    assert "reviewer:  It asks for two." in told
