"""Python's tests before and after a change: what is lost, and what an honest change may do."""

from textwrap import dedent

import pytest

from bmad.core.suites.weakened import Loss, Version, compared

BEFORE = dedent(
    """\
    import unittest
    import pytest


    def test_one():
        assert double(3) == 6
        assert double(4) == 8


    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_each(number):
        assert double(number) == 2 * number


    class TestDouble(unittest.TestCase):
        def test_two(self):
            with self.assertRaises(ValueError):
                double(None)
            self.assertEqual(double(2), 4)
    """
)
ONE = BEFORE[BEFORE.index("def test_one") : BEFORE.index("@pytest")]
AT = "tests/test_double.py"


def lost(after: str | None, before: str | None = BEFORE, path: str = AT, **more: str) -> list[Loss]:
    others = [Version(f"tests/{name}.py", None, text) for name, text in more.items()]
    return list(compared([Version(path, before, after), *others]).losses)


def places(losses: list[Loss]) -> list[str]:
    return [f"{one.name} {one.words.partition(':')[0]}" for one in losses]


def first(text: str) -> tuple[str, str]:
    """A change that puts words at the head of the module."""
    return "import pytest\n", f"import pytest\n\n{text}\n"


def then(text: str) -> tuple[str, str]:
    """A change that puts words after `test_one`."""
    return "class TestDouble", f"{text}\n\n\nclass TestDouble"


def last(text: str) -> tuple[str, str]:
    return "double(2), 4)\n", f"double(2), 4)\n\n\n{text}\n"


