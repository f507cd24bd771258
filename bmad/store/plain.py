"""Documents that stand as bmad writes them, read in one pass: most of what there is, whoever edited it since.

What is no plain case gives None, and is left to be read part by part (`documents.parse`): a fault, a heading or a
fence where bmad writes none, a field in another place. What is read here reads there the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from bmad.model.bounds import CRITERIA, GLOBS, PARTS, REFERENCES
from bmad.model.ids import ID, ID_RE, Kind
from bmad.model.layout import names_item
from bmad.model.spec import (
    EVERYWHERE,
    AnyItem,
    Criterion,
    Document,
    Priority,
    Ref,
    Requirement,
    Section,
    Statement,
    StatementClass,
    Story,
    StoryKind,
    Verify,
)
from bmad.model.unmerged import first_mark
from bmad.store import grammar
from bmad.store.grammar import FIELDS, SECTION_CRITERIA, SECTION_STORY

_OPEN = "[NEEDS CLARIFICATION"
_FENCES = ("```", "~~~")
_SET_IN = tuple(f"\n{' ' * blanks}#" for blanks in range(1, 4))
"""How a line begins that is a heading, though it is set in."""
_FENCED = tuple(f"\n{' ' * blanks}{fence}" for blanks in range(4) for fence in _FENCES)
"""How a line begins that opens or closes a fence."""
_BULLETS = ("-", "*", "+")
_AT_BULLETS = ("\n-", "\n*", "\n+")

_VALUE = r"(\S[^\n]*)\n"
_STATEMENT = re.compile(
    rf"(?=INT-)({ID}): (\S[^\n]*)\n\n"
    rf"- Class: {_VALUE}(?:- Under: {_VALUE})?(?:- Source: {_VALUE})?\n((?:>[^\n]*\n)+)"
)
_REQUIREMENT = re.compile(
    rf"(?=N?FR-)({ID}): (\S[^\n]*)\n\n"
    rf"- Priority: {_VALUE}(?:- Traces: {_VALUE})?- Verify: {_VALUE}(- Holds: {EVERYWHERE}\n)?"
    rf"(?:- No story: {_VALUE})?(?:- Source: {_VALUE})?(?:- Proposed by: {_VALUE})?(?:\n|\Z)"
)
_STORY = re.compile(rf"# ({ID}): (\S[^\n]*)\n\n((?:- [A-Z][A-Za-z ]{{0,30}}: \S[^\n]*\n)+)")
_SECTIONS = frozenset({SECTION_STORY, SECTION_CRITERIA, "Tasks / Subtasks", "Dev Notes"})
_CLASSES = {str(one): one for one in StatementClass}
_PRIORITIES = {str(one): one for one in Priority}
_WAYS = {str(one): one for one in Verify}
_KINDS: Mapping[str, StoryKind] = {one: one for one in get_args(StoryKind)}
_FIELDS = frozenset(FIELDS[Kind.STORY]) - {"Aliases"}
_LISTS = frozenset({"Epic", "Implements", "Depends on", "Territory"})


def plain(path: str, text: str, kind: Kind | None) -> Document | None:
    """A document as `documents.parse` reads it; None where it has to be read part by part."""
    if kind is None or kind is Kind.EPIC or "\r" in text or _OPEN in text or first_mark(text) is not None:
        return None
    if kind is Kind.STORY:
        return _of_story(path, text)
    items: list[AnyItem] = []
    read = _statement if kind is Kind.STATEMENT else _requirement
    for line, chunk in _chunks(text):
        item = read(path, line, chunk) if chunk is not None else None
        if item is None:
            return None
        items.append(item)
    head = text[: f"\n{text}".find("\n### ")] if items else text
    named = grammar.named_intent(head) if kind is Kind.STATEMENT else None
    if kind is Kind.STATEMENT and (grammar.named_again(head) is not None or (named is None and items)):
        return None
    return Document(
        path=path,
        items=tuple(items),
        intent=named,
        imported=grammar.named_origin(head) if kind is Kind.STATEMENT else "",
        seen=len(items),
        read=len(items),
    )


def is_parted(text: str) -> bool:
    """Whether a register or a PRD has no headings but a title and those of sections and items, and no fence."""
    text = f"\n{text}"
    headings = text.startswith("\n# ") + text.count("\n## ") + text.count("\n### ")
    return text.count("\n#") == headings and headings <= PARTS and not _is_loose(text)


def _is_loose(text: str) -> bool:
    """Whether a line is a heading, though it is set in, or opens or closes a fence."""
    if " #" in text and any(mark in text for mark in _SET_IN):
        return True
    return any(fence in text for fence in _FENCES) and any(mark in text for mark in _FENCED)


def _chunks(text: str) -> Iterator[tuple[int, str | None]]:
    """The items of a register or a PRD, each with its line; None for what is no plain one."""
    if not is_parted(text):
        yield 1, None
        return
    line = 0
    for section in f"\n{text}".split("\n## "):
        head, *chunks = section.split("\n### ")
        title = head.removeprefix("\n# ").partition("\n")[0].strip()
        if grammar.ITEM_PREFIX.match(title) or grammar.NUMBERED.match(title):
            yield line, None
        line += head.count("\n") + 1
        for chunk in chunks:
            yield line, chunk
            line += chunk.count("\n") + 1


def _is_bare(title: str) -> bool:
    """Whether nothing of a title is taken off where it is read in its heading."""
    return title[-1] != "#" and title == title.strip()


def _statement(path: str, line: int, chunk: str) -> Statement | None:
    match = _STATEMENT.fullmatch(chunk)
    if match is None:
        return None
    name, title, said, under, source, body = match.groups()
    klass, quote = _CLASSES.get(said.rstrip().lower()), _quote(body)
    if klass is None or not _is_bare(title) or not quote or quote.isspace():
        return None
    return Statement(
        id=name,
        title=title,
        path=path,
        line=line,
        klass=klass,
        under=under.rstrip() if under else "",
        source=source.rstrip() if source else "",
        quote=quote,
    )


def _quote(body: str) -> str:
    """The text of lines that all are marked as quoted."""
    rows = body.split("\n")[:-1]
    return "\n".join([row[2:] if row.startswith("> ") else row[1:] for row in rows])


def _requirement(path: str, line: int, chunk: str) -> Requirement | None:
    match = _REQUIREMENT.match(chunk)
    if match is None:
        return None
    name, title, rank, above, way, holds, no_story, source, by = match.groups()
    priority, verify = _PRIORITIES.get(rank.rstrip().lower()), _WAYS.get(way.rstrip().lower())
    traces = _refs(above.rstrip(), line + 3, len("- Traces: ") + 1) if above else ()
    body = chunk[match.end() :]
    if priority is None or verify is None or traces is None or not _is_bare(title):
        return None
    if (body.startswith(_BULLETS) or any(mark in body for mark in _AT_BULLETS)) and _has_stray(body):
        return None
    return Requirement(
        id=name,
        title=title,
        path=path,
        line=line,
        priority=priority,
        traces=traces,
        verify=verify,
        everywhere=holds is not None,
        no_story=no_story.rstrip() if no_story else "",
        source=source.rstrip() if source else "",
        proposed_by=by.rstrip() if by else "",
        text=body.strip(),
    )


def _has_stray(body: str) -> bool:
    """Whether a bullet may name a field where it is none."""
    known = FIELDS[Kind.REQUIREMENT]
    return any(row.startswith(_BULLETS) and grammar.names_field(row, known) for row in body.split("\n"))


def _refs(value: str, line: int, column: int) -> tuple[Ref, ...] | None:
    """The ids of a list; None where something else is in it."""
    if ID_RE.fullmatch(value):
        return (Ref(value, line, column),)
    if value.count(",") >= REFERENCES:
        return None
    refs: list[Ref] = []
    for part in value.split(","):
        bare = part.strip()
        if not ID_RE.fullmatch(bare):
            return None
        refs.append(Ref(bare, line, column + len(part) - len(part.lstrip())))
        column += len(part) + 1
    return tuple(refs)


def _of_story(path: str, text: str) -> Document | None:
    head, *bodies = text.split("\n## ")
    match = _STORY.fullmatch(head)
    if match is None or text.count("\n#") != len(bodies):
        return None
    if " #" in text and any(mark in text for mark in _SET_IN):
        return None
    last = text.rfind("\n## ")
    if 0 <= text.find(_FENCES[0]) < last or 0 <= text.find(_FENCES[1]) < last:
        return None
    sections = _sections(head, bodies)
    if len(sections) < len(bodies) or not sections.keys() <= _SECTIONS:
        return None
    story = _story(path, match, sections)
    if story is None:
        return None
    read = 1 + len(story.criteria)
    return Document(path=path, items=(story,), seen=read, read=read)


def _sections(head: str, bodies: list[str]) -> dict[str, Section]:
    """The sections by their titles; of two with one title the last."""
    line, found = head.count("\n") + 2, {}
    for number, body in enumerate(bodies, 1):
        title, end, said = body.partition("\n")
        found[title] = Section(title, f"{said}\n" if end and number < len(bodies) else said, line)
        line += body.count("\n") + 1
    return found


def _story(path: str, match: re.Match[str], sections: dict[str, Section]) -> Story | None:
    name, title, listed = match.groups()
    rows = listed.split("\n")[:-1]
    fields = {field: value.rstrip() for field, _, value in [row[2:].partition(": ") for row in rows]}
    criteria = _criteria(sections.get(SECTION_CRITERIA))
    kind = _KINDS.get(fields.get("Kind", ""))
    if len(fields) < len(rows) or not fields.keys() <= _FIELDS or not _is_bare(title):
        return None
    if criteria is None or (kind is None and "Kind" in fields) or not names_item(path, name):
        return None
    refs: dict[str, tuple[Ref, ...]] = {}
    for line, (field, value) in enumerate(fields.items(), 3):
        if field in _LISTS:
            found = (_globs if field == "Territory" else _refs)(value, line, len(field) + 5)
            if found is None or (field == "Epic" and len(found) > 1):
                return None
            refs[field] = found
    return Story(
        id=name,
        title=title,
        path=path,
        line=1,
        epic=refs["Epic"][0] if "Epic" in refs else None,
        implements=refs.get("Implements", ()),
        depends_on=refs.get("Depends on", ()),
        territory=refs.get("Territory", ()),
        kind=kind,
        research=fields.get("Research", ""),
        done_elsewhere=fields.get("Done elsewhere", ""),
        source=fields.get("Source", ""),
        proposed_by=fields.get("Proposed by", ""),
        narrative=sections[SECTION_STORY].text.strip() if SECTION_STORY in sections else "",
        criteria=criteria,
        sections=tuple(sections.values()),
    )


def _globs(value: str, line: int, column: int) -> tuple[Ref, ...] | None:
    """The globs of a territory; None where something else is in it."""
    if value.count(",") >= GLOBS:
        return None
    read, stops = grammar.globs(value)
    return tuple([Ref(text, line, column + offset) for text, offset in read]) if stops is None else None


def _criteria(section: Section | None) -> tuple[Criterion, ...] | None:
    """The criteria of a section that holds nothing else; None where it does, or has one twice."""
    found: list[Criterion] = []
    for line, row in enumerate(section.text.split("\n") if section else (), section.line + 1 if section else 0):
        if row:
            match = grammar.CRITERION_LINE.match(row)
            if match is None:
                return None
            found.append(Criterion(id=match[1], text=(match[2] or "").strip(), line=line, column=3))
    if len({one.id for one in found}) < len(found) or len(found) > CRITERIA:
        return None
    return tuple(found)
