"""The item grammar as text: where items, fields, sections and criteria stand.

This module finds and splits; `documents` gives the parts their types, `edits` changes them. Everything has a
character offset, so that a change replaces what it names and nothing else.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from bmad.errors import UsageError
from bmad.model.bounds import CRITERIA, FAULTS, PARTS
from bmad.model.ids import CRITERION, ID, Kind
from bmad.model.markdown import Heading, outline, within
from bmad.model.unmerged import SETTLE, WORDS, first_mark

if TYPE_CHECKING:
    from bmad.model.findings import Finding

FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.STATEMENT: ("Class", "Under", "Source", "Aliases"),
    Kind.REQUIREMENT: ("Priority", "Traces", "Verify", "Holds", "No story", "Source", "Proposed by", "Aliases"),
    Kind.EPIC: ("Covers", "Owner", "Proposed by", "Aliases"),
    Kind.STORY: (
        "Epic",
        "Implements",
        "Depends on",
        "Territory",
        "Kind",
        "Research",
        "Done elsewhere",
        "Source",
        "Proposed by",
        "Aliases",
    ),
}
"""The fields of each kind of item, in canonical order."""

_LABELS = frozenset({"Source", "Proposed by", "No story", "Done elsewhere"})
"""Fields that only label an item: where one stands in its text, it is the text's own, and nothing is lost."""

_STRAYS = {kind: tuple(name for name in known if name not in _LABELS) for kind, known in FIELDS.items()}
_ANY_STRAY = {kind: re.compile(f"(?:{'|'.join(names)}):") for kind, names in _STRAYS.items()}

SECTION_STORY = "Story"
SECTION_CRITERIA = "Acceptance Criteria"

_ITEM = re.compile(rf"({ID}): +(\S.*)")
ITEM_PREFIX = re.compile(r"(?:INT|FR|NFR|EPIC|STORY)(?:[-_ ]|\d)", re.IGNORECASE)
NUMBERED = re.compile(r"[^\s:\d]*\d[^\s:]*\s*[:：]")
_CRITERION_HEADING = re.compile(r"AC[-_ ]?\d", re.IGNORECASE)
_FIELD = re.compile(r"[-*+] ([A-Za-z][A-Za-z ]{0,30}):(?:[ \t]+(.*))?$")
_PLAIN_FIELDS = re.compile(r"\n?((?:- [A-Za-z][A-Za-z ]{0,30}: \S[^\n]*\n)+)\n")
"""A field list as bmad writes it: one line a field, a blank line behind it."""
_LOOSE_FIELD = re.compile(r"[ \t]*[-*+][ \t]+[*_]*([A-Za-z][A-Za-z ]{0,30}?)[*_]*[ \t]*[:：]")
INTENT = re.compile(r"^- Intent: ++`?([^`\n]++)`?[ \t]*$", re.MULTILINE)
_IMPORTED = re.compile(r"^- Imported: ++([^\n]++)$", re.MULTILINE)
_GLOB = re.compile(r"\s*(?:`([^`]+)`|([^\s,`]+))\s*(?:,|$)")
CRITERION_LINE = re.compile(rf"- \*\*({CRITERION})\*\*(?: +(.*))?$")
_LOOSE_CRITERION = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)|[*_]*AC[-_ ]?\d")


@dataclass(slots=True)
class RawField:
    """A field: `column` is where its value starts; `start` and `end` are offsets of its lines."""

    name: str
    parts: list[str]
    line: int
    column: int
    start: int
    end: int

    @property
    def value(self) -> str:
        return self.parts[0] if len(self.parts) == 1 else " ".join(self.parts).strip()


@dataclass(slots=True)
class RawCriterion:
    id: str
    lines: list[str]
    line: int
    start: int
    end: int

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass(slots=True)
class RawSection:
    """A section of a story; `start` is its heading's offset, its text is `[text_start, end)`."""

    title: str
    line: int
    start: int
    text_start: int
    end: int


