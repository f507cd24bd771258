"""What kind of document an intent is: a proposal argues, notes tell what was said, a standard marks key words."""

import re
from collections import Counter
from typing import NamedTuple

from bmad.core.outline.judge import forms, tables
from bmad.core.outline.judge.force import Heard
from bmad.core.outline.judge.headings import Standing, title_section
from bmad.core.outline.judge.roles import named
from bmad.core.outline.read.block import Kind, Reading, Section
from bmad.core.outline.words.language import Column, Role
from bmad.core.outline.words.lexicon import columns, find_heading, folded

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
        "detailed design",
        "basic example",
        "adoption strategy",
        "how we teach this",
        "unresolved issues",
        "rationale and alternatives",
        "open issues",
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
        "présents",
        "points abordés",
        "acuerdos",
        "orden del día",
        "temas tratados",
        "presentes",
        "presenti",
        "ordine del giorno",
        "aanwezig",
        "agendapunten",
        "присутствовали",
        "повестка",
        "참석자",
        "안건",
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
    "протокол встреч",
    "compte rendu",
    "minuta",
    "acta de",
    "protokoll vom",
    "gesprächsnotiz",
    "verbale",
    "riunione",
    "notulen",
    "회의",
)
_MINUTES = (
    "meeting notes",
    "meeting minutes",
    "sitzungsprotokoll",
    "gesprächsnotiz",
    "compte rendu",
    "notas de la reunión",
    "notas da reunião",
    "протокол встречи",
    "会议纪要",
    "会议记录",
    "議事録",
    "회의록",
)
"""What a heading of notes says, whatever stands beside it."""
_HELD = re.compile(
    r"[*_]*(?:(?:date|day|time) of (?:the )?meeting|meeting (?:date|time)|"
    r"(?:datum|beginn|ort) der (?:sitzung|besprechung)|(?:date|heure|lieu) de (?:la )?réunion|"
    r"(?:fecha|hora|lugar) de (?:la )?reunión|(?:data|início|hora|local) da reunião|"
    r"дата (?:встречи|совещания)|会议(?:时间|日期|地点)|会議(?:日時|場所)|開催日時?)[*_]*\s*[:：]",
    re.IGNORECASE,
)
"""How a line begins that says when or where a meeting was."""
_TALK = re.compile(
    r"\b(?:sync|stand ?up|kick ?off|call with|retro(?:spective)?|weekly|catch ?up|check ?in|workshop|interview|"
    r"jour fixe|1:1)\b"
)
"""What a title may say of a meeting, and of a product as well."""
_DAY = re.compile(r"\b\d{1,2}\.? (?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w*")
"""A day as a title may name it without its year."""
_DATE = re.compile(
    rf"{_DAY.pattern} \d{{4}}\b"
    r"|\b\d{4} \d{2} \d{2}\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* \d{1,2},? \d{4}\b|\d{4}[年/.]\d{1,2}[月/.]\d{1,2}"
    r"|\b\d{1,2}\.\d{1,2}\.\d{4}\b"
)
_DATED = re.compile(
    rf"(?:\w{{2,10}},? )?(?:{_DATE.pattern}|\d{{1,2}} \d{{1,2}} \d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}})"
)
"""A heading that is nothing but a day."""
_SPEAKER = re.compile(r"([^\W\d_][\w.'-]{1,15}(?: [^\W\d_][\w.'-]{1,15})?)[:：] ?\S")
_PARTED = re.compile(r"\s[-–—|]\s|[:：]")
"""What parts the name of a thing from what the document is of it: `Till: Architecture`."""
_SHORT = 12
"""So many words may stand in a line that names a document."""
_TURNS = 4
"""So many blocks that begin with the name of who speaks, of fewer people, are a talk."""
_ARGUES, _MARKS, _ROWS, _PROSE = 3, 3, 3, 6
_SAYS_SO = frozenset({Role.SPECIFICATION, Role.DECISION})
"""Roles of headings below which a proposal says what holds."""
NOTES, PROSE, PROPOSAL, BACKLOG = "meeting notes", "prose", "a proposal", "a backlog with keys of its own"
DESCRIPTION = "a description"
"""What is taken of it is for the greater part what nothing says to leave."""
DESIGN = "a technical design"
"""Its title says so, and of what is taken the lesser part is asked for by a heading or by words."""
CODED = "text in code blocks"
"""More of it stands in code blocks, of which nothing is taken, than is taken of the rest."""
STRICTDOC, NEEDS, DOORSTOP = "a StrictDoc document", "a sphinx-needs document", "a doorstop item"


class Manner(NamedTuple):
    """How a document speaks.

    In a `proposal`, in `notes` and where key words are marked (`strict`), sentences under headings that say
    nothing only count where they bind.
    """

    proposal: bool = False
    notes: bool = False
    strict: bool = False


