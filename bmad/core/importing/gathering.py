"""What readers gather while they read: items counted, edges with how one knows, conflicts, and what is left."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bmad.core.importing.source import Part, Project
from bmad.core.importing.text import short
from bmad.model.importing import Conflict, Edge, EdgeKind, Left, Origin, Said
from bmad.model.spec import Priority

DECLARED: Origin = "declared"
DERIVED: Origin = "derived"
MISSING: Origin = "missing"


@dataclass
class Gathering:
    """Of one project; `items` counts what it has by kind, taken or not."""

    items: dict[str, int] = field(default_factory=lambda: {"requirement": 0, "epic": 0, "story": 0})
    edges: list[Edge] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        self.items[kind] = self.items.get(kind, 0) + number

    def edge(self, kind: EdgeKind, lower: str, upper: str, origin: Origin, evidence: str, part: str = "") -> None:
        self.edges.append(Edge(kind=kind, lower=lower, upper=upper, origin=origin, evidence=evidence, part=part))

    def leave(self, path: str, line: int, words: str, why: str) -> None:
        self.left.append(Left(path=path, line=line, words=short(words), why=why))

    def conflict(self, key: str, about: str, so: str, *says: tuple[str, int, str]) -> None:
        told = tuple(Said(path=path, line=line, words=short(words)) for path, line, words in says)
        self.conflicts.append(Conflict(key=key, about=about, says=told, so=so))

    def waits(self, story: str, upper: str, known: bool, where: str) -> bool:
        """Note that a story waits for another, or that the other is not there; whether it is."""
        if known:
            self.edge("depends-on", story, upper, DECLARED, where)
        else:
            self.edge("depends-on", story, "", MISSING, f"{where}: {upper} is not there")
        return known

    def project(self, *parts: Part) -> Project:
        return Project(
            parts=parts,
            items=self.items,
            edges=tuple(self.edges),
            conflicts=tuple(self.conflicts),
            left=tuple(self.left),
        )


def unsettled(about: str, says: Iterable[Said]) -> str:
    """The mark that a story carries until its author says what holds."""
    told = ", ".join(f"{one.path} says “{one.words.replace(']', ')')}”" for one in says)
    return f"[NEEDS CLARIFICATION: {about}: {told}]"


def ticked(done: int, of: int, what: str, path: str) -> str:
    """What ticks say of a piece of work that is done; empty where it is not."""
    return f"{done} of {of} {what} ticked in {path}" if of and done == of else ""


def rank(word: str) -> Priority | None:
    """The priority that a tracker's word comes to; None where it says none."""
    told = word.strip().casefold()
    return next((priority for priority, words in _RANKS.items() if told in words), None)


_RANKS = {
    Priority.MUST: {"must", "must have", "p0", "p1", "highest", "high", "critical", "blocker", "urgent", "major"},
    Priority.SHOULD: {"should", "should have", "p2", "medium", "normal"},
    Priority.COULD: {"could", "could have", "p3", "p4", "low", "lowest", "minor", "trivial"},
}
