"""Tables that are the card of one requirement, a row for each field: `ID`, `Name`, `Description`, `Priority`."""

from collections.abc import Sequence
from typing import NamedTuple

from bmad.core.outline.read.inline import plain
from bmad.core.outline.words.language import Column
from bmad.core.outline.words.lexicon import columns, folded, records

_PAIR = 2
_FEWEST = 3
_IDENTIFIES = frozenset({Column.ID, Column.PRIORITY})


class Card(NamedTuple):
    """The names of the fields, the rows of the id and of what is asked for, and the rows of known fields."""

    names: tuple[str, ...]
    ids: int
    main: int
    known: frozenset[int]


def card(rows: Sequence[Sequence[str]]) -> Card | None:
    """What the rows of a table say as a card; None where they are no card."""
    if len(rows) < _FEWEST or any(len(cells) != _PAIR or not cells[0].strip() for cells in rows):
        return None
    names = tuple(plain(cells[0]).strip(" *_:：") for cells in rows)
    bare = [folded(name).replace("-", " ") for name in names]
    meanings = [found[0] if (found := columns().find(name)) else None for name in bare]
    main = next((meanings.index(one) for one in (Column.TEXT, Column.NAME) if one in meanings), -1)
    known = {place for place, meaning in enumerate(meanings) if meaning or records().find(bare[place])}
    if main < 0 or not _IDENTIFIES & set(meanings) or 2 * len(known) < len(rows) or len(set(bare)) < len(bare):
        return None
    ids = meanings.index(Column.ID) if Column.ID in meanings else -1
    return Card(names, ids, main, frozenset(known))
