"""Gits that read trees and stay: what is asked of them again and again costs no process each time.

They write nothing, and end with bmad, however that ends: nothing comes through their pipes any more.
"""

import threading
import weakref
from contextlib import ExitStack, suppress

from bmad.errors import UndecidableError
from bmad.git.diff_tree import Differences, open_differences
from bmad.git.objects import ObjectReader, open_objects
from bmad.git.process import Failed, Git
from bmad.model.bounds import TREE
from bmad.model.commits import Change


def _close(stack: ExitStack) -> None:
    """End gits that stay; where an interrupt comes just then they end by themselves, as their questions do."""
    with suppress(KeyboardInterrupt):
        stack.close()


class Readers:
    """Those of one repository, started as they are needed; what is no commit's tree they cannot read."""

    def __init__(self, git: Git, algorithm: str) -> None:
        self._git = Git(git.command, git.environment, git.folder)
        self._git.apart = True
        self._algorithm = algorithm
        self._stack = ExitStack()
        self._differences: Differences | None = None
        self._objects: ObjectReader | None = None
        self._turn = threading.Lock()
        weakref.finalize(self, _close, self._stack)

    def changes(self, old: str, new: str) -> tuple[Change, ...]:
        """The changed paths between two trees. Raises: UndecidableError where git cannot read them."""
        with self._turn:
            if self._differences is None:
                self._differences = self._stack.enter_context(open_differences(self._git))
            try:
                return self._differences.between([(old, new)])[0]
            except Failed:  # one that was ended is not asked again: a new one tells
                return self._differences.between([(old, new)])[0]

    def tree(self, name: str) -> bytes:
        """The content of a tree, as it is. Raises: UndecidableError where it cannot be read."""
        with self._turn:
            try:
                return self._read(self._objects or self._opened(), name)
            except UndecidableError:  # the tree's fault, or that git was ended: a new one tells
                return self._read(self._opened(), name)

    def _opened(self) -> ObjectReader:
        self._objects = self._stack.enter_context(open_objects(self._git, self._algorithm))
        return self._objects

    def _read(self, objects: ObjectReader, name: str) -> bytes:
        [(_, _, content)] = objects.read([name], TREE)
        return content
