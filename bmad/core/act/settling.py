"""What reviews, triage, rulings and fixes do to the findings of a run; pure, each returns a new mapping."""

from collections.abc import Mapping

from bmad.core.act.run import CLOSED, PERSON
from bmad.errors import UsageError
from bmad.model.act import Disposition, Finding, Fixed, Kind, Reviewed, Ruled, Settlement, Triaged

Findings = Mapping[str, Finding]


def reviewed(findings: Findings, content: Reviewed) -> Findings:
    """Raises: UsageError where it judges a finding that nobody raised."""
    told = dict(findings)
    for name in content.settled:
        if _known(told, name).disposition is Disposition.CONFIRMED:
            told[name] = _with(told[name], disposition=Disposition.FIXED)
    for name in content.unsettled:
        told[name] = _unsettled(_known(told, name))
    for one in content.findings:
        told[one.id] = _raised(one, told.get(one.id))
    return told


def triaged(findings: Findings, content: Triaged) -> Findings:
    """Raises: UsageError on a finding that nobody raised, that is settled, or that would be left as it was."""
    told = dict(findings)
    for one in content.settlements:
        told[one.finding] = _settled(_known(told, one.finding), one)
    return told


def ruled(findings: Findings, content: Ruled) -> Findings:
    """Raises: UsageError on a finding that nobody raised."""
    known = _known(findings, content.finding)
    changed = _with(known, disposition=content.disposition, ruled_by=content.by, ruling=content.why)
    return {**findings, content.finding: changed}


def fixed(findings: Findings, content: Fixed) -> Findings:
    """Only a false positive gets a mark; whether another one is fixed, a review says, or the person who asked."""
    return {name: _fixed(one, content.marks.get(name)) for name, one in findings.items()}


def respecified(findings: Findings) -> Findings:
    """What was found in the old change goes with it; what a person demanded and what is settled stays."""
    return {
        name: one
        for name, one in findings.items()
        if one.disposition in CLOSED or (one.lens == PERSON and one.kind is Kind.FINDING)
    }


def _fixed(finding: Finding, mark: str | None) -> Finding:
    if mark is not None and finding.disposition is Disposition.FALSE_POSITIVE:
        return _with(finding, mark=mark)
    if finding.lens == PERSON and finding.disposition is Disposition.CONFIRMED:
        return _with(finding, disposition=Disposition.FIXED)
    return finding


def _unsettled(finding: Finding) -> Finding:
    """A mark is to be made anew, and what passed for fixed is open again."""
    anew = finding.disposition is Disposition.FIXED
    return _with(finding, mark="", disposition=Disposition.CONFIRMED if anew else finding.disposition)


def _raised(one: Finding, known: Finding | None) -> Finding:
    """A finding that may be there already: a false alarm stays one unless it is graver now; a ruling holds."""
    if known is None:
        return one
    if known.disposition is Disposition.FALSE_POSITIVE and (known.ruled_by or known.severity <= one.severity):
        return known
    if known.ruled_by:
        return _with(one, disposition=Disposition.CONFIRMED, ruled_by=known.ruled_by, ruling=known.ruling)
    return one


def _settled(finding: Finding, one: Settlement) -> Finding:
    if finding.ruled_by or finding.disposition in CLOSED:
        raise UsageError(f"Finding {finding.id} is settled; there is nothing to triage.")
    if one.disposition in (Disposition.RAISED, Disposition.FIXED):
        raise UsageError(f"Triage cannot leave finding {finding.id} `{one.disposition}`.")
    return _with(finding, disposition=one.disposition, argument=one.argument, answer=one.answer)


def _known(findings: Findings, name: str) -> Finding:
    if name not in findings:
        raise UsageError(f"There is no finding {name}; there are {', '.join(findings) or 'none'}.")
    return findings[name]


def _with(finding: Finding, **changes: object) -> Finding:
    return finding.model_copy(update=changes)
