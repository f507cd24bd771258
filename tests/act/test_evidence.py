"""Level `verified` under `bmad act`: what is seen to fail before and to pass after lands with its evidence."""

import json
import sys
from pathlib import Path

import pytest

from tests.act.stage import Stage
from tests.act.test_desk import sit
from tests.act.verifying import OLD, RUNNER, Evidence
from tests.program import inside

GOOD = "def double(n):\n    return n * 2\n"
HONEST = ("self.assertEqual(double(2), 4)", "self.assertEqual(double(5), 10)")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "run", staticmethod(inside))


@pytest.fixture
def stage(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path)


def test_what_fails_before_and_passes_after_lands_with_its_evidence(stage: Evidence) -> None:
    before = stage.tip()
    old = {"src/old.py": OLD.replace("n + 1", "n + 2")}
    work = stage.does(GOOD, HONEST[0], "self.assertEqual(old.old(5), 7)", **old)
    stage.play({"1/dev": work})
    stage.bmad("act", stage.first)
    one, two = stage.record(stage.first)["evidence"]
    assert [one[key] for key in ("criterion", "before", "failed_before", "passed_after")] == [
        stage.criteria[0],
        "emptied",
        True,
        True,
    ]
    assert two["before"] == "emptied", "the file imports what is new, so on the base none of it runs"
    assert one["tests"] == [f"tests.test_{stage.name(stage.first)}.Test::test_1"]
    passed = stage.gate(before, level="verified").out
    assert "level   verified (declared)" in passed
    assert "a record states the evidence" in passed
    assert "bmad itself looks, and changes lines to see it" in stage.told(stage.first, "1/dev")
    report = stage.bmad("report", "--base", before).out
    assert "(failed with emptied bodies, passes now: `tests.test_" in report
    assert "tried, 0 lived" in report


def test_a_test_that_fails_on_the_base_by_what_it_does_needs_no_emptied_bodies(stage: Evidence) -> None:
    files = {"src/NAME.py": None, "src/old.py": OLD.replace("n + 1", "n + 2")}
    work = stage.does(GOOD, "self.assertEqual(old.old(5), 7)", "self.assertEqual(old.old(6), 8)", **files)
    work["files"]["tests/test_NAME.py"] = work["files"]["tests/test_NAME.py"].replace(
        f"from src.{stage.name(stage.first)} import double\n", ""
    )
    del work["files"]["src/NAME.py"]
    stage.play({"1/dev": work})
    stage.bmad("act", stage.first)
    assert {one["before"] for one in stage.record(stage.first)["evidence"]} == {"base"}


def test_a_criterion_whose_test_shows_nothing_goes_back_and_lands_once_it_does(stage: Evidence) -> None:
    wrong = stage.does(GOOD, HONEST[0], "self.assertTrue(callable(double))")
    stage.play({"1/dev": wrong, "2/fix": stage.does(GOOD, *HONEST)})
    stage.bmad("act", stage.first)
    assert stage.failed() == ["evidence"]
    assert "pass with the bodies of the change emptied" in stage.told(stage.first, "2/fix")
    assert all(one["failed_before"] for one in stage.record(stage.first)["evidence"])


def test_without_a_report_the_run_stops_once_and_says_what_is_missing(stage: Evidence) -> None:
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8").replace(', "junit": "report.xml"', "")
    stage.commit({"bmad.yaml": text}, "No report\n\nPolicy: x")
    stage.play({"1/dev": stage.does(GOOD, *HONEST)})
    told = stage.bmad("act", code=4)
    assert "junit: build/report.xml" in told.out


