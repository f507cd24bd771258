"""The files of a bare repository: there are none, and who asks for one is told so."""

from collections.abc import Iterable
from pathlib import Path

from bmad.errors import CannotAnswerError
from bmad.model.layout import POLICY, Layout
from bmad.store.locks import FileHold
from bmad.store.workspace import FileWorkspace


def is_bare(root: Path) -> bool:
    """Whether a folder is git's own: a `.git`, or a bare repository, which may lie in another one's work tree."""
    return all((root / part).exists() for part in ("HEAD", "objects", "refs"))


def refuse(root: Path) -> CannotAnswerError:
    """What is said to whoever wants files there."""
    return CannotAnswerError(
        f"{root} has no work tree, and this reads or writes the files of one. Make one with `git worktree add "
        "FOLDER`, or clone it. What answers here: trace, blame, coverage, report, gate, and graph --rev HEAD."
    )


class BareWorkspace(FileWorkspace):
    """No settings stand there, which is an answer; everything else raises CannotAnswerError."""

    def read(self, path: str) -> str | None:
        if path != POLICY:
            raise refuse(self.root)
        return None

    def spec_paths(self, layout: Layout) -> Iterable[str]:  # noqa: ARG002 - whatever is asked for
        raise refuse(self.root)

    def record_paths(self, layout: Layout) -> Iterable[str]:  # noqa: ARG002 - as above
        raise refuse(self.root)

    def markdown_in(self, folder: str) -> Iterable[str]:  # noqa: ARG002 - as above
        raise refuse(self.root)

    def _hold(self, what: str) -> FileHold:  # noqa: ARG002 - as above
        raise refuse(self.root)

    def unfinished(self) -> int:
        return 0
