"""What can be had again, kept between runs where nobody but the user can have put it."""

from typing import Protocol


class Cache(Protocol):
    """Contents by key."""

    def load(self, key: str) -> bytes | None: ...

    def keep(self, key: str, content: bytes) -> None: ...
