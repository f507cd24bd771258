"""What a file takes of modules that it imports whole: `x.y` after `import x`, where that is beyond doubt.

Said of nothing that may be there elsewhere: where a file asks for platforms, versions or attributes, where a name
is bound twice, handed on or written to, and below a handler of what is missing.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bmad.core.imports.python import imports
from bmad.core.syntax import bounded, parsed

_UNSURE = frozenset(
    (
        *("hasattr", "AttributeError", "version_info", "hexversion", "platform", "implementation", "globals"),
        *("locals", "exec", "eval", "__import__", "import_module", "patch", "modules", "skipIf", "skipUnless"),
    )
)
"""Names after which nobody can tell by reading what a module holds, or whether a line is reached."""
_HANDLED = frozenset(
    {"AttributeError", "ImportError", "ModuleNotFoundError", "Exception", "BaseException", "NameError"}
)


class Used(NamedTuple):
    """An attribute of a module that is imported as a whole."""

    module: str
    name: str
    line: int

    @property
    def told(self) -> str:
        return f"{self.module}.{self.name}"


@bounded(list[Used])
def attributes(text: str) -> list[Used]:
    """What is taken of modules, the first line of each; nothing where the file does not parse or leaves doubt."""
    tree = parsed(text)
    if tree is None or any(_name(one) in _UNSURE for one in ast.walk(tree)):
        return []
    whole = {one.module for one in imports(text) or () if not one.name and not one.level}
    sure = _sure(tree, whole)
    strings = " ".join(
        one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    found: dict[tuple[str, str], Used] = {}
    for one in _plain(tree):
        used = _used(one, sure, whole)
        if used is not None and not re.search(rf"\b{re.escape(used.name)}\b", strings):
            found.setdefault((used.module, used.name), used)
    return list(found.values())


def given(name: str, texts: Iterable[str]) -> bool:
    """Whether any of these sources gives something an attribute of that name."""
    word = re.escape(name)
    gives = re.compile(rf"[.]{word}[ \t]*(?:=(?!=)|:)|['\"]{word}['\"]")
    return any(gives.search(text) for text in texts)


def _name(node: ast.AST) -> str:
    """The name that a node reads, or the last part of it; empty of others."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _sure(tree: ast.Module, whole: set[str]) -> dict[str, str]:
    """The names that stand for one module wherever they stand -> that module."""
    nodes = list(ast.walk(tree))
    bound = Counter(name for one in nodes for name in _binds(one))
    roots = {id(one.value) for one in nodes if isinstance(one, ast.Attribute)}
    loose = {one.id for one in nodes if isinstance(one, ast.Name) and id(one) not in roots}
    loose |= {
        parts[0]
        for one in nodes
        if isinstance(one, ast.Attribute) and not isinstance(one.ctx, ast.Load) and (parts := _dotted(one))
    }
    named = {
        one.asname or one.name.partition(".")[0]: one.name if one.asname else one.name.partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import)
        for one in node.names
        if one.name in whole
    }
    return {
        name: module
        for name, module in named.items()
        if bound[name] == 1 and name not in loose and "*" not in bound
    }


def _binds(node: ast.AST) -> Iterator[str]:
    """The names that a node binds or unbinds by itself; those declared to be of another scope count twice."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Import):
        yield from (one.asname or one.name.partition(".")[0] for one in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (one.asname or one.name for one in node.names)
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield from [*node.names, *node.names]
    elif not isinstance(node, ast.alias):
        told = (getattr(node, key, None) for key in ("name", "arg", "rest"))
        yield from (one for one in told if isinstance(one, str))


def _plain(node: ast.AST) -> Iterator[ast.Attribute]:
    """The attributes that are read where nothing stands ready for their absence, on no condition in capitals."""
    if isinstance(node, ast.Try | ast.TryStar) and any(_takes(one.type) for one in node.handlers):
        return
    if isinstance(node, ast.If | ast.IfExp) and any(_name(one).isupper() for one in ast.walk(node.test)):
        return
    if isinstance(node, ast.With | ast.AsyncWith) and any(map(_takes, (one.context_expr for one in node.items))):
        return
    if isinstance(node, ast.Attribute):
        yield node
    for one in ast.iter_child_nodes(node):
        yield from _plain(one)


def _takes(kind: ast.expr | None) -> bool:
    return kind is None or any(_name(one) in _HANDLED for one in ast.walk(kind))


def _used(node: ast.Attribute, sure: Mapping[str, str], whole: set[str]) -> Used | None:
    """The attribute, where what stands before it is a module."""
    parts = _dotted(node)
    if not parts or parts[0] not in sure or node.attr.startswith("__") or not node.attr.isascii():
        return None
    module = ".".join([sure[parts[0]], *parts[1:-1]])
    known = len(parts) == 2 or module in whole  # noqa: PLR2004 - a name and its attribute
    return Used(module, node.attr, node.lineno) if known else None


def _dotted(node: ast.expr) -> list[str]:
    """The parts of `a.b.c`; none where it begins with anything but a name."""
    if isinstance(node, ast.Name):
        return [node.id]
    before = _dotted(node.value) if isinstance(node, ast.Attribute) else []
    return [*before, node.attr] if before and isinstance(node, ast.Attribute) else []
