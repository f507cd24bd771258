"""The tests of a source file with the criteria that each names: by name, docstring, marker or comment.

Python is read by its grammar; of other languages the lines of a test are known, and the comments above it.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.core.evidence.naming import Named, Names
from bmad.core.suites import marks, python
from bmad.core.suites.nodes import name_of, plain
from bmad.core.suites.weakened import is_python_test
from bmad.core.syntax import bounded, parsed

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = _Function | ast.ClassDef


class SourceTest(NamedTuple):
    """A test as it stands in a file; `name` has its classes before it (`TestA::test_one`)."""

    path: str
    name: str
    line: int
    end: int
    criteria: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.path}::{self.name}"

    @property
    def short(self) -> str:
        return self.name.rpartition("::")[2]


class Mention(NamedTuple):
    """An id and the line that it stands on."""

    id: str
    line: int


class Source(NamedTuple):
    """A file's tests; ids that name nothing; and criteria that are named where there is no test."""

    tests: tuple[SourceTest, ...] = ()
    unknown: tuple[Mention, ...] = ()
    loose: tuple[Mention, ...] = ()
    whole: bool = True
    """Whether it could be read."""


def holds_tests(path: str) -> bool:
    """Whether a file may hold tests that could be told apart."""
    return is_python_test(path) or marks.language(path) is not None


def read(path: str, text: str, names: Names) -> Source:
    """The tests of a file, and what is named in it."""
    if is_python_test(path):
        return _python(path, text.removeprefix("\ufeff"), names)
    known = marks.language(path)
    return _other(path, text, names, known) if known is not None else Source()


class _Place(NamedTuple):
    """A test or class: its lines, from the comments above it on, and what is told of it beside comments."""

    name: str
    first: int
    last: int
    line: int
    told: tuple[tuple[int, str], ...]
    is_test: bool


@bounded(lambda: Source(whole=False))
def _python(path: str, text: str, names: Names) -> Source:
    tree = parsed(text)
    if tree is None:
        return Source(whole=False)
    comments = dict(_comments(text))
    lines = text.split("\n")
    alone = {number for number in comments if lines[number - 1].lstrip().startswith("#")}
    whole = _told_by(tree)
    places = list(_places(tree.body, "", alone, python.classes(tree)))
    by_place: dict[_Place | None, list[tuple[int, str]]] = {one: list(one.told) for one in places}
    by_place[None] = []
    owners = {number: one for one in places for number in range(one.first, one.last + 1)}  # the innermost last
    for number, words in comments.items():
        owner = owners.get(number)
        if owner is not None and not owner.is_test and number >= owner.line:
            owner = None  # between the tests of a class: of none of them
        by_place[owner].append((number, words))
    found = _Found(names)
    of_all = found.take(whole)
    tests = []
    of_class = {one.name: names_of(by_place[one], names) for one in places if not one.is_test}
    for one in places:
        own = found.take(by_place[one]) if one.is_test else ()
        if one.is_test:
            inherited = [name for each in _above(one.name) for name in of_class.get(each, ())]
            criteria = tuple(dict.fromkeys([*own, *inherited, *of_all]))
            tests.append(SourceTest(path, one.name, one.line, one.last, criteria))
        else:
            found.take(by_place[one])
    loose = [Mention(name, line) for line, words in by_place[None] for name in names.within(words).criteria]
    found.take(by_place[None])
    return Source(tuple(tests), tuple(found.unknown), tuple(loose))


def _above(name: str) -> list[str]:
    """The classes that a test stands in, the outermost first."""
    parts = name.split("::")[:-1]
    return ["::".join(parts[: at + 1]) for at in range(len(parts))]


def names_of(told: Sequence[tuple[int, str]], names: Names) -> list[str]:
    """The criteria that some lines name."""
    return [name for _, words in told for name in names.within(words).criteria]


