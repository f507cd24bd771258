"""What kind of document an intent is: a proposal argues, notes tell what was said, a standard marks key words."""

from typing import NamedTuple

from bmad.core.outline.judge.force import Heard
from bmad.core.outline.read.block import Section
from bmad.core.outline.words.lexicon import folded

_PROPOSAL = frozenset(
    [
        "motivation",
        "alternatives",
        "drawbacks",
        "prior art",
        "rationale",
        "rejected ideas",
        "rejected alternatives",
        "abstract",
        "unresolved questions",
        "backwards compatibility",
        "rationale and alternatives",
        "reference level explanation",
        "guide level explanation",
        "security considerations",
        "alternatives considered",
        "how to teach this",
        "consequences",
        "design details",
        "test plan",
        "graduation criteria",
        "implementation history",
        "considered options",
        "decision outcome",
        "trade offs",
        "iana considerations",
        "reference implementation",
        "specification",
        "context",
        "future possibilities",
        "production readiness review questionnaire",
        "non goals",
        "version skew strategy",
        "moderation",
        "entscheidung",
    ]
)
_NOTES = frozenset(
    [
        "attendees",
        "agenda",
        "minutes",
        "action items",
        "participants",
        "present",
        "discussion",
        "meeting notes",
        "next meeting",
        "teilnehmer",
        "tagesordnung",
        "protokoll",
        "参加者",
        "議事録",
        "参会人",
        "会议纪要",
        "participants",
        "ordre du jour",
        "asistentes",
        "participantes",
    ]
)
_MEETING = (
    "meeting",
    "minutes",
    "sitzung",
    "besprechung",
    "réunion",
    "reunión",
    "reunião",
    "совещани",
    "会议",
    "議事",
)
_ARGUES, _MARKS = 3, 3


class Manner(NamedTuple):
    """How a document speaks.

    In a `proposal`, in `notes` and where key words are marked (`strict`), sentences under headings that say
    nothing only count where they bind.
    """

    proposal: bool = False
    notes: bool = False
    strict: bool = False


def manner(sections: list[Section], heard: list[Heard]) -> Manner:
    titles = [
        " ".join(folded(section.heading.words).replace("-", " ").split()) for section in sections if section.level
    ]
    argues = len(_PROPOSAL & set(titles))
    notes = len(_NOTES & set(titles)) + 2 * any(word in title for title in titles for word in _MEETING)
    marked = sum(one.marked != 0 for one in heard)
    return Manner(argues >= _ARGUES, notes > 1, marked >= _MARKS)