ONE_IS_GONE, TWO_IS_GONE, ALL_ARE_OUT = (
    "test_one is deleted",
    "TestDouble::test_two is deleted",
    " has tests left out",
)
LESS = {
    "deleted": ("def test_one", "def one", "test_one is deleted"),
    "commented out": (
        ONE,
        "# def test_one():\n#     assert double(3) == 6\n\n\n",
        "test_one is deleted",
    ),
    "not collected": ("class TestDouble(unittest.TestCase)", "class Double", "TestDouble::test_two is deleted"),
    "hidden by another of its name": (
        "class TestDouble",
        "def test_one():\n    pass\n\n\nclass TestDouble",
        "test_one asserts no more",
    ),
    "a tolerance": ("double(3) == 6", "double(3) == pytest.approx(6, abs=100)", "test_one asserts no more"),
    "bounds": ("double(3) == 6", "0 < double(3) < 600", "test_one asserts no more"),
    "anything": ("double(3) == 6", "double(3) == mock.ANY", "test_one asserts no more"),
    "a tolerance of unittest": (
        "assertEqual(double(2), 4)",
        "assertAlmostEqual(double(2), 4, delta=100)",
        "TestDouble::test_two asserts no more",
    ),
    "bounds of unittest": (
        "assertEqual(double(2), 4)",
        "assertGreater(double(2), 0)",
        "TestDouble::test_two asserts no more",
    ),
    "skipped": ("def test_one", "@pytest.mark.skip\ndef test_one", "test_one is switched off"),
    "skipped on a condition": (
        "def test_one",
        "@pytest.mark.skipif(True, reason='later')\ndef test_one",
        "test_one is switched off",
    ),
    "expected to fail": ("def test_one", "@pytest.mark.xfail\ndef test_one", "test_one is switched off"),
    "skipped by unittest": (
        "    def test_two",
        "    @unittest.skip('later')\n    def test_two",
        "TestDouble::test_two is switched off",
    ),
    "a class that is skipped": (
        "class TestDouble",
        "@unittest.skipIf(True, '')\nclass TestDouble",
        "TestDouble::test_two is switched off",
    ),
    "skipped within": (
        "    assert double(3) == 6",
        "    pytest.skip('later')\n    assert double(3) == 6",
        "test_one is switched off",
    ),
    "skipped under another name": (
        "import pytest\n\n\ndef",
        "import pytest\n\nlater = pytest.mark.skip('')\n\n\n@later\ndef",
        "test_one is switched off",
    ),
    "raises SkipTest": (
        "        self.assertEqual(double(2), 4)",
        "        raise unittest.SkipTest('no')",
        "TestDouble::test_two is switched off",
    ),
    "a module that is skipped": (
        "import pytest\n",
        "import pytest\n\npytestmark = pytest.mark.skip('later')\n",
        " has tests left out",
    ),
    "a module that skips itself": (
        "import pytest\n",
        "import pytest\n\npytest.skip('later', allow_module_level=True)\n",
        " has tests left out",
    ),
    "fewer assertions": ("    assert double(4) == 8\n", "", "test_one asserts no more"),
    "nothing asserted": ("assert double(3) == 6", "double(3)", "test_one asserts no more"),
    "true whatever happens": ("double(3) == 6", "True", "test_one asserts no more"),
    "or true": ("double(3) == 6", "double(3) == 6 or True", "test_one asserts no more"),
    "equal to itself": ("double(3) == 6", "double(3) == double(3)", "test_one asserts no more"),
    "after a return": ("    assert double(3)", "    return\n    assert double(3)", "test_one asserts no more"),
    "under a condition that never is": (
        "    assert double(4) == 8",
        "    if False:\n        assert double(4) == 8",
        "test_one asserts no more",
    ),
    "swallowed": (
        "    assert double(4) == 8",
        "    try:\n        assert double(4) == 8\n    except AssertionError:\n        pass",
        "test_one asserts no more",
    ),
    "suppressed": (
        "    assert double(4) == 8",
        "    with contextlib.suppress(Exception):\n        assert double(4) == 8",
        "test_one asserts no more",
    ),
    "fewer cases": ("[1, 2, 3]", "[1]", "test_each has 1 cases of 3"),
    "no comparison": ("assert double(4) == 8", "assert double(4)", "test_one asserts no more"),
    "only that it is something": ("double(4) == 8", "double(4) is not None", "test_one asserts no more"),
    "only what kind it is": ("double(4) == 8", "isinstance(double(4), int)", "test_one asserts no more"),
    "skipped before it begins": (
        "    def test_two",
        "    def setUp(self):\n        self.skipTest('later')\n\n    def test_two",
        "TestDouble::test_two is switched off",
    ),
    "skipped by a fixture": (
        "def test_one",
        "@pytest.fixture(autouse=True)\ndef _later():\n    pytest.skip('later')\n\n\ndef test_one",
        " has tests left out",
    ),
    "deleted by its name": (*then("del test_one"), ONE_IS_GONE),
    "bound to something else": (*then("test_one = None"), ONE_IS_GONE),
    "popped": (*then("globals().pop('test_one')"), ONE_IS_GONE),
    "deleted in its class": ("double(2), 4)", "double(2), 4)\n\n    del test_two", TWO_IS_GONE),
    "deleted from its class": (*last("del TestDouble.test_two"), TWO_IS_GONE),
    "overwritten in its class": (*last("TestDouble.test_two = len"), TWO_IS_GONE),
    "its class deleted": (*last("del TestDouble"), TWO_IS_GONE),
    "said to be none": (*then("test_one.__test__ = False"), "test_one is switched off"),
    "a class said to be none": (
        *last("setattr(TestDouble, '__test__', False)"),
        "TestDouble::test_two is switched off",
    ),
    "a module that exits": (*first("sys.exit(0)"), ALL_ARE_OUT),
    "a module that exits as it counts": (*first("exit(len([]))"), ALL_ARE_OUT),
    "a module that raises its end": (*first("if pytest:\n    raise SystemExit"), ALL_ARE_OUT),
    "a module that ends its process": (*first("os._exit(0)"), ALL_ARE_OUT),
    "a module that skips itself on a condition": (
        *first("if pytest:\n    pytest.skip('later', allow_module_level=True)"),
        ALL_ARE_OUT,
    ),
    "ended within": ("    assert double(3)", "    os._exit(0)\n    assert double(3)", "test_one is switched off"),
    "ended by pytest": (
        "    assert double(3)",
        "    pytest.exit('done', returncode=0)\n    assert double(3)",
        "test_one is switched off",
    ),
    "ended before it begins": (
        "    def test_two",
        "    def setUp(self):\n        os._exit(0)\n\n    def test_two",
        "TestDouble::test_two is switched off",
    ),
    "a generator": (
        "    assert double(4) == 8",
        "    assert double(4) == 8\n    yield",
        "test_one is switched off",
    ),
    "a loop over nothing": (
        "    assert double(4) == 8",
        "    for _ in []:\n        assert double(4) == 8",
        "test_one asserts no more",
    ),
    "all of nothing": ("double(4) == 8", "all(double(one) == 8 for one in ())", "test_one asserts no more"),
    "no exception": (
        "with self.assertRaises(ValueError):",
        "with contextlib.nullcontext():",
        "TestDouble::test_two asserts no more",
    ),
}


