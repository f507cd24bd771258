"""What a document is as a whole: all that a section of it is judged by beside its own heading and blocks."""

from typing import NamedTuple

from bmad.core.outline.judge import forms
from bmad.core.outline.judge.blanks import blanks
from bmad.core.outline.judge.documents import Manner
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.judge.verdict import LEFT
from bmad.core.outline.read.block import Block, Kind, Reading, Section
from bmad.core.outline.read.names import keys
from bmad.core.outline.words.language import Role
from bmad.core.outline.words.lexicon import folded, lexicon

_SEVERAL = 3
_MANY = 8
"""So many ids, of half of what is no sentence of prose, are those of all that is asked for."""
_FEW = 5
"""One in so many blocks may speak of requirements, and so many more, in a document that only has them."""


class Facts(NamedTuple):
    """`loose` where neutral text is read as asking, since nothing else does."""

    codes: tuple[str, ...]
    """The languages found in it."""
    how: Manner
    loose: bool
    names: frozenset[str]
    """What its stories and requirements may be called."""
    titles: frozenset[str]
    """The headings below which something may be asked for."""
    alone: bool
    """All that asks stands below the title itself."""
    planned: bool
    """Phases hold all that the document asks for, since nothing else does."""
    told_elsewhere: bool
    """A heading holds what the document asks for."""
    designed: bool
    """A heading holds how it is to be; else those that say nothing do."""
    specified: bool
    registers: bool
    """It says of requirements how they are kept, and is not about a product that keeps them."""
    numbered: bool
    """Its author gives ids to most of what it asks for."""
    template: bool
    """Much of it is still to be filled in."""


def facts(reading: Reading, places: list[Standing], how: Manner, *, loose: bool = False) -> Facts:
    """The facts of a document whose sections stand as `places` say."""
    standing = list(zip(reading.sections, places, strict=True))
    named = (*(one.source for one in reading.blocks), *(one.heading.source for one in reading.sections))
    return Facts(
        reading.codes,
        how,
        loose,
        names=frozenset(one for source in named for one in keys(source)),
        titles=frozenset(
            bare
            for section, place in standing
            if (section.blocks or section.children)
            and not place.title
            and place.role not in LEFT
            and len(bare := folded(section.heading.words).strip(" .:*_")) > 1
        ),
        alone=not any(one.blocks and not place.title and place.role not in LEFT for one, place in standing),
        planned=not any(map(_holds, standing)),
        told_elsewhere=any(one.asks for one in places),
        designed=any(one.role in {Role.DESIGN, Role.SPECIFICATION} for one in places),
        specified=any(one.role == Role.SPECIFICATION and one.own and not one.title for one in places),
        registers=_registers(reading),
        numbered=_is_numbered(reading),
        template=len(blanks(reading, lexicon(reading.codes))) >= _SEVERAL,
    )


def _is_numbered(reading: Reading) -> bool:
    asked = [one for one in reading.blocks if one.kind != Kind.CODE and (one.kind != Kind.SENTENCE or one.source)]
    named = sum(bool(one.source) and any(map(str.isalpha, one.source)) for one in asked)
    return named >= _MANY and 2 * named >= len(asked)


def _registers(reading: Reading) -> bool:
    if not forms.may_speak_of_requirements("\n".join([one.text for one in reading.blocks])):
        return False
    speaks = [one.text for one in reading.blocks if forms.SPEAKS_OF_REQUIREMENTS.search(one.text)]
    known = lexicon(reading.codes)
    return _FEW * len(speaks) <= len(reading.blocks) + _FEW**2 and any(
        forms.is_meta(text, known) for text in speaks
    )


def _holds(standing: tuple[Section, Standing]) -> bool:
    """Whether something stands below a heading of its own that may ask, and is no phase."""
    section, place = standing
    asks = place.role in {Role.REQUIREMENT, Role.STORIES, Role.NEUTRAL}
    return bool(section.blocks) and not place.title and asks


def firsts(reading: Reading) -> dict[str, Block]:
    """The first block of each id that its author gave, numbers aside, as the groups have them."""
    found: dict[str, Block] = {}
    for group in reading.groups:
        for index in group.blocks:
            block = reading.blocks[index]
            if block.source and not block.source.isdigit():
                found.setdefault(block.source, block)
    return found
