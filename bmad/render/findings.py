"""Findings as plain text for a person at a terminal."""

from collections import Counter

from bmad.model.findings import Finding, Severity
from bmad.model.validation import ValidateReport
from bmad.render.words import columns, plural, visible

_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_MOST_RULES = 3
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def finding_text(finding: Finding, *, colour: bool = False) -> str:
    """A finding with its place, its line, a caret under the column, and the fix."""
    place = f"{visible(finding.path)}:{finding.line}:{finding.column}" if finding.line else visible(finding.path)
    severity = finding.severity.value
    if colour:
        severity = f"\033[1;{_COLOURS[finding.severity]}m{severity}\033[0m"
    rows = [f"{place}: {severity} {finding.code}: {visible(finding.message)}"]
    if finding.source:
        source, caret = _window(finding.source, finding.column, finding.width)
        rows += [f"    {source}", f"    {caret}"]
    if finding.fix:
        rows.append(f"    fix: {visible(finding.fix)}")
    return "\n".join(rows)


_WIDTH = 100


def _window(source: str, column: int, width: int) -> tuple[str, str]:
    """The part of a line around a column, and carets under so many of its characters from there, or under one."""
    start = max(0, column - 1 - _WIDTH // 2) if len(source) > _WIDTH else 0
    shown = source[start : start + _WIDTH]
    lead = "… " if start else ""
    before = visible(shown[: max(0, column - 1 - start)])
    at = max(0, column - 1 - start)
    meant = visible(shown[at : at + width])
    carets = " " * columns(lead + before) + "^" * max(1, columns(meant))
    return f"{lead}{visible(shown)}{' …' if start + _WIDTH < len(source) else ''}", carets


def validation(report: ValidateReport, *, colour: bool = False) -> str:
    """All findings, then the counts."""
    parts = [finding_text(finding, colour=colour) for finding in report.findings]
    for one in report.intents:
        told = f"{plural(one.errors, 'error')}, {plural(one.warnings, 'warning')}"
        parts.append(f"{visible(one.path)}: {plural(one.items_seen, 'item')} seen, {one.items_read} read; {told}")
    parts.append(f"{plural(report.items_seen, 'item')} seen, {report.items_read} read; {tally(report.findings)}")
    return "\n".join(parts)


def by_rule(findings: tuple[Finding, ...]) -> str:
    """The rules that findings are of, the most frequent first, with numbers where there are several rules."""
    counts = Counter(finding.code for finding in findings).most_common()
    shown = [code if len(counts) == 1 else f"{code} {count}" for code, count in counts[:_MOST_RULES]]
    return ", ".join((*shown, *("…" for _ in counts[_MOST_RULES : _MOST_RULES + 1])))


def tally(findings: tuple[Finding, ...]) -> str:
    """How many findings there are of each severity, in words."""
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    if not findings:
        return "no findings"
    return ", ".join(plural(count, _NAMES[severity]) for severity, count in counts.items() if count)
