"""What scans have found, by id, for `bmad new story --finding F-…`; derived, like all that is noted."""

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from bmad.model.followup import FollowUp
from bmad.model.review import Kind
from bmad.model.scan import ScanFinding
from bmad.ports.journal import Notes

_NOTE = "scan/found.json"
_MOST = 5000
"""Findings that are kept, the latest ones."""

_FINDINGS = TypeAdapter(dict[str, FollowUp])


def keep(notes: Notes, findings: Iterable[ScanFinding]) -> None:
    """Keep what a scan found beside what others did."""
    new = {one.id: _follow_up(one) for one in findings}
    old = {name: one for name, one in found(notes).items() if name not in new}
    every = [*old.items(), *new.items()][-_MOST:]
    notes.write(_NOTE, _FINDINGS.dump_json(dict(every)).decode())


def found(notes: Notes | None) -> dict[str, FollowUp]:
    """What scans have found; what does not read is nothing."""
    text = notes.read(_NOTE) if notes is not None else None
    try:
        return _FINDINGS.validate_json(text) if text is not None else {}
    except ValidationError:
        return {}


def _follow_up(one: ScanFinding) -> FollowUp:
    return FollowUp(
        id=one.id,
        kind="finding" if one.kind is Kind.FINDING else "claim",
        story="",
        severity=one.severity,
        lens=", ".join(one.lenses),
        path=one.path,
        line=one.line,
        quote=one.quote,
        claim=one.claim,
        fix=one.fix,
        why=one.why,
    )