class _Found:
    """Collects what is named, and each id that names nothing with its line."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.unknown: list[Mention] = []

    def take(self, told: Sequence[tuple[int, str]]) -> tuple[str, ...]:
        criteria: list[str] = []
        for line, words in told:
            named: Named = self._names.within(words)
            criteria += named.criteria
            self.unknown += [Mention(one, line) for one in named.unknown]
        return tuple(dict.fromkeys(criteria))


def _places(
    body: Sequence[ast.stmt], within: str, alone: set[int], classes: Mapping[str, ast.ClassDef]
) -> Iterator[_Place]:
    """The tests and classes of tests below a body, by the rules by which they are collected."""
    for node in plain(body):
        if isinstance(node, _Function) and node.name.startswith("test"):
            yield _place(node, within, alone, is_test=True)
        elif isinstance(node, ast.ClassDef) and python.is_collected(node):
            yield _place(node, within, alone, is_test=False)
            for one in python.with_bases(node, classes):
                yield from _places(one.body, f"{within}{node.name}::", alone, classes)


def _place(node: _Definition, within: str, alone: set[int], *, is_test: bool) -> _Place:
    top = min((one.lineno for one in node.decorator_list), default=node.lineno)
    first = top
    while first - 1 in alone:
        first -= 1
    told = [(node.lineno, node.name), *_told_by(node)]
    markers = [one for one in node.decorator_list if name_of(one) not in ("parametrize", "expand")]
    told += [(one.lineno, ast.unparse(one)) for one in markers]
    return _Place(f"{within}{node.name}", first, node.end_lineno or top, node.lineno, tuple(told), is_test)


def _told_by(node: ast.Module | _Definition) -> list[tuple[int, str]]:
    """The docstring of a module, class or test, line by line, and the marks that hold for all that is in it."""
    told: list[tuple[int, str]] = []
    first = node.body[0] if node.body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        told += [(first.lineno + at, line) for at, line in enumerate(first.value.value.split("\n"))]
    if not isinstance(node, _Function):
        for one in node.body:
            if isinstance(one, ast.Assign) and any(name_of(target) == "pytestmark" for target in one.targets):
                told.append((one.lineno, ast.unparse(one.value)))
    return told


def _comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return


_ANNOTATION = re.compile(r"\s*(?:#\[|@|\[)")
_COMMENTED = re.compile(r"\s*(?://|#(?!\[)|/\*|\*|--)")
_COMMENT = re.compile(r"(?:^|\s)(?://|#(?!\[)|/\*|\*(?!/)|--)(.*)$")


def _other(path: str, text: str, names: Names, known: marks.Language) -> Source:
    """A test reaches to the next one as far as lines stand further in; comments above it are its own."""
    lines = text.split("\n")
    tests = sorted(marks.suite(path, text, known).tests.values(), key=lambda one: one.line)
    tops = [_top(lines, one.line - 1, known) for one in tests]
    ends = [*tops[1:], len(lines)] if tops else []
    found = _Found(names)
    made: list[SourceTest] = []
    around = [*range(tops[0] if tops else len(lines))]
    for one, top, end in zip(tests, tops, ends, strict=True):
        beside = {number for number in range(one.line, end) if _is_beside(lines[number], lines[one.line - 1])}
        within = (number for number in range(top, end) if number not in beside)
        own = [(number + 1, words) for number in within if (words := _words(lines[number], known))]
        title = known.test.search(lines[one.line - 1])
        own.append((one.line, lines[one.line - 1][: title.end() if title is not None else None]))
        made.append(SourceTest(path, one.name, one.line, end, found.take(own)))
        around += sorted(beside)
    before = [(number + 1, words) for number in around if (words := _words(lines[number], known))]
    loose = [Mention(name, line) for line, words in before for name in names.within(words).criteria]
    found.take(before)
    return Source(tuple(made), tuple(dict.fromkeys(found.unknown)), tuple(loose))


def _top(lines: Sequence[str], at: int, known: marks.Language) -> int:
    """Where what belongs to a test begins: at its annotations, which are no other test, and the comments above."""
    while at and (_is_annotation(lines[at - 1], known) or _COMMENTED.match(lines[at - 1])):
        at -= 1
    return at


def _is_annotation(line: str, known: marks.Language) -> bool:
    """Whether a line is an annotation alone, with no test behind it."""
    return _ANNOTATION.match(line) is not None and not known.test.search(line)


def _is_beside(line: str, test: str) -> bool:
    """Whether a line below a test's first one stands no further in, and is no bracket of it."""
    return _indent(line) <= _indent(test) and not _BRACKET.match(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


_BRACKET = re.compile(r"\s*(?:[][(){}]|end\b)")


def _words(line: str, known: marks.Language) -> str:
    """What of a line is a comment, or an annotation; empty for code, and for a test that is commented out."""
    if _is_annotation(line, known):
        return line
    match = _COMMENT.search(line)
    return match[1] if match and not known.test.search(match[1].strip()) else ""
