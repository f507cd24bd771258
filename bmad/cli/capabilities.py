"""Made from the commands themselves: what each does, takes, reads, writes, runs, reports and exits with.

With names, only those commands; `--format yaml` is easier on the eye. No command's reads, writes and runs are more
than is told.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bmad import __version__
from bmad.cli import output
from bmad.cli.commands import ALWAYS, GROUPS, Entry
from bmad.cli.output import Json
from bmad.errors import MEANINGS, Exit, UsageError
from bmad.model.capabilities import CapabilitiesReport, Capability, Takes
from bmad.render.capabilities import listed, yaml

WORDS = "words.json"
"""What completion knows of the commands; written by `python -m bmad.cli.capabilities`."""

_BY_WORD = {
    "STORY": ("story",),
    "ID": ("id",),
    "NODE": ("id",),
    "X": ("id", "file"),
    "FILE": ("file",),
    "PATH": ("file",),
    "FOLDER": ("folder",),
    "DIR": ("folder",),
    "REV": ("revision",),
    "FINDING": ("finding",),
    "COMMAND": ("command",),
}
"""What a value is by a word of its metavar."""
_BY_NAME = {
    "implements": ("id",),
    "epic": ("id",),
    "covers": ("id",),
    "traces": ("id",),
    "depends_on": ("story",),
    "finding": ("finding",),
    "rev": ("revision",),
    "base": ("revision",),
    "head": ("revision",),
}
"""And of those that have none."""


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


def run(
    names: Annotated[list[str] | None, typer.Argument(metavar="COMMAND", help="By default all.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TEXT,
    json: Json = False,
) -> int:
    report = capabilities(names or ())
    written = {Format.TEXT: listed, Format.YAML: yaml, Format.JSON: CapabilitiesReport.as_json}
    output.told(report, written[form], json=json)
    return Exit.OK


def capabilities(asked: Sequence[str] = ()) -> CapabilitiesReport:
    """All commands, or those of some names with those below them. Raises: UsageError where there is none."""
    every = tuple(_every())
    whole = " ".join(asked)
    names = [whole] if any(one.name == whole for one in every) else list(asked)
    for name in names:
        if not any(_is_of(one, name) for one in every):
            raise UsageError(f"`{name}` is no command. See: bmad capabilities")
    chosen = tuple(one for one in every if not names or any(_is_of(one, name) for name in names))
    exits = {str(code): words for code, words in MEANINGS.items()}
    return CapabilitiesReport(version=__version__, commands=chosen, exits=exits)


def _is_of(one: Capability, name: str) -> bool:
    return f"{one.name} ".startswith(f"{name} ")


def _every() -> Iterator[Capability]:
    from bmad.cli.app import app  # noqa: PLC0415 - which knows this command, too

    group: Any = typer.main.get_command(app)
    for title, entries in GROUPS.items():
        for name, entry in entries.items():
            command = group.get_command(None, name)
            below = getattr(command, "commands", {})
            for own, one in ({f"{name} {own}": one for own, one in below.items()} or {name: command}).items():
                yield _capability(own, title, entry, one)


def _capability(name: str, group: str, entry: Entry, command: Any) -> Capability:
    does, _, details = (command.help or "").strip().partition("\n\n")
    params = [one for one in command.params if not one.hidden]
    return Capability(
        name=name,
        group=group,
        does=" ".join(does.split()),
        details="\n\n".join(" ".join(part.split()) for part in details.split("\n\n")).strip(),
        arguments=tuple(_takes(one, one.name) for one in params if one.param_type_name == "argument"),
        options=tuple(_takes(one, one.opts[0]) for one in params if one.param_type_name == "option"),
        reads=entry.reads,
        writes=entry.writes,
        runs=entry.runs,
        reports=entry.reports,
        lines=entry.lines,
        exits=tuple(sorted({*ALWAYS, *entry.exits})),
    )


def _takes(param: Any, name: str) -> Takes:
    value = getattr(param.default, "value", param.default)
    return Takes(
        name=name,
        short=next((one for one in param.opts if name.startswith("--") and not one.startswith("--")), None),
        help=" ".join((param.help or "").split()),
        takes=_kind(param),
        required=bool(param.required),
        several=bool(param.multiple or param.nargs == -1),
        choices=tuple(str(getattr(one, "value", one)) for one in param.type_descriptor.choices or ()),
        default=None if value in (None, False, "", ()) else str(value),
    )


def _kind(param: Any) -> tuple[str, ...]:
    told = param.type_descriptor
    if getattr(param, "is_flag", False):
        return ("flag",)
    if told.is_choice:
        return ("choice",)
    if told.annotation in (int, float):
        return ("number",)
    if param.metavar is not None:
        words = [_BY_WORD[one] for one in re.findall("[A-Z]+", param.metavar) if one in _BY_WORD]
        found = tuple(dict.fromkeys(kind for kinds in words for kind in kinds))
        return found or (("schema",) if param.help and "bmad.yaml" in param.help else ("text",))
    return ("file",) if told.is_path else _BY_NAME.get(param.name, ("text",))


def words() -> dict[str, Any]:
    """What completion is told of each command: its line, and what its arguments and options take."""
    return {
        one.name: {
            "does": one.does,
            "arguments": [[list(each.takes), list(each.choices), each.several] for each in one.arguments],
            "options": {
                spelt: [each.help, list(each.takes), list(each.choices)]
                for each in one.options
                for spelt in (each.name, each.short)
                if spelt is not None
            },
        }
        for one in _every()
    }


if __name__ == "__main__":
    from json import dumps

    path = Path(__file__).with_name(WORDS)
    path.write_text(dumps(words(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
