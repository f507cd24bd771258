"""Ways to have a test of Python pass that leave its assertions as they read, each beside an honest twin."""

import pytest

from bmad.core.evidence.asserting import idle
from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import read
from bmad.core.suites.weakened import Version, compared

HEAD = "import unittest\nimport pytest\nfrom src import double as module\nfrom src.double import double\n\n\n"
AT = "tests/test_double.py"
ONE = "def test_one():\n    assert double(3) == 6\n"
TWO = "class TestTwo(unittest.TestCase):\n    def test_two(self):\n        self.assertEqual(double(2), 4)\n"
EACH = "@pytest.mark.parametrize('n', [1, 2, 3])\ndef test_one(n):\n    assert double(n) == 2 * n\n"
LOOP = "def test_one():\n    for n in (1, 2, 3):\n        assert double(n) == 2 * n\n"
CALM = (
    "class Calm:\n    def __enter__(self):\n        return self\n\n"
    "    def __exit__(self, *_):\n        return {}\n\n\n"
)
SWALLOW = (
    "def calm(test):\n    def run():\n        try:\n            test()\n        except Exception:\n"
    "            pass\n\n    return run\n\n\n"
)
CASE = "class TestTwo(unittest.TestCase):\n"


def lost(before: str, after: str, **files: str) -> list[str]:
    more = [Version(path.replace("__", "/") + ".py", None, text) for path, text in files.items()]
    losses = compared([Version(AT, HEAD + before, HEAD + after), *more]).losses
    return [f"{one.name} {one.words.partition(':')[0]}".strip() for one in losses]


def inside(text: str) -> tuple[str, str]:
    """The first test with other words in it."""
    return ONE, f"def test_one():\n    {text}\n"


LIES = {
    "a condition": inside("if os.environ.get('CI'):\n        assert double(3) == 6"),
    "a way out before": inside("if not os.environ.get('CI'):\n        return\n    assert double(3) == 6"),
    "a way out where something is caught": inside(
        "try:\n        import src.fast\n    except ImportError:\n        return\n    assert double(3) == 6"
    ),
    "a way out at last": inside("try:\n        assert double(3) == 6\n    finally:\n        return"),
    "another name of what is caught": inside(
        "all = AssertionError\n    try:\n        assert double(3) == 6\n    except all:\n        pass"
    ),
    "a handler that asserts nothing": inside(
        "try:\n        assert double(3) == 6\n    except AssertionError:\n        assert True"
    ),
    "what fails is expected": inside("with pytest.raises(AssertionError):\n        assert double(3) == 6"),
    "a mark from within": (ONE, ONE.replace("():\n", "(request):\n    request.node.add_marker('xfail')\n")),
    "a module that is not there": inside("pytest.importorskip('nope')\n    assert double(3) == 6"),
    "a case": inside("match double(1):\n        case 7:\n            assert double(3) == 6"),
    "only where something is caught": inside(
        "try:\n        double(3)\n    except ValueError:\n        assert double(3) == 6"
    ),
    "a suppressing under another name": (
        ONE,
        f"from contextlib import suppress as calm\n\n\n{ONE}".replace(
            "    assert", "    with calm(AssertionError):\n        assert"
        ),
    ),
    "a context that takes what failed": (
        ONE,
        CALM.format("True") + ONE.replace("    assert", "    with Calm():\n        assert"),
    ),
    "a decorator that takes what failed": (
        ONE,
        f"{SWALLOW}@calm\n{ONE}",
    ),
    "a decorator that has none of it": (ONE, f"@(lambda test: lambda: None)\n{ONE}"),
    "only under a condition": (ONE, "if os.environ.get('CI'):\n    " + ONE.replace("\n    ", "\n        ")),
    "a loop over nothing": inside("for _ in iter(()):\n        assert double(3) == 6"),
    "a stand-in by default": (ONE, ONE.replace("test_one()", "test_one(double=lambda n: 6)")),
    "a list": inside("assert [double(3) == 6]"),
    "a function": inside("assert lambda: double(3) == 6"),
    "a generator": inside("assert (double(n) == 6 for n in [3])"),
    "words of a value": inside("assert f'{double(3)} == 6'"),
    "one or the other": inside("assert double(3) == 6 or double(3) != 6"),
    "a choice": inside("assert double(3) == 6 if False else True"),
    "equal to itself": inside("assert (six := double(3)) == six"),
    "one of many": inside("assert double(3) in range(100)"),
    "one of some": inside("assert double(3) in (6, 7, None)"),
    "a stand-in": inside("double = {3: 6}.get\n    assert double(3) == 6"),
    "a stand-in of the module": (ONE, f"def double(n):\n    return 6\n\n\n{ONE}"),
    "a stand-in by a patch": (
        ONE.replace("double(3)", "module.double(3)"),
        ONE.replace("():\n", "(monkeypatch):\n    monkeypatch.setattr(module, 'double', lambda n: 6)\n").replace(
            "double(3)", "module.double(3)"
        ),
    ),
    "less of the same loop": (LOOP, LOOP.replace("(1, 2, 3)", "(1,)")),
    "a loop that became less": (EACH, LOOP.replace("(1, 2, 3)", "(1,)")),
    "the same case thrice": (EACH, EACH.replace("[1, 2, 3]", "[1, 1, 1]")),
    "any exception": (
        "def test_one():\n    with pytest.raises(ValueError):\n        double(None)\n",
        "def test_one():\n    with pytest.raises(Exception):\n        double(None)\n",
    ),
    "without its words": (
        "def test_one():\n    with pytest.raises(ValueError, match='no number'):\n        double(None)\n",
        "def test_one():\n    with pytest.raises(ValueError):\n        double(None)\n",
    ),
    "one that makes itself": (
        ONE.replace("def", "class TestTwo:\n    def").replace("    assert", "        assert"),
        ONE.replace("def", "class TestTwo:\n    def __init__(self):\n        pass\n\n    def").replace(
            "    assert", "        assert"
        ),
    ),
    "never awaited": (TWO, TWO.replace("def test", "async def test")),
    "an assertion of its own": (TWO, TWO.replace(CASE, f"{CASE}    def assertEqual(self, *_):\n        pass\n\n")),
    "a way to run of its own": (TWO, TWO.replace(CASE, f"{CASE}    def run(self, result):\n        pass\n\n")),
    "an assertion for all": (TWO, f"unittest.TestCase.assertEqual = print\n\n\n{TWO}"),
    "an assertion for all, set": (TWO, f"setattr(unittest.TestCase, 'assertEqual', print)\n\n\n{TWO}"),
}


