"""The spec graph's parts as they stand in the documents: statement, requirement, epic, story, criterion.

Places (`path`, `line`, `column`) count from 1 and say where a thing stands; they never carry meaning
and are not part of a fingerprint.
"""

import shlex
from enum import StrEnum
from typing import Literal, NamedTuple

from bmad.model.findings import Finding
from bmad.model.ids import Kind
from bmad.model.values import value


class StatementClass(StrEnum):
    """What a sentence of the intent is; mere context gets no statement."""

    GOAL = "goal"
    REQUIREMENT = "requirement"
    CONSTRAINT = "constraint"
    NON_GOAL = "non-goal"
    QUESTION = "question"


ACTIONABLE = frozenset({StatementClass.GOAL, StatementClass.REQUIREMENT, StatementClass.CONSTRAINT})
"""Statements of these classes must reach a requirement (V05)."""


class Priority(StrEnum):
    MUST = "must"
    SHOULD = "should"
    COULD = "could"


EVERYWHERE = "everywhere"
"""What `Holds` says of a requirement that holds for all work."""


class Verify(StrEnum):
    TEST = "test"
    INSPECTION = "inspection"
    ANALYSIS = "analysis"


class Ref(NamedTuple):
    """A value in a field and where it stands: an id, or a territory glob."""

    text: str
    line: int = 0
    column: int = 0


@value(frozen=True, slots=True, kw_only=True)
class Item:
    """What all items have: `path` is the document, `line` that of the heading."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    path: str = ""
    line: int = 0


@value(frozen=True, slots=True, kw_only=True)
class Statement(Item):
    """One anchored piece of the intent; `quote` is verbatim, line breaks included."""

    klass: StatementClass
    under: str = ""
    """The headings it stands under, outermost first, joined by ` > `."""
    quote: str
    source: str = ""
    """The id that the author's document has for it."""


@value(frozen=True, slots=True, kw_only=True)
class Requirement(Item):
    priority: Priority = Priority.MUST
    traces: tuple[Ref, ...] = ()
    verify: Verify = Verify.TEST
    text: str = ""
    source: str = ""
    """The id that the author's document has for it."""
    everywhere: bool = False
    """It holds for all work, so that no story has to implement it."""
    no_story: str = ""
    """Why no story implements it yet, where it came from another project's documents."""
    proposed_by: str = ""
    """The model that worded it, until a person confirms."""

    @property
    def functional(self) -> bool:
        return not self.id.startswith("NFR")


@value(frozen=True, slots=True, kw_only=True)
class Epic(Item):
    covers: tuple[Ref, ...] = ()
    owner: str | None = None
    text: str = ""
    proposed_by: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Criterion:
    """`id` is `AC-1` within its story; its node in the graph is `STORY-…/AC-1`."""

    id: str
    text: str
    line: int = 0
    column: int = 0


class Section(NamedTuple):
    """A section of a story: its heading without the marks, and the text under it, byte for byte."""

    title: str
    text: str
    line: int


StoryKind = Literal["refactor", "bug"]
"""`refactor` changes nothing that is asked for; `bug` mends what is there and does not hold."""


@value(frozen=True, slots=True, kw_only=True)
class Story(Item):
    epic: Ref | None = None
    implements: tuple[Ref, ...] = ()
    depends_on: tuple[Ref, ...] = ()
    territory: tuple[Ref, ...] = ()
    kind: StoryKind | None = None
    research: str = ""
    """What is to be found out before it is prepared."""
    done_elsewhere: str = ""
    """What says that it was done before bmad came: a word and where it stands. No record of bmad's says so."""
    source: str = ""
    """The id that the author's document has for it."""
    proposed_by: str = ""
    narrative: str = ""
    """The text of `## Story`, usually "As a …, I want …, so that …"."""
    criteria: tuple[Criterion, ...] = ()
    sections: tuple[Section, ...] = ()


AnyItem = Statement | Requirement | Epic | Story

KIND_OF: dict[type[Item], Kind] = {
    Statement: Kind.STATEMENT,
    Requirement: Kind.REQUIREMENT,
    Epic: Kind.EPIC,
    Story: Kind.STORY,
}


def way_in(origin: str) -> str:
    """The command that imports once more what a register says it came from."""
    name, source = _origin(origin)
    return f"bmad import {shlex.quote(source)} --from {name}"


def source_of_import(origin: str) -> str:
    """The file or folder that a register says it was imported from."""
    return _origin(origin)[1].removeprefix("./").rstrip("/")


def _origin(origin: str) -> tuple[str, str]:
    name, _, source = origin.replace("`", "").partition(" from ")
    return name, source


@value(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed spec document.

    `seen` counts what looks like an item or a criterion, by a looser rule than the one that reads them;
    `read` counts what was read. They differ only where a V01 finding says why.
    """

    path: str
    items: tuple[AnyItem, ...] = ()
    intent: str | None = None
    """Register only: the path of the intent it was made from."""
    imported: str = ""
    """Register only: the format and the place that it was imported from; empty where the intent was mapped."""
    seen: int = 0
    read: int = 0
    findings: tuple[Finding, ...] = ()
    clarifications: tuple[Ref, ...] = ()
    """Open `[NEEDS CLARIFICATION: …]` marks outside fenced code, with their text."""
