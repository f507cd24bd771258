"""A page of `docs/knowledge/`: what it says of itself, and what it names."""

import re
from enum import StrEnum
from typing import NamedTuple

FOLDER = "docs/knowledge/"
INDEX = "docs/knowledge/index.md"
"""The written index; it is no page."""

_FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1[^\n]*$")
_TICKED = re.compile(r"`([^`\n]{1,200})`")
_LINK = re.compile(r"\]\(([^()\s]{1,200})\)")
_PATH = re.compile(r"(?:\./)?((?:[\w.@+-]+/)*[\w.@+-]+/?)(?::\d+)?")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/", re.IGNORECASE)
_SUFFIX = re.compile(r"[\w@+-]\.([A-Za-z][A-Za-z0-9]{0,7})\Z")
_SYMBOL = re.compile(r"(?:[A-Za-z_]\w*(?:\.|::))*([A-Za-z_]\w*)\(\)")
_ID = re.compile(r"\b(?:STORY|EPIC|FR|NFR)-[0-9a-z]{6,12}\b")
_CLASS = re.compile(r"(?mi)^(?:- )?Class: *(project|area|resource|archive)s? *$")
_STORY = re.compile(r"docs/knowledge/(STORY-[A-Za-z0-9._-]{1,80})\.md")
_HEAD = 12
"""Lines of a page in which it may say its class."""


class Para(StrEnum):
    """Where a page belongs: under way with an end, kept up, looked up, or over."""

    PROJECT = "project"
    AREA = "area"
    RESOURCE = "resource"
    ARCHIVE = "archive"


class Page(NamedTuple):
    """`stated` is the class that its head or its folder says, `paths`, `symbols` and `ids` are what it names."""

    path: str
    text: str
    title: str
    story: str = ""
    stated: Para | None = None
    paths: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


def is_page(path: str) -> bool:
    return path.startswith(FOLDER) and path.endswith(".md") and path != INDEX


def page(path: str, text: str) -> Page:
    """A page as it reads; what stands in fenced code names nothing."""
    prose = _FENCE.sub("", text)
    ticked = [one.strip() for one in _TICKED.findall(prose)]
    linked = [one for one in _LINK.findall(prose) if "://" not in one and not one.startswith(("#", "/"))]
    named = [found[1] for one in ticked if (found := _PATH.fullmatch(one)) and _is_path(one)]
    beside = [_beside(path, one.partition("#")[0]) for one in linked]
    own = _STORY.fullmatch(path)
    return Page(
        path,
        text,
        _title(prose) or path.rpartition("/")[2].removesuffix(".md"),
        own[1] if own else "",
        _stated(path, prose),
        tuple(dict.fromkeys([*named, *filter(None, beside)])),
        tuple(dict.fromkeys(found[1] for one in ticked if (found := _SYMBOL.fullmatch(one)))),
        tuple(dict.fromkeys(_ID.findall(prose))),
    )


def _is_path(text: str) -> bool:
    """Whether a word reads as a path: with a folder or a suffix, and no host, version or number."""
    name = text.partition(":")[0]
    if _HOST.match(name) and not name.startswith("."):
        return False
    return name.endswith("/") or _SUFFIX.search(name) is not None


def _beside(path: str, link: str) -> str:
    """Where a relative link of a page leads; empty where it leaves the repository."""
    parts = path.split("/")[:-1]
    for part in link.split("/"):
        if part == ".." and not parts:
            return ""
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def suffix(path: str) -> str:
    """The suffix of a path's name without its dot, in lower case; empty where it has none."""
    found = _SUFFIX.search(path)
    return found[1].lower() if found else ""


def _title(prose: str) -> str:
    lines = (line.strip() for line in prose.split("\n"))
    first = next((line for line in lines if line), "")
    return " ".join(first.lstrip("#").split())


def _stated(path: str, prose: str) -> Para | None:
    head = "\n".join(prose.split("\n")[:_HEAD])
    if found := _CLASS.search(head):
        return Para(found[1].lower())
    folder = path.removeprefix(FOLDER).partition("/")[0]
    return {f"{one.value}s": one for one in Para}.get(folder) or (Para.ARCHIVE if folder == "archive" else None)
