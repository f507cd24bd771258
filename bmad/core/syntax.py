"""Python code parsed by Python's own grammar; never compiled and never run."""

import ast
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")
_Other = TypeVar("_Other")


def parsed(text: str) -> ast.Module | None:
    """The tree of a module, a byte-order mark left out; None where the text is none, or is nested too deep."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class bounded(Generic[_Other]):  # noqa: N801 - a decorator
    """Has a reader of code answer as of code that does not parse where it is nested too deep to be gone through.

    Python parses deeper expressions than its own functions can follow.
    """

    def __init__(self, otherwise: Callable[[], _Other]) -> None:
        self._otherwise = otherwise

    def __call__(self, read: Callable[_Asked, _Found]) -> Callable[_Asked, _Found | _Other]:
        @wraps(read)
        def told(*asked: _Asked.args, **named: _Asked.kwargs) -> _Found | _Other:
            try:
                return read(*asked, **named)
            except RecursionError:
                return self._otherwise()

        return told
