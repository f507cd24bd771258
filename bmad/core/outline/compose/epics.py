"""Which heading is the epic of a story: the author's own `Epic N`, else the heading above the story."""

from collections import Counter
from collections.abc import Collection, Sequence

from bmad.core.outline.compose.piece import Piece
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.read.block import Section
from bmad.core.outline.words.language import Role

_PSEUDO = 7
"""The level of a line in bold that stands for a heading."""


def epic_sections(pieces: Sequence[Piece], sections: list[Section], standings: list[Standing]) -> list[int]:
    """The section that is the epic of each story; 0 for the document itself."""
    parted = {piece.section for piece in pieces if not piece.whole and not piece.authored}
    found = [_epic_section(piece, sections, standings, parted) for piece in pieces]
    names = Counter(sections[one].title for one in set(found))
    return [_with_subject(one, sections, standings) if names[sections[one].title] > 1 else one for one in found]


def _epic_section(
    piece: Piece, sections: list[Section], standings: list[Standing], parted: Collection[int]
) -> int:
    """`parted` are the sections that hold several stories."""
    above = piece.section
    while above > 0:
        if standings[above].epic and sections[above].heading.unit == "epic":
            return above
        above = sections[above].parent
    whole = piece.whole and piece.section not in parted
    above = sections[piece.section].parent if whole else piece.section
    while (
        above > 0
        and (standings[above].story or standings[above].role == Role.CONTENTS or sections[above].level == _PSEUDO)
        and sections[above].parent > 0
    ):
        above = sections[above].parent
    return above if above > 0 and not standings[above].title else 0


def _with_subject(at: int, sections: list[Section], standings: list[Standing]) -> int:
    """Of several `Requirements` the part that each is of: such a heading has no subject of its own."""
    while standings[at].own and standings[at].pure:
        above = sections[at].parent
        if above <= 0 or standings[above].title:
            break
        at = above
    return at
