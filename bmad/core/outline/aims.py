"""Goals beside requirements: what a document aims at is no work of its own, it is served by what it asks for."""

from bmad.core.outline.modality import binding
from bmad.core.outline.needs import Need
from bmad.core.outline.phrases import stems
from bmad.core.outline.roles import Role
from bmad.core.outline.tree import Document
from bmad.core.outline.units import Unit
from bmad.model.spec import ACTIONABLE, StatementClass


def aims(units: list[Unit], document: Document) -> frozenset[int]:
    """Units under a heading of goals that bind by no marked word; none where there is nothing else."""
    found = {i for i, u in enumerate(units) if _is_aim(u, document.text)}
    others = any(u.klass in ACTIONABLE and i not in found for i, u in enumerate(units))
    return frozenset(found) if others else frozenset()


def _is_aim(unit: Unit, text: str) -> bool:
    if unit.klass != StatementClass.GOAL or unit.role != Role.GOAL or unit.story:
        return False
    return not binding(text[unit.span.start : unit.span.end])


def serve(found: frozenset[int], units: list[Unit], made: list[Need]) -> None:
    """Name each aim among the statements of the requirement that shares most words with it, else of the first."""
    if not found or not made:
        return
    index: dict[str, list[int]] = {}
    for number, need in enumerate(made):
        for word in set(stems(f"{need.title} {need.text}")):
            index.setdefault(word, []).append(number)
    for aim in sorted(found):
        words = {w for c in units[aim].clauses for w in stems(c.text)}
        scores: dict[int, float] = {}
        for word in words:
            users = index.get(word, ())
            for number in users if len(users) * 2 <= len(made) + 2 else ():
                scores[number] = scores.get(number, 0.0) + 1 / len(users)
        best = min(scores, key=lambda n: (-scores[n], n), default=0)
        made[best].statements = sorted({*made[best].statements, aim})
