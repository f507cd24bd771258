"""What a map comes to: its plan carried out on the texts, judged, and reported."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from bmad.core.graph import SpecGraph, build
from bmad.core.lock import renew
from bmad.core.margin import drafted
from bmad.core.rules import validate as run_rules
from bmad.core.sorting.facts import renewed
from bmad.model.draft import Draft
from bmad.model.edits import AddItem, NameIntent
from bmad.model.findings import Finding
from bmad.model.layout import Layout
from bmad.model.map_reports import MapConflict, MapReport
from bmad.model.mapping import MapPlan
from bmad.model.specification import IntentText, Spec
from bmad.pipeline.map.diffs import diff
from bmad.pipeline.spec.work_tree import Loaded, with_source
from bmad.ports.files import Formats

Mapper = Callable[[str], Draft]


class MapRequest(NamedTuple):
    """`intent` is a path below the repository's root; `keep` lets a person's hand win every conflict."""

    intent: str
    mapper: str = "outline"
    dry_run: bool = False
    keep: bool = False
    imported: str = ""
    """Where an import is from."""


class Asked(NamedTuple):
    """What is to be mapped, and where it goes."""

    draft: Draft
    intent: IntentText
    layout: Layout
    imported: str


class Outcome(NamedTuple):
    """The specification as it would be: changed texts by path (None removes), graph and findings."""

    files: dict[str, str | None]
    graph: SpecGraph
    spec: Spec
    findings: list[Finding]

    def counts(self, register: str) -> dict[str, int]:
        """The live nodes of an intent by kind."""
        register_of = self.spec.layout.register_of
        here = {one.path for one in self.spec.documents if register_of(one.path) == register}
        counts = Counter([node.kind for node in self.graph.nodes.values() if node.path in here])
        return {kind.value: count for kind, count in counts.items()}


def applied(formats: Formats, loaded: Loaded, plan: MapPlan, asked: Asked) -> Outcome:
    """What is there once a plan is carried out."""
    layout, own, place = asked.layout, asked.intent, asked.intent.place
    kind = layout.kind
    starts = {place.register: _register_head(place.intent, asked.imported), place.prd: _prd_head(asked)}
    changed: dict[str, str | None] = {}
    named = next((one.intent for one in loaded.spec.documents if one.path == place.register), None)
    planned = {**plan.edits}
    if named not in (None, place.intent):
        planned[place.register] = (*planned.get(place.register, ()), NameIntent(place.intent))
    for path, edits in planned.items():
        changed[path] = formats.edit(path, loaded.texts.get(path, starts.get(path, "")), edits, kind(path))
    for path, item in plan.new_files.items():
        changed[path] = formats.edit(path, "", [AddItem(item)], kind(path))
    for path in plan.removed_files:
        changed[path] = None
    documents = loaded.documents_with(formats, changed, layout)
    graph = build(documents, loaded.graph())
    held = renew(graph, loaded.spec.lock, plan.derived)
    said = loaded.spec.lock.blocks if len(layout.places) > 1 else {}
    lock = replace(held, blocks=renewed(said, own.text or "", asked.draft))
    changed[layout.lock] = loaded.lock_text(formats, lock)
    before = loaded.texts
    files = {path: value for path, value in changed.items() if value != before.get(path)}
    others = {one.place.register: one for one in loaded.spec.intents}
    intents = tuple((others | {place.register: own})[one.register] for one in layout.places)
    spec = Spec(documents=documents, intents=intents, lock=lock, layout=layout)
    return Outcome(files, graph, spec, run_rules(spec, graph))


def _register_head(intent: str, imported: str) -> str:
    origin = f"- Imported: {imported}\n" if imported else ""
    command = "import" if imported else "map"
    return (
        "# Intent register\n\n"
        f"- Intent: `{intent}`\n{origin}\n"
        f"The statements of the intent, in its own words. Made by `bmad {command}`; a `Class` may be "
        "corrected by hand.\n"
    )


def _prd_head(asked: Asked) -> str:
    command = "import" if asked.imported else "map"
    title = asked.draft.title
    return f"# Product requirements: {title}\n\nMade by `bmad {command}` and edited by people; both are kept.\n"


class Change(NamedTuple):
    """The texts by path as they are, what becomes of them, and what is then found and counted."""

    before: Mapping[str, str]
    files: dict[str, str | None]
    findings: list[Finding]
    counts: dict[str, int]


def reported(
    change: Change, plan: MapPlan, draft: Draft, own: IntentText, request: MapRequest, *, blocked: bool
) -> MapReport:
    """The report of a map of `own`; what is found about another intent's documents is not in it."""
    texts = {path: value for path, value in {**change.before, **change.files}.items() if value is not None}
    read = drafted(own, draft)
    return MapReport(
        ok=not blocked,
        mapper=request.mapper,
        intent=request.intent,
        written=bool(change.files) and not blocked and not request.dry_run,
        created=plan.created,
        changed=plan.changed,
        retired=plan.retired,
        reread=plan.reread,
        steady=plan.steady,
        coverage=draft.coverage,
        blocks=read.coverage,
        silent=read.silent,
        reads_as=draft.reads_as,
        counts=change.counts,
        findings=with_source(change.findings, texts),
        conflicts=tuple(MapConflict(**conflict._asdict()) for conflict in plan.conflicts),
        diff=diff(change.before, change.files) if request.dry_run else "",
    )
