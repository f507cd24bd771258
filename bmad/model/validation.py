"""What `bmad validate` reports: plain values, since pydantic is slower to load than a small project to check."""

from dataclasses import dataclass
from typing import ClassVar

from bmad.model.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedIntent:
    """What one of several intents holds, and what was found in its documents."""

    path: str
    items_seen: int
    items_read: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateReport:
    NAME: ClassVar = "validate"

    ok: bool
    items_seen: int
    items_read: int
    intents: tuple[ValidatedIntent, ...] = ()
    """Where there are several."""
    findings: tuple[Finding, ...]

    def as_json(self) -> str:
        """As `Report.as_json`."""
        from pydantic import TypeAdapter  # noqa: PLC0415 - few ask for it

        from bmad.model.report import document  # noqa: PLC0415

        return document(self.NAME, TypeAdapter(ValidateReport).dump_json(self, indent=2).decode())
