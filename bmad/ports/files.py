"""The files of the work tree, and the formats of what stands in them."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from bmad.model.edits import Edit
from bmad.model.excerpts import Excerpt, LockExcerpt, Whole
from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import Document
from bmad.model.standing import Standing

if TYPE_CHECKING:
    from bmad.model.record import Record  # with all of the loop's model; most commands read no record
    from bmad.model.renumbering import Definition
    from bmad.model.verification import TestCase


class Formats(Protocol):
    """Text to values and back; pure, no files."""

    def document(
        self, path: str, text: str, kind: Kind | None, before: tuple[str, Document] | None = None
    ) -> Document:
        """Parse one spec document; what does not parse is a finding in it, never an exception.

        `before` is another text of it with what that was parsed to: of what stands in both, no more is read.
        The kind is that which the layout gives a path. Raises: UsageError where it gives none, as all of these do.
        """
        ...

    def lock(self, text: str) -> Lock:
        """Parse the lock. Raises: UsageError naming the line that is not one of its grammar."""
        ...

    def render_lock(self, lock: Lock, over: str = "") -> str:
        """Its text, with the line ends of the text that it takes the place of."""
        ...

    def settings(self, text: str) -> Settings:
        """Parse `bmad.yaml`. Raises: UsageError naming the key and what is wrong with it."""
        ...

    def record(self, text: str) -> "Record":
        """Parse a record. Raises: UsageError naming what is wrong with it; NewerError of a form of later."""
        ...

    def test_report(self, data: bytes, shown: str) -> "tuple[TestCase, ...]":
        """The tests that a JUnit report tells of. Raises: UsageError where it is none."""
        ...

    def edit(self, path: str, text: str, changes: Sequence[Edit], kind: Kind | None) -> str:
        """Apply edits to one document's text; all that they do not name stays byte for byte."""
        ...

    def excerpt(self, text: str, ids: Container[str]) -> Excerpt | None:
        """The items of these ids alone, of a register or a PRD; None of one that is no plain one."""
        ...

    def whole(self, cut: Excerpt, text: str) -> Whole | None:
        """The whole once an excerpt has another text; None where more than its items is another."""
        ...

    def lock_excerpt(self, text: str, ids: Collection[str], covers: Mapping[str, Collection[str]]) -> LockExcerpt:
        """The lines of some nodes, and all about no node, of a lock that stands as bmad writes it.

        Of the links of an epic, those to some of what it `covers`.
        """
        ...

    def whole_lock(self, cut: LockExcerpt, before: str, text: str) -> str:
        """The whole lock once the lines of `before`, which are of the excerpt, have become those of `text`."""
        ...

    def canonical(self, path: str, text: str, kind: Kind | None) -> str:
        """The document's canonical form; prose and unknown sections stay byte for byte."""
        ...

    def definitions(self, path: str, text: str, kind: Kind | None) -> "tuple[Definition, ...]":
        """Where one document defines its ids."""
        ...

    def redefine(self, path: str, text: str, changes: Mapping[int, str | None], kind: Kind | None) -> str:
        """One document's text with another id for what is defined on these lines; None takes it away."""
        ...


class Sources(Protocol):
    """Files of another project, by `/`-separated path."""

    def below(self, path: str, most: int) -> list[str]:
        """The file at a path, or all files below the folder there, sorted by number and name; no link is followed.

        Raises: UsageError where there is none, or more than `most`.
        """
        ...

    def read(self, path: str) -> str:
        """The text of a file. Raises: UsageError where it is no text, or too large."""
        ...


class Writer(Protocol):
    """Whoever holds the lock of those who write."""

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write all the files (None removes one), or none: each aside first, then renamed."""
        ...


class Workspace(Protocol):
    """The files of the work tree, by `/`-separated path from the repository's root."""

    def read(self, path: str) -> str | None:
        """The text of a file, or None where there is none.

        Raises: UsageError where it is a folder, binary, not UTF-8, holds NUL, or is over 16 MiB (a lock over 32).
        """
        ...

    def spec_paths(self, layout: Layout) -> Iterable[str]:
        """The paths of all spec documents of a layout that exist, sorted."""
        ...

    def markdown_in(self, folder: str) -> Iterable[str]:
        """The paths of the Markdown files that stand in a folder, not below it."""
        ...

    def standing(self) -> Standing:
        """What git's index says of the documents; nothing where git is not."""
        ...

    def held_lock(self, path: str) -> str | None:
        """The text of the lock as git's index holds it, None where it holds none. Raises: UsageError as `read`."""
        ...

    def record_paths(self, layout: Layout) -> Iterable[str]:
        """The paths of all records of a layout that exist, sorted."""
        ...

    def writing(self, what: str) -> AbstractContextManager[Writer]:
        """Hold the lock of all commands that write here; what is read in the context is not changed by another.

        Raises: CannotAnswerError saying who holds it, where it is not let go of in time.
        """
        ...
