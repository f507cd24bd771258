"""`bmad validate`: every rule over the specification in the work tree."""

from bmad.core.rules import validate as run_rules
from bmad.errors import UsageError
from bmad.model.findings import Severity
from bmad.model.reports import ValidateReport
from bmad.pipeline.spec import load, with_source
from bmad.ports.files import Formats, Workspace


def validate(workspace: Workspace, formats: Formats, *, strict: bool = False) -> ValidateReport:
    """Check everything and say all of it; `strict` lets warnings fail too.

    Raises: UsageError where there is no specification to check.
    """
    loaded = load(workspace, formats)
    if not loaded.spec.documents:
        raise UsageError("There is no specification here yet. Write an intent.md, then run: bmad map intent.md")
    findings = with_source(run_rules(loaded.spec), loaded.texts)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return ValidateReport(
        ok=not any(finding.severity in failing for finding in findings),
        items_seen=sum(document.seen for document in loaded.spec.documents),
        items_read=sum(document.read for document in loaded.spec.documents),
        findings=findings,
    )
