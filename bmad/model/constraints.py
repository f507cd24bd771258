"""What settings may be, said once for two readers: pydantic, and `store.exact`, which does without it.

Pydantic takes longer to load than most commands take for all they do. It asks these marks for its schemas, the
JSON Schema and the words of an error among them; nothing is imported of it before it does.
"""

import re
from dataclasses import Field, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from pydantic import ConfigDict, GetCoreSchemaHandler, ValidatorFunctionWrapHandler

SHAPES = _PATH, _LIST, _ENTRY = "a path", "a list", "an entry"
"""The shapes of `intent` and of what it lists: what is wrong is told of the one that is meant."""


SAID = "said"
"""The field in which a class notes the keys that were written."""


def _alias(name: str) -> str:
    """`try_` is `try` where it is written; Python keeps that word for itself."""
    return name.removesuffix("_")


class Settable:
    """Keys and values of `bmad.yaml`: a frozen dataclass, unknown keys of which are errors.

    What dataclasses have alike stands here, so that it is not compiled for each: they say `eq=False, repr=False`.
    """

    __pydantic_config__: ClassVar["ConfigDict"] = {"extra": "forbid", "alias_generator": _alias}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: "GetCoreSchemaHandler") -> Any:
        """As of any dataclass; where it notes what was said, that is no key, and noted."""
        schema = handler(source)
        if SAID not in cls.__annotations__:
            return schema
        keys = schema["schema"]
        keys["fields"] = [one for one in keys["fields"] if one["name"] != SAID]
        return {"type": "function-wrap", "function": {"type": "no-info", "function": _noting}, "schema": schema}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and told(self) == told(other)

    def __hash__(self) -> int:
        return hash(tuple(told(self).items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in told(self).items())})"


def _noting(data: Any, read: "ValidatorFunctionWrapHandler") -> Any:
    found = read(data)
    return replace(found, **{SAID: frozenset(data)}) if isinstance(data, dict) else found


def keys(kind: Any) -> dict[str, Field[Any]]:
    """The keys that are settable, as they are written, each with its field."""
    return {_alias(one.name): one for one in fields(kind) if one.name != SAID}


def told(settings: Settable) -> dict[str, Any]:
    """The keys that have a value, in the order of the class."""
    values = {key: getattr(settings, one.name) for key, one in keys(settings).items()}
    return {key: value for key, value in values.items() if value is not None}


class Limits(NamedTuple):
    """Bounds of a value, by pydantic's names for them; `pattern` is of ASCII alone, from `^` to `$`."""

    strict: bool | None = None
    strip_whitespace: bool | None = None
    min_length: int | None = None
    pattern: str | None = None
    gt: float | None = None
    ge: float | None = None
    le: float | None = None
    allow_inf_nan: bool | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> Any:
        return {**handler(source), **{name: value for name, value in self._asdict().items() if value is not None}}

    def hold(self, value: str | float | tuple[Any, ...]) -> bool:
        """Whether a value of the right type is within them, as it stands."""
        if isinstance(value, str):
            stripped = not self.strip_whitespace or value.strip() == value
            fits = self.pattern is None or re.fullmatch(self.pattern.rstrip("$"), value) is not None
            return stripped and fits and len(value) >= (self.min_length or 0)
        if isinstance(value, tuple):
            return len(value) >= (self.min_length or 0)
        return (
            (self.gt is None or value > self.gt)
            and (self.ge is None or value >= self.ge)
            and (self.le is None or value <= self.le)
        )


SOME = Limits(min_length=1)
AMOUNT = Limits(ge=0, allow_inf_nan=False)
FLAG = Limits(strict=True)

NonEmpty = Annotated[str, Limits(strip_whitespace=True, min_length=1)]
CommitId = Annotated[str, Limits(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]


class OneOrSeveral(NamedTuple):
    """A path, or a list of paths and of entries that say more of theirs; each told apart by how it is written."""

    path: Any
    entry: type[Settable]

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> Any:
        from pydantic import Discriminator, Tag  # noqa: PLC0415

        path: Any = Annotated[self.path, Tag(_PATH)]
        entry: Any = Annotated[self.entry, Tag(_ENTRY)]
        one: Any = Annotated[path | entry, Discriminator(lambda it: _PATH if isinstance(it, str) else _ENTRY)]
        several: Any = Annotated[tuple[one, ...], SOME, Tag(_LIST)]
        shape = Discriminator(lambda it: _LIST if isinstance(it, list | tuple) else _PATH)
        return handler.generate_schema(Annotated[path | several, shape])