@pytest.mark.parametrize("name", LESS)
def test_what_asks_for_less_is_told_with_its_place_and_what_was_there(name: str) -> None:
    old, new, told = LESS[name]
    assert old in BEFORE
    losses = lost(BEFORE.replace(old, new))
    assert places(losses)[:1] == [told], losses
    assert told.startswith(" ") or "double(" in losses[0].was


def test_a_file_that_is_gone_takes_its_tests_with_it() -> None:
    assert places(lost(None)) == [
        "test_one is deleted",
        "test_each is deleted",
        "TestDouble::test_two is deleted",
    ]


HONEST = {
    "another value": ("== 8", "== 9"),
    "renamed": ("def test_one", "def test_the_first"),
    "renamed and mended": (
        "def test_one():\n    assert double(3) == 6",
        "def test_first():\n    assert double(3) == 7",
    ),
    "two in one": (
        "    assert double(3) == 6\n    assert double(4) == 8",
        "    assert (double(3), double(4)) == (6, 8)",
    ),
    "joined by and": (
        "    assert double(3) == 6\n    assert double(4) == 8",
        "    assert double(3) == 6 and double(4) == 8",
    ),
    "in a loop": (
        "    assert double(3) == 6\n    assert double(4) == 8",
        "    for number in (3, 4):\n        assert double(number) == 2 * number",
    ),
    "through a helper": ("    assert double(3) == 6\n    assert double(4) == 8", "    check(double)"),
    "split": ("    assert double(4) == 8", "\n\ndef test_other():\n    assert double(4) == 8"),
    "allowing for rounding": ("double(3) == 6", "double(3) == pytest.approx(6.0)"),
    "another value with bounds that stood": ("double(3) == 6", "double(3) == 7"),
    "bounds of unittest beside": ("double(2), 4)\n", "double(2), 4)\n        self.assertGreater(double(2), 3)\n"),
    "a mark that switches nothing off": ("def test_one", "@pytest.mark.slow\ndef test_one"),
    "more cases": ("[1, 2, 3]", "[1, 2, 3, 4]"),
    "a new test that is skipped": (
        "class TestDouble",
        "@pytest.mark.skip\ndef test_new():\n    assert False\n\n\nclass TestDouble",
    ),
    "a value with a name": ("== 8", "== EIGHT"),
    "nearly equal by pytest": ("double(4) == 8", "double(4) == pytest.approx(8, abs=1e-6)"),
    "nearly equal by unittest": (
        "assertEqual(double(2), 4)",
        "assertAlmostEqual(double(2), 4, places=6, msg='four')",
    ),
    "nearly equal": ("double(4) == 8", "abs(double(4) - 8) < 1e-9"),
    "truth through a helper": ("double(4) == 8", "is_twice(double(4), 4)"),
    "set up": ("    def test_two", "    def setUp(self):\n        self.number = 2\n\n    def test_two"),
    "wrapped": then("test_one = slowly(test_one)"),
    "taken back and made again": then(
        f"del test_one\n\n\n{BEFORE[BEFORE.index('def test_one') : BEFORE.index('@pytest')]}"
    ),
    "other names": then("number = 3\ndel number"),
    "started by itself": last("if __name__ == '__main__':\n    sys.exit(unittest.main())"),
    "an end that fails": first("if not pytest:\n    sys.exit('pytest is needed')"),
    "a process of its own": (
        "    assert double(4) == 8",
        "    if os.fork() == 0:\n        os._exit(0)\n    assert double(4) == 8",
    ),
    "a generator within": (
        "    assert double(4) == 8",
        "    def numbers():\n        yield 4\n\n    assert [double(one) for one in numbers()] == [8]",
    ),
    "driven by what decorates it": (
        "def test_one():\n    assert double(3) == 6",
        "@inlineCallbacks\ndef test_one():\n    assert (yield double(3)) == 6",
    ),
    "words": ("def test_one():\n", 'def test_one():\n    """One."""\n'),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_change_loses_nothing(name: str) -> None:
    old, new = HONEST[name]
    assert old in BEFORE
    assert lost(BEFORE.replace(old, new)) == []


def test_tests_that_move_to_other_files_are_not_lost() -> None:
    one, two = BEFORE.partition("@pytest")[0], BEFORE.partition("@pytest")[2]
    assert lost(None, test_other=BEFORE) == []
    assert lost(None, test_one=one, test_two=f"import pytest\n\n\n@pytest{two}") == []


def test_what_was_switched_off_before_may_stay_so_or_go_on() -> None:
    off = BEFORE.replace("def test_one", "@pytest.mark.skip\ndef test_one")
    assert lost(off, off.replace("def test_each", "def test_every")) == []
    assert lost(BEFORE, off) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/conftest.py", "collect_ignore = ['test_double.py']\n"),
        ("conftest.py", "def pytest_collection_modifyitems(items):\n    items[:] = []\n"),
        (
            "tests/conftest.py",
            "def pytest_runtest_makereport(item):\n    report = yield\n    report.outcome = 'passed'\n",
        ),
        ("conftest.py", "def pytest_ignore_collect(collection_path):\n    return True\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "--ignore=tests/test_double.py"\n'),
        ("pytest.ini", "[pytest]\naddopts = -q -k 'not one'\n"),
    ],
)
def test_files_that_have_other_files_left_out_are_told(path: str, text: str) -> None:
    assert places(lost(text, None, path)) == [" has tests left out"]
    assert lost(text, text, path) == []


