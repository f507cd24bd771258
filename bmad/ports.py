"""What the use cases ask of the outside world, as protocols owned by the asker.

The wiring hands in what fulfils them: files and formats from `store`, git from `git`, the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bmad.model.commits import Change, Commit
from bmad.model.edits import Edit
from bmad.model.history import BlameLine, Listed, Merged, Tips
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import Document


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, with its time zone."""
        ...


class Formats(Protocol):
    """Text to values and back; pure, no files."""

    def document(self, path: str, text: str) -> Document:
        """Parse one spec document; what does not parse is a finding in it, never an exception."""
        ...

    def lock(self, text: str) -> Lock:
        """Parse the lock. Raises: UsageError naming the line that is not one of its grammar."""
        ...

    def render_lock(self, lock: Lock) -> str: ...

    def settings(self, text: str) -> Settings:
        """Parse `bmad.yaml`. Raises: UsageError naming the key and what is wrong with it."""
        ...

    def edit(self, path: str, text: str, changes: Sequence[Edit]) -> str:
        """Apply edits to one document's text; all that they do not name stays byte for byte."""
        ...

    def canonical(self, path: str, text: str) -> str:
        """The document's canonical form; prose and unknown sections stay byte for byte."""
        ...


class Workspace(Protocol):
    """The files of the work tree, by `/`-separated path from the repository's root."""

    def read(self, path: str) -> str | None:
        """The text of a file, or None where there is none.

        Raises: UsageError where it is a folder, binary, not UTF-8, holds NUL or is over 16 MiB.
        """
        ...

    def spec_paths(self) -> Iterable[str]:
        """The paths of all spec documents that exist, sorted."""
        ...

    def record_paths(self) -> Iterable[str]:
        """The paths of all records that exist, sorted."""
        ...

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write all the files (None removes one), or none: each aside first, then renamed."""
        ...


class Checkout(Protocol):
    """A person's own work tree of git."""

    def require(self) -> None:
        """Raises: CannotAnswerError where there is no work tree."""
        ...

    def head(self) -> str | None:
        """The commit that is checked out; None on an unborn branch."""
        ...

    def branch(self) -> str | None:
        """The branch that is checked out; None where the head is detached."""
        ...

    def branches(self, pattern: str) -> list[str]: ...

    def hooks(self) -> Path:
        """The folder that git runs hooks from."""
        ...

    def switch(self, branch: str, *, create: bool) -> None: ...

    def bind(self, branch: str, story: str) -> None: ...

    def story_of(self, branch: str) -> str | None: ...

    def staged(self) -> list[bytes]:
        """The paths that the next commit changes."""
        ...

    def tracked(self, path: str) -> bool:
        """Whether the commit that is checked out holds path."""
        ...

    def merging(self) -> bool: ...

    def add_trailer(self, file: Path, trailer: str) -> None: ...

    def cleaned(self, message: bytes) -> bytes:
        """A message as git will store it."""
        ...


class Objects(Protocol):
    """A repository's history, read by full id. Each question is one for many commits at once.

    Every question may end in UndecidableError: what is missing or malformed is never passed over.
    """

    def tips(self, base: str | None, head: str | None) -> Tips:
        """Both ends of a range by name; by default the upstream's tip (else origin/HEAD) and HEAD.

        Raises: UsageError where a name names nothing; CannotAnswerError where there is no commit.
        """
        ...

    def walk(self, head: str, base: str | None) -> list[Commit]:
        """The commits that head reaches and base does not, parents first."""
        ...

    def commit(self, name: str) -> Commit | None:
        """One commit by full id, through tags; None where it is not there."""
        ...

    def commits(self, ids: Sequence[str]) -> dict[str, Commit]: ...

    def merges(self, pairs: Sequence[tuple[str, str]]) -> list[Merged]:
        """The computed merge of each pair of commits."""
        ...

    def changes(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Change, ...]]:
        """The changes between pairs of trees, without renames; the empty string is the empty tree."""
        ...

    def changes_within(self, pairs: Sequence[tuple[str, str]], only: Sequence[bytes]) -> list[tuple[Change, ...]]:
        """As `changes`, below some paths only."""
        ...

    def check_trees(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Look through every tree that the second side of a pair brings; a malformed one is undecidable."""
        ...

    def files(self, tree: str, folders: Iterable[bytes]) -> dict[bytes, Listed]:
        """The files directly in some folders of a tree, by path (`b""` is the root)."""
        ...

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]: ...

    def blame(self, commit: str, path: str, span: tuple[int, int] | None) -> list[BlameLine]:
        """The lines of a file at a commit with the commits that last changed them; `span` counts from 1.

        Raises: UsageError where there is no such file, or not so many lines.
        """
        ...

    def reached(self, ids: Sequence[str], tip: str) -> frozenset[str]:
        """Those of the commits that the tip reaches, itself included."""
        ...


class History(Protocol):
    def read(self) -> AbstractContextManager[Objects]:
        """The history, for as long as the context lasts. Raises: UndecidableError in a shallow clone."""
        ...
