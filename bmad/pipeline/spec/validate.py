"""`bmad validate`: every rule over the specification in the work tree."""

from collections.abc import Iterator, Sequence

from bmad.core.paths import Classifier, PathClass
from bmad.core.planning import planning
from bmad.core.rules import validate as run_rules
from bmad.core.unmatched import landed, unguarded, unmatched
from bmad.core.wording.wording import open_wording
from bmad.model.findings import Finding, Severity
from bmad.model.layout import POLICY
from bmad.model.validation import ValidatedIntent, ValidateReport
from bmad.pipeline.spec.misplaced import misplaced
from bmad.pipeline.spec.untracked import untracked
from bmad.pipeline.spec.work_tree import Loaded, load, refuse_foreign, refuse_unmapped, with_source
from bmad.ports.files import Formats, Workspace


def validate(
    workspace: Workspace, formats: Formats, *, strict: bool = False, tracked: Sequence[str] = ()
) -> ValidateReport:
    """Check everything and say all of it; `strict` lets warnings fail too.

    `tracked` are the paths that git tracks, for what territories match; empty where there is no git.

    Raises: UsageError where there is no specification to check.
    """
    loaded = load(workspace, formats)
    refuse_foreign(loaded)
    refuse_unmapped(loaded)
    classify = Classifier(loaded.layout, loaded.settings.gate.governed)
    beyond = unmatched(loaded.spec, tracked, lambda path: classify(_bytes(path)).klass is not PathClass.CODE)
    policy = workspace.read(POLICY) or ""
    graph = loaded.graph()
    sizes = {path: len(text) for path, text in loaded.texts.items()}
    advice = [
        *planning(graph, loaded.settings.spec, sizes, landed(loaded.spec, tracked)),
        *open_wording(loaded.spec.documents, loaded.texts),
    ]
    told = [one for one in advice if one.code not in loaded.settings.spec.silent]
    every = sorted(
        [
            *run_rules(loaded.spec, graph),
            *loaded.unmerged,
            *misplaced(workspace, graph, loaded.layout),
            *untracked(workspace, formats, loaded),
            *beyond,
            *unguarded(loaded.settings.oracle, tracked, (POLICY, policy)),
            *told,
        ],
        key=lambda one: one.order,
    )
    findings = with_source(every, {**loaded.texts, POLICY: policy})
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return ValidateReport(
        ok=not any(finding.severity in failing for finding in findings),
        items_seen=sum(document.seen for document in loaded.spec.documents),
        items_read=sum(document.read for document in loaded.spec.documents),
        intents=tuple(_intents(loaded, findings)),
        findings=findings,
    )


def _intents(loaded: Loaded, findings: Sequence[Finding]) -> Iterator[ValidatedIntent]:
    """Each of several intents."""
    register_of = loaded.layout.register_of
    for place in loaded.layout.places if len(loaded.layout.places) > 1 else ():
        own = [one for one in loaded.spec.documents if register_of(one.path) == place.register]
        found = [one for one in findings if place.register == register_of(one.path) or one.path in place.files]
        yield ValidatedIntent(
            path=place.intent,
            items_seen=sum(one.seen for one in own),
            items_read=sum(one.read for one in own),
            errors=sum(one.severity is Severity.ERROR for one in found),
            warnings=sum(one.severity is Severity.WARNING for one in found),
        )


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
