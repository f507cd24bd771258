"""What a pack is made from: the story, what stands around it in the specification, and the files of one commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bmad.core.knowledge.index import Entry
from bmad.core.packs.words import ranked
from bmad.model.spec import Epic, Requirement, Statement, Story


class Other(NamedTuple):
    """Another story: where it stands, and the files that it left where it has landed and is built upon."""

    story: Story
    status: str
    files: tuple[str, ...] = ()


class Left(NamedTuple):
    """A finding that a story landed with, and where it stood then."""

    id: str
    story: str
    severity: str
    path: str
    line: int
    claim: str
    fix: str = ""


class Check(NamedTuple):
    """A `verify` command as it is typed; `passed` says whether it ran on the change and how that ended."""

    name: str
    command: str
    passed: bool | None = None


@dataclass(frozen=True)
class Found:
    """A word -> the paths of the files that hold it; and the characters of each file that was looked through."""

    words: Mapping[str, frozenset[str]]
    sizes: Mapping[str, int]

    @cached_property
    def best(self) -> Sequence[str]:
        """The files that hold any of the words, those first that have most to do with them."""
        return tuple(path for _, path in ranked(self.words, self.sizes))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each of these is among them."""
        return {path: at for at, path in enumerate(self.best)}


def _nothing(_words: Sequence[str]) -> Found:
    return Found({}, {})


@dataclass(frozen=True)
class Source:
    """`read` gives a file's text at the commit, None where there is none that can be read."""

    story: Story
    text: str
    research: str = ""
    """What was found out before it was prepared; no part of `text`."""
    epic: Epic | None = None
    above: Sequence[Requirement | Statement] = ()
    statements: Sequence[Statement] = ()
    everywhere: Sequence[Requirement] = ()
    """What holds for all work."""
    others: Sequence[Other] = ()
    checks: Sequence[Check] = ()
    left: Sequence[Left] = ()
    """What earlier stories left open, in the order in which they landed."""
    lessons: Sequence[Entry] = ()
    """The pages of `docs/knowledge/` as their index has them."""
    paths: Sequence[str] = ()
    """The commit's files, sorted, but for the specification and the records."""
    read: Callable[[str], str | None] = field(default=lambda _path: None)
    find: Callable[[Sequence[str]], Found] = field(default=_nothing)
    """Which files hold each of some words."""
