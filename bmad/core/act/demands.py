"""What a person demands of the work in words of their own: a P1 that stands on no line and is in no dispute."""

import hashlib

from bmad.core.act.run import PERSON, Run
from bmad.model.agents import Severity
from bmad.model.review import Disposition, Finding


def demand(run: Run, words: str, by: str) -> Finding:
    """The finding; its id is of this moment of the run, so that the same words may be said again later."""
    return Finding(
        id=f"F-{hashlib.sha256(f'{run.seq} {words}'.encode()).hexdigest()[:8]}",
        round=run.round,
        severity=Severity.P1,
        lens=PERSON,
        path="",
        line=0,
        end_line=0,
        quote="",
        claim=words,
        disposition=Disposition.CONFIRMED,
        ruled_by=by,
    )
