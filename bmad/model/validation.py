"""What `bmad validate` reports; by itself, since to load all other reports takes longer than a small project."""

from bmad.model.base import Value
from bmad.model.findings import Finding
from bmad.model.report import Report


class ValidatedIntent(Value):
    """What one of several intents holds, and what was found in its documents."""

    path: str
    items_seen: int
    items_read: int
    errors: int
    warnings: int


class ValidateReport(Report):
    NAME = "validate"

    ok: bool
    items_seen: int
    items_read: int
    intents: tuple[ValidatedIntent, ...] = ()
    """Where there are several."""
    findings: tuple[Finding, ...]
