"""Which files of a tree nobody is asked to look through, and why: never silently."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from bmad.core.packs.locked import tells
from bmad.core.scan.attributes import Attributes
from bmad.model.layout import Layout

LONGEST_LINE = 4000
"""Bytes; a line longer than that was written by no hand."""

LARGEST = 2_000_000
"""Bytes of one file that is shown in parts."""

_VENDORED = frozenset({"node_modules", "vendor", "third_party", "third-party", "bower_components", ".yarn"})
_PROSE = frozenset({".md", ".markdown", ".rst", ".txt", ".adoc", ".org", ".tex"})
_DATA = frozenset({".lock", ".svg", ".map", ".snap", ".jsonl", ".csv", ".tsv", ".po", ".pem", ".crt"})
_MADE = re.compile(rb"@generated\b|\bCode generated\b.*\bDO NOT EDIT\b", re.IGNORECASE)
_TOP = 5
"""Lines in which a file says that it is made by a program."""


def left_by_name(path: str, layout: Layout, attributes: Attributes, *, asked: bool, named: bool) -> str:
    """Why a path is left out, by itself; empty where it is not.

    `asked` where a person has named places at all, which brings prose in; `named` where they named this very file,
    which brings in whatever can be read.
    """
    if layout.is_own(path):
        return "specification, stories and records"
    if named:
        return ""
    marked = {
        name: attributes.say(path, f"linguist-{name}") for name in ("generated", "vendored", "documentation")
    }
    suffix = PurePosixPath(path).suffix.lower()
    if marked["generated"]:
        return "generated (`linguist-generated`)"
    if marked["vendored"]:
        return "vendored (`linguist-vendored`)"
    if marked["vendored"] is None and _VENDORED.intersection(path.split("/")[:-1]):
        return "vendored, by its folder"
    if (tells(path) and suffix != ".py") or (suffix in _DATA and marked["generated"] is None):
        return "data or a lock file, by its name"
    prose = marked["documentation"] or (suffix in _PROSE and marked["documentation"] is None)
    return "prose (name its folder to have it looked through)" if prose and not asked else ""


def left_by_content(content: bytes | None, *, named: bool, generated: bool | None) -> str:
    """Why a file is left out, by what is in it, None where that is too much to read; empty where it is not.

    `generated` is what attributes say; False means that it is not, whatever it says itself.
    """
    if content is None or len(content) > LARGEST:
        return f"larger than {LARGEST:,} bytes"
    tests: tuple[tuple[str, Callable[[], object]], ...] = (
        ("empty", lambda: not content.strip()),
        ("binary", lambda: b"\0" in content),
        (
            f"a line of more than {LONGEST_LINE:,} bytes",
            lambda: max(map(len, content.split(b"\n"))) > LONGEST_LINE,
        ),
        (
            "generated, as it says itself",
            lambda: (
                not named and generated is None and _MADE.search(b"\n".join(content.split(b"\n", _TOP)[:_TOP]))
            ),
        ),
    )
    return next((why for why, holds in tests if holds()), "")
