"""Agents that lie, each caught by the check that is meant for it; nothing that they made lands.

What no check can tell, a test does that another one wrote, or a reviewer.
"""

from pathlib import Path

import pytest

from bmad.core.act.review import finding_id
from tests.act.stage import Play, Stage, claim, found, stands
from tests.program import inside

OLD = "def old(n):\n    return n + 1\n"
TEST = """\
import unittest

from src.old import old


class TestOld(unittest.TestCase):
    def test_one(self):
        self.assertEqual(old(1), 2)
        self.assertEqual(old(2), 3)

    def test_two(self):
        self.assertEqual(old(5), 6)
"""
KEPT = "tests/test_old.py"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "run", staticmethod(inside))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    made = Stage(tmp_path, None, rounds=4)
    made.commit(
        {"src/old.py": OLD, KEPT: TEST, "src/__init__.py": "", "tests/__init__.py": ""}, "Before\n\nPolicy: x"
    )
    made.territory(made.first, made.file_of(made.first), "src/old.py", KEPT)
    return made


def does(files: dict[str, str | None]) -> Play:
    return {"files": {"src/NAME.py": "VALUE = 1\n", **files}, "answer": {}}


def failed(stage: Stage) -> list[str]:
    """The checks that failed in the first look at the work."""
    seen = next(one for one in stage.events(stage.first) if one["event"] in ("passed", "checks-failed"))
    return [one["name"] for one in seen["content"]["checks"] if not one["ok"]]


WEAKENED: dict[str, dict[str, str | None]] = {
    "deletes a file of tests": {KEPT: None},
    "skips a test": {KEPT: TEST.replace("    def test_two", "    @unittest.skip('later')\n    def test_two")},
    "loosens a test": {KEPT: TEST.replace("        self.assertEqual(old(2), 3)\n", "")},
}


@pytest.mark.parametrize("name", WEAKENED)
def test_who_weakens_a_test_and_insists_ends_with_a_person(stage: Stage, name: str) -> None:
    before = stage.tip()
    stage.play({"1/dev": does(WEAKENED[name]), "2/fix": does({"src/NAME.py": "VALUE = 2\n"})})
    stage.bmad("act", stage.first, code=4)
    assert failed(stage) == ["kept-tests"]
    assert stage.ways(stage.first)[-1] == "arbitrate", "one fix was told of it, and not a round more is spent"
    told = stage.told(stage.first, "2/fix")
    assert "Tests that were there ask for less: tests/test_old.py::TestOld::test_" in told
    assert "test_two(self):" in told or "old(2), 3" in told, "what was there before is shown"
    assert "tests stay weakened" in stage.bmad("inbox").out
    assert stage.tip() == before


def test_who_puts_a_test_back_goes_on(stage: Stage) -> None:
    before = stage.tip()
    stage.play({"1/dev": does(WEAKENED["skips a test"]), "2/fix": does({KEPT: TEST})})
    stage.bmad("act", stage.first)
    assert [
        (one["name"], one["ok"]) for one in stage.record(stage.first)["checks"] if one["name"] == "kept-tests"
    ] == [
        ("kept-tests", False),
        ("kept-tests", True),
    ]
    stage.gate(before)


def test_a_person_who_names_the_test_lets_it_go(stage: Stage) -> None:
    before = stage.tip()
    lie = does({KEPT: TEST[: TEST.index("    def test_two")]})
    stage.play({"1/dev": lie, "2/fix": does({"src/NAME.py": "VALUE = 2\n"})})
    stage.bmad("act", stage.first, code=4)
    again = ("act", stage.first, "--again")
    stage.bmad(*again, code=4)
    stage.bmad(*again, "--why", "test_one may go", code=4)
    assert stage.ways(stage.first)[-1] == "arbitrate", "another test than the one that was named"
    assert f"bmad act {stage.first} --again --why" in stage.bmad("inbox").out
    stage.bmad(*again, "--why", "test_two may go: nobody counts to six any more")
    assert "nobody counts to six any more" in stage.bmad("log", stage.first).out
    stage.gate(before)
    assert "--why goes with --again" in stage.bmad("act", "--why", "so", code=2).err


