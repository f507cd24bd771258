"""Which statements of a test of Python are reached, how often, and whether surely; its code is never run."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.suites.asserted import ANYTHING, always_passes, asserted, fails, may_fail
from bmad.core.suites.nodes import is_constant, is_empty, name_of
from bmad.core.suites.suite import MANY

_DEEPEST = 200
"""Nested deeper, code is not looked through."""
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Reached(NamedTuple):
    """A statement, how often it is come to, and whether it surely is: below no condition, and after no way out."""

    node: ast.stmt
    times: int
    sure: bool


class Walk(NamedTuple):
    """Goes through the statements of one file's tests: none after a `return`, none whose failure is swallowed."""

    values: Mapping[str, ast.expr]
    """The literals that the module gives a name to."""
    anything: Collection[str]
    """The names of exceptions that a failed assertion is one of."""
    calm: Collection[str] = ()
    """The names of what the file itself has take a failed assertion and go on."""

    def through(
        self, body: Sequence[ast.stmt], times: int = 1, depth: int = 0, *, sure: bool = True
    ) -> Iterator[Reached]:
        for node in body:
            yield Reached(node, times, sure)
            if isinstance(node, _LEAVING) or depth > _DEEPEST:
                return
            yield from self._inside(node, times, depth + 1, sure=sure)
            if _surely_leaves(node):
                return
            sure = sure and not _may_leave(node)

    def _inside(self, node: ast.stmt, times: int, depth: int, *, sure: bool) -> Iterator[Reached]:
        if isinstance(node, ast.If):
            never, always = is_constant(node.test, held=False), is_constant(node.test, held=True)
            known = sure and (never or always)
            yield from self.through([] if never or asserted(node) else node.body, times, depth, sure=known)
            yield from self.through([] if always else node.orelse, times, depth, sure=known)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            never = is_constant(node.test, held=False) if isinstance(node, ast.While) else is_empty(node.iter)
            many = MANY if isinstance(node, ast.While) else min(MANY, times * self.length(node.iter))
            yield from self.through([] if never else node.body, many, depth, sure=sure)
            yield from self.through(node.orelse, times, depth, sure=sure)
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from self.through([] if self._suppresses(node) else node.body, times, depth, sure=sure)
        elif isinstance(node, ast.Try | ast.TryStar):
            swallowed = any(map(self._swallows, node.handlers)) or _leaves(node.finalbody)
            yield from self.through([] if swallowed else node.body, times, depth, sure=sure)
            for handler in node.handlers:
                yield from self.through(handler.body, times, depth, sure=False)
            yield from self.through([*node.orelse, *node.finalbody], times, depth, sure=sure)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                yield from self.through(case.body, times, depth, sure=False)

    def length(self, values: ast.expr) -> int:
        """The different elements of a literal, or of one that the module names; MANY of anything else."""
        if isinstance(values, ast.Name) and values.id in self.values:
            values = self.values[values.id]
        if isinstance(values, ast.List | ast.Tuple | ast.Set):
            starred = any(isinstance(one, ast.Starred) for one in values.elts)
            return MANY if starred else len({ast.dump(one) for one in values.elts})
        if isinstance(values, ast.Call) and name_of(values) == "range" and not values.keywords:
            numbers = [one.value for one in values.args if isinstance(one, ast.Constant)]
            whole = [one for one in numbers if isinstance(one, int) and abs(one) < MANY]
            if 0 < len(whole) == len(values.args) and whole[2:] != [0]:
                return len(range(*whole[:3]))
        return MANY

    def _swallows(self, handler: ast.ExceptHandler) -> bool:
        """Whether it takes a failed assertion and goes on as if there were none."""
        caught = {name_of(one) for one in ast.walk(handler.type)} if handler.type is not None else {"Exception"}
        if not caught & {*self.anything}:
            return False
        said = [one for node in handler.body for one in ast.walk(node)]
        return not any(
            isinstance(one, ast.Raise)
            or (isinstance(one, ast.Assert) and asserted(one) is not None)
            or (isinstance(one, ast.Call) and may_fail(one) and not always_passes(one))
            for one in said
        )

    def _suppresses(self, node: ast.With | ast.AsyncWith) -> bool:
        """Of `suppress(Exception)`, and of `raises(AssertionError)`, which passes where what is asserted fails."""
        calls = [one.context_expr for one in node.items]
        return any(
            isinstance(one, ast.Call)
            and name_of(one.func) in ("suppress", "raises", "assertRaises", *self.calm)
            and (not one.args or {name_of(each) for arg in one.args for each in ast.walk(arg)} & {*self.anything})
            for one in calls
        )

    def calming(self, body: Iterable[ast.stmt]) -> Iterator[str]:
        """The names of what takes a failed assertion in a module: a context or decorator, or `suppress` itself."""
        for node in body:
            if isinstance(node, ast.ImportFrom):
                yield from (one.asname for one in node.names if one.asname and one.name in ("suppress", "raises"))
            elif isinstance(node, ast.ClassDef):
                exits = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__exit__"]
                if any(_says_yes(one) for each in exits for one in ast.walk(each)):
                    yield node.name
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("test"):
                tries = (one for one in ast.walk(node) if isinstance(one, ast.Try))
                if any(self._swallows(one) for each in tries for one in each.handlers):
                    yield node.name


def _says_yes(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None and is_constant(node.value, held=True)


def anything(tree: ast.Module) -> frozenset[str]:
    """The names, in a file, of exceptions that a failed assertion is one of."""
    found = set(ANYTHING)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and name_of(node.value) in ANYTHING:
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return frozenset(found)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether a body ends in a way out that is no failure."""
    return bool(body) and isinstance(body[-1], _LEAVING) and not fails(body[-1])


def _surely_leaves(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and is_constant(node.test, held=True) and _leaves(node.body)


def _may_leave(node: ast.stmt) -> bool:
    """Whether what follows may not be come to: a way out stands below a condition, or in a handler."""
    if isinstance(node, ast.If):
        never = is_constant(node.test, held=False)
        return (not never and _leaves(node.body)) or _leaves(node.orelse)
    return isinstance(node, ast.Try) and any(_leaves(one.body) for one in node.handlers)
