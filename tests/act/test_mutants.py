"""A mutant that lives is a finding like any other: mended by a test, or disputed and conceded with a mark."""

import json
import sys
from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from tests.act.stage import Stage, replies
from tests.act.verifying import Evidence
from tests.documents.consoles import ROOT, blocks
from tests.program import inside

CODE = "def double(n):\n    if n < 0:\n        return n * 2\n    return n + n\n"
BOTH = ("self.assertEqual(double(2), 4)", "self.assertEqual(double(3), 6)")
BELOW = "self.assertEqual(double(-5), -10)"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "run", staticmethod(inside))


def test_a_survivor_is_mended_by_a_test_and_one_that_does_the_same_is_conceded(tmp_path: Path) -> None:
    """Of `n < 0` and `n <= 0` both do the same here; that no test looks below zero is a fault."""
    stage = Evidence(tmp_path, "evidence: {mutants: 9}\n")
    before = stage.tip()
    path = stage.file_of(stage.first)
    same, unseen = (finding_id("mutants", path, line) for line in ("    if n < 0:", "        return n * 2"))
    stand = {"finding": same, "stand": "disputed", "argument": "Both ways give the same."}
    fix = stage.does(CODE.replace("n < 0:", "n < 0:  # both ways give the same"), BOTH[0], BELOW)
    fix["answer"] = {"marks": [{"finding": same, "path": path, "line": 2}]}
    stage.play(
        {
            "1/dev": stage.does(CODE, *BOTH),
            "1/triage": {"answer": {"stands": [stand, {"finding": unseen, "stand": "confirmed"}]}},
            "1/reply/mutants": replies("conceded", same, argument="They do."),
            "2/fix": fix,
        }
    )
    stage.bmad("act", stage.first)
    made = stage.record(stage.first)
    assert {one["id"]: one["disposition"] for one in made["findings"]} == {same: "false-positive", unseen: "fixed"}
    assert {one["lens"] for one in made["findings"]} == {"mutants"}
    assert made["mutants"]["tried"] > 5
    assert "Every test passes with this line changed" in stage.told(stage.first, "1/triage")
    stage.gate(before, level="verified")


def test_who_mends_nothing_does_not_get_by(tmp_path: Path) -> None:
    stage = Evidence(tmp_path, "evidence: {mutants: 9}\n", rounds=2)
    before = stage.tip()
    more = stage.does(f"{CODE}\n\nNAME = 1\n", *BOTH, "self.assertEqual(double(4), 8)")
    stage.play({"1/dev": stage.does(CODE, *BOTH), "2/fix": more})
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "arbitrate"
    assert stage.tip() == before


TOOL = """\
import json, sys
for told in sys.argv[2:]:
    path, _, line = told.rpartition(":")
    print("tried", told)
    print(sys.argv[1].replace("src/a.ts", path).replace("12", line))
print(json.dumps({"path": "src/other.js", "line": 1}))
"""
SHOWN = next(one.text for one in blocks(ROOT / "docs" / "evidence.md") if one.language == "json").strip()
"""What such a tool prints, as its page has it."""


def test_a_tool_of_another_language_tells_of_survivors_line_by_line(tmp_path: Path) -> None:
    command = json.dumps([sys.executable, "-S", "-c", TOOL, SHOWN])
    stage = Evidence(tmp_path, f"evidence: {{mutants: 1, survivors: {command}}}\n", rounds=1)
    path = stage.path(stage.first)
    told = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: told.replace("`src/old.py`", "`src/old.py`, `src/a.js`")}, "Widen")
    good = "def double(n):\n    return n * 2\n"
    stage.play({"1/dev": stage.does(good, *BOTH, **{"src/a.js": "export const a = 1\n"})})
    stage.bmad("act", stage.first, code=4)
    found = [one for event in stage.events(stage.first) for one in event["content"].get("findings", ())]
    assert [(one["path"], one["line"], one["lens"]) for one in found] == [("src/a.js", 1, "mutants")]
    assert "a < b for a <= b" in found[0]["claim"]