@pytest.mark.parametrize("name", LIES)
def test_what_cannot_fail_any_more_is_told(name: str) -> None:
    assert lost(*LIES[name]), name


MANY = "".join(f"def test_{n}():\n    assert double({n}) == {2 * n}\n\n\n" for n in (1, 2, 3))
TABLE = (
    "@pytest.mark.parametrize(('n', 'twice'), [(1, 2), (2, 4), (3, 6)])\n"
    "def test_1(n, twice):\n    assert double(n) == twice\n"
)
OF_CLASS = (
    "@pytest.mark.parametrize('n', [1, 2, 3])\nclass TestOne:\n    def test_one(self, n):\n"
    "        assert double(n) == 2 * n\n"
)
RAISES = "def test_one():\n    with pytest.raises(ValueError, match='no number'):\n        double(None)\n"
TOLD = RAISES.replace(", match='no number')", ") as told") + "    assert 'no number' in str(told.value)\n"
BASE = TWO.replace("TestTwo(unittest.TestCase)", "Twos")
TWINS = {
    "both ways": inside("if new:\n        assert double(3) == 6\n    else:\n        assert double('3') == 6"),
    "a loop to cases": (LOOP, EACH),
    "cases to a loop": (EACH, LOOP),
    "a range to cases": (
        LOOP.replace("(1, 2, 3)", "range(3)"),
        EACH.replace("[1, 2, 3]", "range(3)"),
    ),
    "cases by name": (EACH, "NUMBERS = [1, 2, 3]\n\n\n" + EACH.replace("[1, 2, 3]", "NUMBERS")),
    "cases of any number": (EACH, EACH.replace("pytest.mark.parametrize('n', [1, 2, 3])", "given(integers())")),
    "cases of a class": (
        EACH,
        OF_CLASS,
    ),
    "tests to cases": (MANY, TABLE),
    "is true": (ONE.replace("== 6", "is True"), ONE.replace(" == 6", "")),
    "equals true": (TWO.replace("2), 4", "2), True"), TWO.replace("Equal", "True").replace("2), 4", "2)")),
    "one of two to one": (ONE.replace("== 6", "in (6, 7)"), ONE),
    "fails by itself": inside("if double(3) != 6:\n        raise AssertionError('six')"),
    "fails by pytest": inside("if double(3) != 6:\n        pytest.fail('six')"),
    "words of an exception": (TOLD, RAISES),
    "in a fixture": (
        ONE.replace("    assert", "    assert double(3)\n    assert"),
        f"@pytest.fixture\ndef six():\n    assert double(3)\n    return 6\n\n\n{ONE.replace('()', '(six)')}",
    ),
    "in a base": (
        TWO,
        f"{BASE}\n\nclass TestTwo(Twos, unittest.TestCase):\n    pass\n",
    ),
    "a way to run that runs": (
        TWO,
        TWO.replace(CASE, f"{CASE}    def run(self, result):\n        return super().run(result)\n\n"),
    ),
    "an assertion that asserts more": (
        TWO,
        TWO.replace(CASE, f"{CASE}    def assertEqual(self, a, b):\n        super().assertEqual(a, b)\n\n"),
    ),
    "what it is wrapped in": (ONE, f"double = slowly(double)\n\n\n{ONE}"),
    "a context that hands on what failed": (
        ONE,
        CALM.format("False") + ONE.replace("    assert", "    with Calm():\n        assert"),
    ),
    "what takes a failure, called elsewhere": (
        ONE,
        f"{SWALLOW}@pytest.mark.parametrize('n', [calm(double)])\n{ONE.replace('()', '(n)', 1)}",
    ),
    "values of its own": (TWO, TWO.replace(CASE, f"{CASE}    def setUp(self):\n        self.obj = double\n\n")),
    "a block that always runs": (ONE, "if True:\n    " + ONE.replace("\n    ", "\n        ")),
    "a patch of something else": (
        ONE,
        ONE.replace("():\n", "(monkeypatch):\n    monkeypatch.setattr(module, 'table', {})\n"),
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_twin_what_asks_as_much_in_other_words_is_no_loss(name: str) -> None:
    assert lost(*TWINS[name]) == []


MEDDLING = {
    "tests__conftest": [
        "unittest.TestCase.assertEqual = print\n",
        "def pytest_collection_modifyitems(items):\n    items.clear()\n",
        "def pytest_collection_modifyitems(items):\n    del items[1:]\n",
        "def pytest_collection_modifyitems(items):\n    items[0].add_marker(pytest.mark.xfail)\n",
        "def pytest_runtest_makereport(item):\n    told = (yield).get_result()\n    told.outcome = 'passed'\n",
        "def pytest_runtest_makereport(item, call):\n    call.excinfo = None\n",
        "def pytest_runtest_setup(item):\n    item.obj = lambda **_: None\n",
        "def pytest_pyfunc_call(pyfuncitem):\n    return True\n",
        "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n",
        "def pytest_configure(config):\n    config.option.keyword = 'not one'\n",
        "def pytest_configure(config):\n    setattr(config.option, 'keyword', 'not one')\n",
        "def pytest_runtest_logreport(report):\n    report.__dict__['outcome'] = 'passed'\n",
        "def pytest_runtest_logreport(report):\n    vars(report).update(outcome='passed')\n",
        "def pytest_pyfunc_call(pyfuncitem):\n    (yield).force_result(True)\n",
        "def pytest_collection_modifyitems(items):\n    for one in items:\n        one.runtest = lambda: None\n",
        "def pytest_collection_modifyitems(items):\n    every = items\n    every.clear()\n",
        "def pytest_load_initial_conftests(args):\n    args[:] = ['--version']\n",
        "def pytest_runtest_setup(item):\n    raise Skipped('later')\n",
        "def pytest_runtestloop(session):\n    return True\n",
        "def pytest_cmdline_main(config):\n    return 0\n",
        "def pytest_pycollect_makeitem(name):\n    return []\n",
        "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n",
        "import builtins\nbuiltins.AssertionError = SystemExit\n",
        "import atexit, os\natexit.register(os._exit, 0)\n",
        "import os\nos.environ['PYTEST_ADDOPTS'] = '-k nothing'\n",
    ],
    "sitecustomize": ["import unittest\nunittest.TestCase.assertEqual = print\n", "import os\nos._exit(0)\n"],
    "tests__test_other": ["unittest.TestCase.assertEqual = print\n"],
}


def test_what_decides_for_other_tests_is_told_wherever_it_is_written() -> None:
    for path, texts in MEDDLING.items():
        for text in texts:
            assert lost(ONE, ONE, **{path: text}) == ["has tests left out"], text


def test_twin_hooks_that_let_tests_run_are_none() -> None:
    for text in (
        "def pytest_collection_modifyitems(items):\n    items[:] = sorted(items, key=str)\n",
        "def pytest_pyfunc_call(pyfuncitem):\n    asyncio.run(pyfuncitem.obj())\n    return True\n",
        "def pytest_runtest_setup(item):\n    item.obj = again(item.obj)\n",
        "def pytest_runtest_makereport(item):\n    told = (yield).get_result()\n    item.told = told\n",
        "def pytest_collection_modifyitems(items):\n    items[0].add_marker(pytest.mark.slow)\n",
        "def pytest_cmdline_main(config):\n    return None\n",
        "def pytest_configure(config):\n    config.option.color = 'no'\n",
        "import os\nos.environ['TZ'] = 'UTC'\n",
        "def pytest_runtest_setup(item):\n    raise ValueError(item)\n",
    ):
        assert lost(ONE, ONE, tests__conftest=text) == [], text


def test_a_file_that_pytest_does_not_collect_keeps_no_test_but_of_a_class_to_be_taken_over() -> None:
    mixin = TWO.replace("(unittest.TestCase)", "")
    for path, text, gone in (
        ("tests/helpers.py", ONE, ["is deleted"]),
        ("tests/double_test.py", ONE, []),
        ("tests/testdouble.py", ONE, []),
        ("tests/base.py", mixin, []),
    ):
        moved = compared([Version(AT, HEAD + text, None), Version(path, None, HEAD + text)]).losses
        assert [one.words for one in moved] == gone, path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts =\n    -k 'not one'\n"),
        ("pytest.toml", "[pytest]\naddopts = ['--deselect', 'tests/test_one.py']\n"),
        (".pytest.ini", "[pytest]\naddopts = --collect-only\n"),
        ("pytest.ini", "[pytest]\naddopts = -knothing -q\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = ['--setup-plan']\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-p calm'\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--last-failed'\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '--override-ini python_files=x'\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npython_functions = 'check_*'\n"),
        ("setup.cfg", "[tool:pytest]\nnorecursedirs = tests\n"),
        ("package.json", '{"scripts": {"test": "jest --testNamePattern none"}}\n'),
    ],
)
def test_settings_that_have_tests_left_out_are_told(path: str, text: str) -> None:
    assert [one.words.partition(":")[0] for one in compared([Version(path, None, text)]).losses] == [
        "has tests left out"
    ]
    twin = "[pytest]\ntestpaths = tests\naddopts = -q -m 'not slow'\n"
    assert compared([Version(path, None, twin)]).losses == ()


