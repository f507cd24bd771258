"""Reviews in the whole loop: by whom, of what, and what becomes of each word that a reviewer says."""

import json
from pathlib import Path

from bmad.core.act.review import finding_id
from tests.act.stage import Stage, begun, claim, found, source, work

REVIEW = "review/correctness"


def by_a_person(stage: Stage, **gate: object) -> None:
    """Commit that people review, on main."""
    command = stage.settings.partition("reviewer: ")[2].partition("}")[0] + "}"
    settings = stage.settings.replace(f"reviewer: {command}", "reviewer: {use: human}")
    settings = settings.replace("gate: {level: reviewed}", f"gate: {json.dumps({'level': 'reviewed', **gate})}")
    stage.git("switch", "--quiet", "main")
    stage.commit({"bmad.yaml": settings}, "Review it ourselves\n\nPolicy: tests")
    stage.git("switch", "--quiet", f"bmad/{stage.first}")


def test_c_who_wrote_it_is_not_asked_to_review_it_but_where_policy_says_so(tmp_path: Path) -> None:
    stage = begun(tmp_path, accept="auto")
    by_a_person(stage)
    stage.git("rebase", "--quiet", "main")
    work(stage)
    assert "wrote this, and so cannot be its reviewer" in stage.bmad("submit", code=4).out
    by_a_person(stage, self_review=True)
    base = stage.tip("main")
    stage.bmad("submit", code=4)
    [folder] = (path.parent for path in stage.repo.glob(".bmad/human/*/prompt.md"))
    (folder / "answer.json").write_text('{"verdict": "approve"}', encoding="utf-8")
    stage.bmad("submit")
    record = stage.record(stage.first)
    assert {one["by"] for one in record["work"]} == {stage.person}
    assert record["authors"] == [stage.person]
    assert "level   reviewed by its author (declared)" in stage.gate(base).out
    told = stage.json("report", "--base", base, "--head", "main")
    assert told["level"] == "reviewed by its author (declared)"
    assert told["stories"][0]["reviewers"] == [f"{stage.person} (its author)"]


WHOLE = "".join(f"VALUE_{number} = {'x' * 60!r}\n" for number in range(1400))


def test_c_a_claim_that_has_no_place_goes_to_a_person_with_its_words(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    lost = claim(stage.first, "no such line", severity="P0", claim="It leaks the key.")
    spelt = claim(stage.first, "+VALUE = 1", line=40, severity="P2", path=f"./b/{stage.file_of(stage.first)}")
    stage.play(
        {"1/dev": source("VALUE = 1\n"), f"1/{REVIEW}": found(lost, spelt), f"1/{REVIEW}/again": found(lost)}
    )
    before = stage.tip()
    assert "has no place" in stage.bmad("act", stage.first, code=4).err
    assert "It leaks the key." in stage.told(stage.first, f"1/{REVIEW}/again")
    told = stage.bmad("inbox").out
    assert "It leaks the key." in told
    assert "1 claim of a reviewer whose quote stands nowhere" in told
    stage.bmad("arbitrate", stage.first, "--for", "developer", "--why", "There is no key.")
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    [kept] = record["claims"]
    assert (kept["disposition"], kept["claim"], kept["ruling"]) == (
        "dismissed",
        "It leaks the key.",
        "There is no key.",
    )
    assert [(one["line"], one["disposition"]) for one in record["findings"]] == [(1, "open")]
    stage.gate(before)
    assert "It leaks the key." in stage.bmad("report", "--base", before, "--head", "main").out


def test_c_a_verdict_on_what_nobody_raised_is_a_claim(tmp_path: Path) -> None:
    """In a first review there is nothing to judge: what stands there is what was found."""
    stage = Stage(tmp_path)
    astray = [{"finding": "the key", "settled": False, "why": "It leaks the key."}]
    stage.play({f"1/{REVIEW}": {"answer": {"findings": [], "verdicts": astray}}})
    stage.bmad("act", stage.first, code=4)
    [item] = stage.json("inbox")["items"]
    assert [(one["severity"], one["claim"]) for one in item["findings"]] == [("P1", "It leaks the key.")]


def test_c_a_reviewer_that_read_nothing_has_not_reviewed(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    blind = {"answer": {"findings": [], "read": ""}}
    unable = {"answer": {"findings": [], "unopened": ["src/: permission denied"]}}
    stage.play({f"1/{REVIEW}": blind, f"1/{REVIEW}/again": unable})
    told = stage.bmad("act", stage.first, code=4).err
    assert "unread" in told
    assert "permission denied" in told
    stage.play({f"1/{REVIEW.replace('review', 'review.2')}": unable})
    stage.bmad("act", stage.first)
    assert [one["step"] for one in stage.record(stage.first)["work"] if one["role"] == "reviewer"][-1].endswith(
        "again"
    )


def test_c_a_change_too_large_for_a_prompt_is_reviewed_in_parts(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    deep = claim(stage.first, "VALUE_900 = ", line=1, severity="P1", claim="A back door.")
    line = next(line for line in WHOLE.split("\n") if line.startswith("VALUE_900 "))
    name = finding_id("correctness", stage.file_of(stage.first), line)
    mended = source(WHOLE.replace(line, "SHUT = 1"))
    plays = {"1/dev": source(WHOLE), "2/fix": mended, f"2/{REVIEW}": found(settled=[name])}
    stage.play({**plays, f"1/{REVIEW}/2": found(deep)})
    before = stage.tip()
    told = stage.bmad("act", stage.first).err
    assert f"{name} {stage.file_of(stage.first)}:901" in told
    assert "parts)" in told
    first, second = stage.record(stage.first)["shown"]
    assert len(first["parts"]) > 2
    assert sum(part["bytes"] for part in first["parts"]) == first["bytes"]
    assert (second["step"], second["after"], len(second["parts"])) == ("2/review", first["change"], 1)
    assert "You see part 2 of" in stage.told(stage.first, f"1/{REVIEW}/2")
    stage.gate(before)
