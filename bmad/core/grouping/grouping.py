"""The way through all questions of what belongs together; each is a value that is asked, and sent its answer.

What stands in the specification is kept: only blocks that are new there, or say something else, are asked about.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from typing import TypeVar

from bmad.core.grouping.board import Board, board
from bmad.core.grouping.ordering import Ordering
from bmad.core.grouping.placing import ATTACH, EPIC, JOIN, Placing
from bmad.core.grouping.standing import Standing
from bmad.core.outline.compose.choice import ALONE, Choice, Words
from bmad.core.outline.compose.draft import compose
from bmad.core.outline.compose.piece import Piece
from bmad.core.outline.judge.verdict import Judgement
from bmad.model.sorting import OrderedBlock, OrderingAnswer, PlacedBlock, PlacingAnswer
from bmad.model.spec import StatementClass

MOST_JOINED, MOST_ATTACHED, MOST_IN_EPIC = 8, 12, 20
"""Rules of a story, blocks that are attached to one, stories of an epic."""
LEAST_FOR_EPICS = 6
"""So many stories under a heading that names none are worth an epic."""

_UNASKED = "nobody was asked"

T = TypeVar("T")
Placed = Generator[Placing, PlacingAnswer, T]
Asking = Generator[Placing | Ordering, PlacingAnswer | OrderingAnswer, T]


def grouped(judged: Judgement, standing: Standing) -> Asking[Choice]:
    """What is chosen beside the author's structure: by what stands, else by the answers that are sent."""
    found = board(judged, standing)
    choice = Choice(joined=(yield from _joined(found)))
    choice = choice._replace(attached=(yield from _attached(found, choice)))
    epics, heads = yield from _epics(found, choice)
    choice = choice._replace(epics=epics, heads=heads)
    return choice._replace(after=(yield from _ordered(found, choice)))


def unasked(question: Placing | Ordering) -> PlacingAnswer | OrderingAnswer:
    """The answer of nobody: each block stands by itself, and waits for none."""
    if isinstance(question, Ordering):
        return OrderingAnswer(blocks=tuple(OrderedBlock(block=one, why=_UNASKED) for one in question.blocks))
    return PlacingAnswer(blocks=tuple(PlacedBlock(block=one, beside=one, why=_UNASKED) for one in question.blocks))


# -- stories ---------------------------------------------------------------------------------------------------


def _joined(found: Board) -> Placed[dict[int, int]]:
    """The smallest stories by the one that they are part of, a heading at a time."""
    sections: dict[int, list[Piece]] = {}
    for unit in found.units():
        if unit.loose:
            sections.setdefault(unit.section, []).append(unit)
    joined: dict[int, int] = {}
    for some in sections.values():
        joined |= yield from _joined_here(found, some)
    return joined


def _joined_here(found: Board, some: list[Piece]) -> Placed[dict[int, int]]:
    homes: dict[str, int] = {}
    joined: dict[int, int] = {}
    for unit in some:
        story = found.home(unit)
        if story is not None:
            joined[unit.lead] = homes.setdefault(story.id, unit.lead)
    new = [unit.lead for unit in some if unit.lead not in joined]
    if len(some) == 1 or not new:
        return joined
    for batch in found.batches(new):
        there = Counter(joined.values())
        room = [unit for unit in some if 0 < there[unit.lead] < MOST_JOINED]
        held = {unit.lead: there[unit.lead] for unit in found.nearest(batch, room)}
        if len(batch) == 1 and not held:
            joined[batch[0]] = batch[0]
            continue
        shown = "\n".join(found.named(unit) for unit in some if unit.lead in held)
        question = Placing(JOIN, tuple(batch), held, found.shown(batch), shown, MOST_JOINED)
        joined |= _homes(question, (yield question))
    return joined


def _homes(question: Placing, answer: PlacingAnswer) -> dict[int, int]:
    return {block: block if home is None else home for block, home in question.homes(answer).items()}


# -- what hangs on a story -------------------------------------------------------------------------------------


def _attached(found: Board, choice: Choice) -> Placed[dict[int, int]]:
    """Criteria, requirements beside stories, and limits, by their story."""
    made = found.made(choice)
    open_ = [block for block in made.guessed if block not in choice.joined]
    stories = [piece for piece in made.pieces if piece.lead not in open_]
    attached: dict[int, int] = {}
    new: list[int] = []
    for block in open_:
        kept = _kept(found, block, stories)
        if kept is None:
            new.append(block)
        else:
            attached[block] = kept
    for batch in found.batches(new) if stories else ():
        near = found.nearest(batch, stories)
        count = Counter(attached.values())
        room = [piece for piece in near if count[piece.lead] < MOST_ATTACHED]
        if not room:
            continue
        held = {piece.lead: count[piece.lead] for piece in room}
        shown = "\n".join(map(found.named, room))
        question = Placing(ATTACH, tuple(batch), held, found.shown(batch), shown, MOST_ATTACHED, among=False)
        for block, home in _homes(question, (yield question)).items():
            attached[block] = home if home != block else _alone(found, block)
    return attached


