"""Mutants of touched lines: what is made, in what order, and what never is."""

import ast

from bmad.core.evidence.asserting import asserting, idle
from bmad.core.evidence.emptied import emptied
from bmad.core.evidence.mutants import Made, mutants
from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import read
from bmad.core.imports.attributes import attributes
from bmad.core.imports.python import imports, names
from bmad.core.suites.weakened import Version, compared

SOURCE = '''"""Says 1 < 2."""
from typing import Final

LIMIT: Final = 3


def f(a: int = 2, b=None) -> "list[int]":
    """Says 3 > 2."""
    if a < LIMIT and not b:
        raise ValueError(f"bad {a + 1}")
    while a >= 10:
        a -= 1
        continue
    log.info("x %s", a + 1)
    items.append(a)
    return [one for one in range(a) if one % 2 == 0]


def g(p):
    assert p != 1
    return (p in NAMES, p is None, "ä" + p)  # a < b


if __name__ == "__main__":
    f(7)
'''
ALL = range(1, SOURCE.count("\n") + 1)


def words(*lines: int, most: int = 100) -> list[str]:
    return [one.words for one in mutants({"a.py": (SOURCE, lines)}, most).chosen]


def test_each_kind_of_change_is_made_where_a_line_was_touched() -> None:
    assert words(9) == [
        "the condition `a < LIMIT and not b` turned around",
        "`or` for `and` in `a < LIMIT and not b`",
        "`<=` for `<` in `a < LIMIT`",
        "without `not`: `b`",
    ]
    assert 'without `raise ValueError(f"bad {a + 1}")`' in words(10)
    assert words(12) == ["without `a -= 1`", "`(1 + 1)` for `1`"]
    assert words(13) == ["without `continue`"]
    assert words(15) == ["without `items.append(a)`"]
    assert "`!=` for `==` in `one % 2 == 0`" in words(16)
    assert words(4) == ["`(3 + 1)` for `3`"]


def test_nothing_is_changed_that_only_speaks_or_never_runs() -> None:
    assert words(1, 2, 8, 14, 20, 24, 25) == []
    assert not any(one.startswith("`-`") for one in words(21)), "texts are joined, not added up"


def test_every_mutant_parses_differs_and_is_the_same_each_time() -> None:
    made = mutants({"a.py": (SOURCE, ALL)}, 100).chosen
    same = ast.dump(ast.parse(SOURCE))
    assert len(made) > 15
    for one in made:
        assert ast.dump(ast.parse(one.text)) != same
    assert made == mutants({"a.py": (SOURCE, ALL)}, 100).chosen


def test_a_few_are_spread_over_the_change_and_all_its_files() -> None:
    line = "def f{0}(n):\n    return n\n"
    text = "".join(line.format(number) for number in range(50))
    made = mutants({"a.py": (text, range(1, 101)), "b.py": (text, range(1, 101))}, 8).chosen
    assert len(made) == 8
    assert {one.path for one in made} == {"a.py", "b.py"}
    assert max(one.line for one in made) - min(one.line for one in made) > 50
    several = mutants({"a.py": ("def f(a, b):\n    return a + b > a - b\n", [2])}, 3)
    assert (len(several.chosen), several.every) == (3, 4)


def test_marks_and_line_ends_that_python_reads_move_nothing() -> None:
    for text in ("\ufeffx = 1 < 2\n", "y = 'ä'\rx = 1 < 2\r", "y = 'ä'\r\nx = 1 < 2\r\n"):
        made = mutants({"a.py": (text, [1, 2])}, 9).chosen
        assert text.replace("<", "<=") in [one.text for one in made]
        assert text.replace("1 <", "(1 + 1) <") in [one.text for one in made]
        assert emptied(None, f"{text}def f():\n    return 1\n") is not None
    named = read("tests/test_a.py", "\ufeffdef test_a():  # US-3/AC-1\n    assert True\n", Names(["US-3/AC-1"]))
    assert [one.criteria for one in named.tests] == [("US-3/AC-1",)]


def test_what_is_nested_deeper_than_can_be_followed_is_as_what_does_not_parse() -> None:
    deep = "1 if a else " * 1500 + "2"
    for text in (
        f"if {deep}:\n    x = 1\n",
        f"pytestmark = {deep}\n",
        "if a:\n    x = 1\n" + "elif b:\n    x = 2\n" * 2900,
    ):
        assert mutants({"a.py": (text, [1])}, 5) == Made()
        assert emptied(text, f"{text}def f():\n    return 1\n") is None
        assert not compared([Version("tests/test_a.py", None, text)]).losses
        assert idle([Version("tests/test_a.py", None, text)]) == []
        assert read("tests/test_a.py", text, Names(())).tests == ()
        assert attributes(text) == [] == (imports(text) or [])
        assert "y" not in names(text).bound


def test_what_cannot_be_read_has_none() -> None:
    assert mutants({"a.py": ("def (:\n", [1])}, 5) == Made()
    assert mutants({"a.py": ("x = (a  # <\n     < b)\n", [1])}, 5) == Made(), (
        "an operator behind a comment is left alone"
    )


TESTS = """\
import pytest
from src.a import check, run
from tests.helpers import seen


def test_nothing():
    run(1)


def test_always():
    assert True


def test_itself(self):
    self.assertEqual(run(1), run(1))


def test_helper():
    seen(run(1))


def test_own():
    _look(run(1))


def test_fixture(client):
    client.expect(1)


def test_raises():
    with pytest.raises(ValueError):
        run(2)


def _look(value): assert value
"""


def test_a_test_asserts_nothing_where_nothing_it_does_can_fail_by_what_it_sees() -> None:
    found = idle([Version("tests/test_a.py", None, TESTS)])
    assert [one.name for one in found] == ["test_nothing", "test_always", "test_itself"]
    assert not asserting(found, []).ok
    assert asserting(found, ["test_nothing, test_always and test_itself may"]).ok
    assert idle([Version("tests/test_a.py", TESTS, TESTS)]) == [], "what stood there before is nobody's fault"
    assert idle([Version("src/a.py", None, TESTS), Version("tests/test_a.py", TESTS, None)]) == []
