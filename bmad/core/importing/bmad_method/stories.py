"""The body of a story, in an epics file or a file of its own: narrative, criteria, tasks, and the rest."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bmad.core.importing.data import front_matter, word
from bmad.core.importing.source import Anchor, Told
from bmad.core.importing.text import Page, Section, bare, one_line, plain_label

_CRITERIA = re.compile(r"acceptance criteria|acceptance|criteria", re.IGNORECASE)
_LABEL = re.compile(r"[ \t]*(?:\*\*|__)(?P<label>[^*_\n]{2,60}?):?(?:\*\*|__):?[ \t]*$")
_BESIDE = re.compile(r"(?:\*\*|__)(?P<label>[A-Za-z][\w /-]{2,40}):(?:\*\*|__)[ \t]+\S")
"""A line of its own that says something else: `**Prerequisites:** Story 1.2`."""
_STEP = re.compile(r"(?:Given|When|Then|And|But|Scenario|Example)\b", re.IGNORECASE)
_WISH = re.compile(r"[*_> ]*(?:As an?|As the|As|Als|En tant que|Como|Quale)\b", re.IGNORECASE)
_GIVEN = re.compile(
    r"[*_`\s]*(?:Given|Gegeben|Angenommen|Étant donné|Dado|Dada|Дано|前提|假如|假设)(?!\w)", re.IGNORECASE
)
_AC = re.compile(r"[*_`\s(]*AC[-_ ]?#?\d+", re.IGNORECASE)
_MARK = re.compile(r"[ \t]*(?:#{1,6}[ \t]+)?(?:(?P<mark>[-*+]|\d{1,4}[.)])[ \t]+)?(?:\[[ xX]\][ \t]*)?")
_STATUS = re.compile(
    r"[ \t]*[-*]*[ \t]*(?:\*\*)?Status(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*(?P<word>[^\n<]+)", re.IGNORECASE
)
_RULE = re.compile(r"[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$")
_TASKS = re.compile(r"tasks?(?:\s*/\s*subtasks?)?|implementation tasks", re.IGNORECASE)


class Body(NamedTuple):
    """`rest` is what is neither narrative nor criterion, paragraph by paragraph."""

    narrative: Told | None
    criteria: tuple[Told, ...]
    rest: tuple[Anchor, ...]


class Status(NamedTuple):
    word: str
    line: int


def body(page: Page, start: int, end: int) -> Body:
    """What a story says between two places of a page."""
    found, stop = _region(page, start, end)
    before = [one for one in page.paragraphs(start, found) if _counts(page, one)]
    wish = next((one for one in before if _WISH.match(page.said(one))), before[0] if before else None)
    criteria, lead = _criteria(page, found, stop)
    after = [one for one in page.paragraphs(stop, end) if _counts(page, one)]
    rest = [*(one for one in before if one != wish), *lead, *after]
    return Body(Told(page.said(wish).strip(), wish) if wish else None, tuple(criteria), tuple(rest))


def _counts(page: Page, one: Anchor) -> bool:
    said = page.said(one)
    return bool(said.strip()) and not _RULE.match(said) and not said.lstrip().startswith(("<!--", "#"))


def _region(page: Page, start: int, end: int) -> tuple[int, int]:
    """Where the criteria begin, before their heading or label, and where they end."""
    begun = level = -1
    label, blank = False, True
    for at, row in page.lines(start, end):
        beside = _BESIDE.match(row) if blank else None
        blank = not row.strip()
        heading = page.headings.get(at)
        told = heading.text if heading is not None else plain_label(row, _LABEL)
        if begun < 0:
            if told and _CRITERIA.match(told.strip("*_ :")):
                begun, level, label = at, heading.level if heading else 7, heading is None
        elif heading is not None:
            if (label or heading.level <= level) and not _AC.match(told):
                return begun, at
        elif (
            _RULE.match(row)
            or (told and label and not _AC.match(told) and not _GIVEN.match(told))
            or (beside is not None and not (_AC.match(beside["label"]) or _STEP.match(beside["label"])))
        ):
            return begun, at
    return (begun, end) if begun >= 0 else (end, end)


def _criteria(page: Page, start: int, end: int) -> tuple[list[Told], list[Anchor]]:
    """The criteria of a region, by the author's own numbers, else by `Given`, by item or by paragraph."""
    rows = list(page.lines(start, end))[1:]
    marks = [(at, row, _MARK.match(row)) for at, row in rows]
    said = [
        (at, row[match.end() :] if match else row, match["mark"] if match else None) for at, row, match in marks
    ]
    indents = [len(row) - len(row.lstrip()) for _, row in rows if row.strip()]
    edge = min(indents, default=0)
    top = [(at, text, mark) for (at, text, mark), (_, row) in zip(said, rows, strict=True) if _depth(row) <= edge]
    starts = _starts(page, top, rows, (start, end))
    found: list[Told] = []
    for at, stop in pairwise([*starts, end]):
        match = _MARK.match(page.text, at, stop)
        anchor = page.anchor(match.end() if match else at, stop)
        if text := one_line(_unruled(page.said(anchor))):
            found.append(Told(text, anchor))
    first = starts[0] if starts else end
    lead = [one for one in page.paragraphs(rows[0][0], first) if _counts(page, one)] if rows else []
    return found, lead


