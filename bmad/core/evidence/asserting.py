"""Tests of Python that assert nothing: written or changed by a change, run, and unable to fail by what they see.

A call of the code under test asserts nothing by itself. One of a helper may: whatever the tests define, take from
their own folders or are handed is left alone.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.act.checks import ASSERTING, Check
from bmad.core.evidence.testfiles import is_of_tests
from bmad.core.gate.words import printable
from bmad.core.suites import python
from bmad.core.suites.roots import QUIET
from bmad.core.suites.suite import Test
from bmad.core.suites.weakened import Version, is_python_test
from bmad.core.syntax import parsed

_MOST = 10


class Idle(NamedTuple):
    """A test that asserts nothing."""

    path: str
    name: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.path}::{self.name}"


def idle(versions: Iterable[Version]) -> list[Idle]:
    """The tests that a change writes or changes, and that assert nothing."""
    found = []
    for one in versions:
        if is_python_test(one.path) and one.after is not None:
            before = python.suite(one.path, one.before or "").tests
            after = python.suite(one.path, one.after)
            own = _own_names(one.after) if after.whole else frozenset[str]()
            found += [
                Idle(test.path, test.name, test.line)
                for name, test in after.tests.items()
                if not test.off and (name not in before or before[name].text != test.text) and _is_idle(test, own)
            ]
    return found


def _is_idle(test: Test, own: frozenset[str]) -> bool:
    """All that it calls goes back to what asserts nothing, through whatever names it has for that."""
    return not test.asserts and test.roots <= own | QUIET


def _own_names(text: str) -> frozenset[str]:
    """What a file of tests imports from elsewhere than tests: nothing of that asserts."""
    tree = parsed(text)
    return frozenset(_imported(ast.walk(tree) if tree is not None else ()))


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and not node.level and not _is_tests(node.module or ""):
            yield from (one.asname or one.name for one in node.names)
        elif isinstance(node, ast.Import):
            names = (one for one in node.names if not _is_tests(one.name))
            yield from (one.asname or one.name.partition(".")[0] for one in names)


def _is_tests(module: str) -> bool:
    """Whether a module is of tests, or made for them."""
    words = ("test", "check", "assert", "mock", "helper", "hypothesis", "expect", "approv", "snapshot", "hamcrest")
    return is_of_tests(f"{module.replace('.', '/')}.py") or any(word in module.lower() for word in words)


def asserting(found: Sequence[Idle], said: Iterable[str]) -> Check:
    """The check; `said` are words of people, who may let a test be as it is by its name."""
    told = list(said)
    left = [one for one in found if not any(one.name.rpartition("::")[2] in words for words in told)]
    if not left:
        return Check(ASSERTING, ok=True, sentence="No test of Python that is written or changed asserts nothing.")
    named = ", ".join(f"{printable(one.place)} (line {one.line})" for one in left[:_MOST])
    more = f" and {len(left) - _MOST} more" if len(left) > _MOST else ""
    return Check(ASSERTING, ok=False, sentence=f"Tests that assert nothing: {named}{more}. {_WAY}")


_WAY = (
    "Say in each what must hold of what the code returns or does; where running is all there is to see, a person "
    "names the test: bmad act STORY --again --why WORDS."
)
