"""What `bmad validate` reports."""

from bmad.model.findings import Finding
from bmad.model.plain import Plain, PlainReport


class ValidatedIntent(Plain):
    """What one of several intents holds, and what was found in its documents."""

    path: str
    items_seen: int
    items_read: int
    errors: int
    warnings: int


class ValidateReport(PlainReport):
    NAME = "validate"

    ok: bool
    items_seen: int
    items_read: int
    intents: tuple[ValidatedIntent, ...] = ()
    """Where there are several."""
    findings: tuple[Finding, ...]