def test_what_cannot_be_parsed_is_said_and_not_judged() -> None:
    told = compared([Version(AT, BEFORE, "def test_one(:\n")])
    assert (told.losses, told.unjudged) == ((), (f"{AT} cannot be parsed",))
    assert compared([Version("src/double.py", "def test_it(): assert f()\n", None)]).losses == ()
    deep = "def test_one():\n    assert " + "(" * 150 + "1" + ")" * 150 + "\n"
    assert compared([Version(AT, deep, deep)]).losses == ()


HELPERS = dedent(
    """\
    def check(found, wanted):
        assert found == wanted
        assert type(found) is type(wanted)


    def lend():
        return 7


    class Base:
        def holds(self, found):
            self.assertEqual(found, 4)
    """
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    assert found == wanted\n", "", "check asserts no more"),
        ("assert found == wanted", "assert found is not None", "check asserts no more"),
        ("self.assertEqual(found, 4)", "pass", "Base::holds asserts no more"),
        ("    assert found == wanted", "    return\n    assert found == wanted", "check asserts no more"),
    ],
)
def test_what_tests_have_assert_for_them_is_looked_at_too(old: str, new: str, told: str) -> None:
    assert places(lost(HELPERS.replace(old, new), HELPERS, "tests/helpers.py")) == [told]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return 7", "return 8"),
        ("found == wanted", "wanted == found"),
        ("def lend():\n    return 7\n", ""),
        ("def check(found, wanted):", "def check_all(found, wanted):"),
        ("    assert found == wanted\n", "    assert found == wanted\n    assert found\n"),
    ],
)
def test_twin_a_helper_that_asks_as_much_or_is_gone_is_no_loss(old: str, new: str) -> None:
    """One that is gone is missed by the tests that call it."""
    assert lost(HELPERS.replace(old, new), HELPERS, "tests/helpers.py") == []
