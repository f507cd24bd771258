"""What has a test of Python not be there, or not be run, though it is written: no mark says so.

Its name is taken back, the process ends before it or in it, or it makes a generator that nobody goes through.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.suites.nodes import is_constant, name_of, names_in, read


class Undone(NamedTuple):
    """What the statements of a module or class do to names: `test_one`, `TestOne::test_two`."""

    back: dict[str, int]
    """Where each was last taken back, by the number of the statement."""
    off: dict[str, str]
    """What is not collected by `NAME.__test__ = False`, and how that reads."""

    @classmethod
    def by(cls, statements: Sequence[ast.stmt]) -> "Undone":
        back: dict[str, int] = {}
        off: dict[str, str] = {}
        for at, node in enumerate(statements):
            for name, value in _bound(node):
                owner, _, last = name.rpartition("::")
                if last == "__test__" and value is not None and is_constant(value, held=False):
                    off.setdefault(owner, read(node))
                elif value is None or last not in names_in(value):
                    back[name] = at
        return cls(back, off)

    def is_gone(self, name: str, at: int) -> bool:
        """Whether a name that statement `at` binds, or what it belongs to, is taken back later."""
        return any(self.back.get(one, -1) > at for one in _and_its_owners(name))

    def marks(self, name: str) -> tuple[str, ...]:
        """What says of a name, or of what it belongs to, that it is no test."""
        return tuple(self.off[one] for one in _and_its_owners(name) if one in self.off)


def _and_its_owners(name: str) -> Iterator[str]:
    parts = name.split("::")
    return ("::".join(parts[:count]) for count in range(1, len(parts) + 1))


def _bound(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a statement binds to a value, or deletes (None), however it says so."""
    match node:
        case ast.Delete(targets=targets):
            yield from ((name, None) for one in targets for name in _references(one))
        case ast.Assign(targets=targets, value=value):
            yield from ((name, value) for one in targets for name in _references(one))
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from ((name, value) for name in _references(target))
        case ast.Expr(value=ast.Call() as call):
            yield from _by_a_call(call)


def _by_a_call(call: ast.Call) -> Iterator[tuple[str, ast.expr | None]]:
    """Of `delattr(TestOne, "test_two")`, `setattr(…)` and `globals().pop("test_one")`."""
    match name_of(call), call.func, call.args:
        case "delattr", _, [owner, ast.Constant(value=str(last))]:
            yield from ((f"{name}::{last}", None) for name in _references(owner))
        case "setattr", _, [owner, ast.Constant(value=str(last)), value]:
            yield from ((f"{name}::{last}", value) for name in _references(owner))
        case "pop", ast.Attribute(value=ast.Call() as names), [ast.Constant(value=str(last)), *_]:
            if name_of(names) in _NAMES:
                yield last, None


_NAMES = ("globals", "vars", "locals")


def _references(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=owner, attr=last):
            yield from (f"{name}::{last}" for name in _references(owner))
        case ast.Subscript(value=ast.Call() as names, slice=ast.Constant(value=str(name))):
            if name_of(names) in _NAMES:
                yield name
        case ast.Tuple(elts=each) | ast.List(elts=each):
            for one in each:
                yield from _references(one)


def ends_all(node: ast.stmt) -> str:
    """How a statement of a module ends whoever imports it, unless it says aloud that something failed."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        call = node.exc if isinstance(node.exc, ast.Call) else ast.Call(node.exc, [], [])
        return read(node) if name_of(call) == "SystemExit" and not _is_loud(call) else ""
    found = _call(node)
    if found is None:
        return ""
    ends = name_of(found) in ("exit", "_exit", "quit") and not _is_loud(found)
    at_last = name_of(found) == "register" and "_exit" in names_in(found)
    return read(node) if ends or at_last else ""


def ends_tests(node: ast.AST) -> str:
    """How a statement or call of a test ends all tests as if they had passed; what else leaves a test fails it."""
    call = node if isinstance(node, ast.Call) else _call(node)
    if call is None or not (name_of(call) == "_exit" or read(call.func) == _PYTEST):
        return ""
    return read(call) if is_constant(_code(call), held=False) else ""


def makes_a_generator(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a call of it runs nothing; what a decorator that is no mark does with it, nobody can tell here."""
    marks = all({"mark", "patch"} & names_in(one) for one in test.decorator_list)
    return marks and any(isinstance(one, ast.Yield | ast.YieldFrom) for one in _own(test.body))


def _own(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What belongs to a function itself, and not to one within it."""
    for node in nodes:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own(ast.iter_child_nodes(node))


def _call(node: ast.AST) -> ast.Call | None:
    return node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None


def _is_loud(call: ast.Call) -> bool:
    """Whether it surely ends with another code than 0."""
    return is_constant(_code(call), held=True)


def _code(call: ast.Call) -> ast.expr:
    named = {one.arg: one.value for one in call.keywords}
    if read(call.func) == _PYTEST:
        return named.get("returncode", ast.Constant(2))
    return next(iter([*call.args, *named.values()]), ast.Constant(0))


_PYTEST = "pytest.exit"
"""Ends the run, with code 2 unless it is given one."""
