"""What the first stage hands on: blocks, the groups they stand in, and the sections they stand under."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bmad.core.outline.words.language import Rank
from bmad.model.draft import Span


class Kind(StrEnum):
    """A block is the smallest thing that is taken or left."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    SCENARIO = "scenario"
    CODE = "code"


class Heading(NamedTuple):
    """What stands in a heading: its own words, the author's id, what it numbers, and its priority.

    `unit` is `epic`, `story`, `requirement`, `scenario`, `phase`, `item` for an id alone, or empty.
    """

    words: str
    source: str = ""
    unit: str = ""
    rank: Rank | None = None
    code: bool = False
    """It begins with code, so that its words are names."""


@dataclass(slots=True)
class Section:
    """What stands between one heading and the next; `level` 0 is the text before the first heading."""

    index: int
    title: str
    level: int
    parent: int
    path: tuple[str, ...]
    heading: Heading
    span: Span
    """Where the heading's words stand; empty for a heading that is no line of its own."""
    children: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A paragraph, a list, a table or a code block; `lead` is the sentence that stands right before it, or -1.

    `led` tells whether that sentence leads into it (it ends with a colon). `parent` is the item it stands in.
    """

    index: int
    kind: str
    section: int
    parent: int = -1
    lead: int = -1
    led: bool = False
    head: tuple[str, ...] = ()
    blocks: list[int] = field(default_factory=list)
    labelled: bool = False
    """It is a paragraph of which several lines begin with a label."""
    card: bool = False
    """It is the table of one requirement, with a head for each of its fields."""


@dataclass(slots=True)
class Block:
    """One block; `text` is what it says, on one line, as it stands, without the author's id.

    `parent` is the item that it is nested in, or the sentence that leads into its list or table; -1 without.
    `label` is its bold beginning. `cells` are those of a row, by the heads of its group.
    """

    index: int
    kind: Kind
    span: Span
    section: int
    group: int
    text: str
    parent: int = -1
    label: str = ""
    source: str = ""
    ticked: bool | None = None
    struck: bool = False
    excluded: bool = False
    quoted: bool = False
    ordered: bool = False
    story: bool = False
    title: str = ""
    """The name of a scenario."""
    cells: tuple[str, ...] = ()
    heads: bool = False
    """It is a line with a mark of its own, an emoji, right above a list, and stands for a heading."""
    picture: bool = False
    """It is code that draws a diagram."""
    told: bool = False
    """It is the row of a field that tells about the requirement of its table."""
    rank: str = ""
    """The priority that its author gives it in a field of its own."""
    children: list[int] = field(default_factory=list)


class Reading(NamedTuple):
    """An intent as blocks; `leaves` are the spans of prose and code: what is not in them is structure."""

    text: str
    sections: list[Section]
    groups: list[Group]
    blocks: list[Block]
    leaves: list[Span]
    codes: tuple[str, ...]
    """The languages found in it."""
