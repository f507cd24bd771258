"""Options whose values need no reading, without typer's reader of values.

Typer has pydantic read what each option was given and what it is by default, absent ones included. To load
pydantic and build a reader for each takes longer than most commands, and most options are not given.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from typer.core import TyperCommand


class _Plain:
    """Reads a value as typer would, which is asked where there is something to read."""

    def __init__(self, typers: Callable[[], Any]) -> None:
        self._typers = typers

    def __call__(self) -> "_Plain":
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        several = param.multiple or param.nargs == -1
        kind = param.type_descriptor.annotation
        if value is None:
            return () if several else None
        if type(value) is kind and (kind is str or isinstance(value, Enum)):
            return value
        return self._typers().coerce(value, param=param, ctx=ctx)


class PlainCommand(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return spared(super().get_params(ctx))


def spared(params: list[Any]) -> list[Any]:
    """Options that are read so, where typer is one that asks for readers of values."""
    for param in params:
        typers = getattr(param, "get_runtime_param", None)
        if typers is not None and not isinstance(typers, _Plain):
            param.get_runtime_param = _Plain(typers)
    return params
