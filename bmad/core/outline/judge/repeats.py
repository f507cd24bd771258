"""What a document only says again: overviews of the stories that have sections, and lists that stand twice."""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.judge.tables import layout
from bmad.core.outline.judge.verdict import PRIORITY, Part, Verdict
from bmad.core.outline.read.block import Block, Group, Kind, Reading, Section
from bmad.core.outline.read.names import keys
from bmad.core.outline.words.language import Column, Rank, Role
from bmad.core.outline.words.lexicon import folded, lexicon
from bmad.model.spec import ACTIONABLE

_ID = re.compile(r"[A-Za-z]\w*(?:[-_.][A-Za-z0-9]+)*[-_.]\d+\b")
"""An id as a heading may have it anywhere: `Backup (Basic-BK-001)`."""
_BESIDE = frozenset({Column.ID, Column.PRIORITY, Column.REQUIRED, Column.OPTIONAL, Column.DONE, Column.ASIDE})
"""Columns of what is told about a story, and is none of what it asks for."""
_PART = 3
_FEWEST = 3
"""The fewest words of a sentence that sums something up."""
_STEM = 4
_JOINING = 2
_JOINS = frozenset({"and", "und", "oder", "nor"})
_WORD = re.compile(r"[^\W_]+")
_BINDS = re.compile(
    r"\d|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\b(?:not|no|never|without|only|cannot|nicht|kein\w*|ohne|nur|nie|ne|pas|"
    r"sans|seulement|sin|solo|nunca|não|sem|só|apenas|не|без|только|нельзя)\b"
)
"""What a sentence may say beside its words: a number, a denial, a limit; or a script that has no blanks."""
_SEVERAL = 2
_AGAIN = Verdict(None, why=reasons.REPEATS)
_RANK = {priority: rank for rank, priority in PRIORITY.items()}


def leave_repeats(
    reading: Reading, places: Sequence[Standing], verdicts: list[Verdict], ranks: dict[int, Rank]
) -> None:
    """Leave what is said again; a priority that an overview gives to a story goes to the story's section."""
    _leave_overviews(reading, places, verdicts)
    told = _told(reading, verdicts)
    lists: dict[tuple[str, ...], Group] = {}
    for group in reading.groups:
        members = [reading.blocks[index] for index in group.blocks]
        if len(members) < _SEVERAL or any(verdicts[one.index].klass not in ACTIONABLE for one in members):
            continue
        if stories := _summed(reading, members, told, places[group.section]):
            for block, section in zip(members, stories, strict=True):
                priority = verdicts[block.index].priority
                if priority and places[section].rank is None:
                    ranks.setdefault(-1 - section, _RANK[priority])
                verdicts[block.index] = _AGAIN
        elif _may_repeat(group, members, places[group.section], verdicts):
            first = lists.setdefault(tuple(folded(one.text) for one in members), group)
            for block in members if first is not group else ():
                verdicts[block.index] = _AGAIN


def _leave_overviews(reading: Reading, places: Sequence[Standing], verdicts: list[Verdict]) -> None:
    """Leave sentences above several stories, or in an overview, that say what a few of those say again."""
    stop = lexicon(reading.codes).stop
    said: dict[int, list[set[str]]] = {}
    for section in reading.sections:
        here = places[section.index]
        if not (section.children or (here.role == Role.SUMMARY and here.own)):
            continue
        sums = [one for one in section.blocks if _may_sum(reading.blocks[one], here, verdicts[one])]
        others = _others(reading, section, here, verdicts) if sums else []
        if len(others) < _SEVERAL:
            continue
        holding: dict[str, list[tuple[int, str]]] = {}
        for other in others:
            if other.index not in said:
                taken = [reading.blocks[one] for one in other.blocks if verdicts[one].klass in ACTIONABLE]
                said[other.index] = [_words(f"{other.title} {one.text}") for one in taken]
        for place, text in enumerate(one for other in others for one in said[other.index]):
            for word in text:
                holding.setdefault(word[:_STEM], []).append((place, word))
        for index in sums:
            words = _words(reading.blocks[index].text) - stop
            if len(words) >= _FEWEST and _is_covered(words, holding):
                verdicts[index] = _AGAIN


