"""Every command as a page and as a manual page (roff), and every setting as a page."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bmad.errors import MEANINGS, Exit

Record = tuple[str, str]
"""How an argument or option is written, and what it does."""


@dataclass(frozen=True)
class Told:
    """A command, as its help tells it, and what is declared of it."""

    name: str
    usage: str
    help: str
    arguments: tuple[Record, ...]
    options: tuple[Record, ...]
    reports: tuple[str, ...] = ()
    exits: tuple[Exit, ...] = ()
    below: "tuple[Told, ...]" = ()


_COMMANDS = """\
# Commands

Written by `python -m bmad.cli.reference` from the program itself, which says the same with `bmad COMMAND
--help`. `-q`, `-v` and `--debug` may stand anywhere. Every command may end with 0, 2, 3 and 130; others are
named.

| exit | meaning |
| --- | --- |
"""

_SETTINGS = """\
# Settings

All that `bmad.yaml` may hold, written by `python -m bmad.cli.reference` from the types that read it. Every
key has a default but those that are marked; an unknown key is an error that names it. The gate reads the file
from the base of a change, never from the change itself.

An editor that knows JSON Schema completes and checks the file: [how](#in-an-editor).
"""

_EDITOR = """
## In an editor

Editors with a YAML language server read a schema from the place that a comment names, and complete and check
the file:

```yaml
# yaml-language-server: $schema=.git/bmad/bmad.yaml.schema.json
```

`bmad init` writes that line into a new `bmad.yaml`, and each time it is called the schema of the bmad that is
installed to that place, among git's own files, where it is never committed. A fresh clone has the line
without the file: editors then say that they find no schema, until `bmad init` was called there once, which
leaves all files that are there as they are. In a linked worktree or a submodule `.git` is no folder: name
another place (`bmad schema bmad.yaml > FILE` prints it).
"""


def commands_page(groups: Mapping[str, Iterable[Told]]) -> str:
    """The page of all commands by group."""
    exits = "".join(f"| {code} | {words} |\n" for code, words in MEANINGS.items())
    parts = [_COMMANDS + exits]
    for title, group in groups.items():
        parts += [f"## {title}\n", *(part for one in group for part in _command(one))]
    return "\n".join(parts)


def _command(one: Told) -> Iterator[str]:
    yield f"### bmad {one.name}\n\n{_paragraphs(one.help)}\n"
    yield f"```text\n{one.usage}\n```\n"
    rows = [*one.arguments, *one.options]
    if rows and not one.below:
        yield "| | |\n| --- | --- |\n" + "".join(f"| `{_cell(name)}` | {_cell(words)} |\n" for name, words in rows)
    also = [f"{code}: {MEANINGS[code]}" for code in one.exits]
    shown = " and ".join(f"`bmad schema {name}`" for name in one.reports)
    told = [f"What it prints with `--json` is described by {shown}."] if shown else []
    told += [f"May also end with {'; '.join(also)}."] if also else []
    if told:
        yield " ".join(told) + "\n"
    for part in one.below:
        yield from _command(part)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _paragraphs(text: str) -> str:
    """Help as Markdown: what looks like a tag is none."""
    return re.sub(r"(?<!`)<(\w[^>]*)>", r"`<\1>`", "\n\n".join(text.strip().split("\n\n")))


def settings_page(schema: Mapping[str, Any]) -> str:
    """The page of all keys, the parts of the file in the order in which they are named."""
    parts = [_SETTINGS, "## bmad.yaml\n", _table(schema)]
    for name in _order(schema):
        parts += [f"## {_title(name)}\n", f"{_words(schema['$defs'][name])}\n", _table(schema["$defs"][name])]
    return "\n".join(part for part in parts if part) + _EDITOR


def _order(schema: Mapping[str, Any]) -> list[str]:
    """The parts, each after the one that names it first."""
    found: list[str] = []
    todo = _named(schema["properties"])
    while todo:
        name = todo.pop(0)
        if name not in found and "properties" in schema["$defs"][name]:
            found.append(name)
            todo = _named(schema["$defs"][name]["properties"]) + todo
    return found


def _named(part: Any) -> list[str]:
    return re.findall(r'"#/\$defs/(\w+)"', json.dumps(part))


def _title(name: str) -> str:
    return name.removesuffix("Settings").lower()


def _table(part: Mapping[str, Any]) -> str:
    required = part.get("required", ())
    rows = [
        f"| `{key}` | {_cell(_kind(one))} | {_default(one, needed=key in required)} | {_cell(_words(one))} |\n"
        for key, one in part["properties"].items()
    ]
    return "| key | holds | default | |\n| --- | --- | --- | --- |\n" + "".join(rows)


def _words(one: Mapping[str, Any]) -> str:
    return str(one.get("description", ""))


def _kind(one: Mapping[str, Any]) -> str:
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        return "one of the levels" if name == "Level" else f"[{_title(name)}](#{_title(name)})"
    ways = one.get("anyOf", one.get("oneOf"))
    if ways is not None:
        return " or ".join(dict.fromkeys(_kind(part) for part in ways if part.get("type") != "null"))
    if "enum" in one:
        return ", ".join(f"`{value}`" for value in one["enum"])
    if "const" in one:
        return f"`{one['const']}`"
    if one.get("type") == "array":
        return f"a list of {_kind(one['items'])}" if "items" in one else "a list"
    if one.get("type") == "object":
        return f"by name {_kind(one['additionalProperties'])}"
    return {"string": "text", "integer": "a number", "number": "a number", "boolean": "true or false"}.get(
        str(one.get("type")), "a value"
    ) + _bounds(one)


def _bounds(one: Mapping[str, Any]) -> str:
    low = one.get("minimum", one.get("exclusiveMinimum"))
    high = one.get("maximum")
    if low is None:
        return ""
    above = "above" if "exclusiveMinimum" in one else "from"
    return f" {above} {low}" + (f" to {high}" if high is not None else "")


def _default(one: Mapping[str, Any], *, needed: bool) -> str:
    if needed:
        return "must be given"
    value = one.get("default")
    return "" if value in (None, [], {}) else f"`{value if isinstance(value, str) else json.dumps(value)}`"


def manual(groups: Mapping[str, Iterable[Told]], version: str) -> str:
    """The manual page in section 1, in the macros of man(7)."""
    lines = [
        f'.TH BMAD 1 "" "bmad {version}" "User Commands"',
        ".SH NAME",
        "bmad \\- intent to spec to code, with a trace that is checked",
        ".SH SYNOPSIS",
        ".B bmad",
        "COMMAND [OPTIONS] [ARGUMENTS]",
        ".SH DESCRIPTION",
        "An intent becomes requirements, epics and stories; stories become commits; each line keeps its reason.",
        ".SH COMMANDS",
    ]
    for title, group in groups.items():
        lines += [f".SS {_roff(title)}", *(line for one in group for line in _manual_of(one))]
    lines += [".SH EXIT STATUS"]
    for code, words in MEANINGS.items():
        lines += [".TP", f".B {code}", _roff(words)]
    lines += [".SH FILES", ".TP", ".I bmad.yaml", "Settings; ", "see also: bmad schema bmad.yaml"]
    return "\n".join(lines) + "\n"


def _manual_of(one: Told) -> Iterator[str]:
    yield from (".PP", f".B {_roff(one.usage.removeprefix('Usage: '))}", ".RS")
    for number, part in enumerate(one.help.strip().split("\n\n")):
        yield from ([".PP"] if number else [])
        yield _roff(" ".join(part.split()))
    if not one.below:
        for name, words in (*one.arguments, *one.options):
            yield from (".TP", f".B {_roff(name)}", _roff(" ".join(words.split())))
    yield ".RE"
    for below in one.below:
        yield from _manual_of(below)


def _roff(text: str) -> str:
    """Text as roff takes it: no command at the start of a line, and hyphens that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    text = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text)
    return f"\\&{text}" if text[:1] in (".", "'") else text
