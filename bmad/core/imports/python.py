"""Python's imports and the names that a module holds, by its own grammar; nothing is ever run."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bmad.core.syntax import bounded, parsed

_ABSENCE = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_ELSEWHERE = frozenset(
    {"version_info", "platform", "TYPE_CHECKING", "name", "implementation", "hexversion", "maxsize", "find_spec"}
)
"""Words of conditions that say: on another machine, in another Python, for checkers of types alone."""
_DYNAMIC = frozenset({"globals", "vars", "locals", "setattr", "exec", "eval", "__import__", "extend_path"})


class Import(NamedTuple):
    """One name that is imported from a module, or a module (`name` is empty); `level` is that of its dots."""

    module: str
    name: str
    level: int
    line: int

    @property
    def told(self) -> str:
        """As it is written, on one line."""
        whole = "." * self.level + self.module
        return f"from {whole} import {self.name}" if self.name else f"import {whole}"


class Names(NamedTuple):
    """What a module binds; `open` where it may hold names that nobody can read off."""

    bound: frozenset[str]
    open: bool


@bounded(lambda: None)
def imports(text: str) -> list[Import] | None:
    """What a module cannot do without, in its order; None where it does not parse.

    Left out is what it imports where that may be missing: under `except ImportError`, for other platforms, and for
    checkers of types; and what else it imports of such a package.
    """
    tree = parsed(text)
    if tree is None:
        return None
    needed = list(_needed(tree.body))
    kept = {one.lineno for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom)}
    kept -= {one.line for one in needed}
    spared = {top for one in ast.walk(tree) if getattr(one, "lineno", 0) in kept for top in _tops(one)}
    return [one for one in needed if one.level or one.module.partition(".")[0] not in spared]


def packages(text: str) -> frozenset[str]:
    """The first part of the name of all that a module imports, wherever in it; nothing where it does not parse."""
    tree = parsed(text)
    return frozenset(top for node in ast.walk(tree) for top in _tops(node)) if tree is not None else frozenset()


def _tops(node: ast.AST) -> list[str]:
    """The packages that one statement imports from."""
    if isinstance(node, ast.Import):
        return [one.name.partition(".")[0] for one in node.names]
    return [(node.module or "").partition(".")[0]] if isinstance(node, ast.ImportFrom) and not node.level else []


def _needed(body: Iterable[ast.stmt]) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (Import(one.name, "", 0, node.lineno) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(node.module or "", one.name, node.level, node.lineno) for one in node.names)
        else:
            yield from _within(node)


def _within(node: ast.stmt) -> Iterator[Import]:
    if isinstance(node, ast.Try | ast.TryStar):
        guarded = any(_takes_absence(one.type) for one in node.handlers)
        handled = [] if guarded else [each for one in node.handlers for each in one.body]
        tried = [] if guarded else [*node.body, *node.orelse]
        yield from _needed([*tried, *handled, *node.finalbody])
    elif isinstance(node, ast.If):
        if not _words(node.test) & _ELSEWHERE and not any(one.isupper() for one in _words(node.test)):
            yield from _needed([*node.body, *node.orelse])
    elif isinstance(node, ast.With | ast.AsyncWith):
        if not any(_words(one.context_expr) & _ABSENCE for one in node.items):
            yield from _needed(node.body)
    elif isinstance(node, ast.Match):
        yield from _needed(each for one in node.cases for each in one.body)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from _needed(node.body)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
        yield from _needed([*node.body, *node.orelse])


def _takes_absence(kind: ast.expr | None) -> bool:
    return kind is None or bool(_words(kind) & _ABSENCE)


def _words(node: ast.AST) -> set[str]:
    """Every name and last part of a dotted name in it."""
    found = (one for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute))
    return {one.id if isinstance(one, ast.Name) else one.attr for one in found}


@bounded(lambda: Names(frozenset(), open=True))
def names(text: str) -> Names:
    """What a module binds at its top, in whichever branch; open where it binds names as it runs."""
    tree = parsed(text)
    if tree is None:
        return Names(frozenset(), open=True)
    bound: set[str] = set()
    for node in _top(tree.body):
        bound |= _bound(node)
    inner = list(ast.walk(tree))
    bound |= {name for one in inner if isinstance(one, ast.Global) for name in one.names}
    bound |= {one.target.id for one in inner if isinstance(one, ast.NamedExpr)}
    bound |= {
        one.value
        for one in inner
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _may_name(one.value)
    }
    loose = any(isinstance(one, ast.Name) and one.id in _DYNAMIC for one in inner) or any(
        isinstance(one, ast.Attribute) and one.attr in ("modules", "extend_path") for one in inner
    )
    return Names(frozenset(bound), open=loose or "*" in bound or "__getattr__" in bound)


def _may_name(text: str) -> bool:
    """Whether a string may be a name of `__all__`, or one that is made as the module runs."""
    return text.isidentifier()


def _top(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported; not those of its functions and classes."""
    for node in body:
        yield node
        if isinstance(
            node, ast.If | ast.For | ast.AsyncFor | ast.While | ast.Try | ast.TryStar | ast.With | ast.AsyncWith
        ):
            yield from _top(node.body)
        if isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While | ast.Try | ast.TryStar):
            yield from _top(node.orelse)
        if isinstance(node, ast.Try | ast.TryStar):
            yield from _top([*(each for one in node.handlers for each in one.body), *node.finalbody])
        if isinstance(node, ast.Match):
            yield from _top(each for one in node.cases for each in one.body)


def _bound(node: ast.stmt) -> set[str]:
    """The names that one statement binds; `*` where it takes all of another module's."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import):
        return {one.asname or one.name.partition(".")[0] for one in node.names}
    if isinstance(node, ast.ImportFrom):
        return {one.asname or one.name for one in node.names}
    if isinstance(node, ast.Match):
        return {
            one.name
            for each in node.cases
            for one in ast.walk(each.pattern)
            if isinstance(one, ast.MatchAs) and one.name
        }
    targets: list[ast.AST] = []
    if isinstance(node, ast.Assign):
        targets += node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For | ast.AsyncFor):
        targets.append(node.target)
    elif isinstance(node, ast.With | ast.AsyncWith):
        targets += [one.optional_vars for one in node.items if one.optional_vars is not None]
    elif isinstance(node, getattr(ast, "TypeAlias", ())):
        targets.append(node.name)  # type: ignore[attr-defined]
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