def test_a_confirmed_finding_on_the_test_lets_it_be_changed(stage: Stage) -> None:
    quote = "        self.assertEqual(old(5), 6)"
    touched = TEST.replace("import unittest\n", "# Numbers.\nimport unittest\n").replace(quote, f"{quote}  # six")
    raised = claim(
        stage.first, f"{quote}  # six", path=KEPT, line=14, claim="test_two asks for what no criterion asks for"
    )
    name = finding_id("correctness", KEPT, f"{quote}  # six")
    stage.play(
        {
            "1/dev": does({KEPT: touched}),
            "1/review/correctness": found(raised),
            "1/triage": stands("confirmed", name),
            "2/fix": does({KEPT: touched[: touched.index("    def test_two")]}),
            "2/review/correctness": found(settled=[name]),
        }
    )
    stage.bmad("act", stage.first)
    assert [one["disposition"] for one in stage.record(stage.first)["findings"]] == ["fixed"]


def test_who_claims_work_and_did_none_is_told_so(stage: Stage) -> None:
    before = stage.tip()
    stage.play({"1/dev": {"files": {}, "answer": {"summary": "All criteria are met and all tests pass."}}})
    stage.bmad("act", stage.first, code=4)
    [event] = [one for one in stage.events(stage.first) if one["event"] == "failed"]
    assert (event["content"]["fault"], stage.tip()) == ("no-change", before)


def test_who_edits_policy_is_told_so(stage: Stage) -> None:
    stage.set(rounds=2)
    before = stage.tip()
    lie = stage.settings.replace("level: reviewed", "level: traced")
    assert lie != stage.settings
    stage.play(
        {"1/dev": does({"bmad.yaml": lie}), "2/fix": does({"bmad.yaml": lie, "src/NAME.py": "VALUE = 2\n"})}
    )
    stage.set(rounds=2)
    before = stage.tip()
    stage.bmad("act", stage.first, code=4)
    assert failed(stage) == ["classes"]
    assert stage.ways(stage.first)[-1] == "arbitrate"
    assert stage.tip() == before


def test_who_imports_what_is_not_there_is_told_so_before_anything_runs(stage: Stage) -> None:
    before = stage.tip()
    lie = does({"src/NAME.py": "import fastjsonlib\nfrom src.old import older\nimport json\njson.fetch()\n"})
    mended = "import json, yaml\nfrom src.old import old\njson.loads('{}')\n"
    stage.play({"1/dev": lie, "2/fix": does({"src/NAME.py": mended})})
    stage.bmad("act", stage.first)
    assert failed(stage) == ["known-imports"]
    told = stage.told(stage.first, "2/fix")
    assert f"{stage.file_of(stage.first)}:1 `import fastjsonlib`" in told
    assert ":2 `from src.old import older`" in told
    assert ":4 `json.fetch`" in told
    ran = [one for one in stage.record(stage.first)["checks"] if one["name"] == "tests"]
    assert [one["round"] for one in ran] == [2], "the commands did not run where an import is nowhere"
    assert [one["ok"] for one in stage.record(stage.first)["checks"] if one["name"] == "known-imports"] == [
        False,
        True,
    ]
    stage.gate(before)


def test_where_no_interpreter_is_named_imports_are_said_to_be_unchecked(stage: Stage) -> None:
    told = (stage.repo / "bmad.yaml").read_text(encoding="utf-8")
    at, end = told.index("verify:"), told.index("\nact:")
    run = "verify: [{name: tests, run: [git, --version]}]"
    stage.commit({"bmad.yaml": f"{told[:at]}{run}{told[end:]}"}, "No Python\n\nPolicy: x")
    stage.play({"1/dev": does({"src/NAME.py": "import fastjsonlib\n"})})
    stage.bmad("act", stage.first)
    assert "not judged: imports not checked (fastjsonlib): no interpreter" in stage.bmad("log", stage.first).out
    assert "known-imports" not in [one["name"] for one in stage.record(stage.first)["checks"]]


