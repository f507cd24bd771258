"""The stories of a document with what was chosen beside the author's structure: joined, and blocks moved."""

from dataclasses import replace

from bmad.core.outline.compose.choice import ALONE, Choice
from bmad.core.outline.compose.piece import Arrangement, Piece
from bmad.core.outline.judge.verdict import Judgement, Part
from bmad.model.spec import StatementClass


def arranged(made: Arrangement, choice: Choice, judged: Judgement) -> Arrangement:
    """The same with what was chosen; pieces are changed in place."""
    if not (choice.joined or choice.attached):
        return made
    pieces = {piece.lead: piece for whole in made.pieces for piece in _apart(whole, choice)}
    everywhere = list(made.everywhere)
    for block, home in choice.attached.items():
        _move(block, home, pieces, everywhere, judged)
    for lead, home in choice.joined.items():
        if lead != home and lead in pieces and home in pieces:
            pieces[home].absorb(pieces.pop(lead))
    left = sorted((piece for piece in pieces.values() if piece.blocks), key=lambda piece: piece.first)
    return made._replace(pieces=left, everywhere=sorted(everywhere))


def _move(block: int, home: int, pieces: dict[int, Piece], everywhere: list[int], judged: Judgement) -> None:
    verdict = judged.verdicts[block]
    if home in (ALONE, block) and block in pieces:
        return
    if block in everywhere:
        everywhere.remove(block)
    for piece in pieces.values():
        piece.drop(block)
    if home in pieces:
        own = pieces[home].criteria if verdict.part == Part.CRITERION else pieces[home].given
        own.append(block)
    elif home == block or verdict.klass == StatementClass.REQUIREMENT:
        section = judged.reading.blocks[block].section
        pieces[block] = Piece(section, whole=False, lead=block, rules=[block])
    else:
        everywhere.append(block)


def units(piece: Piece) -> list[Piece]:
    """The smallest stories that a piece could be cut into: one a rule, unless its author keeps them together."""
    rules = sorted(piece.rules)
    if not piece.loose or len(rules) < 2:  # noqa: PLR2004 - nothing to cut
        return [piece]
    found = [replace(piece, lead=rule, rules=[rule], criteria=[], given=[]) for rule in rules]
    for block in piece.criteria:
        before = [one for one in found if one.lead < block]
        (before or found[:1])[-1].criteria.append(block)
    found[0].given = list(piece.given)
    return found


def _apart(piece: Piece, choice: Choice) -> list[Piece]:
    return units(piece) if any(rule in choice.joined for rule in piece.rules) else [piece]
