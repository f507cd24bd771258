"""What is asked of git and of the clock: a person's checkout, and the history of a repository."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bmad.model.bounds import Bound
from bmad.model.commits import Change, Commit
from bmad.model.history import BlameLine, FileCuts, Listed, Merged, Pair, Region, Tips, Touched
from bmad.model.hooks import HooksFolder
from bmad.model.signing import Signed, Signer


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, with its time zone."""
        ...


class Checkout(Protocol):
    """A person's own work tree of git."""

    def require(self) -> None:
        """Raises: CannotAnswerError where there is no work tree."""
        ...

    def head(self) -> str | None:
        """The commit that is checked out; None on an unborn branch."""
        ...

    def file(self, path: bytes) -> bytes | None:
        """A file of the work tree by its path from the top; None where it is none, or a link leads there."""
        ...

    def stored(self, path: bytes) -> bytes | None:
        """The same as git would keep it, where attributes have it stand otherwise in the work tree; else None."""
        ...

    def holds(self, commit: str) -> bool:
        """Whether the history of what is checked out has the commit."""
        ...

    def branch(self) -> str | None:
        """The branch that is checked out; None where the head is detached."""
        ...

    def is_bare(self) -> bool:
        """Whether the folder is a bare repository."""
        ...

    def protect(self, branches: Sequence[str], *, report_only: bool) -> None:
        """Note the branches that pushes are judged to, and have git look at what it receives.

        Raises: CannotAnswerError where git cannot note it.
        """
        ...

    def protected(self) -> list[str]:
        """Those branches; where none is noted, the one that HEAD names."""
        ...

    def leads_to(self, refs: Iterable[str]) -> dict[str, str]:
        """Of full refs those that are symbolic, each with the ref that moves in its place."""
        ...

    def folds_names(self) -> bool:
        """Whether the file system takes names for one that differ in case alone, as git found."""
        ...

    def reports_only(self) -> bool:
        """Whether pushes are judged and none is refused."""
        ...

    def default(self) -> str:
        """The default branch of `origin`, as its HEAD here names it; empty where nothing does."""
        ...

    def main(self) -> str | None:
        """Where work on a branch of its own goes; None where nothing says it."""
        ...

    def branches(self, pattern: str) -> list[str]: ...

    def of_stories(self) -> list[str]:
        """The full refs of stories' own branches, as they stand here and as they were fetched from others."""
        ...

    def hooks(self) -> HooksFolder:
        """The folder that git runs hooks from."""
        ...

    def switch(self, branch: str, *, create: bool) -> None: ...

    def bind(self, branch: str, story: str) -> None: ...

    def name_driver(self, name: str, title: str, command: Sequence[str]) -> None: ...

    def forget_driver(self, name: str) -> bool: ...

    def story_of(self, branch: str) -> str | None: ...

    def tracked(self, path: str) -> bool:
        """Whether the commit that is checked out holds path."""
        ...


