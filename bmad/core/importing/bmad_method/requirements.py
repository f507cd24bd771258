"""Where a page defines requirements: `FR1: …` in a list, a line, a row or a heading of its own."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from bmad.core.importing.source import Anchor
from bmad.core.importing.text import Page, Section, one_line, same_key, titled
from bmad.model.spec import Priority

_KEY = r"(?P<key>(?:NFR|FR|UX-DR|AR|CAP|SC)(?:[-_][A-Z]{1,4})?[-_]?\d+(?:\.\d+)*[a-z]?)"
_LINE = re.compile(
    rf"[ \t]*(?:(?:[-*+]|\d{{1,4}}[.)])[ \t]+)?(?:\[[ xX]\][ \t]*)?(?P<mark>\*\*|__|~~)?\(?{_KEY}(?P<rest>[^\n]*)"
)
_BEHIND = re.compile(
    r"[ \t]*(?:\((?P<note>[^)\n]{1,80})\))?[ \t]*(?:\*\*|__)?[ \t]*[:.)–—-]?[ \t]*(?:\*\*|__)?[ \t]*[:–—-]?[ \t]*"
)
_ROW = re.compile(rf"[ \t]*\|[ \t]*(?:\*\*|`)?{_KEY}(?:\*\*|`)?[ \t]*\|(?P<rest>[^\n]*)")
_HEAD = re.compile(rf"{_KEY}[ \t]*[:.–—-]?[ \t]*(?P<rest>.*)")
_ELSEWHERE = re.compile(
    r"coverage|traceab|touchpoint|journey|epic list|assumption|metric|glossary|summary", re.IGNORECASE
)
_ASIDE = re.compile(r"\*\*(?:Out of Scope|Notes|Feature-specific NFRs|Open Questions?)", re.IGNORECASE)
_PRIORITY = re.compile(
    r"[\[(*](?:priority:?\s*)?(?P<word>must(?:[- ]have)?|should(?:[- ]have)?|could(?:[- ]have)?|p[0-3])[\])*]",
    re.IGNORECASE,
)
_OF = {"m": Priority.MUST, "s": Priority.SHOULD, "c": Priority.COULD}
_RANKS = {"p0": Priority.MUST, "p1": Priority.MUST, "p2": Priority.SHOULD, "p3": Priority.COULD}


class Definition(NamedTuple):
    """A requirement where it is defined; `said` are its words without the key."""

    key: str
    said: str
    title: str
    anchors: tuple[Anchor, ...]
    path: str
    line: int
    struck: bool
    priority: Priority | None

    @property
    def functional(self) -> bool:
        return not self.key.startswith("NFR")


def definitions(page: Page, *, everywhere: bool = True) -> list[Definition]:
    """The definitions of a page in its order; of a page of epics only those under the headings of requirements."""
    found: list[Definition] = []
    sections = page.sections or []
    lead = sections[0].heading.start if sections else len(page.text)
    if everywhere:
        found += _lines(page, 0, lead)
    for one in sections:
        if _ELSEWHERE.search(one.title) or not (everywhere or _lists(one)):
            continue
        headed = _headed(page, one)
        found += [headed] if headed is not None else _lines(page, one.start, one.own)
    return found


def _lists(section: Section) -> bool:
    return any("requirement" in title.lower() for title in section.path)


def _headed(page: Page, section: Section) -> Definition | None:
    match = _HEAD.match(section.title.strip("~ "))
    if match is None:
        return None
    end = next(
        (at for at, row in page.lines(section.start, section.end) if _ASIDE.match(row.strip())), section.end
    )
    anchors = [one for one in page.paragraphs(section.start, end) if page.said(one).strip("-* ")]
    if not anchors:
        return None
    text = "\n\n".join(page.said(one) for one in anchors)
    return Definition(
        match["key"],
        text,
        titled(match["rest"]) or titled(text),
        tuple(anchors),
        page.path,
        section.heading.line,
        "~~" in section.heading.text,
        _priority(f"{section.title}\n{text}"),
    )


def _lines(page: Page, start: int, end: int) -> Iterator[Definition]:
    ends = {one.line_start: one.end for one in page.items(start, end)}
    starts = [at for at, row in page.lines(start, end) if _LINE.match(row) or _ROW.match(row) or not row.strip()]
    for at, row in page.lines(start, end):
        if (cells := _ROW.match(row)) is not None:
            yield from _row(page, at, row, cells)
            continue
        match = _LINE.match(row)
        behind = _BEHIND.match(match["rest"]) if match is not None else None
        if (
            match is None
            or behind is None
            or not behind.group().strip(" \t")
            or not match["rest"][behind.end() :].strip()
        ):
            continue
        below = bisect_right(starts, at)
        stop = min(ends.get(at, end), starts[below] if below < len(starts) else end)
        anchor = page.anchor(_begins(at, row), stop)
        said = page.text[at + match.start("rest") + behind.end() : stop].strip().removesuffix("**")
        struck = match["mark"] == "~~" or said.lstrip().startswith("~~")
        note = f"({behind['note']}) " if behind["note"] else ""
        yield Definition(
            match["key"], said, titled(said), (anchor,), page.path, page.line(at), struck, _priority(note + said)
        )


def _begins(at: int, row: str) -> int:
    """Where the words of a list item or a line begin, without its mark."""
    mark = re.match(r"[ \t]*(?:(?:[-*+]|\d{1,4}[.)])[ \t]+)?(?:\[[ xX]\][ \t]*)?", row)
    return at + (mark.end() if mark is not None else 0)


def _row(page: Page, at: int, row: str, match: re.Match[str]) -> Iterator[Definition]:
    """A row of a table that begins with a key; its second cell is what it says."""
    cells = [one.strip() for one in match["rest"].rstrip().rstrip("|").split("|")]
    if not cells or not cells[0] or re.match(r"Epic\b", cells[0]):
        return
    anchor = page.anchor(at, at + len(row))
    yield Definition(
        match["key"],
        cells[0],
        titled(cells[0]),
        (anchor,),
        page.path,
        page.line(at),
        cells[0].startswith("~~"),
        _priority(" ".join(f"({one})" for one in cells[1:])),
    )


def _priority(text: str) -> Priority | None:
    found = _PRIORITY.search(one_line(text))
    if found is None:
        return None
    name = found["word"].lower()
    return _RANKS.get(name) or _OF.get(name[0])


def first_of(found: list[Definition]) -> tuple[dict[str, Definition], list[Definition]]:
    """The first definition of each key, by the key as it is compared, and the others."""
    firsts: dict[str, Definition] = {}
    others: list[Definition] = []
    for one in found:
        if same_key(one.key) in firsts:
            others.append(one)
        else:
            firsts[same_key(one.key)] = one
    return firsts, others
