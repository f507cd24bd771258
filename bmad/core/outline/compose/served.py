"""Which requirements a story implements, as its author wrote: `Implements: FR-1` below a story, or the reverse."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.outline.compose.homes import Homeless
from bmad.core.outline.compose.shared import Shelf
from bmad.core.outline.judge import reasons
from bmad.core.outline.judge.headings import overviews
from bmad.core.outline.judge.verdict import Judgement
from bmad.core.outline.read.block import Block, Section
from bmad.core.outline.read.names import key, keys, names_in
from bmad.model.spec import ACTIONABLE


def told(judged: Judgement) -> dict[int, list[str]]:
    """The block that each line of names is about -> what is named there, as `key` gives it."""
    found: dict[int, list[str]] = {}
    epics = overviews(judged.reading.sections)
    for block, verdict in zip(judged.reading.blocks, judged.verdicts, strict=True):
        if block.section not in epics and verdict.why == reasons.SERVES and (of := _about(judged, block)) >= 0:
            found.setdefault(of, []).extend(map(key, names_in(block.text)))
    return found


_CITED = re.compile(r"[(（\[]([^()（）\[\]]{2,60})[)）\]]")
_PARTS = re.compile(r"[\s,;/&+]+")


def cited(judged: Judgement) -> dict[int, list[str]]:
    """The blocks of stories -> their own ids, and those that stand alone in brackets in them: `(FR9)`."""
    found: dict[int, list[str]] = {}
    for block in judged.reading.blocks:
        inside = judged.standings[block.section].within >= 0 and judged.verdicts[block.index].klass in ACTIONABLE
        if inside and block.source:
            found[block.index] = [key(block.source)]
        for match in _CITED.finditer(block.text) if inside else ():
            names = names_in(match[1])
            if names and len(names) == len([part for part in _PARTS.split(match[1]) if part]):
                found.setdefault(block.index, []).extend(map(key, names))
    return found


class Home(NamedTuple):
    """A story of the author's by the section that it stands in, and its words."""

    section: int
    words: frozenset[str]


def in_epics(judged: Judgement, needs: Sequence[Homeless], stories: Sequence[Home]) -> dict[int, int]:
    """Block -> the place of the story that it is most like, of those of the epic whose overview names it."""
    epics = _of_epics(judged)
    sections = judged.reading.sections
    found: dict[int, int] = {}
    for need in needs if epics else ():
        source = judged.reading.blocks[need.block].source
        epic = next((epics[one] for one in keys(source) if one in epics), -1)
        inside = [place for place, one in enumerate(stories) if _stands_below(sections, one.section, epic)]
        place, share = Shelf([stories[one].words for one in inside]).nearest(need.words)
        if share:
            found[need.block] = inside[place]
    return found


def _of_epics(judged: Judgement) -> dict[str, int]:
    """The ids that the overview of an epic names -> the section that holds its stories."""
    found: dict[str, int] = {}
    for summed, holds in overviews(judged.reading.sections).items():
        for index in judged.reading.sections[summed].blocks:
            if judged.verdicts[index].klass is None:
                found |= {key(name): holds for name in names_in(judged.reading.blocks[index].text)}
    return found


def _stands_below(sections: Sequence[Section], at: int, above: int) -> bool:
    """Whether a section is another one, or stands below it."""
    while at > above:
        at = sections[at].parent
    return at == above >= 0


def _about(judged: Judgement, line: Block) -> int:
    """The taken block that a line is about: the one above it, the last before it, or the first; or -1."""
    blocks, verdicts = judged.reading.blocks, judged.verdicts
    above = line.parent
    while above >= 0 and verdicts[above].klass not in ACTIONABLE:
        above = blocks[above].parent
    if above >= 0:
        return above
    section = line.section
    while section >= 0 and not judged.standings[section].title:
        taken = [one for one in judged.reading.sections[section].blocks if verdicts[one].klass in ACTIONABLE]
        if taken:
            return next((one for one in reversed(taken) if one < line.index), taken[0])
        section = judged.reading.sections[section].parent if judged.standings[section].within >= 0 else -1
    return -1