class Objects(Protocol):
    """A repository's history, read by full id. Each question is one for many commits at once.

    Every question may end in UndecidableError: what is missing or malformed is never passed over.
    """

    def bounded(self) -> AbstractContextManager[None]:
        """What is read and judged inside ends within a bound of CPU time and of memory, told with its number.

        Raises: UndecidableError beyond it, in the middle of anything.
        """
        ...

    def renew(self) -> None:
        """Count anew what CPU time and memory are taken, as for each step of a run that lasts a night."""
        ...

    def tips(self, base: str | None, head: str | None) -> Tips:
        """Both ends of a range by name; by default the branch that HEAD's works towards, with a note, and HEAD.

        Raises: UsageError where a name names nothing; CannotAnswerError where there is no commit.
        """
        ...

    def walk(self, head: str, base: str | None, *more: str) -> list[Commit]:
        """The commits that head, or one of some more, reaches and base does not, parents first."""
        ...

    def mentioning(self, words: Sequence[str], tip: str, base: str | None) -> list[str]:
        """The commits that tip reaches and base does not, and whose messages hold one of some words anywhere."""
        ...

    def commit(self, name: str) -> Commit | None:
        """One commit by full id, through tags; None where it is not there."""
        ...

    def at_hand(self, name: str) -> bool:
        """Whether there is an object of that full id, of whatever kind."""
        ...

    def commits(self, ids: Sequence[str]) -> dict[str, Commit]: ...

    def verifies(self, signed: Signed, by: Signer) -> bool:
        """Whether a signature is that signer's own, of that content."""
        ...

    def full(self, shorts: Sequence[str]) -> dict[str, str]:
        """The full id of each abbreviated one, as far as it is that of one commit or tag alone."""
        ...

    def merges(self, pairs: Sequence[tuple[str, str]], union: Sequence[str] = ()) -> list[Merged]:
        """The computed merge of each pair of commits; what the attributes in `union` join keeps both sides."""
        ...

    def changes(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Change, ...]]:
        """The changes between pairs of trees, without renames; the empty string is the empty tree."""
        ...

    def texts(self, pairs: Sequence[tuple[str, str]]) -> Iterator[bytes]:
        """The unified diff of each pair of trees, in order, as reviewers are shown it; without configuration."""
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

    def blobs(self, ids: Iterable[str], bound: Bound = ...) -> dict[str, bytes]:
        """The contents of files by id; more bytes than the bound allows are undecidable, and not loaded."""
        ...

    def blame(
        self, commit: str, path: bytes, spans: Sequence[tuple[int, int]] = (), since: str | None = None
    ) -> list[BlameLine]:
        """The lines of a file at a commit with the commits that last changed them, all or those of some spans.

        Spans count from 1, both ends included. What `since` reaches is not looked at: a line from there is
        `older`, and its commit is any of those.

        Raises: UsageError where there is no such file, or not so many lines.
        """
        ...

    def hunks(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[FileCuts, ...]]:
        """For each pair of trees the files of text that they differ in, with renames as git finds them."""
        ...

    def regions(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[Region]]:
        """Where the contents of each pair of blobs differ, from the first line on, as blame compares them."""
        ...

    def renamed(self, trees: tuple[str, str], path: bytes, gone: Sequence[bytes]) -> bytes | None:
        """Which of the files that are gone between two trees a new one was made of, as blame finds it."""
        ...

    def reached(self, ids: Sequence[str], tip: str) -> frozenset[str]:
        """Those of the commits that the tip reaches, itself included."""
        ...

    def follows(self, tip: str, since: str) -> bool:
        """Whether the tip reaches a commit, as a rule by its first parents, however long ago that was."""
        ...

    def quicken(self, tip: str, walked: int) -> None:
        """Have what walks from a tip take less, now and later, and what asks for paths much less.

        It is done where that many commits, which are to be walked through, are worth it.
        """
        ...

    def kin(self, pairs: Sequence[tuple[str, str]], tip: str) -> frozenset[tuple[str, str]]:
        """Those of the pairs of commits whose first meets the tip's history, and whose second comes from it."""
        ...

    def ever(self, tip: str, folder: bytes) -> Mapping[bytes, frozenset[str]]:
        """The paths below a folder that stand in some commit that tip reaches, and the blobs of each."""
        ...

    def first_parents(self, tip: str) -> list[str]:
        """The commits of a tip's first-parent line, newest first."""
        ...

    def touching(self, tip: str, paths: Sequence[bytes], since: str | None = None) -> list[Touched]:
        """The commits of a first-parent line that change one of the paths, newest first, as far back as since."""
        ...

    def changed(self, commits: Iterable[str]) -> frozenset[bytes]:
        """The paths that some commits change; of a merge what it holds otherwise than each of its parents."""
        ...

    def joined(
        self, triples: Sequence[tuple[Listed, Listed, Listed]], by_lines: Collection[int] = ()
    ) -> list[Listed | None]:
        """The computed merge of single files, each as (before, ours, theirs) with mode 000000 where there is none.

        None where the two sides conflict. Those whose numbers are in `by_lines` keep the lines of both.
        """
        ...


class History(Protocol):
    def read(self) -> AbstractContextManager[Objects]:
        """The history, for as long as the context lasts. Raises: UndecidableError in a shallow clone."""
        ...
