"""What a reader found in another project: items with keys and places, edges, conflicts, what was not taken.

Every text is the author's own. A place is a file of the project and characters in it, so that each statement can
be quoted where it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bmad.model.importing import Conflict, Edge, Left
from bmad.model.spec import Priority

Texts = Mapping[str, str]
"""The files of a project by path, as they were read."""


class Anchor(NamedTuple):
    """A run of characters of a file; half open."""

    path: str
    start: int
    end: int

    def moved(self, path: str, by: int) -> "Anchor":
        """The same characters in a copy, where they stand so many further on."""
        return Anchor(path, self.start + by, self.end + by)


class Told(NamedTuple):
    """A text with its place."""

    text: str
    anchor: Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRequirement:
    """`anchors` are its own words, and what stands below them."""

    key: str
    title: str
    text: str
    anchors: tuple[Anchor, ...]
    functional: bool = True
    priority: Priority | None = None
    everywhere: bool = False
    no_story: str = ""
    source: str = ""
    """What its author calls it, where that is not the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEpic:
    """`covers` are the keys of requirements."""

    key: str
    title: str
    text: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStory:
    """`needs` are keys of requirements that it says it serves, `after` those of stories that it waits for.

    `anchors` are its own words and those of its criteria: together they are the requirement that the story is.
    """

    key: str
    title: str
    epic: str
    narrative: str
    anchors: tuple[Anchor, ...]
    criteria: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    notes: str = ""
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    priority: Priority | None = None
    done: str = ""
    """What says that it is done; empty where nothing does, or not all that tell of it do."""
    source: str = ""
    """What its author calls it, where that is not the key."""


NOTED, GROUPED = "it is kept in the notes of its story", "it is kept as the text of its epic"
KEPT = frozenset([NOTED, GROUPED])
"""What stands in a document of bmad's, though no statement quotes it."""


class Copy(NamedTuple):
    """A text that is written for the intent, since what was read is no Markdown, or stands where none may."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What becomes one intent: the files that are quoted in their order, and what was found in them.

    `name` is that of its folders; `used` are characters that say what the items say: titles, notes, keys, states.
    """

    name: str
    files: tuple[str, ...]
    requirements: tuple[SourceRequirement, ...] = ()
    epics: tuple[SourceEpic, ...] = ()
    stories: tuple[SourceStory, ...] = ()
    used: tuple[tuple[Anchor, str], ...] = ()
    copy: Copy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All that was read; `items` counts what the project itself has, by kind, taken or not."""

    parts: tuple[Part, ...]
    items: Mapping[str, int]
    edges: tuple[Edge, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    left: tuple[Left, ...] = ()


class Reader(Protocol):
    """Reads one format."""

    @property
    def name(self) -> str: ...

    def wanted(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of the paths that are the format's; nothing where this is no project of it."""
        ...

    def read(self, texts: Texts) -> Project:
        """Read the files. Raises: UsageError naming the file, and what of it cannot be read."""
        ...
