"""Requirements from the units of the stories: kind, priority, how to verify, and text."""

import re
from dataclasses import dataclass, field
from itertools import groupby

from bmad.core.outline.criteria import composed
from bmad.core.outline.modality import Level
from bmad.core.outline.prose import clean
from bmad.core.outline.stories import Piece
from bmad.core.outline.titles import unit_title
from bmad.core.outline.tree import Document
from bmad.core.outline.units import Clause, Unit
from bmad.model.spec import Priority, StatementClass, Verify

QUALITY = re.compile(
    r"\b(?:performance|latency|throughput|response times?|uptime|availability|99\.\d|memory (?:usage|use|"
    r"footprint)|cpu|"
    r"within \d+(?:[.,]\d+)? ?(?:ms|milliseconds?|s|secs?|seconds?|minutes?)\b|(?:under|below|"
    r"less than) \d+(?:[.,]\d+)? ?(?:ms|s|seconds?|MB|GB|milliseconds?|minutes?)\b|"
    r"accessib\w+|wcag|screen readers?|gdpr|hipaa|encrypt\w*|portab\w+|cross-platform|"
    r"browsers? (?:compatib\w+|support)|"
    r"(?:every|all|any|major|modern) browsers?|licen[cs]ed?|works? offline|concurrent users|scalab\w+|"
    r"reliab\w+|fault[- ]toleran\w+|code style|no telemetry)\b"
    r"|性能|安全性|可用性|兼容性|延迟|响应时间|可靠性",
    re.IGNORECASE,
)
ANALYSIS = re.compile(
    r"\b(?:scalab\w+|uptime|availability|99\.\d|concurrent users|threat|capacity|reliab\w+)\b|可用性|可靠性",
    re.IGNORECASE,
)
INSPECTION = re.compile(
    r"\b(?:licen[cs]e[ds]?|documentation|documented|readme|code style|coding style|naming|comments?|"
    r"copyright|changelog|style guide|"
    r"written in|open[- ]source|template|file structure|directory|dependenc\w+)\b|文档|许可",
    re.IGNORECASE,
)
COULD = re.compile(
    r"could[- ]haves?|nice[- ]to[- ]haves?|optional (?:features?|requirements?|goals?)|stretch(?: goals?)?|"
    r"kann|可选",
    re.IGNORECASE,
)
SHOULD = re.compile(r"should[- ]haves?|secondary goals?|recommended", re.IGNORECASE)


@dataclass(slots=True)
class Need:
    """A requirement to be; `statements` are indices of units."""

    title: str
    text: str
    functional: bool
    priority: Priority
    verify: Verify
    statements: list[int] = field(default_factory=list)


def needs(found: list[Piece], units: list[Unit], document: Document) -> tuple[list[Need], list[list[int]]]:
    """All requirements in order, and for each piece the indices of its own."""
    made: list[Need] = []
    of_piece: list[list[int]] = []
    for piece in found:
        own = []
        for members in _parts(piece, units):
            own.append(len(made))
            made.append(_need(members, units, document, piece))
        of_piece.append(own)
    return made, of_piece


def _parts(piece: Piece, units: list[Unit]) -> list[list[int]]:
    """Units that make one requirement: an item, or the sentences of a paragraph; all of a user story."""
    if piece.whole:
        return [piece.units]
    keyed = groupby(piece.units, key=lambda i: (units[i].block, i if units[i].listed else -1))
    return [list(run) for _, run in keyed]


def _need(members: list[int], units: list[Unit], document: Document, piece: Piece) -> Need:
    clauses = [c for i in members for c in units[i].clauses]
    quote = " ".join(document.text[units[i].span.start : units[i].span.end] for i in members)
    text = requirement_text(clauses) or clean(quote)
    constraint = any(units[i].klass == StatementClass.CONSTRAINT for i in members)
    headings = document.sections[units[members[0]].section].path
    title = piece.title if len(piece.units) == len(members) else unit_title(units[members[0]])
    leads = list(dict.fromkeys(units[i].lead for i in members if units[i].lead >= 0))
    level = max([units[i].level for i in members] + [units[i].level for i in leads])
    ident = units[members[0]].ident
    return Need(
        title or piece.title,
        f"{ident}: {text}" if ident else text,
        functional=not constraint and not QUALITY.search(text),
        priority=_priority(level, headings),
        verify=_verify(title or piece.title, text, headings[-1] if headings else ""),
        statements=sorted([*leads, *members]),
    )


def requirement_text(clauses: list[Clause]) -> str:
    """The plain text of a rule with its sub-rules, each lead-in once."""
    parts: list[str] = []
    lead = ""
    for clause in clauses:
        if not clause.text:
            continue
        if clause.lead and clause.lead != lead:
            lead = clause.lead
            if parts and lead == parts[-1]:
                parts.append(clause.text)
                continue
            whole = composed(clause)
            parts.append(whole if lead.rstrip(":：,，. ") in whole else f"{lead} {clause.text}")
        else:
            parts.append(clause.text)
    return " ".join(part if part[-1] in ".!?。！？;；:：,，" else f"{part}." for part in parts)


def _priority(level: Level, headings: tuple[str, ...]) -> Priority:
    above = " ".join(headings)
    if level == Level.MAY or COULD.search(above):
        return Priority.COULD
    if level == Level.SHOULD or SHOULD.search(above):
        return Priority.SHOULD
    return Priority.MUST


def _verify(title: str, text: str, heading: str) -> Verify:
    if ANALYSIS.search(text):
        return Verify.ANALYSIS
    if INSPECTION.search(title) and not re.search(r"\b(?:prints?|shows?|exits?|returns?|opens?|click)\b", text):
        return Verify.INSPECTION
    return (
        Verify.INSPECTION if re.search(r"licen[cs]|documentation|readme", heading, re.IGNORECASE) else Verify.TEST
    )