@dataclass(slots=True)
class RawItem:
    """An item; its heading is `[start, head_end)`, its body `[body_start, end)`."""

    id: str
    title: str
    level: int
    line: int
    start: int
    head_end: int
    end: int
    body_start: int = 0
    fields: list[RawField] = field(default_factory=list)
    sections: list[RawSection] = field(default_factory=list)
    criteria: list[RawCriterion] = field(default_factory=list)


@dataclass(slots=True)
class RawDocument:
    """A document's parts; `seen` counts by the loose rules, `items` holds what the strict ones read."""

    path: str
    kind: Kind
    text: str
    items: list[RawItem] = field(default_factory=list)
    fences: list[tuple[int, int]] = field(default_factory=list)
    seen: int = 0
    findings: "list[Finding]" = field(default_factory=list)

    def fault(self, line: int, column: int, message: str, fix: str) -> None:
        """Note a V01 at a place; of a flood the first `FAULTS`, which is said in the last."""
        from bmad.model.findings import Finding, Severity  # noqa: PLC0415 - a hook reads sound documents without

        if len(self.findings) > FAULTS:
            return
        if len(self.findings) == FAULTS:
            message, fix = f"there are more than {FAULTS} faults; the rest is not told", "mend those above first"
        self.findings.append(
            Finding(
                code="V01",
                severity=Severity.ERROR,
                path=self.path,
                line=line,
                column=column,
                message=message,
                fix=fix,
            )
        )

    def fenced(self, offset: int) -> bool:
        """Whether a character stands in fenced code."""
        return within(self.fences, offset)


def named_intent(head: str) -> str | None:
    """The path that the register names as its intent, from what stands before its first item."""
    match = INTENT.search(head)
    return match[1].strip() if match else None


def named_origin(head: str) -> str:
    """What the register says it was imported from; empty where it says nothing."""
    match = _IMPORTED.search(head)
    return match[1].strip() if match else ""


def named_again(head: str) -> int | None:
    """The line on which the register names an intent for the second time."""
    found = list(islice(INTENT.finditer(head), 2))
    return head.count("\n", 0, found[1].start()) + 1 if len(found) > 1 else None


def globs(value: str) -> tuple[list[tuple[str, int]], int | None]:
    """A comma-separated list of globs, in backticks or bare: each with its offset; and where it ceases to be."""
    found: list[tuple[str, int]] = []
    offset = 0
    while offset < len(value):
        match = _GLOB.match(value, offset)
        if match is None:
            return found, offset
        found.append((match[1] or match[2], match.start()))
        offset = match.end()
    return found, None


def split(path: str, kind: Kind, text: str, only: Container[str] | None = None) -> RawDocument:
    r"""Split a document of the given kind into its parts; line ends must be `\n`.

    Of items that are not among the ids of `only`, where it is given, nothing is read but where they stand.

    Raises: UsageError where it has more parts than are read.
    """
    document = RawDocument(path, kind, text)
    headings, document.fences, _ = outline(text)
    if len(headings) > PARTS:
        raise UsageError(f"{path} has more than {PARTS} headings, as many as bmad reads. Split it.")
    mark = first_mark(text)
    if mark is not None:
        document.fault(mark[0], 1, f"{WORDS}: `{mark[1][:40]}`", SETTLE)
    if kind.has_file:
        _split_single(document, headings)
    else:
        _split_many(document, headings)
    for item in document.items:
        if only is not None and item.id not in only:
            continue
        _read_fields(document, item)
        if kind is Kind.STORY:
            _read_criteria(document, item)
    return document


def _split_many(document: RawDocument, headings: list[Heading]) -> None:
    """Register and PRD: an item reaches to the next item, or to a heading of its own level or above."""
    opened: RawItem | None = None
    for heading in headings:
        text = heading.text
        is_item = bool(ITEM_PREFIX.match(text) or NUMBERED.match(text))
        if opened is not None and (is_item or heading.level <= opened.level):
            opened.end = heading.start
            opened = None
        if is_item:
            opened = _open_item(document, heading)
    if opened is not None:
        opened.end = len(document.text)


