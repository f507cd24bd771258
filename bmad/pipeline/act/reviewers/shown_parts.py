"""What the record says that reviewers were shown of a change."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.act.parts import Piece, digest_of
from bmad.core.paths import classifier
from bmad.core.records.change import change_hash, speaks_for
from bmad.model.record import Shown, ShownPart
from bmad.pipeline.act.step import Case


class Seen(NamedTuple):
    """A diff in parts from `base` to the head, those who were shown it, and the ids of what nobody was."""

    base: str
    diff: str
    pieces: Sequence[Piece]
    lenses: Sequence[str]
    unshown: Sequence[str] = ()


def shown(case: Case, seen: Iterable[Seen], hunks: str) -> tuple[Shown, ...]:
    """What a review showed: where a diff does not begin at the run's base, only what came since the last one."""
    run = case.run
    classify = classifier(case.basis.layout, case.settings.gate.governed)
    now = change_hash(one for one in case.grounds.changes(run.base, run.head) if speaks_for(one, classify))
    return tuple(
        Shown(
            step=run.step(),
            lenses=tuple(one.lenses),
            base=one.base,
            head=run.head,
            whole=digest_of(one.diff),
            bytes=sum(piece.bytes for piece in one.pieces),
            parts=tuple(
                ShownPart(hash=piece.hash, bytes=piece.bytes, shown=not piece.unshown) for piece in one.pieces
            ),
            paths=tuple(sorted({path for piece in one.pieces if not piece.unshown for path in piece.paths})),
            unshown=tuple(one.unshown),
            change=now,
            hunks=hunks,
            after=run.shown[-1].change if one.base != run.base and run.shown else "",
        )
        for one in seen
    )
