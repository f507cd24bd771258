"""Which story rests on which: named references, and terms that another story defines.

Only earlier stories are named; what follows by another dependency is left out.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from typing import NamedTuple

from bmad.core.outline.calls import literals, used
from bmad.core.outline.phrases import CJK_RUN, stems
from bmad.core.outline.prose import clean

DEFINITION = re.compile(
    r"(?:^|[,.;]\s*(?:and\s+)?)[^,.;]{1,40}?\b(?:is|are)\s+(?:the|"
    r"an?)\s+(?P<term>[^\W\d_][\w-]*(?:\s[\w-]+){0,3}?)(?=[,.;]|\s(?:of|that|which|and|when|for)\b|$)"
)
REFERENCE = re.compile(
    r"\]\(#(?P<anchor>[^)\s]{1,120})\)|\b(?:rule|item|section|requirement|step|clause|story|"
    r"see)\s+(?P<name>[A-Z]{0,6}-?\d+(?:\.\d+)*)\b",
    re.IGNORECASE,
)
MAX_TERM = 4
MIN_WORD = 5
MAX_DEPENDENCIES = 4
TOO_COMMON = 0.34
SMALL = 12
FEW_TERMS = 400


class Told(NamedTuple):
    """What a story says, for reading dependencies: title, subjects, raw quotes, place, source ids."""

    title: str
    terms: tuple[str, ...]
    raw: str
    anchors: tuple[str, ...]
    idents: tuple[str, ...]
    call: str = ""
    """The call or command that it defines."""
    interface: bool = False
    """Whether it stands under a heading that speaks of a command line, an API or a page."""


def anchor(title: str) -> str:
    """The fragment a code host gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def dependencies(told: list[Told]) -> list[tuple[int, ...]]:
    """For each story the earlier ones it rests on, reduced to those not implied by another."""
    words = [stems(clean(t.raw, code=False)) for t in told]
    places = _named(told)
    definers = _definers(told)
    spoken = [_terms_in(text, definers) for text in words]
    definers = _specific(definers, spoken, len(told))
    called = _called(told)
    above: list[int] = []
    found: list[tuple[int, ...]] = []
    for index, terms in enumerate(spoken):
        scores: dict[int, int] = {}
        for term, times in terms.items():
            story = definers.get(term, index)
            if story < index:
                scores[story] = scores.get(story, 0) + len(term) * times
        ranked = sorted(scores, key=lambda s: (-scores[s], s))
        wanted = list(dict.fromkeys([*_references(told[index], places, index), *called[index], *ranked]))[
            :MAX_DEPENDENCIES
        ]
        kept = _reduced(wanted, above)
        above.append(_reach(kept, above))
        found.append(kept)
    return found


def _called(told: list[Told]) -> list[list[int]]:
    """For each story the earlier ones whose calls it uses; an interface also those whose values it shows."""
    known: dict[str, int] = {}
    for index, story in enumerate(told):
        if story.call:
            known.setdefault(story.call, index)
            known.setdefault(story.call.rsplit(" ", 1)[-1], index)
    shown: dict[str, list[int]] = {}
    found = []
    for index, story in enumerate(told):
        earlier = [i for i in used(story.raw, known, index) if i < index]
        values = literals(story.raw)
        if story.interface:
            near = [shown[v] for v in sorted(values) if len(shown.get(v, ())) in {1, 2}]
            earlier += [places[0] for places in near if places[0] not in earlier]
        found.append(earlier)
        for value in values:
            shown.setdefault(value, []).append(index)
    return found


def _reduced(wanted: list[int], above: list[int]) -> tuple[int, ...]:
    implied = 0
    for story in wanted:
        implied |= above[story]
    return tuple(sorted(s for s in wanted if not implied >> s & 1))


def _reach(kept: tuple[int, ...], above: list[int]) -> int:
    """The stories below one, as bits."""
    reach = 0
    for story in kept:
        reach |= above[story] | 1 << story
    return reach


def _terms_in(text: tuple[str, ...], terms: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """Which terms a text uses, and how often."""
    first = {term[0] for term in terms} if len(terms) < FEW_TERMS else None
    found: dict[tuple[str, ...], int] = {}
    for place, word in enumerate(text):
        if first is not None and word not in first:
            continue
        for size in range(1, MAX_TERM + 1):
            term = text[place : place + size]
            if term in terms:
                found[term] = found.get(term, 0) + 1
    return found


def _named(told: list[Told]) -> dict[str, int]:
    places: dict[str, int] = {}
    for index, story in enumerate(told):
        for name in (*story.anchors, *(i.lower() for i in story.idents)):
            if name:
                places.setdefault(name, index)
    return places


def _references(story: Told, places: dict[str, int], index: int) -> list[int]:
    named = []
    for match in REFERENCE.finditer(story.raw):
        name = (match.group("anchor") or match.group("name")).lower()
        target = places.get(name)
        if target is not None and target < index:
            named.append(target)
    return named


def _definers(told: list[Told]) -> dict[tuple[str, ...], int]:
    """Which story says first what a term is: it is about it, or defines it in passing."""
    found: dict[tuple[str, ...], int] = {}
    for index, story in enumerate(told):
        terms = [*story.terms, *(m.group("term") for m in DEFINITION.finditer(clean(story.raw, code=False)))]
        for place, term in enumerate(terms):
            key = stems(term)
            if _is_term(key) and (len(key) > 1 or place == 0):
                found.setdefault(key, index)
    return found


def _specific(
    definers: dict[tuple[str, ...], int], used: list[dict[tuple[str, ...], int]], size: int
) -> dict[tuple[str, ...], int]:
    """The terms that not too many stories use: a word that all have says nothing of order."""
    users: dict[tuple[str, ...], int] = {}
    for terms in used:
        for term in terms:
            users[term] = users.get(term, 0) + 1
    limit = size if size < SMALL else max(4, int(TOO_COMMON * size))
    single = max(3, size // 8)
    return {t: s for t, s in definers.items() if users.get(t, 0) <= (single if len(t) == 1 else limit)}


def _is_term(key: tuple[str, ...]) -> bool:
    """One to four words, or a run of CJK; of one word only a long one is specific enough."""
    if len(key) == 1:
        return len(key[0]) >= MIN_WORD and key[0].isalpha() and not CJK_RUN.search(key[0])
    if not 2 <= len(key) <= MAX_TERM:
        return False
    return not all(CJK_RUN.fullmatch(part) for part in key) or len(key) >= 3
