"""What a file of tests puts in the place of the code that it tests, so that it asks what it has made itself."""

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from bmad.core.suites.nodes import name_of, names_in

_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_PATCHING = frozenset({"patch", "setattr", "object"})


class StandIns(NamedTuple):
    """Names of what is imported that stand for something else, and attributes that are replaced."""

    names: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()

    def answers(self, node: ast.stmt) -> bool:
        """Whether a statement calls one of them; how often a mock was called is another question."""
        calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
        return any(
            (isinstance(one, ast.Name) and one.id in self.names)
            or (isinstance(one, ast.Attribute) and one.attr in self.attributes)
            for one in calls
        )


def imported(body: Iterable[ast.stmt]) -> frozenset[str]:
    """What the statements of a module import, under the names that it has there."""
    return frozenset(
        each.asname or each.name.partition(".")[0]
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    )


def of_module(body: Iterable[ast.stmt], names: Collection[str]) -> frozenset[str]:
    """The imported names that a module binds to something else, whatever happens."""
    return frozenset(name for node in body for name in _bound(node) if name in names)


def of_test(test: ast.FunctionDef | ast.AsyncFunctionDef, names: Collection[str]) -> StandIns:
    """Those that a test, or what decorates it, binds to something else, and the attributes that it replaces."""
    nodes = [one for part in (*test.decorator_list, *test.body) for one in ast.walk(part)]
    own = [name for one in nodes if isinstance(one, ast.stmt) for name in _bound(one) if name in names]
    own += [name for name in _by_default(test.args) if name in names]
    calls = (one for one in nodes if isinstance(one, ast.Call) and name_of(one.func) in _PATCHING)
    return StandIns(frozenset(own), frozenset(filter(None, map(_patched, calls))))


def _by_default(args: ast.arguments) -> Iterator[str]:
    """The arguments of a test that nobody hands it, since they have a value already."""
    plain = [*args.posonlyargs, *args.args]
    yield from (one.arg for one in plain[len(plain) - len(args.defaults) :])
    yield from (one.arg for one, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds to what has nothing to do with what they were."""
    if isinstance(node, _Defined):
        if node.name not in {name for part in node.body for name in names_in(part)}:
            yield node.name
    elif isinstance(node, ast.Assign):
        said = names_in(node.value)
        yield from (one.id for one in node.targets if isinstance(one, ast.Name) and one.id not in said)
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from (name_of(one.optional_vars) for one in node.items if one.optional_vars is not None)


def _patched(call: ast.Call) -> str:
    """The last name of what `patch("a.b.c")`, `patch.object(b, "c")` or `setattr(b, "c", …)` replaces."""
    words = [one.value for one in call.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return words[0].rpartition(".")[2] if words else ""