def manner(reading: Reading, heard: list[Heard], places: list[Standing]) -> Manner:
    titles = [_plain(section) for section in reading.sections if section.level]
    argues = len(_PROPOSAL & set(titles))
    marked = sum(one.marked != 0 for one in heard)
    return Manner(argues >= _ARGUES, _notes(reading, titles, places) > 1, marked >= _MARKS)


def _plain(section: Section) -> str:
    return _flat(section.heading.words)


def _flat(title: str) -> str:
    return " ".join(folded(title).replace("-", " ").split())


def _notes(reading: Reading, titles: list[str], places: list[Standing]) -> int:
    """How many signs there are that a document tells what was said: two are enough.

    Its name is two, and one where a heading asks for something: what is wanted may be about meetings.
    """
    name = _name(reading)
    days = [
        section
        for section in reading.sections
        if places[section.index].role != Role.HISTORY and _DATED.fullmatch(_flat(section.title))
    ]
    return (
        len(_NOTES & set(titles))
        + any(word in name for word in _MEETING) * (1 if any(one.asks for one in places) else 2)
        + any(title.startswith(_MEETING) for title in titles if title != name)
        + any(word in title for title in titles for word in _MINUTES)
        + (_TALK.search(name) is not None)
        + (_DAY.search(name) is not None and not _DATE.search(name))
        + any(_DATE.search(_flat(section.title)) for section in reading.sections)
        + (len(days) > 1)
        + any(forms.PRESENT.match(one.text) for one in reading.blocks)
        + any(_HELD.match(one.text) for one in reading.blocks)
        + 2 * _is_talk(reading)
    )


def _name(reading: Reading) -> str:
    """What a document is called: its title, or the short line that it begins with where no heading stands."""
    first = title_section(reading.sections)
    if first >= 0:
        return _plain(reading.sections[first])
    line = reading.blocks[0] if len(reading.sections) == 1 and reading.blocks else None
    short = line is not None and line.kind == Kind.SENTENCE and len(line.text.split()) <= _SHORT
    return _flat(line.text) if line is not None and short else ""


def is_design(reading: Reading) -> bool:
    """Whether the title of a document says that it tells how something is built."""
    first = title_section(reading.sections)
    title = reading.sections[first].title if first >= 0 else ""
    return any(named(part).role == Role.DESIGN for part in _PARTED.split(title) if part.strip())


def _is_talk(reading: Reading) -> bool:
    """Whether blocks begin with the names of a few people who speak in turn."""
    said = [match[1] for one in reading.blocks if (match := _SPEAKER.match(one.text))]
    names = [one for one in said if not (columns().find(folded(one)) or find_heading(folded(one)))]
    count = Counter(names)
    again = sum(number for number in count.values() if number > 1)
    return again >= _TURNS and len(count) > 1 and 2 * again >= len(reading.blocks)


_FOREIGN = (
    (
        re.compile(r"^\[(?:REQUIREMENT|DOCUMENT)\][ \t]*$", re.MULTILINE),
        re.compile(r"^UID:", re.MULTILINE),
        STRICTDOC,
    ),
    (re.compile(r"^\.\. [a-z]{2,12}::", re.MULTILINE), re.compile(r"^[ \t]+:id:[ \t]*\S", re.MULTILINE), NEEDS),
    (re.compile(r"^active: (?:true|false)", re.MULTILINE), re.compile(r"^normative:", re.MULTILINE), DOORSTOP),
)
"""What the fields of other tools look like."""


def reads_as(reading: Reading, how: Manner, places: list[Standing], *, loose: bool) -> str:
    """What a document reads as, where that makes a map less sure or its keys are another tool's; else empty."""
    for first, second, name in _FOREIGN:
        if first.search(reading.text) and second.search(reading.text):
            return name
    if _is_backlog(reading):
        return BACKLOG
    if how.notes:
        return NOTES
    if how.proposal and not how.strict and not any(one.role in _SAYS_SO for one in places):
        return PROPOSAL
    said = [block.kind for block in reading.blocks if block.kind != Kind.CODE]
    asks = any(one.asks for one in places) or how.strict
    prose = not (asks or how.proposal) and len(said) >= _PROSE and said.count(Kind.SENTENCE) * 4 >= len(said) * 3
    return PROSE if said and (loose or prose) else ""


def _is_backlog(reading: Reading) -> bool:
    """Whether most of a document are rows that have an id, a name and a status each."""
    rows = 0
    for group in reading.groups:
        if group.kind == "table":
            places = tables.layout(group.head).places
            if {Column.ID, Column.DONE} <= places.keys() and not places.keys().isdisjoint(
                {Column.NAME, Column.TEXT}
            ):
                rows += sum(bool(reading.blocks[index].source) for index in group.blocks)
    return rows >= _ROWS and rows * 2 > len(reading.blocks)
