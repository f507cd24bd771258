"""The rules V20-V27 over a specification: its requirements and criteria, each text looked at once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bmad.core.wording.contradictions import Clash, clashing_numbers, denied, negations
from bmad.core.wording.kinds import CONTRADICTION, QUICK, UNTESTABLE, VAGUE
from bmad.core.wording.language import Language
from bmad.core.wording.places import place
from bmad.core.wording.reading import (
    TRIGGERS,
    Mark,
    borne,
    double_demands,
    is_unspaced,
    language_of,
    marks,
    pronoun,
    sentence,
)
from bmad.model.findings import Finding
from bmad.model.spec import Criterion, Document, Requirement, Story

_SAMPLE = 20_000
"""Characters by which the language of a specification is known, for texts too short to tell."""

_END = re.compile(r"[\s*_)]*(?:\([^()\s]*\))?[\s.!。]*")
"""What may stand behind the last words of a text: marks, and an id in brackets."""

_ADDED = re.compile(r"\b(?:with|mit|avec|con|com|с)(?:\s+\w{1,5})?\s+\Z", re.IGNORECASE)
"""What adds vague words to an outcome that may be told without them."""


class _Demand(NamedTuple):
    document: Document
    item: Requirement | Criterion
    tokens: list[str]


def open_wording(documents: Iterable[Document], texts: Mapping[str, str]) -> Iterator[Finding]:
    """What leaves open what is asked, and what contradicts; `texts` are those of the documents, by path.

    Words of a criterion that a requirement says already are told there alone.
    """
    demands = list(_demands(documents))
    spoken = language_of("\n".join(demand.item.text for demand in demands[:200])[:_SAMPLE])
    pages = _Pages(texts)
    told: set[tuple[str, str]] = set()
    for demand, found in _marked(demands, spoken):
        for mark in found:
            text = demand.item.text
            start, end = sentence(text, mark.start)
            said = (mark.kind.code, " ".join(text[start:end].split()))
            if isinstance(demand.item, Requirement) or said not in told:
                graver = mark._replace(kind=UNTESTABLE) if _is_outcome(demand.item, mark) else mark
                words = " ".join(text[mark.start : mark.end].split())
                yield pages.finding(demand.document.path, demand.item, graver, words)
            told.add(said)
    yield from _contradictions(demands, spoken, pages)


def _is_outcome(item: Requirement | Criterion, mark: Mark) -> bool:
    """Whether a criterion ends in vague words, so that they are all that it asks for."""
    vague = isinstance(item, Criterion) and mark.kind in (VAGUE, QUICK)
    if not vague or _END.fullmatch(item.text, mark.end) is None:
        return False
    return _ADDED.search(item.text[: mark.start]) is None


def _demands(documents: Iterable[Document]) -> Iterator[_Demand]:
    """Requirements first, then criteria, in the order of the documents."""
    kept = list(documents)
    for document in kept:
        for item in document.items:
            if isinstance(item, Requirement):
                yield _Demand(document, item, item.text.lower().split())
    for document in kept:
        for item in document.items:
            if isinstance(item, Story):
                yield from (_Demand(document, one, one.text.lower().split()) for one in item.criteria)


def _marked(demands: list[_Demand], spoken: Language) -> Iterator[tuple[_Demand, list[Mark]]]:
    """Each text that has marks, with them in its order; only those that hold a trigger are read."""
    triggers = TRIGGERS.of({token for demand in demands for token in demand.tokens})
    unspaced = is_unspaced("".join(demand.item.text for demand in demands))
    modals, pronouns = TRIGGERS.modals, TRIGGERS.pronouns
    for demand in demands:
        text, tokens = demand.item.text, demand.tokens
        phrases = () if triggers.keys().isdisjoint(tokens) else borne(tokens, triggers)
        asks = isinstance(demand.item, Requirement) and len([one for one in tokens if one in modals]) > 1
        points = bool(tokens) and tokens[0] in pronouns
        other = unspaced and is_unspaced(text)
        if not (phrases or asks or points or other):
            continue
        language = language_of(text, spoken)
        found = list(marks(text, phrases, language))
        if asks or (other and isinstance(demand.item, Requirement)):
            found += double_demands(text, language)
        if points or other:
            found += [one for one in (pronoun(text, language),) if one is not None]
        if found:
            yield demand, sorted(found, key=lambda mark: mark.start)


def _contradictions(demands: list[_Demand], spoken: Language, pages: "_Pages") -> Iterator[Finding]:
    asked = [one for one in demands if isinstance(one.item, Requirement)]
    requirements = [one.item for one in asked if isinstance(one.item, Requirement)]
    found = list(clashing_numbers(requirements, spoken))
    if any(not negations().isdisjoint(one.tokens) or is_unspaced(one.item.text) for one in asked):
        found += denied(requirements, spoken)
    for clash in found:
        yield pages.clash(clash)


class _Pages:
    """The documents' lines, split once, for the places of findings."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._rows: dict[str, list[str]] = {}

    def finding(self, path: str, item: Requirement | Criterion, mark: Mark, words: str) -> Finding:
        kind = mark.kind
        at = place(self._lines(path), item, mark.start, mark.end)
        return Finding(
            code=kind.code,
            severity=kind.severity,
            path=path,
            line=at.line,
            column=at.column,
            width=at.width,
            message=kind.message.format(words),
            fix=kind.fix,
        )

    def clash(self, clash: Clash) -> Finding:
        later, first = clash.later, clash.first
        there = f"{first.requirement.id} at {first.requirement.path}:{first.requirement.line}"
        words = (
            f"`{later.words}`, where {there} says `{first.words}` of the same"
            if clash.number
            else f"this and {there} say the opposite of each other"
        )
        mark = Mark(CONTRADICTION, later.start, later.end)
        return self.finding(later.requirement.path, later.requirement, mark, words)

    def _lines(self, path: str) -> list[str]:
        if path not in self._rows:
            text = self._texts.get(path, "").removeprefix("\ufeff").replace("\r\n", "\n")
            self._rows[path] = text.split("\n")
        return self._rows[path]
