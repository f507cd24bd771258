"""The contract between a mapper and `bmad map`: what it made of an intent, before ids and files.

References are indices into the tuples of the same draft, so that a mapper needs to know no id.
"""

from typing import NamedTuple

from bmad.model.lock import Sorted
from bmad.model.spec import Priority, StatementClass, Verify
from bmad.model.values import value


class Span(NamedTuple):
    """Half-open range of characters (code points) in the intent's text."""

    start: int
    end: int


@value(frozen=True, slots=True, kw_only=True)
class DraftStatement:
    """`span` covers the quote exactly: `text[start:end]` is the quote."""

    span: Span
    klass: StatementClass
    under: tuple[str, ...]
    """Heading path, outermost first, as plain text."""
    title: str
    source: str = ""
    """The id that the author's document has for it."""


@value(frozen=True, slots=True, kw_only=True)
class DraftRequirement:
    title: str
    text: str
    functional: bool = True
    priority: Priority = Priority.MUST
    verify: Verify = Verify.TEST
    statements: tuple[int, ...]
    source: str = ""
    everywhere: bool = False
    """A constraint on all work: no story and no epic of its own holds it."""
    no_story: str = ""
    """Why no story of the draft implements it, where its author says of none that it does."""
    proposed_by: str = ""
    """Who worded some of it, where that is not the author."""


@value(frozen=True, slots=True, kw_only=True)
class DraftEpic:
    title: str
    text: str
    requirements: tuple[int, ...]
    proposed_by: str = ""


@value(frozen=True, slots=True, kw_only=True)
class DraftStory:
    """`depends_on` may name any other story of the draft; no cycle arises from it."""

    title: str
    epic: int
    requirements: tuple[int, ...]
    depends_on: tuple[int, ...] = ()
    narrative: str
    criteria: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    notes: str = ""
    source: str = ""
    done_elsewhere: str = ""
    """What says that it was done before bmad came."""
    proposed_by: str = ""


class DraftBlock(NamedTuple):
    """One block of the intent (a sentence, an item, a row, a scenario) and what became of it.

    `statement` is the index of the statement that holds it, -1 where it was left; then `why` says why, in one of
    the mapper's fixed reasons. `asks` marks a block under a heading that asks for something.
    """

    span: Span
    under: tuple[str, ...]
    statement: int
    why: str = ""
    asks: bool = False
    judged: Sorted | None = None
    """What a mapper other than the outline said of it."""


@value(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Every character of the intent, once: in a statement, structure (marks, blank lines) or context."""

    characters: int
    in_statements: int
    structure: int
    context: int


@value(frozen=True, slots=True, kw_only=True)
class Draft:
    title: str
    statements: tuple[DraftStatement, ...]
    requirements: tuple[DraftRequirement, ...]
    epics: tuple[DraftEpic, ...]
    stories: tuple[DraftStory, ...]
    coverage: Coverage
    blocks: tuple[DraftBlock, ...] = ()
    """Every block in the order of the text, taken or left."""
    authored: bool = False
    """Its stories are their author's own: each is known by its key, and no other story does its work instead."""
    reads_as: str = ""
    """What kind of text it reads as where that makes a map less sure ("meeting notes"); else empty."""
