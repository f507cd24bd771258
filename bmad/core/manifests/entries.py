"""What readers of manifests have in common: entries, and requirements as Python's tools write them."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Entry = tuple[str, str]
"""A library as it is written, and its version or what is asked of it (empty: nothing)."""
Reader = Callable[[str], Iterator[Entry]]

_REQUIREMENT = re.compile(
    r"[ \t]*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)[ \t]*(?:\[[^\]\n]*\])?[ \t]*(?:$|(?=[=<>~!;@#(,\s\\]))"
    r"\(?([=<>~!][^;#\\)\n]*)?"
)


def requirements(text: str) -> Iterator[Entry]:
    """Requirements, one a line; options, comments, paths and addresses are none."""
    for line in text.split("\n"):
        if found := _REQUIREMENT.match(line):
            yield found[1], " ".join((found[2] or "").split())


def asked(lines: object) -> Iterator[Entry]:
    """The requirements of a list."""
    for line in lines if isinstance(lines, list) else ():
        yield from requirements(line) if isinstance(line, str) else ()


def versioned(group: Mapping[str, Any]) -> Iterator[Entry]:
    """A table of libraries, each with its version or with a table that may hold one."""
    for name, told in group.items():
        version = told.get("version", "") if isinstance(told, dict) else told
        yield name, version if isinstance(version, str) else ""


def table(holder: object, *names: str) -> Mapping[str, Any]:
    """The table at this path of keys; an empty one where there is none."""
    for name in names:
        holder = holder.get(name) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else {}
