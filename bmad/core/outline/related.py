"""Listings and tables of sections without statements, given to the story they speak of.

A grammar after the rules, or an example under a heading of its own, is what a developer needs beside the story.
"""

from bmad.core.outline.narrative import fenced
from bmad.core.outline.phrases import stems
from bmad.core.outline.roles import Role, own_role
from bmad.core.outline.stories import Piece
from bmad.core.outline.tree import Block, Document
from bmad.core.outline.units import Unit

MAX_LISTING = 5000
LIKE = 0.5


def related(found: list[Piece], units: list[Unit], document: Document) -> list[list[str]]:
    """For each piece the notes that other sections give it."""
    extras: list[list[str]] = [[] for _ in found]
    told = [set(stems(p.title)) | p.words for p in found]
    index: dict[str, list[int]] = {}
    for number, words in enumerate(told):
        for word in words:
            index.setdefault(word, []).append(number)
    busy = {u.section for u in units}
    for section in document.sections:
        listings = [b for b in section.blocks if b.kind == "code" and len(b.text) <= MAX_LISTING]
        if section.index in busy or not listings or own_role(section.title) == Role.VETO:
            continue
        best = _best(set(stems(section.title)), index)
        if best >= 0 and not _fits(section.title, told[best]):
            best = -1
        if best >= 0:
            extras[best].append(_note(section.title, listings))
    return extras


def _best(words: set[str], index: dict[str, list[int]]) -> int:
    """The story that shares most words, rare ones counting more; -1 where none is shared."""
    scores: dict[int, float] = {}
    for word in words:
        users = index.get(word, ())
        for number in users:
            scores[number] = scores.get(number, 0.0) + 1 / len(users)
    return min(scores, key=lambda n: (-scores[n], n), default=-1)


def _fits(title: str, told: set[str]) -> bool:
    """Whether a story has half of a heading's words; a grammar or schema goes to the best there is."""
    words = set(stems(title))
    return own_role(title) == Role.REFERENCE or len(words & told) >= LIKE * len(words)


def _note(title: str, listings: list[Block]) -> str:
    return "\n\n".join([f"From “{title}”:", *(fenced(block) for block in listings)])