def _others(reading: Reading, section: Section, here: Standing, verdicts: Sequence[Verdict]) -> list[Section]:
    """The sections that hold what a section may sum up: those below it, or all others of the document."""
    if here.role == Role.SUMMARY and here.own:
        found = [one for one in reading.sections if one is not section]
    else:
        found, waiting = [], [*section.children]
        while waiting:
            found.append(reading.sections[waiting.pop()])
            waiting += found[-1].children
    return [one for one in found if any(verdicts[at].klass in ACTIONABLE for at in one.blocks)]


def _is_covered(words: set[str], holding: Mapping[str, Sequence[tuple[int, str]]]) -> bool:
    """Whether a few texts have all words, one for two of them at the most; `holding` is by how words begin."""
    shares: dict[int, set[str]] = {}
    for word in words:
        for place, known in holding.get(word[:_STEM], ()):
            if _is_form(word, known):
                shares.setdefault(place, set()).add(word)
    left = set(words)
    for _ in range(max(len(words) // 2, 1)):
        left -= max(shares.values(), key=lambda share: len(share & left), default=set())
    return not left


def _may_sum(block: Block, here: Standing, verdict: Verdict) -> bool:
    """Whether a block is a sentence taken that says nothing beside its words: no number, no denial, no limit."""
    taken = verdict.part == Part.RULE and verdict.klass in ACTIONABLE
    plain = taken and block.kind == Kind.SENTENCE and not block.children and here.within < 0
    return plain and not _BINDS.search(folded(block.text))


def _words(text: str) -> set[str]:
    return {one for one in _WORD.findall(folded(text)) if len(one) > _JOINING and one not in _JOINS}


def _is_form(word: str, known: str) -> bool:
    """Whether two words are one, but for an ending: `sort` and `sorted`."""
    least = min(len(word), len(known))
    return word == known or (
        least >= _STEM and word[:least] == known[:least] and abs(len(word) - len(known)) < _STEM
    )


def _told(reading: Reading, verdicts: Sequence[Verdict]) -> dict[str, Section]:
    """The sections with an id in their headings that hold something asked for, by what the id may be called."""
    found: dict[str, Section] = {}
    for section in reading.sections:
        names = [section.heading.source, *_ID.findall(section.title)]
        if any(names) and any(verdicts[one].klass in ACTIONABLE for one in section.blocks):
            for name in (one for source in names for one in keys(source)):
                found.setdefault(name, section)
    return found


def _summed(reading: Reading, members: Sequence[Block], told: dict[str, Section], here: Standing) -> list[int]:
    """The sections of the stories that the entries of a list or a table only name; none where it says more."""
    found: list[int] = []
    meanings = layout(reading.groups[members[0].group].head).meanings
    for block in members if here.within < 0 else ():
        section = next((told[name] for name in keys(block.source) if name in told), None)
        if section is None or section.index == block.section or block.children:
            return []
        own = " ".join([*section.path, section.title, *(reading.blocks[one].text for one in section.blocks)])
        for cell, meaning in zip_longest(block.cells or (block.text,), meanings[: len(block.cells)]):
            if cell and meaning not in _BESIDE and not _is_told(cell, own):
                return []
        found.append(section.index)
    return found


def _is_told(cell: str, own: str) -> bool:
    """Whether a section says what a cell does, with its words or with most of them."""
    bare, whole = folded(cell).strip(" .*_"), folded(own)
    parts = {bare[at : at + _PART] for at in range(len(bare) - _PART + 1)}
    return bare in whole or 2 * sum(part in whole for part in parts) >= max(len(parts), 1)


def _may_repeat(group: Group, members: Sequence[Block], here: Standing, verdicts: Sequence[Verdict]) -> bool:
    """Whether a list has no subject by its heading or its lead: said again, it says nothing of another thing."""
    bare = here.pure and here.within < 0 and here.role not in {Role.CRITERIA, Role.EDGE}
    plain = all(verdicts[one.index].part == Part.RULE and not one.children for one in members)
    return group.kind == "list" and bare and plain and group.parent < 0 and group.lead < 0