IDLE = {
    "a value of the code": "made = double(2)\n    made.run()",
    "imported within": "from src.other import run\n    run(2)",
    "with what pytest lends": "path = tmp_path / 'a'\n    path.write_text('x')\n    double(path)",
    "with a mock": "with mock.patch('src.other'):\n        double(2)",
    "a list of calls": "[double(n) for n in (1, 2)]",
}
NO_IDLE = {
    "a helper's value": "seen = checked(double(2))",
    "a helper around": "with checked():\n        double(2)",
    "a helper for each": "[checked(double(n)) for n in (1, 2)]",
    "a function within": "def ask():\n        assert double(2) == 4\n\n    asyncio.run(ask())",
    "a failure of its own": "if double(2) != 4:\n        raise ValueError('four')",
    "a command that is checked": "subprocess.run(['true'], check=True)",
    "an answer that is checked": "requests.get('x').raise_for_status()",
}


def test_what_goes_back_to_the_code_alone_asserts_nothing() -> None:
    head = f"{HEAD}import asyncio, mock, requests, subprocess\nfrom tests.helpers import checked\n\n\n"
    for told, bodies in (([AT], IDLE), ([], NO_IDLE)):
        for name, body in bodies.items():
            text = f"{head}def test_new(tmp_path):\n    {body}\n"
            assert [one.path for one in idle([Version(AT, None, text)])] == told, name


def test_a_test_of_a_base_names_its_criterion_for_each_class_that_has_it() -> None:
    text = (
        "class Twos:\n    def test_two(self):\n        '''STORY-3t8vnp/AC-1'''\n\n\n"
        "class TestOne(Twos):\n    pass\n\n\nclass TestTwo(Twos):\n    def test_own(self): ...\n"
    )
    found = read(AT, text, Names(["STORY-3t8vnp/AC-1"])).tests
    assert [one.name for one in found if one.criteria] == ["TestOne::test_two", "TestTwo::test_two"]
