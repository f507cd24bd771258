"""No command: `python -m bmad.cli.reference` writes the pages of commands and settings, and the manual page."""

import json
from typing import Any

import typer

from bmad import __version__
from bmad.cli.app import app
from bmad.cli.commands import GROUPS, Entry
from bmad.cli.helping import plain, unbraced
from bmad.needs import schema
from bmad.render.reference import Record, Told, commands_page, manual, settings_page
from bmad.wiring import open_app


def groups() -> dict[str, list[Told]]:
    """All commands by the groups of `bmad --help`."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="bmad")
    return {
        title: [_told(name, command.get_command(context, name), context, entry) for name, entry in group.items()]  # type: ignore[attr-defined]
        for title, group in GROUPS.items()
    }


def _told(name: str, command: Any, above: typer.Context, entry: Entry) -> Told:
    context = typer.Context(command, info_name=name.rpartition(" ")[2], parent=above)
    below = getattr(command, "commands", {})
    return Told(
        name,
        unbraced(command.get_usage(context)),
        command.help or entry.help,
        _records(command, context, "argument"),
        _records(command, context, "option"),
        () if below else (*entry.reports, *entry.lines),
        () if below else entry.exits,
        tuple(_told(f"{name} {word}", one, context, entry) for word, one in below.items()),
    )


def _records(command: Any, context: Any, kind: str) -> tuple[Record, ...]:
    found = (one for one in command.get_params(context) if one.param_type_name == kind and one.name != "help")
    records = (record for one in found if (record := one.get_help_record(context)) is not None)
    return tuple((plain(term), words) for term, words in records)


def pages() -> dict[str, str]:
    """The text of each page by its path in the repository."""
    told = groups()
    return {
        "docs/reference/commands.md": commands_page(told),
        "docs/reference/settings.md": settings_page(json.loads(schema("bmad.yaml"))),
        "docs/man/bmad.1": manual(told, __version__),
    }


def main() -> None:
    root = open_app(None).root
    for path, text in pages().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
