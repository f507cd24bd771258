"""What can be had again, kept between runs where nobody but the user can have put it."""

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Cache(Protocol):
    """Contents by key."""

    def load(self, key: str) -> bytes | None: ...

    def keep(self, key: str, content: bytes) -> None: ...


class Kept(NamedTuple):
    """One content; without a way to keep it nothing is left behind."""

    load: Callable[[], bytes | None]
    keep: Callable[[bytes], None] | None = None


class Caches(NamedTuple):
    """What a why is told by, where it is kept."""

    lines: Cache | None = None
    """What blame says, by `bmad coverage`."""
    proposed: Cache | None = None
    """What older history may have been for, by `bmad backfill`."""


NO_CACHES = Caches()
