"""Source trees that documents draw with box signs: the paths that they plan, each with its line."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_ENTRY = re.compile(r"^(?P<lead>[\s│|]*)(?:├|└|\+|`)[─-]+\s+(?P<name>[^\s#(←]+),?\s*(?:[#(←—–-].*)?$")
_ROOT = re.compile(r"^\s*(?P<name>[\w.@-][\w.@/-]*/)\s*(?:[#(←].*)?$")
_STEP = 4
"""Columns that a folder's entries stand further in."""


class Planned(NamedTuple):
    """A path of a tree; that of a folder ends with a slash."""

    path: str
    line: int


def drawn(text: str) -> Iterator[Planned]:
    """The paths of all trees in a text, below the folder that stands above a tree."""
    folders: list[str] = []
    root = ""
    rows = text.split("\n")
    for at, row in enumerate(rows):
        entry = _ENTRY.match(row)
        if entry is None:
            named = _ROOT.match(row)
            if not _goes_on(row):
                root, folders = (named["name"] if named else ""), []
            continue
        depth = len(entry["lead"]) // _STEP
        name = entry["name"]
        if not _NAME.fullmatch(name) or depth > len(folders):
            continue
        folders = [*folders[:depth], name.rstrip("/")]
        holds = name.endswith("/") or _is_below(rows, at, len(entry["lead"]))
        path = "/".join(folders)
        yield Planned(f"{root}{path}{'/' if holds else ''}", at + 1)


_NAME = re.compile(r"[\w.@()+\[\]-]*[\w)\]](?:/[\w.@()+\[\]-]+)*/?")


def _goes_on(row: str) -> bool:
    """Whether a row between two entries belongs to the tree: it is only its lines."""
    return bool(row.strip()) and not row.strip("│| \t")


def _is_below(rows: list[str], at: int, lead: int) -> bool:
    following = _ENTRY.match(rows[at + 1]) if at + 1 < len(rows) else None
    return following is not None and len(following["lead"]) > lead
