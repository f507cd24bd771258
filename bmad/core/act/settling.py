"""What reviews, triage, rulings and fixes do to the findings of a run; pure, each returns a new mapping."""

from collections.abc import Mapping

from bmad.core.act.run import CLOSED, PERSON
from bmad.errors import UsageError
from bmad.model.act import Fixed, Reviewed, Ruled, Triaged
from bmad.model.agents import Severity
from bmad.model.review import Disposition, Finding, Kind, Settlement

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
    return together(told)


def triaged(findings: Findings, content: Triaged) -> Findings:
    """Raises: UsageError on a finding that nobody raised, that is settled, or that would be left as it was."""
    told = dict(findings)
    for one in content.settlements:
        told[one.finding] = _settled(_known(told, one.finding), one)
    return together({name: _pointed(one, told) for name, one in told.items()})


def ruled(findings: Findings, content: Ruled) -> Findings:
    """Raises: UsageError on a finding that nobody raised."""
    told = dict(findings)
    for name in content.ruled:
        known = _known(told, name)
        changed = _with(
            known, disposition=content.disposition, ruled_by=content.by, ruling=content.why, same_as=""
        )
        told[name] = _lowered(changed, content.severity)
        if content.severity is not None:
            told |= {one.id: _graded(one, content.severity) for one in told.values() if one.same_as == name}
    return together(told)


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
    """A finding that may be there already: a false alarm stays one unless it is graver now.

    A ruling that it is right holds; one that it is not was on what is less grave.
    """
    if known is None:
        return one
    if known.disposition is Disposition.FALSE_POSITIVE:
        return known if known.severity <= one.severity else one
    if known.ruled_by:
        return _with(one, disposition=Disposition.CONFIRMED, ruled_by=known.ruled_by, ruling=known.ruling)
    return one


def _graded(finding: Finding, severity: Severity) -> Finding:
    """With another severity; the one that it was raised with is kept beside it."""
    first = finding.told_as or finding.severity
    return _with(finding, severity=severity, told_as=first if first is not severity else None)


def _lowered(finding: Finding, severity: Severity | None) -> Finding:
    if severity is None:
        return finding
    if severity.value < finding.severity.value:
        raise UsageError(f"Finding {finding.id} is {finding.severity}; it can be made lesser, not graver.")
    return _graded(finding, severity)


def _settled(finding: Finding, one: Settlement) -> Finding:
    if finding.ruled_by or finding.disposition in CLOSED:
        raise UsageError(f"Finding {finding.id} is settled; there is nothing to triage.")
    if one.disposition in (Disposition.RAISED, Disposition.FIXED):
        raise UsageError(f"Triage cannot leave finding {finding.id} `{one.disposition}`.")
    told = _with(
        finding, disposition=one.disposition, stand=one.stand, argument=one.argument, answer=one.answer, same_as=""
    )
    if one.disposition is Disposition.JOINED:
        return _with(told, same_as=one.same_as)
    return _lowered(told, one.severity) if one.disposition is Disposition.CONFIRMED else told


def _known(findings: Findings, name: str) -> Finding:
    if name not in findings:
        raise UsageError(f"There is no finding {name}; there are {', '.join(findings) or 'none'}.")
    return findings[name]


def _with(finding: Finding, **changes: object) -> Finding:
    return finding.model_copy(update=changes)


def together(findings: Findings) -> Findings:
    """A repeat and what it repeats have one fate, and both are as grave as the graver one.

    Where what it repeats is no finding after all, the repeat is not gone with it: a person rules on it.
    """
    told = dict(findings)
    for name in findings:
        one = told[name]
        other = told.get(one.same_as)
        if other is not None:
            told[name] = _as_the_other(one, other)
            told[other.id] = _as_grave(other, told[name])
    return told


def _pointed(one: Finding, findings: Findings) -> Finding:
    """A repeat of a repeat is one of what that repeats. Raises: UsageError where nothing open is repeated."""
    if one.disposition is not Disposition.JOINED:
        return one
    seen, name = {one.id}, one.same_as
    while name not in seen and name in findings and findings[name].disposition is Disposition.JOINED:
        seen.add(name)
        name = findings[name].same_as
    if name in seen or name not in findings or findings[name].disposition in _NO_OTHER:
        raise UsageError(f"Finding {one.id} repeats nothing that is open.")
    return _with(one, same_as=name)


_NO_OTHER = (Disposition.FIXED, Disposition.KEPT, Disposition.WITHDRAWN)


def _as_the_other(one: Finding, other: Finding) -> Finding:
    joined, to = one.disposition is Disposition.JOINED, other.disposition
    if to is Disposition.FIXED and joined:
        return _with(one, disposition=Disposition.FIXED)
    if to is Disposition.CONFIRMED and one.disposition is Disposition.FIXED:
        return _with(one, disposition=Disposition.JOINED)
    if joined and to in CLOSED:
        why = f"it was taken for a repeat of {other.id}, which is {to}"
        return _with(one, disposition=Disposition.UPHELD, same_as="", why=why)
    return one


def _as_grave(other: Finding, one: Finding) -> Finding:
    graver = one.disposition is Disposition.JOINED and one.severity.value < other.severity.value
    return _graded(other, one.severity) if graver else other
