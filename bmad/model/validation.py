"""What `bmad validate` reports; by itself, since to load all other reports takes longer than a small project."""

from bmad.model.findings import Finding
from bmad.model.report import Report


class ValidateReport(Report):
    NAME = "validate"

    ok: bool
    items_seen: int
    items_read: int
    findings: tuple[Finding, ...]
