"""Which files the base's `.gitattributes` has joined line by line (`merge=union`), as changelogs often are.

Only plain names count, and none of a file that is governed, a record or the specification: what two sides make of
those is looked at. Nothing else that attributes can say has a say in a computed merge.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from bmad.core.governed import READERS
from bmad.core.paths import PathClass, classifier
from bmad.core.territory import brackets_quoted
from bmad.model.layout import Layout

_PLAIN = re.compile(r"/?[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_MERGE = re.compile(r"[!-]?merge(?:=.*)?|binary")
"""What says how a file is merged; `binary` is git's own macro, which says that it is not."""
_WORDS = re.compile(r"[^ \t\r]+")
"""As git parts them: what else reads as a blank or ends a line elsewhere is a sign like any other."""
_MACRO = "[attr]"
_BARE = re.compile(r"[^\s\"\\#!][^\s\"\\]*")
"""What attributes take as a pattern without quotes."""
_SIGNS = re.compile(r"[*?\[\]\\]")
_MOST = 200


class Unions(NamedTuple):
    """The names that are joined, and the specification's folders, where none is: bmad's merge driver may be."""

    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    """Patterns of what is never joined, whatever its name: documents, records, and what the policy governs."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What they are as lines of attributes, the last that names a file deciding; none where nothing is joined.

        A name without a slash is joined in any folder, so what stays apart is said behind all of them.
        """
        joined = (f"{name} merge=union" for name in self.names)
        return (*joined, *(f"{pattern} !merge" for pattern in (*_always(), *self.apart))) if self.names else ()


NONE = Unions()


def apart(layout: Layout, governed: Iterable[str]) -> tuple[str, ...]:
    """Patterns of what is never joined beside what is always governed; `governed` are globs of the policy."""
    records = f"{layout.records}/STORY-*.json"
    shards = (_quoted(_SIGNS.sub(r"\\\g<0>", f"/{one}")) for place in layout.places for one in place.shards)
    named = (one for glob in governed for one in _within(glob))
    return (*layout.patterns, layout.lock, records, *shards, *named)


@cache
def _always() -> tuple[str, ...]:
    return tuple(one for reader in READERS for name in reader.names for one in _within(name))


def _within(glob: str) -> tuple[str, ...]:
    """Patterns of git attributes for what a glob names and all that is below it, however its brackets are read."""
    name = glob.removesuffix("/").removesuffix("/**")
    path = name if name.startswith("**/") else f"/{name}"
    every = (f"{one}{end}" for one in dict.fromkeys((path, brackets_quoted(path))) for end in ("", "/**"))
    return tuple(map(_quoted, every))


def _quoted(pattern: str) -> str:
    return pattern if _BARE.fullmatch(pattern) else json.dumps(pattern, ensure_ascii=False)


def unions(text: str, layout: Layout) -> tuple[str, ...]:
    """The names that are merged by union; a later line that may name the same, as patterns do, takes that back.

    None are where a macro of the file's own says how files are merged: any line may use it.
    """
    found: dict[str, None] = {}
    for line in text.split("\n"):
        name, *attributes = _WORDS.findall(line) or [""]
        said = [one for one in attributes if _MERGE.fullmatch(one)]
        if not said or name.startswith("#"):
            continue
        if name.startswith(_MACRO):
            return ()
        if not _PLAIN.fullmatch(name):
            if name not in layout.patterns:
                found.clear()
            continue
        found.pop(name, None)
        if said[-1] == "merge=union" and _is_code(name.removeprefix("/"), layout):
            found[name] = None
    return tuple(found)[:_MOST]


def is_joined(unions: Unions, path: bytes) -> bool:
    """Whether one of the names is that of a path: in any folder, or where it has a slash from the root on."""
    names = unions.names
    if not names:
        return False
    text = path.decode("utf-8", "surrogateescape")
    if text.startswith(unions.places):
        return False
    return text.rpartition("/")[2] in names or f"/{text}" in names or ("/" in text and text in names)


def _is_code(path: str, layout: Layout) -> bool:
    return classifier(layout)(path.encode()).klass is PathClass.CODE
