"""The marks of false positives: a comment or document line, written by the fix, that settles the confusion.

A heuristic on purpose: a line counts as a comment by the sign that is usual for its kind of file, at its start
or after a blank. A sign inside a string passes for a comment, and the inner lines of a docstring or of a block
comment without a sign of their own do not; the mark is then set on the line that opens it. Whether the words
settle anything is the reviewer's to judge.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from bmad.core.act.run import lacks_mark
from bmad.model.answers import WorkAnswer
from bmad.model.review import Finding

_DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc"})

_HASH = r"(?:^|\s)#"
_SLASH = r"(?:^|\s)(?://|/\*)|^\s*\*(?:\s|/|$)"
_DASH = r"(?:^|\s)--(?:\s|$)"
_SEMICOLON = r"(?:^|\s);"
_ANGLE = r"(?:^|\s)<!--"
_DOCSTRING = r"^\s*[rR]?(?:\"\"\"|''')"

_SIGNS = {
    _HASH: "rb sh bash zsh fish yml yaml toml pl pm r mk cmake tf conf cfg nix ex exs jl ps1",
    f"{_HASH}|{_DOCSTRING}": "py pyi",
    _SLASH: "c h cc cpp cxx hh hpp cs java kt kts go rs swift scala dart js jsx mjs cjs ts tsx css scss less zig",
    f"{_HASH}|{_SLASH}": "php",
    _DASH: "sql lua hs elm adb ads vhd",
    _SEMICOLON: "lisp el clj cljs scm asm",
    f"{_HASH}|{_SEMICOLON}": "ini",
    f"{_ANGLE}|{_SLASH}": "html htm xml svg vue svelte",
}

_BY_SUFFIX = {f".{end}": re.compile(signs) for signs, ends in _SIGNS.items() for end in ends.split()}
_ANY = re.compile(f"{_HASH}|{_SLASH}|{_DASH}|{_SEMICOLON}|{_ANGLE}")


def marks(
    answer: WorkAnswer, findings: Iterable[Finding], added: Mapping[str, Mapping[int, str]]
) -> dict[str, str]:
    """The marks that count, finding -> `path:line`: for false positives without one, the first that holds.

    `added` is what the fix's own diff adds: path -> line number in the new file -> text.
    """
    waiting = {one.id for one in findings if lacks_mark(one)}
    found: dict[str, str] = {}
    for mark in answer.marks:
        path = mark.path if mark.path in added else f'"{mark.path}"'  # of a quoted one an agent sees the inside
        text = added.get(path, {}).get(mark.line, "")
        if mark.finding in waiting and says_something(mark.path, text):
            found.setdefault(mark.finding, f"{path}:{mark.line}")
    return found


def uncommented(path: str, line: str) -> list[str]:
    """What a line may have been before a comment was put behind it, by each sign in it that may begin one."""
    signs = _BY_SUFFIX.get(_suffix(path), _ANY)
    return [before for sign in signs.finditer(line) if (before := line[: sign.start()].rstrip())]


def _suffix(path: str) -> str:
    return PurePosixPath(path.removesuffix('"') if path.startswith('"') else path).suffix.lower()


def says_something(path: str, text: str) -> bool:
    """Whether a line of the file at path is a comment, or a line of a document, and not blank."""
    if not any(char.isalnum() for char in text):
        return False
    suffix = _suffix(path)
    return suffix in _DOCUMENTS or bool(_BY_SUFFIX.get(suffix, _ANY).search(text))
