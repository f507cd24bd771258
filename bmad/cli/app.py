"""The `bmad` group: its commands are those of the table, each loaded only when it is called."""

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bmad import __version__
from bmad.cli import output
from bmad.cli.commands import COMMANDS, GROUPS
from bmad.cli.helping import fitted, paging
from bmad.cli.options import PlainCommand, heard_anywhere, spared
from bmad.errors import ALIKE, Exit, UsageError
from bmad.model.layout import POLICY
from bmad.model.unplugged import unplug

unplug()  # before typer reads the first option with pydantic


class LazyGroup(TyperGroup):
    """Knows its commands by name; imports a command's module only to run it or to show its help."""

    def get_params(self, ctx: Any) -> list[Any]:
        return spared(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"bmad.cli.{entry.module}")
        app = getattr(module, "app", None)
        if app is None:
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(cmd_name, cls=PlainCommand, help=f"{entry.help}\n\n{module.__doc__ or ''}")(module.run)
        command = typer.main.get_command(app)
        command.name = cmd_name
        return heard_anywhere(command, self.params)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(_unknown(args[0]))
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does; `bmad help map` is `bmad map --help`."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> Any:
        return paging(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        super().format_help(ctx, fitted(formatter))

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's signature
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{_NAME}}", entry.help) for name, entry in group.items()])


_NAME = max(map(len, COMMANDS))


def _unknown(name: str) -> str:
    """What is said of a command that is none: which may be meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - where something is wrong

    begin = [one for one in COMMANDS if name and one.startswith(name)]
    mixed = [one for one in COMMANDS if sorted(one) == sorted(name.lower())]
    close = get_close_matches(name.lower(), COMMANDS, n=3, cutoff=ALIKE)
    near = list(dict.fromkeys([*begin, *mixed, *close]))[:3]
    meant = f" Did you mean {' or '.join(f'`bmad {one}`' for one in near)}?" if near else ""
    return f"`{name}` is no command.{meant}"


def _version(wanted: bool) -> None:
    if wanted:
        output.result(f"bmad {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="bmad",
    cls=LazyGroup,
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    help="Intent to spec to code, with a trace that is checked: every line keeps its reason.",
    epilog="Exit codes: 0 done; 1 the check found something; 2 wrong usage or input; 3 the environment cannot "
    "answer; 4 waiting for a person; 130 interrupted.",
)


@app.callback()
def main_options(
    ctx: typer.Context,
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    repo: Annotated[
        Path | None, typer.Option("--repo", "-C", metavar="DIR", help="Work as if begun in that folder.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print each finding of a map, and what the command took.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> int | None:
    output.configure(quiet=quiet, verbose=verbose, debug=debug)
    if repo is not None:
        try:
            os.chdir(repo)
        except OSError:
            raise UsageError(f"{repo} is no folder that can be entered.") from None
    if ctx.invoked_subcommand is None:
        return _alone(ctx)
    return None


def _alone(ctx: typer.Context) -> int:
    """The board in a project, elsewhere help."""
    from bmad.cli import status  # noqa: PLC0415 - where no command is named
    from bmad.wiring import open_app  # noqa: PLC0415

    app = open_app(None)
    if app.workspace.read(POLICY) is None:
        output.help_page(ctx.get_help())
        return Exit.OK
    output.message("all commands: bmad --help")
    return status.run()
