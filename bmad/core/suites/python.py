"""Python's tests by its own grammar: pytest and unittest. The code is parsed and never run."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.suites.gone import Undone, ends_all, ends_tests, makes_a_generator
from bmad.core.suites.nodes import is_constant, is_empty, name_of, names_in, plain, read
from bmad.core.suites.suite import MANY, Suite, Test
from bmad.core.syntax import parsed

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OFF = frozenset({"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure", "skipTest", "SkipTest"})
_IGNORING = frozenset({"collect_ignore", "collect_ignore_glob", "pytest_ignore_collect", "load_tests"})
_BEFORE = ("setUp", "setup", "pytest_")
"""How functions are called that run before tests, or around them."""
_SWALLOWING = frozenset({"AssertionError", "Exception", "BaseException"})
_LOOSE = (ast.IsNot, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_WEAK = frozenset(
    {
        *("assertTrue", "assertIsNotNone", "assertIsInstance", "assertNotEqual", "assert_"),
        *("assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual"),
    }
)
_FAILING = frozenset({"raises", "warns", "fail", "deprecated_call"})
_DEEPEST = 200
"""Nested deeper, code is not looked through."""


def suite(path: str, text: str) -> Suite:
    """The tests of a file; where it does not parse, none, and that it could not be read."""
    tree = parsed(text)
    if tree is None:
        return Suite({}, whole=False)
    reader = _Reader(path, text.split("\n"), _OFF | frozenset(_other_names(tree.body)))
    try:
        helpers = {one.name: one for one in reader.helpers(tree.body)}
        return Suite(reader.tests(tree.body), tuple(reader.off_for_all(tree.body)), helpers)
    except RecursionError:
        return Suite({}, whole=False)


class _Reader(NamedTuple):
    """Reads one file; `marks` are the names that keep a test from running or from failing."""

    path: str
    lines: list[str]
    marks: frozenset[str]

    def tests(self, body: Sequence[ast.stmt], within: str = "") -> dict[str, Test]:
        """Those that are collected: `test…` in the module, in a class `Test…`, or in one with a base."""
        off = tuple(mark for _, mark in self.off_for_all(body)) if within else ()
        statements = list(plain(body))
        undone = Undone.by(statements)
        found: dict[str, Test] = {}
        for at, node in enumerate(statements):
            for name, test in self._of(node, within):
                own = name.removeprefix(within)
                if not undone.is_gone(own, at):
                    found[name] = test.off_by((*off, *undone.marks(own)))
        return found

    def _of(self, node: ast.stmt, within: str) -> Iterator[tuple[str, Test]]:
        """Those that one statement brings."""
        if isinstance(node, _Function) and node.name.startswith("test"):
            test = self._test(f"{within}{node.name}", node)
            yield test.name, test
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or node.bases):
            marks = self._decorating(node.decorator_list)
            for name, test in self.tests(node.body, f"{within}{node.name}::").items():
                yield name, test.off_by(marks)

    def helpers(self, body: Sequence[ast.stmt], within: str = "") -> Iterator[Test]:
        """The functions and methods that are no tests."""
        for node in plain(body):
            if isinstance(node, _Function) and not node.name.startswith("test"):
                yield self._test(f"{within}{node.name}", node)
            elif isinstance(node, ast.ClassDef):
                yield from self.helpers(node.body, f"{within}{node.name}::")

    def off_for_all(self, body: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
        """What keeps all tests of a module or class from being run."""
        for node in plain(body):
            if isinstance(node, _Function) and node.name in _IGNORING:
                yield node.lineno, node.name
            elif isinstance(node, _Function) and (mark := self._meddles(node)):
                yield node.lineno, f"{node.name}: {mark}"
            elif mark := self._skips(node) or ends_all(node):
                yield node.lineno, mark
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if self._switches({name_of(one) for one in targets}, node.value):
                    yield node.lineno, read(node)

    def _meddles(self, node: _Function) -> str:
        """How a function that runs before tests, or around them, keeps them from running or from failing."""
        auto = any("autouse" in read(one) for one in node.decorator_list)
        if not auto and not node.name.startswith(_BEFORE):
            return ""
        for one in ast.walk(node):
            targets = one.targets if isinstance(one, ast.Assign) else []
            taken = any(read(each) in ("items[:]", "rep.outcome", "report.outcome") for each in targets)
            marks = isinstance(one, ast.Call) and (name_of(one.func) in self.marks or ends_tests(one))
            if taken or marks:
                return read(one)
        return ""

    def _switches(self, names: set[str], value: ast.expr) -> bool:
        """Whether a value of these names keeps tests from being run."""
        if "__test__" in names and is_constant(value, held=False):
            return True
        return bool(names & _IGNORING or ("pytestmark" in names and self._decorating([value])))

    def _decorating(self, nodes: Iterable[ast.expr]) -> tuple[str, ...]:
        return tuple(read(node) for node in nodes if names_in(node) & self.marks)

    def _test(self, name: str, node: _Function) -> Test:
        asserts: Counter[str] = Counter()
        off = [*self._decorating(node.decorator_list), *filter(None, map(ends_tests, node.body))]
        if makes_a_generator(node):
            off.append("yield")
        calls: set[str] = set()
        for one, times in _reached(node.body):
            if mark := self._skips(one):
                off.append(mark)
            elif told := _asserted(one):
                asserts[told[0]] = min(MANY, asserts[told[0]] + told[1] * times)
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
            cases=_cases(node.decorator_list),
            source="\n".join(self.lines[line - 1 : node.end_lineno]),
        )

    def _skips(self, node: ast.stmt) -> str:
        """What a statement says that ends a test before it has asked anything; empty where it does not."""
        if isinstance(node, ast.Raise) and node.exc is not None:
            return read(node) if name_of(node.exc) in self.marks else ""
        call = node.value if isinstance(node, ast.Expr) else None
        return read(call) if isinstance(call, ast.Call) and name_of(call.func) in self.marks else ""


def _other_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Names that a module gives to marks: `slow = pytest.mark.skip(…)`, `from pytest import skip as later`."""
    for node in body:
        if isinstance(node, ast.Assign) and names_in(node.value) & _OFF:
            yield from (one.id for one in node.targets if isinstance(one, ast.Name) and one.id != "pytestmark")
        elif isinstance(node, ast.ImportFrom):
            yield from (one.asname for one in node.names if one.asname and one.name in _OFF)


