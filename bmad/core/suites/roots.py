"""What the calls of a test of Python go back to: names of modules, helpers and fixtures."""

import ast
import builtins
from collections.abc import Iterator, Mapping

from bmad.core.suites.asserted import may_fail
from bmad.core.suites.nodes import name_of

_SILENT = frozenset({"subTest", "addCleanup", "enterContext", "add_marker", "skip", "skipTest"})
"""Calls that assert nothing, whatever they belong to."""
QUIET = frozenset(
    {
        *("tmp_path", "tmp_path_factory", "tmpdir", "monkeypatch", "mocker", "request"),
        *("capsys", "capfd", "caplog", "recwarn"),
        *("pytest", "unittest", "mock", "patch", "Mock", "MagicMock", "AsyncMock"),
    }
)
"""Fixtures, and what mocks are made with: what those assert begins with `assert`, and is counted."""


def roots(test: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The names that what it calls goes back to, but for assertions and what Python itself has."""
    nodes = [one for part in test.body for one in ast.walk(part)]
    bound: dict[str, set[str]] = {}
    for name, value in _bound(nodes):
        bound.setdefault(name, set()).update(_names(value) - {name})
    found: set[str] = set()
    for one in _own(test.body):
        if isinstance(one, ast.Call) and not may_fail(one) and name_of(one.func) not in _SILENT:
            found |= _names(_first(one.func))
    return frozenset(name for one in found for name in _resolved(one, bound) if not hasattr(builtins, name))


def _own(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """What belongs to a function itself, and not to one within it that nobody may call."""
    left: list[ast.AST] = [*nodes]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            left += ast.iter_child_nodes(node)


def _bound(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """The names that a function gives to values."""
    for node in nodes:
        pairs: list[tuple[ast.expr, ast.expr]] = []
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [(one, value) for one in targets]
            case ast.NamedExpr(target=target, value=value):
                pairs = [(target, value)]
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                pairs = [(target, value)]
            case ast.comprehension(target=target, iter=value):
                pairs = [(target, value)]
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                pairs = [(target, value)]
        for target, value in pairs:
            yield from ((one.id, value) for one in ast.walk(target) if isinstance(one, ast.Name))


def _first(node: ast.expr) -> ast.expr:
    """What a chain of attributes, calls and subscripts begins with."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Await(value=inner):
                node = inner
            case _:
                return node


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _resolved(name: str, bound: Mapping[str, set[str]]) -> set[str]:
    """The names that are not the function's own, which one of its names goes back to."""
    found, left, seen = set(), [name], {name}
    while left:
        one = left.pop()
        if one not in bound:
            found.add(one)
        new = bound.get(one, set()) - seen
        seen |= new
        left += new
    return found
