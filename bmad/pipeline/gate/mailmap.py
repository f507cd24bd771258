"""The `.mailmap` of a base: which identities its people have joined."""

from bmad.core.gate.people import NOBODY, People
from bmad.model.bounds import MAILMAP
from bmad.ports.history import Objects

_PATH = b".mailmap"


class Mailmaps:
    """The mailmaps of trees, each version read once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: dict[str, People] = {}

    def people(self, tree: str) -> People:
        """Who are one person by a tree's own file; a link in its place is none, as for git.

        Raises: UndecidableError where it is too large.
        """
        at = self._objects.files(tree, [b""]).get(_PATH) if tree else None
        if at is None or at.mode not in ("100644", "100755"):
            return NOBODY
        if at.id not in self._known:
            content = self._objects.blobs([at.id], MAILMAP)[at.id]
            self._known[at.id] = People(content.decode("utf-8", "replace"))
        return self._known[at.id]
