"""Words on Python's syntax tree that all who read tests need."""

import ast
from collections.abc import Iterable, Iterator


def name_of(node: ast.AST) -> str:
    """The last part of a dotted name; empty where it is none."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST) -> set[str]:
    return {name_of(one) for one in ast.walk(node) if isinstance(one, ast.Attribute | ast.Name)}


def read(node: ast.AST) -> str:
    return ast.unparse(node)


def is_constant(node: ast.expr, *, held: bool) -> bool:
    """Whether it is a constant that is true, or one that is false."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return is_constant(node.operand, held=not held)
    return isinstance(node, ast.Constant) and bool(node.value) is held


_HOLDING = frozenset({"list", "tuple", "set", "dict", "frozenset", "range", "iter"})


def is_empty(node: ast.expr) -> bool:
    """Whether it surely holds nothing to go through: `[]`, `()`, `""`, `range(0)`, `list()`, `iter(())`."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, ast.Call) and name_of(node) in _HOLDING:
        return all(is_empty(one) or is_constant(one, held=False) for one in node.args) and not node.keywords
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
        return any(is_empty(one.iter) for one in node.generators)
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and not node.value


def plain(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that a body runs when it is imported, those under conditions and `try` in it, too."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            never = is_constant(node.test, held=False) or read(node.test) in _STARTED
            yield from plain([] if never else node.body)
            yield from plain(node.orelse)
        elif isinstance(node, ast.Try):
            yield from plain([*node.body, *node.orelse, *node.finalbody])


def conditions(
    body: Iterable[ast.stmt], above: tuple[str, ...] = ()
) -> Iterator[tuple[ast.stmt, tuple[str, ...]]]:
    """Those of them that stand below a condition which nobody can tell here, each with what it reads."""
    for node in body:
        if above:
            yield node, above
        if isinstance(node, ast.If):
            known = is_constant(node.test, held=True) or is_constant(node.test, held=False)
            here = above if known else (*above, f"if {read(node.test)}")
            yield from conditions([*node.body, *node.orelse], here)
        elif isinstance(node, ast.Try):
            yield from conditions([*node.body, *node.orelse, *node.finalbody], above)


_STARTED = ("__name__ == '__main__'", "'__main__' == __name__")
"""What holds in a file that is started itself."""
