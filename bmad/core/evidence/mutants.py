"""Mutants of Python: small changes of single lines, each of which a test should notice.

Operators, comparisons, conditions, constants, returned values, statements that are left out. Nothing is changed
that only speaks (docstrings, messages), nor annotations, decorators, imports and what runs under `__name__` alone.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice, zip_longest
from typing import NamedTuple

from bmad.core.evidence.emptied import line_starts, other_constant
from bmad.core.suites.nodes import name_of
from bmad.core.syntax import bounded, parsed

_COMPARED: Mapping[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
_COUNTED: Mapping[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
}
_JOINED: Mapping[type[ast.boolop], tuple[str, str]] = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
_SPEAKING = frozenset({"print", "warn", "debug", "info", "warning", "error", "exception", "critical", "log"})


class Mutant(NamedTuple):
    """A file's text with one change in it; `words` say which, `line` is where."""

    path: str
    line: int
    words: str
    text: str


class _Change(NamedTuple):
    """A change of a source: what stands between two offsets becomes something else."""

    line: int
    start: int
    end: int
    text: bytes
    words: str
    path: str = ""

    def made(self, source: str) -> Mutant | None:
        """The source with this change; None where that would not parse."""
        content = source.encode("utf-8", "surrogateescape")
        text = (content[: self.start] + self.text + content[self.end :]).decode("utf-8", "surrogateescape")
        return Mutant(self.path, self.line, self.words, text) if parsed(text) is not None else None


class Made(NamedTuple):
    """The mutants that were chosen, and how many there could be."""

    chosen: tuple[Mutant, ...] = ()
    every: int = 0


def mutants(sources: Mapping[str, tuple[str, Collection[int]]], most: int) -> Made:
    """At most so many mutants of the touched lines of sources, path -> text and lines; the same each time.

    Each touched line has one before any has two, and lines of all files take turns. Where not every line can have
    one, those that have are spread over the change. Only what is chosen is made.
    """
    by_line: list[list[_Change]] = []
    for path, (text, lines) in sorted(sources.items()):
        found: dict[int, list[_Change]] = {}
        for one in _of_file(path, text, frozenset(lines)):
            found.setdefault(one.line, []).append(one)
        by_line += [found[line] for line in sorted(found)]
    turns = [one for turn in zip_longest(*by_line) for one in turn if one is not None]
    first = sorted(range(len(by_line)), key=_reversed)
    ordered = [*(turns[at] for at in first), *turns[len(by_line) :]]
    made = (mutant for one in ordered if (mutant := one.made(sources[one.path][0])) is not None)
    return Made(tuple(islice(made, most)), len(ordered))


def _reversed(number: int) -> int:
    """The bits of a number from the other end: neighbours come far apart."""
    return int(f"{number:016b}"[::-1], 2)


@bounded(tuple[_Change, ...])
def _of_file(path: str, text: str, wanted: frozenset[int]) -> tuple[_Change, ...]:
    tree = parsed(text) if wanted else None
    if tree is None:
        return ()
    source = _Source(text.encode("utf-8", "surrogateescape"))
    return tuple(one._replace(path=path) for one in _changes(tree, source, wanted))


class _Source:
    """The bytes of a source by line and column."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts = line_starts(content)

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.end_lineno or node.lineno] + (node.end_col_offset or 0)

    def text(self, node: ast.expr | ast.stmt) -> str:
        return self._content[self.start(node) : self.end(node)].decode("utf-8", "replace")

    def between(self, left: ast.expr, right: ast.expr, word: str) -> tuple[int, int] | None:
        """Where an operator stands between two expressions; None where it cannot be told from a comment."""
        start, end = self.end(left), self.start(right)
        told = self._content[start:end].decode("utf-8", "replace")
        pattern = r"\s+".join(map(re.escape, word.split()))
        found = re.findall(pattern, told)
        if "#" in told or len(found) != 1:
            return None
        at = told.index(found[0])
        before = len(told[:at].encode())
        return start + before, start + before + len(found[0].encode())


def _changes(tree: ast.Module, source: _Source, wanted: frozenset[int]) -> Iterator[_Change]:
    for node in _looked_at(tree):
        if isinstance(node, ast.expr | ast.stmt) and node.lineno in wanted:
            yield from _of_node(node, source)


def _looked_at(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something, in their order."""
    if isinstance(node, ast.If) and _is_aside(node.test):
        return
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.Global | ast.Nonlocal):
        return
    yield node
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and name_of(node) in _SPEAKING):
        return
    for child in _children(node):
        yield from _looked_at(child)


def _is_aside(test: ast.expr) -> bool:
    """Whether what it guards runs for no test: under `__name__`, or for types alone."""
    return name_of(test) == "TYPE_CHECKING" or "__name__" in ast.unparse(test)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases"):
            continue
        parts = value if isinstance(value, list) else [value]
        if field == "body" and parts and isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            parts = parts[1:] if _is_words(parts[0]) else parts
        yield from (one for one in parts if isinstance(one, ast.AST) and not isinstance(one, ast.JoinedStr))


def _is_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _of_node(node: ast.expr | ast.stmt, source: _Source) -> Iterator[_Change]:
    match node:
        case ast.Compare(left=left, ops=[op, *_], comparators=[right, *_]):
            yield from _swapped(node, source, left, right, _COMPARED[type(op)])
        case ast.BinOp(left=left, op=op, right=right) if not _formats(node):
            yield from _swapped(node, source, left, right, _COUNTED.get(type(op)))
        case ast.BoolOp(op=op, values=[left, right, *_]):
            yield from _swapped(node, source, left, right, _JOINED[type(op)])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _put(node, source, source.text(operand), f"without `not`: `{_short(source.text(operand))}`")
        case ast.Constant(value=bool() | int() | float()):
            other = other_constant(node.value) or ""
            yield _put(node, source, other, f"`{other}` for `{_short(source.text(node))}`")
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield _put(value, source, "None", f"`None` returned for `{_short(source.text(value))}`")
        case ast.If() | ast.While() | ast.IfExp():
            told = source.text(node.test)
            yield _put(node.test, source, f"(not ({told}))", f"the condition `{_short(told)}` turned around")
        case ast.Expr(value=ast.Call() as call) if name_of(call) not in _SPEAKING:
            yield _put(node, source, "pass", f"without `{_short(source.text(node))}`")
        case ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break() | ast.Delete():
            yield _put(node, source, "pass", f"without `{_short(source.text(node))}`")


def _formats(node: ast.BinOp) -> bool:
    """Of `"%s" % x` and of joined texts: no arithmetic."""
    return any(isinstance(one, ast.Constant | ast.JoinedStr) and _is_text(one) for one in (node.left, node.right))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _swapped(
    node: ast.expr, source: _Source, left: ast.expr, right: ast.expr, words: tuple[str, str] | None
) -> Iterator[_Change]:
    place = source.between(left, right, words[0]) if words is not None else None
    if place is not None and words is not None:
        told = f"`{words[1]}` for `{words[0]}` in `{_short(source.text(node))}`"
        yield _Change(node.lineno, *place, words[1].encode(), told)


def _put(node: ast.expr | ast.stmt, source: _Source, text: str, words: str) -> _Change:
    return _Change(
        node.lineno, source.start(node), source.end(node), text.encode("utf-8", "surrogateescape"), words
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else f"{plain[:57]}…"  # noqa: PLR2004 - characters of a line
