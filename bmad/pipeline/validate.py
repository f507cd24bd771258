"""`bmad validate`: every rule over the specification in the work tree."""

from collections.abc import Sequence

from bmad.core.paths import Classifier, PathClass
from bmad.core.planning import planning
from bmad.core.rules import validate as run_rules
from bmad.core.unmatched import landed, unmatched
from bmad.core.wording.wording import open_wording
from bmad.errors import UsageError
from bmad.model.findings import Severity
from bmad.model.validation import ValidateReport
from bmad.pipeline.astray import misplaced
from bmad.pipeline.spec import load, with_source
from bmad.ports.files import Formats, Workspace


def validate(
    workspace: Workspace, formats: Formats, *, strict: bool = False, tracked: Sequence[str] = ()
) -> ValidateReport:
    """Check everything and say all of it; `strict` lets warnings fail too.

    `tracked` are the paths that git tracks, for what territories match; empty where there is no git.

    Raises: UsageError where there is no specification to check.
    """
    loaded = load(workspace, formats)
    if not loaded.spec.documents:
        raise UsageError("There is no specification here yet. Write an intent.md, then run: bmad map intent.md")
    classify = Classifier(loaded.spec.intent_path, loaded.settings.gate.governed)
    beyond = unmatched(loaded.spec, tracked, lambda path: classify(_bytes(path)).klass is not PathClass.CODE)
    graph = loaded.graph()
    sizes = {path: len(text) for path, text in loaded.texts.items()}
    advice = [
        *planning(graph, loaded.settings.spec, sizes, landed(loaded.spec, tracked)),
        *open_wording(loaded.spec.documents, loaded.texts),
    ]
    told = [one for one in advice if one.code not in loaded.settings.spec.silent]
    every = sorted(
        [*run_rules(loaded.spec, graph), *loaded.unmerged, *misplaced(workspace, graph), *beyond, *told],
        key=lambda one: one.order,
    )
    findings = with_source(every, loaded.texts)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return ValidateReport(
        ok=not any(finding.severity in failing for finding in findings),
        items_seen=sum(document.seen for document in loaded.spec.documents),
        items_read=sum(document.read for document in loaded.spec.documents),
        findings=findings,
    )


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
