"""What has tests of Python pass, or not be run, without a mark on them: hooks, assertions that are replaced."""

import ast
from collections.abc import Collection, Iterator

from bmad.core.suites.asserted import ANYTHING, FAILING, may_fail
from bmad.core.suites.gone import ends_tests
from bmad.core.suites.nodes import is_empty, name_of, names_in, read

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_BEFORE = ("setUp", "setup", "pytest_")
"""How functions are called that run before tests, or around them."""
_RESULTS = frozenset(
    {
        *("outcome", "excinfo", "longrepr", "wasxfail", "exitstatus", "testsfailed", "obj", "runtest"),
        *("keyword", "markexpr"),
    }
)
"""What pytest's hooks are handed that says whether a test runs, and what came of it."""
_RUNNING = frozenset(
    {
        *("pytest_runtest_protocol", "pytest_pyfunc_call", "pytest_runtestloop", "pytest_collection"),
        *("pytest_cmdline_main", "pytest_pycollect_makeitem"),
    }
)
"""Hooks that say by what they return that a test was run, or that there is none."""
_OPTIONS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
"""Variables of the environment by which pytest is told what to run, and with what."""
_RAN = frozenset({"obj", "runtest", "runtestprotocol", "ihook", "hook"})
_ASSERTIONS = (
    "Equal NotEqual True False Is IsNot IsNone IsNotNone In NotIn IsInstance NotIsInstance Raises RaisesRegex "
    "Warns WarnsRegex Logs NoLogs AlmostEqual NotAlmostEqual Greater GreaterEqual Less LessEqual Regex NotRegex "
    "CountEqual MultiLineEqual SequenceEqual ListEqual TupleEqual SetEqual DictEqual"
)
_DECIDING = frozenset({"run", "failureException", "fail", *(f"assert{one}" for one in _ASSERTIONS.split())})
"""By what a test case of the standard library decides whether a test fails."""


def adds_mark(node: ast.AST, marks: Collection[str]) -> bool:
    """Of `request.node.add_marker(pytest.mark.xfail)`, `item.add_marker("skip")`."""
    if not isinstance(node, ast.Call) or name_of(node.func) != "add_marker":
        return False
    words = {one.value for arg in node.args for one in ast.walk(arg) if isinstance(one, ast.Constant)}
    return any(names_in(arg) & {*marks} for arg in node.args) or bool(words & {*marks})


def meddles(node: _Function, marks: Collection[str]) -> str:
    """How a function that runs before tests, or around them, keeps them from running or from failing."""
    auto = any("autouse" in read(one) for one in node.decorator_list)
    if not auto and not node.name.startswith(_BEFORE):
        return ""
    lists = {*_lists(node)}
    for one in ast.walk(node):
        skips = isinstance(one, ast.Call) and (name_of(one.func) in marks or ends_tests(one))
        leaves = (
            isinstance(one, ast.Raise) and one.exc is not None and bool(names_in(one.exc) & {*marks, "Skipped"})
        )
        if skips or leaves or adds_mark(one, marks) or _takes(one, lists):
            return read(one)
        if isinstance(one, ast.stmt) and (replaced(one) or _says_that_it_ran(node, one)):
            return read(one)
    return ""


def _lists(hook: _Function) -> Iterator[str]:
    """By what names a hook has the list of tests that are run, or the words that say which."""
    known = ["items", "session.items", *["args"] * hook.name.startswith(("pytest_load", "pytest_cmdline"))]
    yield from known
    for one in ast.walk(hook):
        if isinstance(one, ast.Assign) and read(one.value) in known:
            yield from map(read, one.targets)


def _takes(node: ast.AST, lists: Collection[str]) -> bool:
    """Whether tests that were collected, or what came of one, is made another."""
    match node:
        case ast.Assign(targets=targets, value=value):
            sorts = isinstance(value, ast.Call) and name_of(value) in ("sorted", "reversed")
            taken = any(_is_part(one, lists) for one in targets) and not sorts
            return taken or any(_is_result(one) and read(one) not in read(value) for one in targets)
        case ast.Delete(targets=targets):
            return any(_is_part(one, lists) for one in targets)
        case ast.Call(func=ast.Attribute(value=owner, attr="clear" | "pop" | "remove")):
            return read(owner) in lists
        case ast.Call(func=ast.Attribute(attr="force_result" | "force_exception")):
            return True
        case ast.Call(func=ast.Attribute(attr="update"), keywords=named):
            return any(one.arg in _RESULTS for one in named)
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), _]):
            return name in _RESULTS
    return False


def _is_result(node: ast.expr) -> bool:
    """Of `report.outcome` and `report.__dict__["outcome"]`; what a test case has of its own is no such thing."""
    match node:
        case ast.Attribute(value=owner, attr=name) | ast.Subscript(value=owner, slice=ast.Constant(value=name)):
            return name in _RESULTS and read(owner) != "self"
    return False


def _is_part(node: ast.expr, lists: Collection[str]) -> bool:
    return isinstance(node, ast.Subscript) and read(node.value) in lists


def _says_that_it_ran(hook: _Function, node: ast.stmt) -> bool:
    """Whether a hook says that a test was run which it had not run, or that there is none: by all but None."""
    value = node.value if isinstance(node, ast.Return) else None
    said = isinstance(value, ast.Constant) and value.value is not None
    return (
        hook.name in _RUNNING and (said or (value is not None and is_empty(value))) and not names_in(hook) & _RAN
    )


def replaced(node: ast.stmt) -> str:
    """How a statement puts something in the place of what decides whether tests fail; empty where it does not.

    An assertion of a class of one's own is no such thing, nor one that calls what it replaces.
    """
    for owner, name, value in _bound(node):
        decides = (
            ("TestCase" in owner and name in _DECIDING)
            or (owner == "pytest" and name in FAILING)
            or (owner == "builtins" and name in ANYTHING)
            or owner.startswith("_pytest")
        )
        if decides and not (value and name in names_in(value)):
            return read(node)
    return read(node) if _has_options(node) else ""


def _has_options(node: ast.stmt) -> bool:
    """Whether it puts options for pytest into the environment: `environ["PYTEST_ADDOPTS"] = "-k none"`."""
    match node:
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=name))]):
            return name in _OPTIONS
        case ast.Expr(value=ast.Call(func=func, args=[ast.Constant(value=name), _])):
            return name in _OPTIONS and name_of(func) in ("setdefault", "putenv", "setenv")
    return False


def _bound(node: ast.stmt) -> Iterator[tuple[str, str, ast.expr | None]]:
    """Owner and name of each attribute that a statement binds, and the value."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for one in targets:
                if isinstance(one, ast.Attribute):
                    yield read(one.value), one.attr, value
        case ast.Expr(value=ast.Call(func=func, args=[owner, ast.Constant(value=str(name)), value])):
            if name_of(func) == "setattr":
                yield read(owner), name, value


def overrides(node: ast.stmt) -> str:
    """The same of a method or value of a class of tests: `def assertEqual(self, *_): pass`."""
    if isinstance(node, _Function) and node.name in _DECIDING:
        said = [one for part in node.body for one in ast.walk(part)]
        asks = any(
            isinstance(one, ast.Assert | ast.Raise)
            or (isinstance(one, ast.Call) and (may_fail(one) or name_of(one.func) == node.name))
            for one in said
        )
        return "" if asks else node.name
    if isinstance(node, ast.Assign):
        taken = [one for one in node.targets if isinstance(one, ast.Name) and one.id in _DECIDING - {"run"}]
        return read(node) if taken else ""
    return ""
