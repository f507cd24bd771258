"""Python's tests by its own grammar: pytest and unittest. The code is parsed and never run."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.suites.asserted import asserted, fails
from bmad.core.suites.gone import Undone, ends_all, ends_tests, makes_a_generator
from bmad.core.suites.meddling import adds_mark, meddles, overrides, replaced
from bmad.core.suites.nodes import conditions, is_constant, name_of, names_in, plain, read
from bmad.core.suites.reached import Walk, anything
from bmad.core.suites.roots import QUIET, roots
from bmad.core.suites.standing_in import StandIns, imported, of_module, of_test
from bmad.core.suites.suite import MANY, Suite, Test
from bmad.core.syntax import bounded, parsed

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OFF = frozenset(
    {
        *("skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure", "skipTest", "SkipTest"),
        "importorskip",
    }
)
_IGNORING = frozenset({"collect_ignore", "collect_ignore_glob", "pytest_ignore_collect", "load_tests"})


@bounded(lambda: Suite({}, whole=False))
def suite(path: str, text: str) -> Suite:
    """The tests of a file; where it does not parse or is nested too deep, none, and that it could not be read."""
    tree = parsed(text)
    if tree is None:
        return Suite({}, whole=False)
    reader = _Reader.of(path, text, tree)
    helpers = {one.name: one for one in reader.helpers(tree.body)}
    return Suite(reader.tests(tree.body), tuple(reader.off_for_all(tree.body)), helpers)


class _Reader(NamedTuple):
    """Reads one file; `marks` are the names that keep a test from running or from failing."""

    path: str
    lines: list[str]
    marks: frozenset[str]
    walk: Walk
    classes: Mapping[str, ast.ClassDef]
    imported: frozenset[str]
    anew: frozenset[str]
    """What is imported and then bound to something else."""

    @classmethod
    def of(cls, path: str, text: str, tree: ast.Module) -> "_Reader":
        statements = list(plain(tree.body))
        names = imported(statements)
        walk = Walk(dict(_literals(tree.body)), anything(tree))
        walk = walk._replace(calm=frozenset(walk.calming(statements)))
        return cls(
            path,
            text.split("\n"),
            _OFF | frozenset(_other_names(tree.body)),
            walk,
            classes(tree),
            names,
            of_module(tree.body, names),
        )

    def tests(self, body: Sequence[ast.stmt], within: str = "") -> dict[str, Test]:
        """Those that are collected: `test…` in the module, in a class `Test…`, or in one with a base."""
        off = tuple(mark for _, mark in self.off_for_all(body, within)) if within else ()
        statements = list(plain(body))
        undone = Undone.by(statements)
        below = {id(node): words for node, words in conditions(body)}
        found: dict[str, Test] = {}
        for at, node in enumerate(statements):
            for name, test in self._of(node, within):
                own = name.removeprefix(within)
                if not undone.is_gone(own, at):
                    found[name] = test.off_by((*off, *below.get(id(node), ()), *undone.marks(own)))
        return found

    def _of(self, node: ast.stmt, within: str) -> Iterator[tuple[str, Test]]:
        """Those that one statement brings."""
        if isinstance(node, _Function) and node.name.startswith("test"):
            test = self._test(f"{within}{node.name}", node)
            yield test.name, test
        elif isinstance(node, ast.ClassDef) and is_collected(node):
            marks = self._decorating(node.decorator_list)
            times = self._cases(node.decorator_list)
            parts = (self.tests(one.body, f"{within}{node.name}::") for one in with_bases(node, self.classes))
            for name, test in {name: test for part in parts for name, test in part.items()}.items():
                never = ("async",) if name.rpartition("::")[2] in _unawaited(node) else ()
                yield name, test.off_by((*marks, *never))._replace(cases=min(MANY, test.cases * times))

    def helpers(self, body: Sequence[ast.stmt], within: str = "") -> Iterator[Test]:
        """The functions and methods that are no tests."""
        for node in plain(body):
            if isinstance(node, _Function) and not node.name.startswith("test"):
                yield self._test(f"{within}{node.name}", node)
            elif isinstance(node, ast.ClassDef):
                yield from self.helpers(node.body, f"{within}{node.name}::")

    def off_for_all(self, body: Sequence[ast.stmt], within: str = "") -> Iterator[tuple[int, str]]:
        """What keeps all tests of a module or class from being run, or from failing."""
        for node in plain(body):
            if isinstance(node, _Function) and node.name in _IGNORING:
                yield node.lineno, node.name
            elif isinstance(node, _Function) and (mark := meddles(node, self.marks)):
                yield node.lineno, f"{node.name}: {mark}"
            elif mark := self._skips(node) or ends_all(node) or replaced(node) or (within and overrides(node)):
                yield node.lineno, mark
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if self._switches({name_of(one) for one in targets}, node.value):
                    yield node.lineno, read(node)

    def _switches(self, names: set[str], value: ast.expr) -> bool:
        """Whether a value of these names keeps tests from being run."""
        if "__test__" in names and is_constant(value, held=False):
            return True
        return bool(names & _IGNORING or ("pytestmark" in names and self._decorating([value])))

    def _decorating(self, nodes: Iterable[ast.expr]) -> tuple[str, ...]:
        return tuple(
            read(node)
            for node in nodes
            if names_in(node) & self.marks or isinstance(node, ast.Lambda) or name_of(node) in self.walk.calm
        )

    def _test(self, name: str, node: _Function) -> Test:
        asserts: Counter[str] = Counter()
        off = [*self._decorating(node.decorator_list), *filter(None, map(ends_tests, node.body))]
        if makes_a_generator(node):
            off.append("yield")
        calls: set[str] = set()
        theirs = of_test(node, self.imported)
        stands_in = StandIns(theirs.names | self.anew, theirs.attributes)
        for one, times, sure in self.walk.through(node.body):
            if mark := self._skips(one) or replaced(one):
                off.append(mark)
            elif (told := asserted(one)) and not stands_in.answers(one):
                weight = told[1] * times * (2 if sure or fails(one) else 1)
                asserts[told[0]] = min(MANY, asserts[told[0]] + weight)
            elif called := _called(one):
                calls.add(called)
        text = "\n".join(read(one) for one in node.body if not _is_words(one))
        line = min((one.lineno for one in node.decorator_list), default=node.lineno)
        return Test(
            self.path,
            name,
            line,
            text,
            asserts,
            tuple(off),
            frozenset(calls),
            cases=self._cases(node.decorator_list),
            roots=roots(node),
            source="\n".join(self.lines[line - 1 : node.end_lineno]),
        )

    def _skips(self, node: ast.stmt) -> str:
        """What a statement says that ends a test before it has asked anything; empty where it does not."""
        if isinstance(node, ast.Raise) and node.exc is not None:
            return read(node) if name_of(node.exc) in self.marks else ""
        call = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        if not isinstance(call, ast.Call):
            return ""
        alone = isinstance(node, ast.Expr) or name_of(call.func) == "importorskip"
        skips = alone and name_of(call.func) in self.marks
        return read(call) if skips or adds_mark(call, self.marks) else ""

    def _cases(self, decorators: Iterable[ast.expr]) -> int:
        """How often `parametrize` has a test run, MANY where that cannot be counted."""
        count = 1
        for one in decorators:
            if isinstance(one, ast.Call) and (at := _VALUES.get(name_of(one.func))) is not None:
                named = {each.arg: each.value for each in one.keywords}
                values = one.args[at] if len(one.args) > at else named.get("argvalues")
                count *= self.walk.length(values) if values is not None else MANY
        return min(count, MANY)


_VALUES = {"parametrize": 1, "expand": 0, "given": MANY}
"""By what has a test run many times, which of its arguments holds the values."""


def is_collected(node: ast.ClassDef) -> bool:
    """Whether the tests of a class are run; pytest leaves out one that makes itself."""
    makes = any(isinstance(one, _Function) and one.name == "__init__" for one in node.body)
    return bool(node.bases) or (node.name.startswith("Test") and not makes)


def classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """The classes of a module by name."""
    return {one.name: one for one in plain(tree.body) if isinstance(one, ast.ClassDef)}


def with_bases(node: ast.ClassDef, known: Mapping[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """A class after its bases in the same file that are not collected by themselves: it has their tests, too."""
    found, left = [node], [node]
    while left:
        bases = (known.get(name_of(one)) for one in left.pop(0).bases)
        new = [one for one in bases if one is not None and not is_collected(one) and one not in found]
        found += new
        left += new
    return found[::-1]


def _unawaited(node: ast.ClassDef) -> set[str]:
    """The tests of a class that are called and never awaited: what they assert nobody runs."""
    if not any(read(one) == "unittest.TestCase" for one in node.bases):
        return set()
    return {one.name for one in node.body if isinstance(one, ast.AsyncFunctionDef)}


def _literals(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """The literals that a module gives a name to."""
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple | ast.Set):
            yield from ((one.id, node.value) for one in node.targets if isinstance(one, ast.Name))


def _other_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Names that a module gives to marks: `slow = pytest.mark.skip(…)`, `from pytest import skip as later`."""
    for node in body:
        if isinstance(node, ast.Assign) and names_in(node.value) & _OFF:
            yield from (one.id for one in node.targets if isinstance(one, ast.Name) and one.id != "pytestmark")
        elif isinstance(node, ast.ImportFrom):
            yield from (one.asname for one in node.names if one.asname and one.name in _OFF)


def _called(node: ast.stmt) -> str:
    """The name of what is called for what it does alone; empty where nothing is, or nothing that could assert."""
    value = node.value if isinstance(node, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    name = read(call.func) if isinstance(call, ast.Call) else ""
    return "" if hasattr(builtins, name) or name.partition(".")[0] in QUIET else name


def _is_words(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