def test_pytest_is_asked_for_its_report_by_itself(stage: Evidence, tmp_path: Path) -> None:
    """A program of that name that takes the same option."""
    program = tmp_path / "pytest"
    program.write_text(
        RUNNER.replace('"report.xml"', 'sys.argv[-1].removeprefix("--junitxml=")'), encoding="utf-8"
    )
    run = json.dumps([{"name": "tests", "run": [sys.executable, "-S", "-B", str(program), "-q"]}])
    lines = (stage.repo / "bmad.yaml").read_text(encoding="utf-8").split("\n")
    text = "\n".join(f"verify: {run}" if line.startswith("verify:") else line for line in lines)
    stage.commit({"bmad.yaml": text}, "Pytest\n\nPolicy: x")
    stage.play({"1/dev": stage.does(GOOD, *HONEST)})
    stage.bmad("act", stage.first)
    assert stage.record(stage.first)["evidence"][0]["tests"] == [
        f"tests.test_{stage.name(stage.first)}.Test::test_1"
    ]


def test_a_report_that_was_committed_is_none(stage: Evidence) -> None:
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    stage.commit({"bmad.yaml": text.replace('"junit": "report.xml"', '"junit": "*.xml"')}, "All\n\nPolicy: x")
    path = stage.path(stage.first)
    told = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: told.replace("`src/old.py`", "`src/old.py`, `forged.xml`")}, "Widen")
    case = f"<testcase classname='x' name='{stage.criteria[1]}'/>"
    lie = stage.does(GOOD, HONEST[0], **{"forged.xml": f"<testsuite>{case}</testsuite>"})
    stage.play({"1/dev": lie, "2/fix": stage.does(GOOD, *HONEST, **{"forged.xml": None})})
    stage.bmad("act", stage.first)
    assert "forged.xml is a file of the commit, and no report" in stage.told(stage.first, "2/fix")


EMPTY = "import sys\nfor path in sys.argv[1:]:\n    open(path, 'w').write('// emptied')\n"


def test_a_command_empties_what_is_of_another_language(tmp_path: Path) -> None:
    command = json.dumps([sys.executable, "-S", "-c", EMPTY])
    stage = Evidence(tmp_path, f"evidence: {{mutants: 0, empty: {command}}}\n")
    path = stage.path(stage.first)
    told = (stage.repo / path).read_text(encoding="utf-8")
    stage.commit({path: told.replace("`src/old.py`", "`src/old.py`, `src/a.js`")}, "Widen")
    needs = "import os\n        if not os.path.exists('src/a.js'): raise ImportError('a.js')"
    asks = f"{needs}\n        self.assertIn('ten', open('src/a.js').read())"
    stage.play({"1/dev": stage.does(GOOD, HONEST[0], asks, **{"src/a.js": "export const a = 'ten'\n"})})
    stage.bmad("act", stage.first)
    assert [one["before"] for one in stage.record(stage.first)["evidence"]] == ["emptied", "emptied"]
    assert "// emptied" not in stage.git("show", "main:src/a.js")


def test_what_a_build_leaves_is_there_on_the_base_too(stage: Evidence) -> None:
    """A test that fails for want of the build alone would pass for evidence of anything."""
    text = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    make = [sys.executable, "-S", "-c", "open('built', 'w').write('x')"]
    build = json.dumps({"name": "build", "run": make, "keeps": True})
    stage.commit({"bmad.yaml": text.replace("verify: [", f"verify: [{build}, ")}, "Build\n\nPolicy: x")
    needs = "self.assertEqual(open('built').read(), 'x')"
    stage.play({"1/dev": stage.does(GOOD, HONEST[0], needs), "2/fix": stage.does(GOOD, *HONEST)})
    stage.bmad("act", stage.first)
    assert stage.failed() == ["evidence"]
    assert {one["failed_before"] for one in stage.record(stage.first)["evidence"]} == {True}


def _inspection(stage: Evidence) -> None:
    """The first story's requirements are for a person to look at."""
    prd = stage.repo / "specs/prd.md"
    prd.write_text(prd.read_text(encoding="utf-8").replace("Verify: test", "Verify: inspection"), encoding="utf-8")
    stage.bmad("fmt")
    path = stage.repo / "specs/trace.lock"
    stage.commit(
        {"specs/prd.md": prd.read_text(encoding="utf-8"), "specs/trace.lock": path.read_text("utf-8")}, "Look"
    )
    stage.bmad("confirm", stage.first, "--why", "so")
    stage.commit({"specs/trace.lock": path.read_text("utf-8")}, "Confirm")


