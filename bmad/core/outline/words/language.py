"""What the mapper knows of one language, as data: the shape of the tables in this folder."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a heading says of the text below it; `NEUTRAL` says nothing, `ASIDE` seals all that is below."""

    REQUIREMENT = "requirement"
    SPECIFICATION = "specification"
    DESIGN = "design"
    STORIES = "stories"
    CRITERIA = "criteria"
    EDGE = "edge"
    GOAL = "goal"
    NON_GOAL = "non-goal"
    LATER = "later"
    QUESTION = "question"
    CONSTRAINT = "constraint"
    QUALITY = "quality"
    DECISION = "decision"
    CONSEQUENCES = "consequences"
    SUMMARY = "summary"
    ENDING = "ending"
    PLAN = "plan"
    USERS = "users"
    CONTEXT = "context"
    ASIDE = "aside"
    RESEARCH = "research"
    TEST = "test"
    HISTORY = "history"
    CONTENTS = "contents"
    ABOUT = "about"
    GLOSSARY = "glossary"
    NEUTRAL = "neutral"


class Rank(StrEnum):
    """What a heading, a mark or a cell says of the priority."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"
    WONT = "wont"


class Column(StrEnum):
    """What a column of a table holds."""

    ID = "id"
    TEXT = "text"
    NAME = "name"
    PRIORITY = "priority"
    REQUIRED = "required"
    """Whether a row must be there (`yes`, `no`)."""
    OPTIONAL = "optional"
    SCOPE = "scope"
    ROLE = "role"
    WANT = "want"
    WHY = "why"
    DEPENDS = "depends"
    DONE = "done"
    ASIDE = "aside"
    RECORD = "record"
    """Who, when, which version: a table of these is a history."""


Phrases = str
"""Phrases separated by `|`, lower case, without hyphens and apostrophes; `…` at an end stands for any words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language. Headings, ranks, columns and marks are looked up in all languages, the rest in those found.

    `must`, `should`, `may`, `will`: what binds, and how much. `rules`: phrases that make a sentence a rule without
    any of them. `wishes`: what somebody asks for in the first person. `opens_aside`: how an explanation, an example
    or a remark begins. `past`: words of what was. `first` and `second`: persons.
    """

    code: str
    common: Phrases = ""
    """Small words that tell the language."""
    headings: dict[Role, Phrases] = field(default_factory=dict)
    ranked: dict[Rank, Phrases] = field(default_factory=dict)
    """Headings that rank what stands below them."""
    modifiers: Phrases = ""
    """Words that give a heading of a role no subject of its own ("core", "functional")."""
    lacks: str = ""
    """A pattern of headings that say what a thing does not do ("what the core does not provide")."""
    units: dict[str, Phrases] = field(default_factory=dict)
    """Words that begin a numbered heading: `epic`, `story`, `requirement`, `scenario`."""
    ranks: dict[Rank, Phrases] = field(default_factory=dict)
    columns: dict[Column, Phrases] = field(default_factory=dict)
    records: Phrases = ""
    """Labels of what a document says about itself ("author", "status")."""
    must: Phrases = ""
    endings: str = ""
    """A pattern of words that bind by their ending (Turkish `gösterilmelidir`), in lower case."""
    weak: Phrases = ""
    """Of what binds, the words that tell as well: "never", "always"."""
    should: Phrases = ""
    may: Phrases = ""
    can: Phrases = ""
    """What says an ability in small letters, and a permission where it is marked as a key word."""
    only: Phrases = ""
    """What makes a permission a rule ("may only")."""
    forbids: str = ""
    """A pattern of a permission that is refused with words between (`darf … nicht`), in lower case."""
    will: Phrases = ""
    rules: Phrases = ""
    wishes: Phrases = ""
    ends_wish: Phrases = ""
    """What ends a wish before the reason for it, in a script without spaces."""
    nice: Phrases = ""
    """A wish that may stay one."""
    orders: Phrases = ""
    """Verbs that open an instruction."""
    conditions: Phrases = ""
    opens_aside: Phrases = ""
    opens_note: Phrases = ""
    """How a remark begins that may be a rule by its words."""
    past: Phrases = ""
    first: Phrases = ""
    second: Phrases = ""
    stories: tuple[str, ...] = ()
    """Patterns of how a user story begins; what follows is the wish."""
    given: Phrases = ""
    when: Phrases = ""
    then: Phrases = ""
    more: Phrases = ""
    depends: Phrases = ""
    waits: Phrases = ""
    """What stands behind the ids that something waits for ("FR-1'e bağlıdır")."""
    serves: Phrases = ""
    """What begins a line that names the requirements of a story, or the story of a requirement, by ids alone."""
    out: Phrases = ""
    """What says of the thing that it stands beside that it is not wanted, or not now ("is out of scope")."""
    leaves: Phrases = ""
    """What says so of the list that it leads into ("the product does not include")."""
    unneeded: str = ""
    """A pattern of how a sentence ends, or is from its start, that says of a thing that it need not be."""
    meta: str = ""
    """A pattern of a sentence that says of requirements themselves how they are named, written and kept."""
    overview: str = ""
    """A pattern of how a sentence begins that says what a document is, or what stands in it."""
    doubts: str = ""
    """A pattern of how a sentence begins that only says that somebody is not sure."""
    noes: Phrases = ""
    """First words that, with one of `yet`, put off what they name ("no … in the first version")."""
    yet: Phrases = ""
    everywhere: Phrases = ""
    """Words of what holds for all work: platforms, measures, licences, dependencies."""
    clauses: Phrases = ""
    """Words before which a sentence may be cut: what follows is a clause of its own."""
    reasons: Phrases = ""
    """Words that begin a rationale."""
    other: Phrases = ""
    """Its words that another language uses for something else (German `im`, English "im" without apostrophe)."""
    points: Phrases = ""
    """What points to a figure or a part of the document ("the following diagram"), in a sentence that binds to nothing."""
    stop: Phrases = ""
    """Words that say nothing of a subject."""
    nothing: Phrases = ""
    """What says that there is nothing to say ("none")."""
    unfilled: Phrases = ""
    """What says so of a field that its author has yet to fill in, or need not ("to be defined", "n/a")."""
