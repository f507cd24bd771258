"""A file's outline: what it offers, without how it does it. Of no file is anything run."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from bmad.core.packs.texts import head_of, one_line
from bmad.core.syntax import parsed

LARGEST = 400_000
"""Characters of a file that is outlined; of a larger one its first lines are told."""

MOST = 2500
"""Bytes of an outline."""

_LINE, _VALUE = 140, 70
_FIRST_LINES = 12
_WIDEST = 500

_HEADING = re.compile(r"#{1,4} \S|[=-]{4,}$")
_DECLARED = re.compile(
    r"\s{0,8}(?:(?:export|default|public|private|protected|internal|static|async|abstract|final|sealed|open|override"
    r"|pub(?:\([^)]*\))?|unsafe|extern|inline|virtual|data|suspend)\s+)*"
    r"(?:class|struct|enum|union|trait|impl|interface|record|object|module|namespace|package|type|typedef|protocol"
    r"|extension|fn|func|fun|function|def|defp|defmodule|sub|proc|message|service|rpc|procedure|macro_rules!|#define"
    r"|(?:create|CREATE)\s+(?:or replace\s+|OR REPLACE\s+)?(?:table|TABLE|view|VIEW|function|FUNCTION))\b"
)
_ASSIGNED = re.compile(r"(?:export\s+)?(?:const|let|var|val)\s+[A-Za-z_$][\w$]*|[A-Z][A-Z0-9_]{2,}\s*=")
_METHOD = re.compile(r"\s{1,8}(?:[\w<>\[\],.?&*:]+\s+)+[A-Za-z_]\w*\s*\([^;]*\)\s*(?:throws\s[\w, .]+)?\{\s*$")
_KEY = re.compile(r"(?:\[[^\]]+\]|\"?[A-Za-z_][\w.-]*\"?\s*[:=])")
_DATA = frozenset({".yml", ".yaml", ".toml", ".ini", ".cfg", ".json"})
_TEXT = frozenset({".md", ".markdown", ".rst", ".adoc", ".txt"})


@lru_cache(maxsize=1 << 9)
def outline(path: str, text: str) -> str:
    """The outline, at most `MOST` bytes."""
    suffix = PurePosixPath(path).suffix.lower()
    lines: list[str] = []
    if suffix in (".py", ".pyi") and len(text) <= LARGEST:
        lines = _python(text)
    elif len(text) <= LARGEST:
        lines = list(_generic(suffix, text))
    return head_of("\n".join(lines or text.split("\n", _FIRST_LINES)[:_FIRST_LINES]), MOST)


def _generic(suffix: str, text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if len(line) <= _WIDEST and _tells(suffix, line):
            yield one_line(line, _LINE) if suffix in _TEXT else _indented(line)


def _tells(suffix: str, line: str) -> bool:
    if suffix in _TEXT:
        return bool(_HEADING.match(line))
    if suffix in _DATA:
        return bool(_KEY.match(line))
    return any(one.match(line) for one in (_DECLARED, _ASSIGNED, _METHOD))


def _indented(line: str) -> str:
    """A declaration without its body's beginning, as deep as it stood."""
    deep = len(line) - len(line.lstrip())
    return " " * deep + one_line(line.strip().rstrip("{").rstrip(), _LINE)


def _python(text: str) -> list[str]:
    module = parsed(text)
    try:
        if module is not None:
            return [*_told(ast.get_docstring(module), ""), *_statements(module.body, "")]
    except RecursionError:
        pass
    return list(_generic(".py", text))


def _statements(body: list[ast.stmt], indent: str) -> Iterator[str]:
    for one in body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(one, indent)
        elif isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
            bases = ", ".join(map(ast.unparse, one.bases))
            yield f"{indent}class {one.name}({bases}):" if bases else f"{indent}class {one.name}:"
            yield from _told(ast.get_docstring(one), f"{indent}    ")
            yield from _statements(one.body, f"{indent}    ")
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            yield f"{indent}{one.target.id}: {one_line(ast.unparse(one.annotation), _LINE)}"
        elif isinstance(one, ast.Assign):
            yield from _constants(one, indent)


def _function(one: ast.FunctionDef | ast.AsyncFunctionDef, indent: str) -> Iterator[str]:
    if one.name.startswith("_") and not one.name.startswith("__"):
        return
    kind = "async def" if isinstance(one, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(one.returns)}" if one.returns is not None else ""
    yield indent + one_line(f"{kind} {one.name}({ast.unparse(one.args)}){returns}", 2 * _LINE)
    yield from _told(ast.get_docstring(one), f"{indent}    ")


def _constants(one: ast.Assign, indent: str) -> Iterator[str]:
    for target in one.targets:
        if isinstance(target, ast.Name) and target.id.isupper() and not target.id.startswith("_"):
            yield indent + one_line(f"{target.id} = {ast.unparse(one.value)}", _VALUE)


def _told(docstring: str | None, indent: str) -> Iterator[str]:
    """The first line of a docstring."""
    if docstring and docstring.strip():
        yield f'{indent}"""{one_line(docstring.strip().partition(chr(10))[0], _LINE)}"""'
