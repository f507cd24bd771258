"""A worktree that is over and serves the next new one: most of its files are what that would be given anyway.

To write a thousand files anew for each story takes longer than all the rest. What nobody has touched since bmad
checked it out (`untouched`) is moved below a new folder, and git writes the rest. So nothing of an agent's is in
it: no file that it wrote, no folder with rights of its making, and not the folder that it was given rights to.
That no process is left which has one of the files open, whoever offers it has to know. It lasts as long as bmad.
"""

from contextlib import suppress
from typing import NamedTuple

from bmad.errors import CannotAnswerError
from bmad.git.process import Failed
from bmad.git.work.erase import erase
from bmad.git.work.staging import Stage
from bmad.git.work.untouched import Noted, move_untouched, note, note_again
from bmad.model.worktrees import Worktree

_INDEX = ".spare"
"""The name of its index."""

_ATTRIBUTES = ".gitattributes"
"""Says how git writes other files, which it does not write again where this changes."""


class _CheckedOut(NamedTuple):
    """The commit that a worktree was checked out at, and what stood in it then."""

    commit: str
    noted: Noted


class Spare:
    """The one worktree that may serve; `stage` has an index for each."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._fresh: dict[str, _CheckedOut] = {}
        """Of each worktree that was checked out here how it was."""
        self._offered: tuple[Worktree, _CheckedOut] | None = None

    def watch(self, tree: Worktree, commit: str) -> None:
        """A worktree was checked out, and nobody else has been in it yet."""
        noted = note(tree.folder)
        if noted is not None:
            self._fresh[tree.name] = _CheckedOut(commit, noted)
        else:
            self._fresh.pop(tree.name, None)

    def offer(self, tree: Worktree, *, serves: bool) -> None:
        """Keep a worktree that is over in the place of an earlier one where it serves, else take it away."""
        was = self._fresh.pop(tree.name, None)
        if not serves or was is None or not self._stage.at(tree):
            erase(tree.folder)
            return
        self.drop()
        self._stage.rename(tree.name, _INDEX)
        self._offered = (tree, was)

    def drop(self, name: str = "") -> None:
        """Take away what was offered, or only where it was the worktree of a name."""
        if self._offered is not None and name in ("", self._offered[0].name):
            tree, _ = self._offered
            self._offered = None
            self._stage.forget(_INDEX)
            erase(tree.folder)

    def give(self, tree: Worktree, commit: str) -> bool:
        """Make and watch a worktree at a commit out of the one that was offered; else nothing is left of it."""
        if self._offered is None:
            return False
        whole = False
        with suppress(OSError, RecursionError, CannotAnswerError, Failed):
            whole = self._made(*self._offered, tree, commit)
        self.drop()
        if not whole:
            self._stage.forget(tree.name)
            erase(tree.folder)
        return whole

    def _made(self, old: Worktree, was: _CheckedOut, tree: Worktree, commit: str) -> bool:
        tree.folder.mkdir()
        moved = move_untouched(old.folder, was.noted, tree.folder)
        if moved is None:
            return False
        self._stage.rename(_INDEX, tree.name)
        self._stage.load(tree, commit, files=True)
        changed = frozenset(self._stage.changed(was.commit, commit))
        if any(path.endswith(_ATTRIBUTES) for path in changed):
            return False
        now = note_again(tree.folder, moved, self._stage.listed(tree), changed)
        if now is not None:
            self._fresh[tree.name] = _CheckedOut(commit, now)
        return now is not None