def _kept(found: Board, block: int, stories: Iterable[Piece]) -> int | None:
    """Where a block stands in the specification; None where it does not."""
    if block in found.standing.everywhere:
        return ALONE
    story = found.standing.stories.get(block)
    if story is None:
        return None
    homes = (piece.lead for piece in stories if (home := found.home(piece)) is not None and home.id == story.id)
    return next(homes, block)


def _alone(found: Board, block: int) -> int:
    """A limit that belongs to no story holds for all work; anything else is a story."""
    return ALONE if found.judged.verdicts[block].klass == StatementClass.CONSTRAINT else block


# -- epics -----------------------------------------------------------------------------------------------------


def _epics(found: Board, choice: Choice) -> Placed[tuple[dict[int, int], dict[int, Words]]]:
    """Stories by the first one of their epic, where no heading is one, and the titles of those that stand."""
    scopes: dict[int, list[Piece]] = {}
    made = found.made(choice).pieces
    for piece, section in zip(made, found.epic_sections(made), strict=True):
        if section == 0 or found.judged.standings[section].pure or found.judged.standings[section].title:
            scopes.setdefault(section, []).append(piece)
    epics: dict[int, int] = {}
    heads: dict[int, Words] = {}
    for pieces in scopes.values():
        here, known = _standing_epics(found, pieces)
        if len(known) > 1 or (not known and len(pieces) >= LEAST_FOR_EPICS):
            here |= yield from _new_epics(found, pieces, here, known)
            if len(set(here.values())) > 1:
                epics |= here
                heads |= known
    return epics, heads


def _standing_epics(found: Board, pieces: Iterable[Piece]) -> tuple[dict[int, int], dict[int, Words]]:
    """Stories by the first one of the epic that they stand in, and each such epic's title by its first story."""
    here: dict[int, int] = {}
    leads: dict[str, int] = {}
    known: dict[int, Words] = {}
    for piece in pieces:
        epic = next((one for one in map(found.standing.epic, (piece.lead, *piece.blocks)) if one), None)
        if epic is not None:
            here[piece.lead] = leads.setdefault(epic.id, piece.lead)
            known.setdefault(leads[epic.id], Words(title=epic.title, by=epic.proposed_by))
    return here, known


def _new_epics(
    found: Board, pieces: Iterable[Piece], here: Mapping[int, int], known: Mapping[int, Words]
) -> Placed[dict[int, int]]:
    placed = dict(here)
    stories = {piece.lead: piece for piece in pieces}
    for batch in found.batches(lead for lead in stories if lead not in here):
        count = Counter(placed.values())
        room = [stories[home] for home in count if count[home] < MOST_IN_EPIC]
        near = found.nearest(batch, room)
        shown = "\n".join(found.named(one, known[one.lead].title if one.lead in known else "") for one in near)
        held = {one.lead: count[one.lead] for one in near}
        text = "\n".join(found.named(stories[lead]) for lead in batch)
        question = Placing(EPIC, tuple(batch), held, text, shown, MOST_IN_EPIC)
        placed |= _homes(question, (yield question))
    return {lead: home for lead, home in placed.items() if lead not in here}


# -- order -----------------------------------------------------------------------------------------------------


def _ordered(found: Board, choice: Choice) -> Generator[Ordering, OrderingAnswer, dict[int, tuple[int, ...]]]:
    """What each story waits for; an author who says it of one story says it of all."""
    pieces = found.made(choice).pieces
    written = compose(found.judged, choice).stories
    if len(pieces) < 2 or any(story.depends_on for story in written):  # noqa: PLR2004 - one story waits for none
        return {}
    titles = {piece.lead: story.title for piece, story in zip(pieces, written, strict=True)}
    after = _standing_order(found, pieces)
    stories = {piece.lead: piece for piece in pieces}
    for batch in found.batches(lead for lead in stories if lead not in after):
        near = found.nearest(batch, (piece for piece in pieces if piece.lead not in batch))
        text, held = (
            "\n".join(found.named(one, titles[one.lead]) for one in some)
            for some in ([stories[lead] for lead in batch], near)
        )
        others = frozenset(one.lead for one in near)
        question = Ordering(tuple(batch), others, dict(after), text, held)
        after |= question.waits((yield question))
    return after


def _standing_order(found: Board, pieces: Iterable[Piece]) -> dict[int, tuple[int, ...]]:
    """What each story waits for that stands in the specification already."""
    homes = {piece.lead: story for piece in pieces if (story := found.home(piece)) is not None}
    leads = {story.id: lead for lead, story in homes.items()}
    return {
        lead: tuple(leads[ref.text] for ref in story.depends_on if ref.text in leads)
        for lead, story in homes.items()
    }
