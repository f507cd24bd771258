"""Values of which there are hundreds of thousands, or whose classes each command makes as it starts."""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["all_but", "value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, eq: bool = True, **options: bool) -> object:
        """A dataclass that the type checker alone keeps frozen: it and its class take half of the time to make."""
        return dataclass(**options, eq=eq, unsafe_hash=frozen and eq)


def all_but(kind: type, *names: str) -> Callable[[object], tuple[Any, ...]]:
    """What gives the fields of a value in their order, but those of some names."""
    return attrgetter(*(one.name for one in fields(kind) if one.name not in names))
