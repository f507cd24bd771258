"""An intent in several files: which they are, and in which order. Without the types of documents, since hooks ask.

A folder (`docs/prd/`) is read whole: its `index.md` first, what that links to in its order, then the rest by name,
where numbers count as such. An index (`docs/prd/index.md`) is read with the files that it links to, in its order;
these stand in its folder or below. In the root it is one file.
"""

import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

from bmad.model.layout import INDEX, folder_of, is_markdown
from bmad.model.markdown import outline, within

_LINK = re.compile(r"\[[^\[\]\n]*+\]\([ \t]*+<?+([^)>\[\s#]++)[^)\[\n]*+\)")
"""No part of it runs over the sign that begins another one, so that it takes time that grows with the text."""
_ELSEWHERE = re.compile(r"[:\x00]")
_NUMBER = re.compile(r"([0-9]{1,9})")


def index_of(intent: str) -> str:
    """The path of the index of a sharded intent, whether or not it is there."""
    return f"{folder_of(intent)}{INDEX}"


def order(intent: str, index: str | None, names: Iterable[str]) -> list[str]:
    """The paths of the shards: `index` is the index's text, `names` the Markdown files of the folder."""
    folder = folder_of(intent)
    first = [] if index is None else [f"{folder}{INDEX}", *linked(index, folder)]
    rest = sorted(filter(is_markdown, names), key=_natural) if intent.endswith("/") else []
    return list(dict.fromkeys([*first, *rest]))


@lru_cache(maxsize=8)
def linked(text: str, folder: str) -> tuple[str, ...]:
    """The Markdown files in a folder, or below it, that a text links to outside of fenced code; each once."""
    fences = outline(text).fences
    found: dict[str, None] = {}
    for match in _LINK.finditer(text):
        name = unquote(match[1])
        path = posixpath.normpath(f"{folder}{name}")
        inside = path.startswith(folder) and not name.startswith("/") and not path.startswith("../")
        if inside and not _ELSEWHERE.search(name) and is_markdown(path) and not within(fences, match.start()):
            found[path] = None
    return tuple(found)


def _natural(path: str) -> list[tuple[int, str]]:
    """`2-b` before `10-a`."""
    return [
        (int(one), "") if one.isascii() and one.isdigit() else (0, one.casefold())
        for one in _NUMBER.split(path)
        if one
    ]
