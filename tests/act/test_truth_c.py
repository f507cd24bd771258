"""Reviews in the whole loop: by whom, of what, and what becomes of each word that a reviewer says."""

import json
from pathlib import Path

from tests.act.stage import Stage, begun, work


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
