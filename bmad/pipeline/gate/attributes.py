"""The `.gitattributes` of a base: which files it has joined line by line."""

from bmad.core.unions import NONE, Unions, apart, unions
from bmad.model.layout import Layout
from bmad.ports.history import Objects

_PATH = b".gitattributes"


class Attributes:
    """The attributes at the root of trees, each version read once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: dict[tuple[str, Layout, tuple[str, ...]], Unions] = {}

    def unions(self, tree: str, layout: Layout, governed: tuple[str, ...] = ()) -> Unions:
        """The names of the files that a tree has joined by union; a link in its place says nothing, as for git.

        `governed` are the globs of the tree's policy, by which nothing is joined.
        """
        at = self._objects.files(tree, [b""]).get(_PATH) if tree else None
        if at is None or at.mode not in ("100644", "100755"):
            return NONE
        if (at.id, layout, governed) not in self._known:
            text = self._objects.blobs([at.id])[at.id].decode("utf-8", "replace")
            places = tuple(f"{folder}/" for folder in layout.folders if folder)
            self._known[at.id, layout, governed] = Unions(unions(text, layout), places, apart(layout, governed))
        return self._known[at.id, layout, governed]
