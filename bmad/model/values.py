"""Values of which there are hundreds of thousands."""

from typing import TYPE_CHECKING

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, **options: bool) -> object:
        """A dataclass that the type checker alone keeps frozen: it is made in less than half of the time."""
        return dataclass(**options, unsafe_hash=frozen)
