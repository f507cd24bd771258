"""`bmad renumber`: what two branches left under one id gets one each, and a file the name of what is in it."""

from dataclasses import replace
from typing import NamedTuple

from bmad.core.graph import SpecGraph, build
from bmad.core.lock import renew
from bmad.core.renumbering import Plan, Renumberer, carried, kept_references
from bmad.core.rules import validate as run_rules
from bmad.model.layout import Layout
from bmad.model.renumbering import KeptReference, RenumberReport
from bmad.model.specification import Spec
from bmad.pipeline.map.diffs import diff
from bmad.pipeline.spec.misplaced import misplaced
from bmad.pipeline.spec.work_tree import Loaded, load, refuse_foreign, refuse_unmapped, refuse_unread, with_source
from bmad.ports.files import Formats, Workspace, Writer


def renumber(workspace: Workspace, formats: Formats, *, dry_run: bool = False) -> RenumberReport:
    """Mend V02 in all documents; all of it is written, or nothing.

    Raises: UsageError where there is no specification, or a document does not parse.
    """
    if dry_run:
        return _renumber(workspace, formats, None)
    with workspace.writing("bmad renumber") as writer:
        return _renumber(workspace, formats, writer)


class _Outcome(NamedTuple):
    """The texts that change by path (None removes), all texts of documents, the graph and the specification."""

    files: dict[str, str | None]
    texts: dict[str, str]
    graph: SpecGraph
    spec: Spec


def _renumber(workspace: Workspace, formats: Formats, writer: Writer | None) -> RenumberReport:
    loaded = load(workspace, formats)
    refuse_foreign(loaded)
    refuse_unmapped(loaded)
    refuse_unread(loaded)
    documents = loaded.spec.documents
    found = {
        one.path: formats.definitions(one.path, loaded.texts[one.path], loaded.layout.kind(one.path))
        for one in documents
    }
    plan = Renumberer(documents, found, loaded.spec.lock, loaded.layout).planned()
    outcome = _apply(formats, loaded, plan)
    if outcome.files and writer is not None:
        writer.write(outcome.files)
    left = [finding for finding in run_rules(outcome.spec, outcome.graph) if finding.code == "V02"]
    left += misplaced(workspace, outcome.graph, loaded.layout)
    return RenumberReport(
        ok=not left,
        written=bool(outcome.files) and writer is not None,
        renumbered=tuple(plan.done),
        renamed=plan.renamed,
        kept=(*kept_references(outcome.graph, outcome.texts, plan), *_records(workspace, plan, loaded.layout)),
        left=with_source(left, outcome.texts),
        diff="" if writer is not None else diff(loaded.texts, outcome.files),
    )


def _apply(formats: Formats, loaded: Loaded, plan: Plan) -> _Outcome:
    kind = loaded.layout.kind
    before = {document.path: loaded.texts[document.path] for document in loaded.spec.documents}
    texts: dict[str, str] = {}
    for path, text in before.items():
        to = plan.moves.get(path, path)
        if to is not None:
            changes = plan.changes.get(path)
            texts[to] = formats.redefine(path, text, changes, kind(path)) if changes is not None else text
    documents = tuple(formats.document(path, texts[path], kind(path)) for path in sorted(texts))
    graph = build(documents)
    files: dict[str, str | None] = {path: text for path, text in texts.items() if before.get(path) != text}
    files |= dict.fromkeys(before.keys() - texts.keys())
    lock = loaded.spec.lock
    if files:
        lock = renew(graph, carried(lock, plan))
        files[loaded.layout.lock] = loaded.lock_text(formats, lock)
    return _Outcome(files, texts, graph, replace(loaded.spec, documents=documents, lock=lock))


def _records(workspace: Workspace, plan: Plan, layout: Layout) -> list[KeptReference]:
    """The records of stories whose id another one had, too: which of the two has landed, a person knows."""
    ids = {old for old, _ in plan.moved.values()}
    records = ((path, layout.record(path)) for path in workspace.record_paths(layout))
    return [
        KeptReference(id=name.story, path=path, line=1)
        for path, name in records
        if name is not None and name.story in ids
    ]
