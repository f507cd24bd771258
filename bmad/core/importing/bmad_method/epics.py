"""A breakdown into epics and stories, and what it says of which requirement stands in which of them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bmad.core.importing.bmad_method.files import EPIC, STORY
from bmad.core.importing.bmad_method.stories import Body, body
from bmad.core.importing.source import Anchor
from bmad.core.importing.text import Page, Section, keys_in, short

_COVERS = re.compile(
    r"^[\s*_>-]*(?:[^:\n*]{0,40}\b)?(?:FRs?|NFRs?|UX-DRs?|cover(?:s|ed|age)?|requirements?)\b[^:\n]{0,30}:",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:cover(?:s|ed)?|implement(?:s|ed)?|satisf(?:y|ies|ied)|address(?:es|ed)?|fulfil(?:l|ls|s|led)?|realiz(?:es|ed)|"
    r"requirements?|FRs?|NFRs?|traceability|coverage|references?)\b|→|->",
    re.IGNORECASE,
)
_WAITS = re.compile(r"\b(?:depends on|dependenc(?:y|ies)|prerequisites?|blocked by|requires)\b", re.IGNORECASE)
_MAP = re.compile(r"coverage map|traceab|touchpoint|coverage matrix", re.IGNORECASE)
_EPICS = re.compile(r"\bEpics?\s+(\d+(?:\s*(?:,|and|&|\+|/)\s*\d+)*)", re.IGNORECASE)
_STORIES = re.compile(
    r"\bStor(?:y|ies)\s+(\d+\.\d+[a-z]?(?:\s*(?:,|and|&|\+|/)\s*\d+\.\d+[a-z]?)*)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:\.\d+[a-z]?)?")


class EpicHead(NamedTuple):
    """An epic where a heading names it; `end` is where its own words end."""

    key: str
    title: str
    section: Section
    page: Page
    struck: bool


class StoryHead(NamedTuple):
    """A story in a breakdown. `key` is its number, as its heading has it."""

    key: str
    epic: str
    title: str
    section: Section
    page: Page
    body: Body
    struck: bool

    @property
    def line(self) -> int:
        return self.section.heading.line


class Row(NamedTuple):
    """A line that says where requirements belong: `keys` to `epics` or `stories`; `words` is the line."""

    keys: tuple[str, ...]
    epics: tuple[str, ...]
    stories: tuple[str, ...]
    words: str
    path: str
    line: int
    anchor: Anchor


class Breakdown(NamedTuple):
    epics: tuple[EpicHead, ...]
    stories: tuple[StoryHead, ...]
    rows: tuple[Row, ...]
    waits: tuple[tuple[str, str, "Line"], ...]
    """What a section about dependencies says: the file, the epic as `Epic N`, and what that waits for."""


def breakdown(page: Page) -> Breakdown:
    """What one file breaks down."""
    epics: list[EpicHead] = []
    stories: list[StoryHead] = []
    rows: list[Row] = []
    waits: list[tuple[str, str, Line]] = []
    for one in page.sections:
        if (found := EPIC.fullmatch(one.title)) is not None:
            epics.append(EpicHead(found["key"], _title(found["title"]), one, page, "~~" in one.heading.text))
        elif (found := STORY.fullmatch(one.title)) is not None:
            key = f"{found['epic']}.{found['number']}"
            told = body(page, one.start, _end(page, one))
            stories.append(
                StoryHead(key, found["epic"], _title(found["title"]), one, page, told, "~~" in one.heading.text)
            )
        elif _MAP.search(one.title):
            rows += _rows(page, one)
        elif _WAITS.search(one.title):
            waits += _ordered(page, one)
    return Breakdown(tuple(epics), tuple(stories), tuple(rows), tuple(waits))


_HEAD = re.compile(r"[|:→]")
"""What stands between the keys that a row is about and what it says of them, in which others may be named."""


def _title(text: str) -> str:
    return text.replace("~~", "").strip(" *")


def _end(page: Page, story: Section) -> int:
    """Where a story ends: at the next heading of its level, or a rule with which its author closes it."""
    end = story.end
    for at, row in page.lines(story.start, story.end):
        if re.fullmatch(r"[ \t]*-{3,}[ \t]*\r?\n?", row):
            return at
    return end


def _rows(page: Page, section: Section) -> Iterator[Row]:
    for at, row in page.lines(section.start, section.own):
        keys = keys_in(row)
        if not keys:
            continue
        first, *rest = _HEAD.split(row.strip().strip("|"), maxsplit=1)
        epics = _numbers(_EPICS, row)
        anchor = page.anchor(at, at + len(row))
        head = keys_in(first)
        head = keys if not head else head if rest else head[:1]
        yield Row(
            tuple(head), epics, _numbers(_STORIES, row), short(row.strip()), page.path, page.line(at), anchor
        )


def _ordered(page: Page, section: Section) -> Iterator[tuple[str, str, "Line"]]:
    """The lines that say of one epic what it waits for."""
    for at, row in page.lines(section.start, section.own):
        found = _WAITS.search(row)
        lower = _numbers(_EPICS, row[: found.start()]) if found is not None else ()
        uppers = _numbers(_EPICS, row[found.end() :]) if found is not None else ()
        if len(lower) == 1 and uppers:
            epics = tuple(f"Epic {one}" for one in uppers)
            yield page.path, f"Epic {lower[0]}", Line(keys=epics, says=True, line=page.line(at), words=short(row))


def _numbers(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = (number for match in pattern.finditer(text) for number in _NUMBER.findall(match[1]))
    return tuple(dict.fromkeys(found))


class Line(NamedTuple):
    """Keys that a line names, and whether it says that they are covered there."""

    keys: tuple[str, ...]
    says: bool
    line: int
    words: str


def covering(page: Page, start: int, end: int) -> Iterator[Line]:
    """The lines of an epic's own words that list what it covers."""
    for at, row in page.lines(start, end):
        if _COVERS.match(row) and (keys := keys_in(row)):
            yield Line(keys=tuple(keys), says=True, line=page.line(at), words=short(row))


def naming(page: Page, start: int, end: int) -> Iterator[Line]:
    """The lines of a story that name requirements."""
    for at, row in page.lines(start, end):
        if keys := keys_in(row):
            says = (
                _SAYS.search(re.sub(r"\bN?FR[-_]?\d[\w.-]*", "", row)) is not None
                or _COVERS.match(row) is not None
            )
            yield Line(tuple(keys), says, page.line(at), short(row))


def waiting(page: Page, start: int, end: int) -> Iterator[Line]:
    """The lines that say which stories, or epics as `Epic N`, something waits for."""
    for at, row in page.lines(start, end):
        if (found := _WAITS.search(row)) is not None:
            told = row[found.start() :]
            stories = _numbers(_STORIES, told)
            epics = tuple(f"Epic {number}" for number in _numbers(_EPICS, told))
            if stories or epics:
                yield Line(keys=(*stories, *epics), says=True, line=page.line(at), words=short(row))
