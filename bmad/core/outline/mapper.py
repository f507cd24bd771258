"""From the text of an intent to a draft: the order of the steps, and the putting together."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bmad.core.outline.aims import aims, serve
from bmad.core.outline.calls import INTERFACE, defined
from bmad.core.outline.coverage import coverage
from bmad.core.outline.criteria import Writer
from bmad.core.outline.cut import Cutter
from bmad.core.outline.depends import Told, anchor, dependencies
from bmad.core.outline.epics import Group, groups, thing
from bmad.core.outline.grammar import parsed
from bmad.core.outline.judge import Judge
from bmad.core.outline.modality import style_of
from bmad.core.outline.narrative import document_roles, narrative, notes
from bmad.core.outline.needs import Need, needs
from bmad.core.outline.phrases import noun_phrase, shorten
from bmad.core.outline.prose import clean
from bmad.core.outline.related import related
from bmad.core.outline.roles import Role, bare_heading, own_role, roles_of, title_section
from bmad.core.outline.stories import Piece, pieces
from bmad.core.outline.titles import ACTOR, unit_title
from bmad.core.outline.tree import Document, parse
from bmad.core.outline.units import Unit
from bmad.model.draft import Draft, DraftEpic, DraftRequirement, DraftStatement, DraftStory, Span
from bmad.model.spec import ACTIONABLE

FRONT_TITLE = re.compile(r"\ufeff?---[ \t]*\r?\n(?:[^\n]{0,500}\n){0,30}?title:\s*(?P<title>[^\n]{1,200})")
EXPLICIT = frozenset({Role.REQUIREMENT, Role.STORY, Role.CRITERIA, Role.QUALITY, Role.GOAL, Role.TEST})
SHOWN = 8
MAX_NAME = 78


class _Needed(NamedTuple):
    """All requirements, and for each story the indices of its own."""

    made: list[Need]
    own: list[list[int]]


class _Voice(NamedTuple):
    """Who speaks in the stories: the users the document names, if any, and its title."""

    roles: list[str]
    title: str


def outline(text: str) -> Draft:
    """Map `text`, Markdown of any language, to a draft; the same text gives the same draft.

    Statements are sorted, their spans do not overlap, and the coverage adds up to `len(text)`. A text that
    asks for nothing gives a draft without statements.
    """
    with _uncollected():
        return _outline(text)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage cycles, of which a draft has none: it costs a fifth of a large text."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _outline(text: str) -> Draft:
    document = parse(text)
    roles = roles_of(document.sections)
    style = style_of(text)
    cutter = Cutter(document, roles, Judge(style))
    units = cutter.run()
    if loose := _silent(units, document, plain=not style.strict and EXPLICIT.isdisjoint(roles)):
        cutter = Cutter(document, roles, Judge(style), loose)
        units = cutter.run()
    title = _title(document)
    aimed = aims(units, document)
    found = _named(pieces(units, document.sections, roles, aimed), units, document)
    made, needed = needs(found, units, document)
    serve(aimed, units, made)
    grouped = groups(found, document.sections, title)
    return Draft(
        title=title,
        statements=tuple(_statement(u, document) for u in units),
        requirements=tuple(_requirement(n) for n in made),
        epics=tuple(_epic(g, found, needed, document) for g in grouped),
        stories=_stories(
            found,
            units,
            document,
            _Needed(made, needed),
            grouped,
            _Voice(document_roles(document, roles), _named_title(document)),
        ),
        coverage=coverage(document, [u.span for u in units], cutter.toc),
    )


def _silent(units: list[Unit], document: Document, *, plain: bool) -> frozenset[int]:
    """The sections to read loosely: all of a document that asks for nothing.

    In `plain` notes, which have no heading for what they ask, it is those that ask for nothing themselves.
    """
    asking = {u.section for u in units if u.klass in ACTIONABLE}
    if asking and not plain:
        return frozenset()
    return frozenset(s.index for s in document.sections if s.index not in asking)


def _title(document: Document) -> str:
    if title := _named_title(document):
        return title
    own = (s.title for s in document.sections if s.level and own_role(s.title) == Role.NEUTRAL)
    return next(own, "") or next((s.title for s in document.sections if s.title), "Intent")


def _named_title(document: Document) -> str:
    """The title the document gives itself, in its one top heading or its front matter; else empty."""
    index = title_section(document.sections)
    if index >= 0:
        return document.sections[index].title
    front = FRONT_TITLE.match(document.text)
    return clean(front.group("title").strip(" \t\r\"'"), code=False) if front else ""


def _statement(unit: Unit, document: Document) -> DraftStatement:
    section = document.sections[unit.section]
    title = unit_title(unit) or shorten(clean(document.text[unit.span.start : unit.span.end], code=False))
    return DraftStatement(
        span=Span(unit.span.start, unit.span.end),
        klass=unit.klass,
        under=tuple(part for part in section.path if part),
        title=title or "Statement",
    )


def _requirement(need: Need) -> DraftRequirement:
    return DraftRequirement(
        title=need.title,
        text=need.text,
        functional=need.functional,
        priority=need.priority,
        verify=need.verify,
        statements=tuple(need.statements),
    )


def _epic(group: Group, found: list[Piece], needed: list[list[int]], document: Document) -> DraftEpic:
    requirements = tuple(n for piece in group.pieces for n in needed[piece])
    names = dict.fromkeys(" > ".join(document.sections[found[p].section].path[-2:]) for p in group.pieces)
    listed = "; ".join(f"“{name}”" for name in list(names)[:SHOWN] if name)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return DraftEpic(title=group.title, text=f"From {listed}{more}." if listed else "", requirements=requirements)


def _named(found: list[Piece], units: list[Unit], document: Document) -> list[Piece]:
    """Titles made distinct: by the heading above, else by what else the story says, else by number."""
    seen: dict[str, int] = {}
    for piece in found:
        section = document.sections[piece.section]
        title = piece.title or unit_title(units[piece.units[0]]) or bare_heading(section.title) or "Story"
        above = (bare_heading(section.title), *map(bare_heading, section.path[-2:-1]))
        options = [title, *(f"{name}: {title}" for name in above if name and name != title)]
        options += [unit_title(units[i]) for i in piece.units]
        fitting = (o for o in options if o and len(o) <= MAX_NAME and o.lower() not in seen)
        piece.title = next(fitting, "") or _numbered(title, seen)
        seen.setdefault(piece.title.lower(), 1)
    return found


def _numbered(title: str, seen: dict[str, int]) -> str:
    """`title (2)` and so on; the count is kept, so that many of one name cost no more than one."""
    number = seen.get(title.lower(), 1) + 1
    while f"{title} ({number})".lower() in seen:
        number += 1
    seen[title.lower()] = number
    return f"{title} ({number})"


def _stories(
    found: list[Piece],
    units: list[Unit],
    document: Document,
    needed: "_Needed",
    grouped: list[Group],
    voice: "_Voice",
) -> tuple[DraftStory, ...]:
    epic_of = {piece: number for number, group in enumerate(grouped) for piece in group.pieces}
    linked = dependencies([_told(p, units, document) for p in found])
    extras = related(found, units, document)
    used: set[str] = set()
    drafts = []
    for index, piece in enumerate(found):
        members = [units[i] for i in piece.units]
        section = document.sections[piece.section]
        criteria, counts = _criteria(piece, members, used)
        drafts.append(
            DraftStory(
                title=piece.title,
                epic=epic_of[index],
                requirements=tuple(needed.own[index]),
                depends_on=linked[index],
                narrative=narrative(members, piece.title, voice.title, voice.roles),
                criteria=criteria,
                tasks=_tasks(piece, needed.made, needed.own[index], counts, criteria),
                notes=notes(document, members, section, extras[index]),
            )
        )
    return tuple(drafts)


def _criteria(piece: Piece, members: list[Unit], used: set[str]) -> tuple[tuple[str, ...], list[int]]:
    """The story's criteria, and how many there are after each unit.

    A criterion that another story already has is told apart by the title.
    """
    writer = Writer(piece.title)
    counts = []
    for unit in members:
        writer.add(unit)
        counts.append(len(writer.done))
    texts = writer.finish() or [f"{piece.title}."]
    kept = []
    for text in texts:
        whole = text if text not in used else f"{piece.title}: {text}"
        used.add(whole)
        kept.append(whole)
    return tuple(kept), counts


def _tasks(
    piece: Piece, made: list[Need], own: list[int], counts: list[int], criteria: tuple[str, ...]
) -> tuple[str, ...]:
    """One task a requirement where a story has several, with the criteria it answers for."""
    if len(own) < 2 or counts[-1] != len(criteria):
        return ()
    tasks = []
    start = 0
    for number, end in zip(own, _ends(piece, made, own, counts), strict=True):
        marks = [f"AC-{n + 1}" for n in range(start, end)]
        if marks:
            tasks.append(f"{made[number].title} ({', '.join(marks)})")
        start = max(start, end)
    return tuple(tasks)


def _ends(piece: Piece, made: list[Need], own: list[int], counts: list[int]) -> list[int]:
    """For each requirement of a story how many criteria stand when its last unit is written."""
    places = {unit: place for place, unit in enumerate(piece.units)}
    return [counts[max(places[u] for u in made[n].statements if u in places)] for n in own]


def _told(piece: Piece, units: list[Unit], document: Document) -> Told:
    section = document.sections[piece.section]
    terms: list[str] = []
    raw = []
    call = ""
    for index in piece.units:
        unit = units[index]
        raw.append(document.text[unit.span.start : unit.span.end])
        found = parsed(unit.clauses[0].text) if unit.clauses[0].text else None
        if found and found.subject and len(found.subject) < 60 and not ACTOR.search(found.subject):
            terms.extend((noun_phrase(found.subject), found.subject))
        if found and found.subject:
            call = call or defined(found.subject)
    name = "" if call else thing(piece.title)
    terms.insert(0, name if piece.block >= 0 or " " in name else "")
    return Told(
        piece.title,
        tuple(terms),
        "\n".join(raw),
        (anchor(section.title),) if section.title else (),
        tuple(units[i].ident for i in piece.units if units[i].ident),
        call,
        bool(INTERFACE.search(" > ".join(section.path[1:] or section.path))),
    )
