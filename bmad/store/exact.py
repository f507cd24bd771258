"""Settings of a mapping that says them just as they are, read without pydantic.

What this takes, pydantic takes, and makes the same of it. Whatever is not just so (an unknown key, a number out of
bounds, a date between quotes) is left to pydantic, which knows what it can be read as and the words for what it
cannot.
"""

from dataclasses import MISSING
from datetime import date
from enum import StrEnum
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from bmad.model.constraints import SAID, Limits, OneOrSeveral, Settable, keys

S = TypeVar("S", bound=Settable)
_EXACT = 2**53
"""Beyond it a float is not every whole number."""


class InexactError(ValueError):
    """Pydantic is to be asked."""


def exact(kind: type[S], data: object) -> S:
    """The settings that a mapping says. Raises: InexactError where pydantic is to be asked."""
    if type(data) is not dict:
        raise InexactError
    known = keys(kind)
    if not data.keys() <= known.keys():
        raise InexactError
    if any(name not in data and one.default is one.default_factory is MISSING for name, one in known.items()):
        raise InexactError
    values = {known[name].name: _read(known[name].type, value) for name, value in data.items()}
    if SAID in kind.__annotations__:
        values[SAID] = frozenset(values)
    try:
        return kind(**values)
    except ValueError:
        raise InexactError from None


def _read(kind: Any, value: object) -> Any:
    """A value of a type that a setting has."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _annotated(*get_args(kind), value=value)
    if origin in (Union, UnionType):
        return _either(get_args(kind), value)
    if origin is Literal:
        return _among(get_args(kind), value)
    if origin is tuple:
        if type(value) is not list:
            raise InexactError
        return tuple(_read(get_args(kind)[0], one) for one in value)
    if origin is dict:
        if type(value) is not dict:
            raise InexactError
        of_key, of_value = get_args(kind)
        return {_read(of_key, key): _read(of_value, one) for key, one in value.items()}
    return _plain(kind, value)


def _plain(kind: Any, value: object) -> Any:
    if issubclass(kind, Settable):
        return exact(kind, value)
    if issubclass(kind, StrEnum):
        return kind(_among(tuple(str(one) for one in kind), value))
    if kind is float and type(value) in (int, float):
        number = float(value) if abs(value) <= _EXACT else 0.0  # type: ignore[arg-type]  # a number
        if number != value or not isfinite(number):
            raise InexactError
        return number
    if type(value) is kind and kind in (str, int, bool, date):
        return value
    raise InexactError


def _annotated(kind: Any, mark: object, *, value: object) -> Any:
    if isinstance(mark, OneOrSeveral):
        return _intents(mark, value)
    found = _read(kind, value)
    if not isinstance(mark, Limits) or not mark.hold(found):
        raise InexactError
    return found


def _intents(mark: OneOrSeveral, value: object) -> Any:
    if type(value) is not list:
        return _read(mark.path, value)
    if not value:
        raise InexactError
    return tuple(_read(mark.entry if type(one) is dict else mark.path, one) for one in value)


def _either(kinds: tuple[Any, ...], value: object) -> Any:
    """The first that takes it; no two of a setting's take one value and make another of it."""
    for kind in kinds:
        try:
            return None if kind is NoneType and value is None else _read(kind, value)
        except InexactError:
            continue
    raise InexactError


def _among(values: tuple[Any, ...], value: object) -> Any:
    if not any(type(value) is type(one) and value == one for one in values):
        raise InexactError
    return value
