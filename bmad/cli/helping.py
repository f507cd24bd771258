"""Help that fits the terminal, from 40 columns on: headings bold where colour is wanted, paged where long."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from bmad.cli import output
from bmad.screen import columns, wants_colour

_LEAST, _MOST = 40, 110
"""Columns; longer lines are hard to read."""
_INDENT = 2
_KINDS = {
    "<list[str]>": "TEXT...",
    "<str>": "TEXT",
    "<int range>": "NUMBER",
    "<int>": "NUMBER",
    "<float range>": "NUMBER",
    "<float>": "NUMBER",
    "<path>": "PATH",
}
"""What the library calls the kinds of values, and what help does."""


def width() -> int:
    """The columns that help takes."""
    return max(_LEAST, min(columns(), _MOST)) - 1


def fitted(formatter: Any) -> Any:
    """Typer's formatter, with a first column that leaves room for what stands beside it."""
    formatter.write_dl = partial(_rows, formatter.write_dl, formatter.width)
    formatter.write_usage = partial(_usage, formatter.write_usage)
    if wants_colour():
        formatter.write_heading = partial(_bold, formatter)
    return formatter


def _usage(write: Any, program: str, arguments: str = "", prefix: str | None = None) -> None:
    write(program, unbraced(arguments), prefix)


def unbraced(usage: str) -> str:
    """What has to be there stands without braces, as in every manual."""
    return _REQUIRED.sub(r"\1", usage)


_REQUIRED = re.compile(r"\{([^{}|]+)\}")


def paging(option: Any) -> Any:
    """Typer's option for help, which prints it as long results are."""
    if option is not None:
        option.callback = _show
    return option


def _show(ctx: Any, param: Any, value: bool) -> None:  # noqa: ARG001 - typer's signature
    if value and not ctx.resilient_parsing:
        output.help_page(ctx.get_help())
        ctx.exit()


def _rows(write: Any, width: int, rows: Sequence[tuple[str, str]]) -> None:
    room = width - _INDENT
    write([(_broken(plain(first), room), second) for first, second in rows], col_max=min(30, width // 3))


def plain(term: str) -> str:
    """A term with the kind of its value in words that are no programmer's; what is text is its name alone."""
    if not term.startswith("-"):
        term = term.removesuffix(" <str>").replace(" <list[str]>", "...")
    for kind, words in _KINDS.items():
        term = term.replace(kind, words)
    return term


def _broken(term: str, room: int) -> str:
    """A term on as many lines as it needs, broken where one of several values ends."""
    if len(term) <= room or "|" not in term[:room]:
        return term
    at = term.rindex("|", 0, room) + 1
    return f"{term[:at]}\n{' ' * 2 * _INDENT}{_broken(term[at:], room - _INDENT)}"


def _bold(formatter: Any, heading: str) -> None:
    formatter.write(f"{'':>{formatter.current_indent}}\x1b[1m{heading}:\x1b[0m\n")