def _reached(body: Sequence[ast.stmt], weight: int = 1, depth: int = 0) -> Iterator[tuple[ast.stmt, int]]:
    """The statements that are reached, each with how often; none after a `return`, none that is swallowed."""
    for node in body:
        yield node, weight
        if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break) or depth > _DEEPEST:
            return
        yield from _inside(node, weight, depth + 1)


def _inside(node: ast.stmt, weight: int, depth: int) -> Iterator[tuple[ast.stmt, int]]:
    if isinstance(node, ast.If):
        yield from _reached([] if is_constant(node.test, held=False) else node.body, weight, depth)
        yield from _reached([] if is_constant(node.test, held=True) else node.orelse, weight, depth)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
        never = is_constant(node.test, held=False) if isinstance(node, ast.While) else is_empty(node.iter)
        yield from _reached([] if never else node.body, MANY, depth)
        yield from _reached(node.orelse, weight, depth)
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from _reached([] if _suppresses(node) else node.body, weight, depth)
    elif isinstance(node, ast.Try):
        swallowed = any(map(_swallows, node.handlers))
        yield from _reached([] if swallowed else node.body, weight, depth)
        for handler in node.handlers:
            yield from _reached(handler.body, weight, depth)
        yield from _reached([*node.orelse, *node.finalbody], weight, depth)
    elif isinstance(node, ast.Match):
        for case in node.cases:
            yield from _reached(case.body, weight, depth)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether it takes a failed assertion and goes on as if there were none."""
    caught = {name_of(one) for one in ast.walk(handler.type)} if handler.type is not None else {"Exception"}
    if not caught & _SWALLOWING:
        return False
    said = (one for node in handler.body for one in ast.walk(node))
    return not any(
        isinstance(one, ast.Raise | ast.Assert) or (isinstance(one, ast.Call) and _may_fail(one)) for one in said
    )


def _may_fail(call: ast.Call) -> bool:
    name = name_of(call.func)
    return name in _FAILING or name.lower().startswith("assert")


def _suppresses(node: ast.With | ast.AsyncWith) -> bool:
    calls = (one.context_expr for one in node.items)
    return any(
        isinstance(one, ast.Call)
        and name_of(one.func) == "suppress"
        and {name_of(each) for each in one.args} & _SWALLOWING
        for one in calls
    )


def _asserted(node: ast.stmt) -> tuple[str, int] | None:
    """What a statement asserts, and how much; None where nothing that could ever fail."""
    if isinstance(node, ast.Assert):
        told = _asked(_weight(node.test), weak=_is_weak(node.test))
        return None if _holds_always(node.test) else (read(node.test), told)
    if isinstance(node, ast.With | ast.AsyncWith):
        calls = [one.context_expr for one in node.items]
        made = [one for one in calls if isinstance(one, ast.Call) and _may_fail(one)]
        return ("; ".join(map(read, made)), 2 * len(made)) if made else None
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call) or not _may_fail(call) or _always_passes(call):
        return None
    weight = max([_weight(one) for one in call.args[:2]], default=1)
    return read(call), _asked(weight, weak=name_of(call.func) in _WEAK or _is_about(call))


def _asked(weight: int, *, weak: bool) -> int:
    return 2 * weight if not weak or weight >= MANY else 1


def _is_weak(node: ast.expr) -> bool:
    """Whether it asks only that something is there, or lies within bounds; to be equal asks for more."""
    if isinstance(node, ast.Compare):
        loose = all(isinstance(one, _LOOSE) for one in node.ops) and not _is_near(node)
        return loose or any(map(_is_roughly, node.comparators))
    if isinstance(node, ast.Call):
        return name_of(node.func) in ("isinstance", "hasattr", "callable", "bool", "len")
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _is_near(node: ast.Compare) -> bool:
    """Of `abs(a - b) < 1e-9`: no more than rounding is allowed for."""
    return name_of(node.left) == "abs" and len(node.ops) == 1 and _is_small(node.comparators[0])


def _is_roughly(node: ast.expr) -> bool:
    """Whether a value stands for many: `approx(3, abs=100)`, `ANY`; `approx(3)` allows for rounding alone."""
    if isinstance(node, ast.Call) and name_of(node) == "approx":
        return not all(map(_is_small, [*node.args[1:], *(one.value for one in node.keywords)]))
    return name_of(node) == "ANY"


def _is_about(call: ast.Call) -> bool:
    """Of `assertAlmostEqual` with a tolerance of its own: a `delta` that is not small, or few `places`."""
    if name_of(call.func) != "assertAlmostEqual":
        return False
    bounds = {one.arg: one.value for one in call.keywords}
    places = bounds.get("places", call.args[2] if len(call.args) > _BOTH else None)
    few = places is not None and not (isinstance(places, ast.Constant) and places.value in range(3, 100))
    return few or ("delta" in bounds and not _is_small(bounds["delta"]))


_BOTH = 2
"""The values that are held against each other."""
_SMALL = 1e-3


def _is_small(node: ast.expr) -> bool:
    """Whether it is a number that allows for rounding alone."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and abs(value) <= _SMALL