def test_who_accepts_vouches_for_what_no_test_names(stage: Evidence) -> None:
    _inspection(stage)
    before = stage.tip()
    stage.play({"1/dev": stage.does(GOOD, HONEST[0])})
    stage.bmad("act", stage.first, code=4)
    assert stage.ways(stage.first)[-1] == "accept", "policy accepts nothing that a person has to look at"
    assert "--inspected AC-2=REASON" in stage.bmad("inbox").out
    assert "a person who looks" in stage.bmad("accept", stage.first, code=2).err
    [shown] = stage.json("accept", code=4)["items"]
    first, second = shown["criteria"]
    assert (first["proven"], second["proven"]) == (True, False)
    assert f"tests.test_{stage.name(stage.first)}.Test::test_1 failed with the changed bodies" in first["words"]
    assert second["words"] == "no test names it; it asks for inspection by you"
    assert shown["to_inspect"] == [stage.criteria[1]]
    for lines in (["a 1", "Fine.", "."], ["a 1", "Fine.", ""], ["a 1", "Fine."]):
        told, left = sit(stage, *lines)
        assert f"No test names {stage.criteria[1]}" in told
        assert len(left.items) == 1
    assert stage.bmad("accept", stage.first, "--inspected", "AC-1=So", code=2).err
    for blank in ("AC-2= ", "AC-2=\u200b"):
        assert stage.bmad("accept", stage.first, "--inspected", blank, code=2).err
    twice = ("--inspected", "AC-2=One", "--inspected", f"{stage.first}/AC-2=Other")
    assert "twice" in stage.bmad("accept", stage.first, *twice, code=2).err
    stage.bmad("accept", stage.first, "--inspected", "AC-2=It reads well")
    stage.bmad("act", stage.first)
    _, two = stage.record(stage.first)["evidence"]
    assert (two["by"], two["why"], two["tests"]) == (stage.person, "It reads well", [])
    assert f"(looked at by {stage.person.partition(' <')[0]}" in stage.bmad("report", "--base", before).out
    stage.gate(before, level="verified")


def test_a_persons_own_work_needs_the_same_evidence(tmp_path: Path) -> None:
    stage = Evidence(tmp_path)
    before = stage.tip()
    stage.bmad("hooks", "install")
    stage.bmad("start", stage.first)
    name = stage.name(stage.first)
    test = stage.does(GOOD, HONEST[0])["files"]["tests/test_NAME.py"]
    stage.commit({stage.file_of(stage.first): GOOD, f"tests/test_{name}.py": test}, "Double")
    told = stage.bmad("submit", stage.first, code=4)
    assert f"No test names {stage.criteria[1]}" in told.out + told.err
    test = stage.does(GOOD, *HONEST)["files"]["tests/test_NAME.py"]
    stage.commit({f"tests/test_{name}.py": test}, "Test the other one, too")
    stage.bmad("submit", stage.first)
    stage.gate(before, level="verified")


def test_a_person_may_write_what_is_truth(tmp_path: Path) -> None:
    stage = Evidence(tmp_path, "oracle: ['src/old.py']\nevidence: {mutants: 0}\n")
    stage.bmad("hooks", "install")
    stage.bmad("start", stage.first)
    name = stage.name(stage.first)
    test = stage.does(GOOD, *HONEST)["files"]["tests/test_NAME.py"]
    old = OLD.replace("n + 1", "1 + n")
    stage.commit({stage.file_of(stage.first): GOOD, "src/old.py": old, f"tests/test_{name}.py": test}, "Double")
    before = stage.tip()
    stage.bmad("submit", stage.first)
    stage.gate(before, level="verified")
