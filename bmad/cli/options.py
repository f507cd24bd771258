"""Options that every command takes, and options whose values need no reading, without typer's reader of values.

Typer has pydantic read what each option was given and what it is by default, absent ones included. To load
pydantic and build a reader for each takes longer than most commands, and most options are not given.
"""

from collections.abc import Callable, Sequence
from copy import copy
from enum import Enum
from functools import partial
from typing import Any

from typer import BadParameter
from typer.core import TyperCommand

from bmad.cli import output
from bmad.cli.helping import fitted, paging

_PASSED_ON = ("command", "words")
"""Arguments of another program, or those that git gives a hook: an empty one among them is theirs."""


class _Plain:
    """Reads a value as typer would, which is asked where there is something to read.

    An empty one is refused for all of them: of a variable that is not set it would mean what leaving it out means.
    """

    def __init__(self, typers: Callable[[], Any]) -> None:
        self._typers = typers

    def __call__(self) -> "_Plain":
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        several = param.multiple or param.nargs == -1
        kind = param.type_descriptor.annotation
        if value is None:
            return () if several else None
        if "" in (value if several else (value,)) and param.default != "" and param.name not in _PASSED_ON:
            raise BadParameter(_EMPTY, ctx=ctx, param=param)
        if type(value) is kind and (kind is str or isinstance(value, Enum)):
            return value
        return self._typers().coerce(value, param=param, ctx=ctx)


_EMPTY = "It is empty; is a variable not set?"


class PlainCommand(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return spared(super().get_params(ctx))


_EVERYWHERE = ("quiet", "verbose", "debug")
"""The group's options that may stand behind a command, too; there they are not listed once more."""


def heard_anywhere(command: Any, of_group: Sequence[Any]) -> Any:
    """The command and those below it, with the options that may stand anywhere in the line, and help that fits."""
    below = getattr(command, "commands", {}).values()
    for one in (command, *below):
        hidden = (_hidden(param) for param in of_group if param.name in _EVERYWHERE)
        one.params = spared([*one.params, *hidden])
        one.format_help = partial(_fit, one.format_help)
        one.get_help_option = partial(_page, one.get_help_option)
    return command


def _fit(format_help: Callable[[Any, Any], None], ctx: Any, formatter: Any) -> None:
    format_help(ctx, fitted(formatter))


def _page(get_help_option: Callable[[Any], Any], ctx: Any) -> Any:
    return paging(get_help_option(ctx))


def _hidden(param: Any) -> Any:
    own = copy(param)
    own.hidden, own.expose_value, own.callback = True, False, _hear
    return own


def _hear(ctx: Any, param: Any, value: Any) -> Any:  # noqa: ARG001 - typer's signature
    if value:
        setattr(output.LEVELS, param.name, True)
    return value


def spared(params: list[Any]) -> list[Any]:
    """Options that are read so, where typer is one that asks for readers of values."""
    for param in params:
        typers = getattr(param, "get_runtime_param", None)
        if typers is not None and not isinstance(typers, _Plain):
            param.get_runtime_param = _Plain(typers)
    return params