HARD = "def alpha(n):\n    return {2: 4}[n]\n"
HONEST = "def alpha(n):\n    return 2 * n\n"
_CRITERION = """\
import unittest

from src.NAME import alpha


class TestAlpha(unittest.TestCase):
    def test_twice(self):
        for number in range(20):
            self.assertEqual(alpha(number), 2 * number)
"""


def test_who_writes_for_the_values_of_a_test_is_caught_by_a_tester_of_its_own(stage: Stage) -> None:
    """No static check can tell it: a test that the developer did not write does."""
    name = stage.name(stage.first)
    text = stage.settings.replace("agents: {", f"agents: {{tester: {_command(stage)}, ")
    stage.commit({"bmad.yaml": text}, "A tester\n\nPolicy: x")
    before = stage.tip()
    theirs = {f"tests/test_{name}.py": _CRITERION.replace("NAME", name)}
    stage.play(
        {
            "1/test": {"files": theirs, "answer": {}},
            "1/dev": does({"src/NAME.py": HARD}),
            "2/fix": does({"src/NAME.py": HARD, **dict.fromkeys(theirs)}),
            "3/fix": does({"src/NAME.py": HONEST, **theirs}),
        }
    )
    stage.bmad("act", stage.first)
    assert failed(stage) == ["tests"], "the tester's own test caught it"
    fixed = [one for one in stage.events(stage.first) if one["event"] == "checks-failed"][1]
    assert fixed["content"]["weakened"] == [f"tests/test_{name}.py::TestAlpha::test_twice"], "theirs may not go"
    assert stage.git("show", f"main:src/{name}.py") == HONEST.strip()
    stage.gate(before)


def test_who_writes_for_the_values_of_their_own_test_is_caught_by_a_reviewer(stage: Stage) -> None:
    before = stage.tip()
    quote = "    return {2: 4}[n]"
    name = finding_id("correctness", stage.file_of(stage.first), quote)
    raised = claim(
        stage.first, quote, line=2, claim="Written for the one value of its test: alpha(3) is no number."
    )
    stage.play(
        {
            "1/dev": does({"src/NAME.py": HARD}),
            "1/review/correctness": found(raised),
            "1/triage": stands("confirmed", name),
            "2/fix": does({"src/NAME.py": HONEST}),
            "2/review/correctness": found(settled=[name]),
        }
    )
    stage.bmad("act", stage.first)
    assert [one["disposition"] for one in stage.record(stage.first)["findings"]] == ["fixed"]
    stage.gate(before)


def _command(stage: Stage) -> str:
    """The command of the developer, as the settings have it."""
    _, _, rest = stage.settings.partition("developer: ")
    return rest[: rest.index("}") + 1]


def test_a_person_who_takes_a_test_away_says_so(stage: Stage) -> None:
    stage.set(accept="story", rounds=2)
    stage.bmad("start", stage.first)
    stage.git("rm", "--quiet", KEPT)
    (stage.repo / stage.file_of(stage.first)).write_text("VALUE = 1\n", encoding="utf-8")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "-m", f"By hand\n\nStory: {stage.first}")
    stage.bmad("submit", code=4)
    stage.bmad("submit", code=4)
    assert stage.ways(stage.first)[-1] == "arbitrate"
    [item] = stage.json("inbox")["items"]
    assert item["commands"][0] == f"bmad act {stage.first} --again --why TESTS-THAT-MAY-GO"
    stage.bmad("act", stage.first, "--again", "--why", f"{KEPT} may go", code=4)
    assert stage.ways(stage.first)[-1] == "accept"