def _split_single(document: RawDocument, headings: list[Heading]) -> None:
    """Epic and story files hold one item, whose heading comes first; its sections are level 2."""
    example = f"# {'EPIC' if document.kind is Kind.EPIC else 'STORY'}-…: title"
    if not headings or headings[0].level != 1 or document.text[: headings[0].start].strip():
        document.seen += 1
        document.fault(
            headings[0].line if headings else 1,
            1,
            f"the {document.kind} file does not begin with its item",
            f"let the first line be `{example}`",
        )
        return
    item = _open_item(document, headings[0])
    for heading in headings[1:]:
        if ITEM_PREFIX.match(heading.text):
            document.seen += 1
            document.fault(
                heading.line,
                1,
                f"`{heading.text}` looks like a second item, but such a file holds one {document.kind}",
                "move it to a file of its own, or reword the heading",
            )
        elif document.kind is Kind.STORY and _CRITERION_HEADING.match(heading.text):
            document.seen += 1
            document.fault(
                heading.line,
                1,
                f"`{heading.text}` looks like a criterion, but stands as a heading",
                f"write it as a bullet under `## {SECTION_CRITERIA}`: `- **AC-1** …`",
            )
    if item is None:
        return
    item.end = len(document.text)
    if document.kind is Kind.STORY:
        tops = [heading for heading in headings[1:] if heading.level <= 2]  # noqa: PLR2004 - level 2 by grammar
        for heading, following in zip_longest(tops, tops[1:]):
            end = following.start if following else len(document.text)
            section = RawSection(
                heading.text, heading.line, heading.start, min(heading.end + 1, len(document.text)), end
            )
            item.sections.append(section)


def _open_item(document: RawDocument, heading: Heading) -> RawItem | None:
    document.seen += 1
    match = _ITEM.fullmatch(heading.text)
    if match is None:
        document.fault(
            heading.line,
            heading.level + 2,
            f"`{heading.text}` looks like an item, but is not `ID: title`",
            "write an ASCII id, a colon, a space and a title: `FR-9x2mdk: Order two versions`",
        )
        return None
    item = RawItem(match[1], match[2], heading.level, heading.line, heading.start, heading.end, heading.end)
    item.body_start = min(heading.end + 1, len(document.text))
    document.items.append(item)
    return item


def _body_limit(item: RawItem) -> int:
    """Where an item's own text ends: at its first section, or at its end."""
    return item.sections[0].start if item.sections else item.end


def _read_fields(document: RawDocument, item: RawItem) -> None:
    """Read the field list directly under the heading, then look for strays behind it."""
    known = FIELDS[document.kind]
    limit = _body_limit(item)
    offset, line = _read_plain_fields(document.text, item, known, limit) or (item.body_start, item.line + 1)
    current: RawField | None = None
    while offset < limit:
        end = document.text.find("\n", offset, limit) + 1 or limit
        raw = document.text[offset:end].removesuffix("\n")
        if not raw or raw.isspace():
            if item.fields:
                break
        elif (match := _FIELD.match(raw)) is not None:
            current = RawField(match[1], [(match[2] or "").strip()], line, match.start(2) + 1, offset, end)
            _accept_field(document, item, current, known)
        elif current is not None and raw.startswith("  "):
            current.parts.append(raw.strip())
            current.end = end
        elif raw[0] in "-*+ " and (item.fields or names_field(raw, known)):
            document.fault(
                line,
                1,
                f"`{raw.strip()}` is not a field",
                f"write `- Name: value` with one of: {', '.join(known)}",
            )
        else:
            break
        offset, line = end, line + 1
    item.body_start = offset
    if _ANY_STRAY[document.kind].search(document.text, offset, limit):
        _find_strays(document, offset, limit, line)


