"""The `.gitattributes` of a base: which files it has joined line by line."""

from bmad.core.unions import unions
from bmad.ports.history import Objects

_PATH = b".gitattributes"


class Attributes:
    """The attributes at the root of trees, each version read once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: dict[str, tuple[str, ...]] = {}

    def unions(self, tree: str) -> tuple[str, ...]:
        """The names of the files that a tree has joined by union; a link in its place says nothing, as for git."""
        at = self._objects.files(tree, [b""]).get(_PATH) if tree else None
        if at is None or at.mode not in ("100644", "100755"):
            return ()
        if at.id not in self._known:
            text = self._objects.blobs([at.id])[at.id].decode("utf-8", "replace")
            self._known[at.id] = unions(text)
        return self._known[at.id]