def _depth(row: str) -> int:
    return len(row) - len(row.lstrip()) if row.strip() else 1_000


def _starts(
    page: Page,
    top: Sequence[tuple[int, str, str | None]],
    rows: Sequence[tuple[int, str]],
    region: tuple[int, int],
) -> list[int]:
    numbered = [at for at, row in rows if _AC.match(row.lstrip(" \t-*+#0123456789.)"))]
    if numbered:
        return numbered
    given = [at for at, text, mark in top if _GIVEN.match(text) or (mark is not None and mark[0].isdigit())]
    if any(_GIVEN.match(text) for _, text, _ in top):
        return given
    if items := [at for at, _, mark in top if mark is not None]:
        return items
    begins = rows[0][0] if rows else region[1]
    return [one.start for one in page.paragraphs(begins, region[1])]


def _unruled(text: str) -> str:
    return "\n".join(row for row in text.split("\n") if not _RULE.match(row))


def status_of(page: Page) -> Status:
    """What a story's file says of its state: in its front matter, else in its first lines; empty where nothing."""
    data, begins = front_matter(page.text, page.path, loose=True)
    if told := word(data.get("status")):
        found = re.search(r"^status:", page.text, re.MULTILINE | re.IGNORECASE)
        return Status(told, page.line(found.start()) if found is not None else 1)
    stop = next((one.start for one in page.sections if one.heading.level > 1), len(page.text))
    for at, row in page.lines(begins, min(stop + 400, len(page.text))):
        if match := _STATUS.match(row):
            return Status(match["word"].strip(" *_`"), page.line(at))
    return Status("", 1)


def tasks_of(page: Page) -> tuple[tuple[str, ...], int, int]:
    """The tasks of a story's file, those below one indented under it; how many boxes, and how many ticked."""
    section = next((one for one in page.sections if _TASKS.fullmatch(one.title.strip(" :"))), None)
    if section is None:
        return (), 0, 0
    items = page.items(section.start, section.end)
    edge = min((one.indent for one in items), default=0)
    tasks: list[str] = []
    for one in items:
        own = page.text[
            one.start : min([one.end, *(other.line_start for other in items if other.line_start > one.start)])
        ]
        if one.indent <= edge or not tasks:
            tasks.append(one_line(own))
        else:
            tasks[-1] += f"\n{'  ' * max(1, (one.indent - edge) // 2)}- {one_line(own)}"
    boxes = [one for one in items if one.ticked is not None]
    return tuple(tasks), len(boxes), sum(bool(one.ticked) for one in boxes)


def sections_called(page: Page, *names: str) -> Iterator[Section]:
    for one in page.sections:
        if one.title.strip(" :").lower() in names:
            yield one


def same_words(texts: Sequence[Told]) -> list[str]:
    """Criteria as they are compared: their words, without an author's number before them."""
    return [re.sub(r"^ac \d+ ", "", bare(one.text)) for one in texts]
