"""The head's Python with emptied bodies: what a change brings or alters is there, and does nothing that was asked.

So a test that could only fail on the base for want of an import fails by what the code does, or shows nothing.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bmad.core.suites.nodes import name_of
from bmad.core.syntax import bounded, parsed

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Piece = _Function | ast.Assign | ast.AnnAssign
_AT_IMPORT = frozenset({"__init_subclass__", "__set_name__", "__class_getitem__", "__new__", "__prepare__"})
_END = re.compile(rb"\r\n?|\n")
_MARK = "\ufeff".encode()
_NOTHING = b"raise NotImplementedError"


class _Edit(NamedTuple):
    """Bytes that are put in the place of others, by offset."""

    start: int
    end: int
    text: bytes


@bounded(lambda: None)
def emptied(before: str | None, after: str) -> str | None:
    """A source with all bodies and plain values emptied that the change touched; None where there are none.

    A function that is called while its module is imported keeps its body, so that the module can be.
    """
    new = parsed(after)
    old = parsed(before) if before is not None else None
    if new is None:
        return None
    content = after.encode("utf-8", "surrogateescape")
    lines = line_starts(content)
    known = dict(_pieces(old.body)) if old is not None else {}
    busy = _called_at_import(new.body)
    edits = []
    for name, node in _pieces(new.body):
        same = name in known and ast.dump(known[name]) == ast.dump(node)
        edit = None if same or name.rpartition(".")[2] in busy | _AT_IMPORT else _edit(node, lines)
        if edit is not None:
            edits.append(edit)
    for one in sorted(edits, reverse=True):
        content = content[: one.start] + one.text + content[one.end :]
    made = content.decode("utf-8", "surrogateescape")
    return made if edits and parsed(made) is not None else None


def line_starts(content: bytes) -> list[int]:
    """Where each line begins for Python, counted from 1; the first one behind a byte-order mark."""
    return [0, len(_MARK) * content.startswith(_MARK), *(one.end() for one in _END.finditer(content))]


def _pieces(body: Sequence[ast.stmt], within: str = "") -> Iterator[tuple[str, _Piece]]:
    """The functions, methods and plain values of a module or class, by name; none within a function."""
    for node in body:
        if isinstance(node, _Function):
            yield f"{within}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _pieces(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _pieces([*node.body, *node.orelse], within)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield f"{within}{node.targets[0].id}", node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield f"{within}{node.target.id}", node


def _called_at_import(body: Sequence[ast.stmt]) -> frozenset[str]:
    """The names of what is called, or decorates something, while a module is imported."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, _Function | ast.ClassDef):
            found |= {name_of(one) for one in node.decorator_list}
            found |= _called_at_import(node.body) if isinstance(node, ast.ClassDef) else set()
        elif not (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)):
            found |= {name_of(one) for one in ast.walk(node) if isinstance(one, ast.Call)}
    return frozenset(found)


def _edit(node: _Piece, lines: Sequence[int]) -> _Edit | None:
    if isinstance(node, _Function):
        return _body(node, lines)
    name = node.targets[0] if isinstance(node, ast.Assign) else node.target
    value = node.value
    if value is None or value.end_lineno is None or name_of(name).startswith("__"):
        return None
    other = other_value(value)
    if other is None:
        return None
    start = lines[value.lineno] + value.col_offset
    return _Edit(start, lines[value.end_lineno] + (value.end_col_offset or 0), other.encode())


def _body(node: _Function, lines: Sequence[int]) -> _Edit | None:
    body = node.body[1:] if _is_docstring(node.body[0]) else node.body
    if not body or all(map(_does_nothing, body)):
        return None
    first, last = body[0], body[-1]
    above = [one.lineno for one in getattr(first, "decorator_list", ())]
    start = lines[min([first.lineno, *above])] + first.col_offset
    return _Edit(start, lines[last.end_lineno or last.lineno] + (last.end_col_offset or 0), _NOTHING)


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def _does_nothing(node: ast.stmt) -> bool:
    """Of `pass`, `...` and `raise NotImplementedError`: a stub."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        return name_of(node.exc) == "NotImplementedError"
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def other_value(node: ast.expr) -> str | None:
    """A literal of the same kind that is another one; None where it is none."""
    match node:
        case ast.Constant(value=value):
            return other_constant(value)
        case ast.List(elts=[_, *_]):
            return "[]"
        case ast.Tuple(elts=[_, *_]):
            return "()"
        case ast.Dict(keys=[_, *_]):
            return "{}"
        case ast.Set():
            return "set()"
    return None


def other_constant(value: object) -> str | None:
    """Another value of the same type, as it is written; None where there is none."""
    match value:
        case bool():
            return str(not value)
        case int() | float():
            return f"({value!r} + 1)"
        case str():
            return '""' if value else '"emptied"'
        case bytes():
            return 'b""' if value else 'b"emptied"'
    return None