def _read_plain_fields(text: str, item: RawItem, known: tuple[str, ...], limit: int) -> tuple[int, int] | None:
    """Read a field list that is as bmad writes it, and say where it ends, with the line; None where it is not."""
    match = _PLAIN_FIELDS.match(text, item.body_start, limit)
    if match is None:
        return None
    found: dict[str, RawField] = {}
    start, line = match.start(1), item.line + 1 + match.start(1) - item.body_start
    rows = match[1].split("\n")[:-1]
    for row in rows:
        name, _, value = row[2:].partition(": ")
        end = start + len(row) + 1
        found[name] = RawField(name, [value.rstrip()], line, len(name) + 5, start, end)
        start, line = end, line + 1
    if len(found) < len(rows) or not all(name in known for name in found):
        return None
    item.fields.extend(found.values())
    return start, line


def _accept_field(document: RawDocument, item: RawItem, found: RawField, known: tuple[str, ...]) -> None:
    if found.name not in known:
        close = next((name for name in known if name.lower() == found.name.lower()), None)
        fix = f"write `{close}`" if close else f"use one of: {', '.join(known)}; prose goes below the field list"
        document.fault(found.line, 3, f"`{found.name}` is not a field of a {document.kind}", fix)
    elif found.name in [other.name for other in item.fields]:
        document.fault(found.line, 3, f"the field `{found.name}` stands twice", "keep one of the two lines")
    elif not found.value:
        document.fault(found.line, 3, f"the field `{found.name}` has no value", "fill it in, or remove the line")
    else:
        item.fields.append(found)


def names_field(raw: str, known: tuple[str, ...]) -> bool:
    match = _LOOSE_FIELD.match(raw)
    return match is not None and match[1].strip().lower() in {name.lower() for name in known}


def _find_strays(document: RawDocument, offset: int, limit: int, line: int) -> None:
    """A bullet that names a field, but stands behind the field list, would be lost in silence."""
    known = _STRAYS[document.kind]
    for raw in document.text[offset:limit].split("\n"):
        if raw[:1] in "-*+" and raw and names_field(raw, known) and not document.fenced(offset):
            document.fault(
                line,
                1,
                f"`{raw.strip()}` looks like a field, but stands outside the field list",
                "move it to the list directly under the item's heading, or reword it",
            )
        offset, line = offset + len(raw) + 1, line + 1


def _read_criteria(document: RawDocument, item: RawItem) -> None:
    found = [section for section in item.sections if section.title.casefold() == SECTION_CRITERIA.casefold()]
    for extra in found[1:]:
        document.fault(
            extra.line, 1, f"`## {SECTION_CRITERIA}` stands twice", "put all the criteria under the first one"
        )
    if not found:
        return
    section = found[0]
    offset, line = section.text_start, section.line + 1
    current: RawCriterion | None = None
    for raw in document.text[offset : section.end].split("\n"):
        end = min(offset + len(raw) + 1, section.end)
        if raw.startswith("  ") and current is not None and raw.strip():
            current.lines.append(raw.strip())
            current.end = end
        elif document.fences and document.fenced(offset):
            current = None
        elif (match := CRITERION_LINE.match(raw)) is not None:
            document.seen += 1
            current = RawCriterion(match[1], [(match[2] or "").strip()], line, offset, end)
            item.criteria.append(current)
            if len(item.criteria) > CRITERIA:
                raise UsageError(
                    f"{document.path} has more than {CRITERIA} criteria, as many as a story may have."
                )
        elif raw and _LOOSE_CRITERION.match(raw):
            document.seen += 1
            current = None
            document.fault(
                line,
                1,
                f"`{raw.strip()}` looks like a criterion, but is not `- **AC-1** text`",
                f"write `- **AC-{len(item.criteria) + 1}** …`, with a number that no other criterion has",
            )
        elif raw.strip():
            current = None
        offset, line = end, line + 1
