"""The little of a Markdown file that all readers ask for: sections, list items, paragraphs, keys, words."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, takewhile
from typing import NamedTuple

from bmad.core.importing.source import Anchor
from bmad.core.outline.read.inline import plain
from bmad.model.markdown import Heading, headed, outline, within
from bmad.model.normal import fold

_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+(?P<tick>\[(?P<on>[ xX~/-])\][ \t]*(?:\*(?!\*)[ \t]*)?)?"
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_KEY = r"(?:NFR|FR|UX-DR|AR|CAP|SC)"
_RANGE = re.compile(
    rf"(?<!\w)(?P<head>{_KEY}[-_ ]?)(?P<first>\d+)\s*(?:-|–|—|to|through|\.\.)\s*"
    rf"(?:{_KEY}[-_ ]?)?(?P<last>\d+)(?![\w.])"
)
_ONE = re.compile(rf"(?<!\w){_KEY}(?:[-_][A-Z]{{1,4}})?[-_]?\d+(?:\.\d+)*[a-z]?(?!\w)")
_MOST = 400
"""Keys that a range may stand for; what is wider is no range."""
_SLUG = re.compile(r"[^\w]+")
_MARKS = re.compile(r"[*_`~#>]+")
SHORT = 100


class Section(NamedTuple):
    """A heading, and where what stands below it begins and ends; `end` includes the sections below, `own` not."""

    heading: Heading
    start: int
    own: int
    end: int
    path: tuple[str, ...]
    """The headings above it, outermost first, and itself."""

    @property
    def title(self) -> str:
        return plain(self.heading.text)


class Item(NamedTuple):
    """A list item: `start` is where its words begin, `end` where they and all that is nested in it end."""

    start: int
    end: int
    line_start: int
    indent: int
    ticked: bool | None


class Page:
    """One Markdown file."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.outline = outline(text)

    @cached_property
    def sections(self) -> list[Section]:
        found = self.outline.headings
        whole = len(self.text)
        ends = [whole] * len(found)
        paths: list[tuple[str, ...]] = []
        above: list[int] = []
        for at, one in enumerate(found):
            while above and found[above[-1]].level >= one.level:
                ends[above.pop()] = one.start
            paths.append((*(paths[above[-1]] if above else ()), plain(one.text)))
            above.append(at)
        sections: list[Section] = []
        for at, one in enumerate(found):
            own = found[at + 1].start if at + 1 < len(found) else whole
            start = min(one.end + 1, whole)
            sections.append(Section(one, start, max(own, start), max(ends[at], start), paths[at]))
        return sections

    def below(self, section: Section) -> Iterator[Section]:
        """The sections within a section."""
        first = bisect_right(self.sections, section.heading.start, key=lambda one: one.heading.start)
        return takewhile(lambda one: one.heading.start < section.end, islice(self.sections, first, None))

    @cached_property
    def headings(self) -> dict[int, Heading]:
        """The headings by the character that each begins at."""
        return {one.start: one for one in self.outline.headings}

    @property
    def title(self) -> str:
        """The first heading of the highest level; empty where there is none."""
        return next((one.title for one in self.sections if one.heading.level == 1), "")

    @property
    def opening(self) -> str:
        """The first heading of any level; empty where there is none."""
        return self.sections[0].title if self.sections else ""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line(self, offset: int) -> int:
        """The line, from 1, of a character."""
        return bisect_right(self._starts, offset)

    def anchor(self, start: int, end: int) -> Anchor:
        """A place without the blanks at its ends."""
        said = self.text[start:end]
        start += len(said) - len(said.lstrip())
        return Anchor(self.path, start, max(start, start + len(said.strip())))

    def said(self, anchor: Anchor) -> str:
        return self.text[anchor.start : anchor.end]

    def fenced(self, offset: int) -> bool:
        return within(self.outline.fences, offset)

    def lines(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """The lines outside of fenced code, each with where it begins."""
        for match in _LINE.finditer(self.text, start, end):
            if not self.fenced(match.start()):
                yield match.start(), match.group()

    def items(self, start: int, end: int) -> list[Item]:
        """The list items between two places, those that are nested too."""
        found: list[tuple[re.Match[str], int]] = []
        stops: list[int] = []
        loose = False
        for at, row in self.lines(start, end):
            match = _ITEM.match(row)
            if match is not None:
                found.append((match, at))
            elif not row.strip():
                loose = True
                continue
            elif found and row[:1] not in " \t" and loose:
                stops.append(at)
            loose = False
        indents = [len(match["indent"].expandtabs(4)) for match, _ in found]
        ends = [end] * len(found)
        above: list[int] = []
        for index, (_, at) in enumerate(found):
            while above and indents[above[-1]] >= indents[index]:
                ends[above.pop()] = at
            above.append(index)
        rows: list[Item] = []
        for (match, at), indent, last in zip(found, indents, ends, strict=True):
            stop = next(islice(stops, bisect_right(stops, at), None), end)
            words = at + match.end()
            ticked = None if match["tick"] is None else match["on"] in "xX"
            rows.append(Item(words, max(words, min(last, stop)), at, indent, ticked))
        return rows

    def paragraphs(self, start: int, end: int) -> list[Anchor]:
        """What stands between blank lines, fenced code and all."""
        found: list[Anchor] = []
        begun = -1
        for match in _LINE.finditer(self.text, start, end):
            blank = not match.group().strip() and not self.fenced(match.start())
            if blank and begun >= 0:
                found.append(self.anchor(begun, match.start()))
                begun = -1
            elif not blank and begun < 0:
                begun = match.start()
        if begun >= 0:
            found.append(self.anchor(begun, end))
        return found


def keys_in(text: str) -> list[str]:
    """The keys of requirements that a text names, each once: `FR1`, `NFR-2`, `FR3-FR5` as three."""
    found: dict[str, None] = {}

    def spread(match: re.Match[str]) -> str:
        first, last = int(match["first"]), int(match["last"])
        if not 0 <= last - first < _MOST:
            return match.group()
        return ", ".join(f"{match['head'].strip()}{number}" for number in range(first, last + 1))

    for match in _ONE.finditer(_RANGE.sub(spread, text)):
        found[match.group()] = None
    return list(found)


def same_key(key: str) -> str:
    """A key as it is compared: `FR-01`, `FR 1` and `FR1` are one."""
    return re.sub(r"\d+", lambda match: str(int(match.group())), re.sub(r"[-_ ]", "", key).upper())


def slug(title: str) -> str:
    """A title as file names and boards have it."""
    return _SLUG.sub("-", plain(title).lower()).strip("-_")


def bare(text: str) -> str:
    """A text as it is compared with another: its words, without marks, case and white space."""
    return " ".join(re.findall(r"\w+", _MARKS.sub(" ", fold(text)).casefold()))


def one_line(text: str) -> str:
    """An author's text on one line, nothing else of it changed."""
    return " ".join(text.split())


def short(text: str) -> str:
    """The beginning of a text, for a report."""
    told = one_line(text)
    return told if len(told) <= SHORT else f"{told[: SHORT - 1].rstrip()}…"


def titled(text: str) -> str:
    """What stands in a heading of ours: a text without the marks of emphasis, cut at a word where it is long."""
    told = headed(plain(text)).strip(" .:;")
    if len(told) <= SHORT:
        return told
    return f"{told[:SHORT].rpartition(' ')[0].rstrip(' ,;:(') or told[:SHORT]}…"


def plain_label(row: str, label: re.Pattern[str]) -> str:
    """What a bold line of its own says; empty where a line is none."""
    found = label.match(row.rstrip())
    return found["label"].strip() if found is not None else ""
