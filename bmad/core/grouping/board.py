"""The stories of a document as far as its author's structure gives them, and what of them is open."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.grouping.standing import Standing
from bmad.core.outline.compose.arrange import arranged, units
from bmad.core.outline.compose.choice import Choice
from bmad.core.outline.compose.epics import epic_sections
from bmad.core.outline.compose.piece import Arrangement, Piece
from bmad.core.outline.compose.pieces import Pieces
from bmad.core.outline.compose.shared import words
from bmad.core.outline.compose.texts import Texts
from bmad.core.outline.judge.verdict import Judgement
from bmad.core.packs.texts import one_line
from bmad.core.sorting.questions import few, lines
from bmad.model.normal import fold
from bmad.model.spec import Story

MOST_ASKED = 16
"""Blocks of one question."""
MOST_SHOWN = 12
"""Stories that are shown beside them, those that share most words with them."""
_SHOWN = 240
"""Bytes of a story that others may go to."""


class Board(NamedTuple):
    """Pieces of a document, by the block that each begins with."""

    judged: Judgement
    standing: Standing
    texts: Texts
    bags: dict[int, frozenset[str]]
    """Words of blocks, by those that were looked at."""

    def made(self, choice: Choice) -> Arrangement:
        """The stories and what holds for all of them, with what is chosen so far."""
        return arranged(Pieces(self.judged, self.texts).run(), choice, self.judged)

    def units(self) -> list[Piece]:
        """The smallest stories that there could be."""
        return [unit for piece in Pieces(self.judged, self.texts).run().pieces for unit in units(piece)]

    def home(self, piece: Piece) -> Story | None:
        """The story that stands for a piece: that of its first block which is in one."""
        return self.standing.stories.get(
            next((one for one in (piece.lead, *piece.blocks) if one in self.standing.stories), -1)
        )

    def epic_sections(self, pieces: Sequence[Piece]) -> list[int]:
        """The heading that is the epic of each story; 0 for the document itself."""
        return epic_sections(pieces, self.judged.reading.sections, self.judged.standings)

    def shown(self, blocks: Iterable[int]) -> str:
        """Blocks as a question shows them."""
        some = [self.judged.reading.blocks[block] for block in blocks]
        return "\n".join(lines(self.judged.reading, some)).strip("\n")

    def named(self, piece: Piece, title: str = "") -> str:
        """A story on one line: its number, the heading or title that it goes by, and what it says first."""
        heading = self.judged.reading.sections[piece.section].heading.words if piece.whole else ""
        said = self.texts.of(self.judged.reading.blocks[piece.lead])
        name = fold(title or heading)
        told = f"{name}: {said}" if name and not fold(said).startswith(name) else said
        return f"[{piece.lead}] {one_line(fold(told), _SHOWN)}"

    def batches(self, leads: Iterable[int]) -> list[list[int]]:
        """Blocks by so many as one question holds."""
        blocks = self.judged.reading.blocks
        return [[one.index for one in some] for some in few((blocks[lead] for lead in leads), MOST_ASKED)]

    def nearest(self, batch: Sequence[int], pieces: Iterable[Piece]) -> list[Piece]:
        """Of stories those that share most words with some blocks, the nearest of equals; in their order."""
        asked = frozenset().union(*map(self._words, batch))

        def far(piece: Piece) -> tuple[int, int]:
            own = frozenset().union(*map(self._words, piece.blocks))
            return -len(asked & own), min(abs(piece.lead - block) for block in batch)

        return sorted(sorted(pieces, key=far)[:MOST_SHOWN], key=lambda piece: piece.lead)

    def _words(self, block: int) -> frozenset[str]:
        if block not in self.bags:
            said = self.texts.of(self.judged.reading.blocks[block])
            self.bags[block] = words(said, self.judged.lexicon.stop)
        return self.bags[block]


def board(judged: Judgement, standing: Standing) -> Board:
    return Board(judged, standing, Texts(judged), {})