def _always_passes(call: ast.Call) -> bool:
    """Of `assertTrue(True)` and `assertEqual(x, x)`, with nothing that is asked."""
    args = call.args
    match name_of(call.func):
        case "assertTrue" | "assert_" | "assertIsNotNone":
            return bool(args) and is_constant(args[0], held=True)
        case "assertFalse":
            return bool(args) and is_constant(args[0], held=False)
        case "assertEqual" | "assertEquals" | "assertIs" if len(args) > 1:
            return ast.dump(args[0]) == ast.dump(args[1])
    return False


def _holds_always(node: ast.expr) -> bool:
    """Whether it is true whatever the code does."""
    if isinstance(node, ast.BoolOp):
        each = [_holds_always(one) for one in node.values]
        return any(each) if isinstance(node.op, ast.Or) else all(each)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.Is):
        return ast.dump(node.left) == ast.dump(node.comparators[0])
    if isinstance(node, ast.Tuple):
        return bool(node.elts)
    return is_constant(node, held=True) or _is_all_of_nothing(node)


def _is_all_of_nothing(node: ast.expr) -> bool:
    """Of `all(… for one in [])`."""
    if not isinstance(node, ast.Call) or name_of(node) != "all" or len(node.args) != 1:
        return False
    each = node.args[0]
    over = [one.iter for one in each.generators] if isinstance(each, ast.GeneratorExp | ast.ListComp) else [each]
    return any(map(is_empty, over))


def _weight(node: ast.expr) -> int:
    """How much one assertion asks: the parts of an `and`, the elements of what it compares with."""
    if isinstance(node, ast.BoolOp):
        return min(MANY, sum(map(_weight, node.values))) if isinstance(node.op, ast.And) else 1
    if isinstance(node, ast.Compare):
        return max([len(node.ops), *map(_weight, [node.left, *node.comparators])])
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return max(1, len(node.elts))
    if isinstance(node, ast.Dict):
        return max(1, len(node.values))
    if any(isinstance(one, ast.comprehension) for one in ast.walk(node)):
        return MANY
    if isinstance(node, ast.Call):
        return max(1, len(node.args) + len(node.keywords))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return max(1, node.value.count("\n"))
    return 1


def _cases(decorators: Iterable[ast.expr]) -> int:
    """How often `parametrize` has a test run, MANY where that cannot be counted."""
    count = 1
    for one in decorators:
        if isinstance(one, ast.Call) and name_of(one.func) in ("parametrize", "expand"):
            count *= _length(one.args[-1]) if one.args else MANY
    return min(count, MANY)


def _length(values: ast.expr) -> int:
    """The elements of a literal, MANY of anything else."""
    if not isinstance(values, ast.List | ast.Tuple | ast.Set):
        return MANY
    return MANY if any(isinstance(one, ast.Starred) for one in values.elts) else len(values.elts)


def _called(node: ast.stmt) -> str:
    """The name of what is called for what it does alone; empty where nothing is, or nothing that could assert."""
    value = node.value if isinstance(node, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    name = read(call.func) if isinstance(call, ast.Call) else ""
    return "" if hasattr(builtins, name) else name


def _is_words(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
