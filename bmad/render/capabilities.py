"""What bmad can do, as text and as YAML."""

import json
from collections.abc import Iterator
from typing import Any

from bmad.model.capabilities import CapabilitiesReport, Capability


def listed(report: CapabilitiesReport) -> str:
    """A few lines a command: what it does, and to what."""
    return "\n".join(row for one in report.commands for row in _told(one))


def _told(one: Capability) -> Iterator[str]:
    yield f"{one.name}: {one.does}"
    for title, names in (("reads", one.reads), ("writes", one.writes), ("runs", one.runs)):
        yield f"  {title:<8}{', '.join(names) or 'nothing'}"
    yield f"  {'exits':<8}{', '.join(map(str, one.exits))}"
    if one.reports or one.lines:
        yield f"  {'--json':<8}{', '.join((*one.reports, *(f'{name} (lines)' for name in one.lines)))}"


def yaml(report: CapabilitiesReport) -> str:
    """The JSON document as YAML."""
    from yaml import safe_dump  # noqa: PLC0415 - where it is asked for

    document: dict[str, Any] = json.loads(report.as_json())
    return str(safe_dump(document, sort_keys=False, allow_unicode=True, width=110))
