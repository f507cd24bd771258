"""`bmad map`: an intent becomes statements, requirements, epics and stories, or an edited one updates them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bmad.core.graph import SpecGraph, build
from bmad.core.lock import renew
from bmad.core.mapping.plan import Planner
from bmad.core.mapping.sound import Mapped, unsound
from bmad.core.margin import drafted
from bmad.core.rules import validate as run_rules
from bmad.core.sorting.facts import facts
from bmad.errors import UsageError
from bmad.model.draft import Draft
from bmad.model.edits import AddItem
from bmad.model.findings import Finding
from bmad.model.layout import LOCK, PRD, REGISTER
from bmad.model.lock import Lock
from bmad.model.mapping import MapPlan
from bmad.model.reports import MapConflict, MapReport
from bmad.model.spec import Document
from bmad.model.specification import Spec
from bmad.model.unmerged import first_mark
from bmad.pipeline.astray import refuse_lost
from bmad.pipeline.diffs import diff
from bmad.pipeline.spec import Loaded, intent_of, load, refuse_broken, with_source
from bmad.pipeline.standing import standing_landings
from bmad.ports.files import Formats, Workspace, Writer

Mapper = Callable[[str], Draft]


class MapRequest(NamedTuple):
    """`intent` is a path below the repository's root; `keep` lets a person's hand win every conflict."""

    intent: str
    mapper: str = "outline"
    dry_run: bool = False
    keep: bool = False


class _Outcome(NamedTuple):
    """The specification as it would be: changed texts by path (None removes), graph and findings."""

    files: dict[str, str | None]
    graph: SpecGraph
    spec: Spec
    findings: list[Finding]


def map_intent(workspace: Workspace, formats: Formats, mapper: Mapper, request: MapRequest) -> MapReport:
    """Map the intent; write all of the result, or nothing.

    Conflicts are in the report, whose `ok` is then false. What would make the specification worse than it is
    is one too, and `keep` does not settle it.
    Raises: UsageError where the intent cannot be read or says nothing, or another intent is mapped already.
    """
    if request.dry_run:
        return _map(workspace, formats, mapper, None, request)
    with workspace.writing("bmad map") as writer:
        return _map(workspace, formats, mapper, writer, request)


def _map(
    workspace: Workspace, formats: Formats, mapper: Mapper, writer: Writer | None, request: MapRequest
) -> MapReport:
    """Map the intent, and write the result where there is a writer."""
    loaded = load(workspace, formats)
    refuse_broken(loaded)
    text = intent_text(workspace, loaded, request.intent)
    draft = mapper(text)
    if not draft.statements:
        raise UsageError(
            f"{request.intent} holds no goal, requirement or constraint that could be mapped. "
            "Write what the thing must do, for instance as bullets under `## Requirements`."
        )
    graph, landed = loaded.graph(), _landed(workspace, formats, loaded.spec.lock)
    plan = Planner(draft, text, graph, loaded.spec.lock, landed).plan()
    refuse_lost(workspace, loaded, plan.created)
    outcome = _apply(formats, loaded, plan, draft, text, request.intent)
    mapped = Mapped(plan, graph, outcome.graph, landed, request.intent)
    worse = unsound(mapped, outcome.findings, lambda: run_rules(loaded.spec, graph))
    if worse:
        plan = plan.model_copy(update={"conflicts": (*plan.conflicts, *worse)})
    blocked = bool(worse) or (bool(plan.conflicts) and not request.keep)
    if outcome.files and not blocked and writer is not None:
        writer.write(outcome.files)
    return _report(loaded, plan, outcome, (text, draft), request, blocked=blocked)


def was_sorted(workspace: Workspace) -> bool:
    """Whether the lock holds what a model said of blocks; seen in its text, which is read whole where it is."""
    return "\nblock " in (workspace.read(LOCK) or "")


def intent_text(workspace: Workspace, loaded: Loaded, path: str) -> str:
    """The intent's text. Raises: UsageError where it cannot be mapped, or another one is mapped already."""
    known = intent_of(loaded.spec.documents)
    if known is not None and known != path:
        raise UsageError(
            f"This repository maps {known}; a second intent ({path}) is not mapped beside it. "
            "Put what it says into the first one."
        )
    text = workspace.read(path)
    if text is None:
        raise UsageError(f"{path} does not exist.")
    mark = first_mark(text)
    if mark is not None or path in workspace.standing().unmerged:
        line = mark[0] if mark else 1
        raise UsageError(f"{path}:{line}: a merge is not finished here. Settle the conflict, then: git add {path}")
    if not text.strip():
        raise UsageError(f"{path} is empty; write down what is wanted and why.")
    return text


def _landed(workspace: Workspace, formats: Formats, lock: Lock) -> frozenset[str]:
    """The stories that have a record and were not reopened since."""
    last = standing_landings(workspace, formats)
    return frozenset(story for story, number in last.items() if (story, number) not in lock.reopened)


def _apply(formats: Formats, loaded: Loaded, plan: MapPlan, draft: Draft, text: str, intent: str) -> _Outcome:
    texts = {document.path: loaded.texts[document.path] for document in loaded.spec.documents}
    starts = {REGISTER: _register_head(intent), PRD: _prd_head(draft.title)}
    changed: dict[str, str | None] = {}
    for path, edits in plan.edits.items():
        changed[path] = formats.edit(path, texts.get(path, starts.get(path, "")), edits)
    for path, item in plan.new_files.items():
        changed[path] = formats.edit(path, "", [AddItem(item)])
    for path in plan.removed_files:
        changed[path] = None
    after = {path: value for path, value in (texts | changed).items() if value is not None}
    parsed = {document.path: document for document in loaded.spec.documents}
    documents = tuple(_parse(formats, parsed, path, after[path], changed) for path in sorted(after))
    graph = build(documents)
    held = renew(graph, loaded.spec.lock, plan.derived)
    lock = held.model_copy(update={"blocks": facts(text, draft)})
    changed[LOCK] = formats.render_lock(lock)
    before = loaded.texts
    files = {path: value for path, value in changed.items() if value != before.get(path)}
    spec = Spec(documents=documents, intent_path=intent, intent=text, lock=lock)
    return _Outcome(files, graph, spec, run_rules(spec, graph))


def _parse(
    formats: Formats, parsed: Mapping[str, Document], path: str, text: str, changed: Mapping[str, str | None]
) -> Document:
    """The document at path, parsed again only where it was changed."""
    return parsed[path] if path in parsed and path not in changed else formats.document(path, text)


def _register_head(intent: str) -> str:
    return (
        "# Intent register\n\n"
        f"- Intent: `{intent}`\n\n"
        "The statements of the intent, in its own words. Made by `bmad map`; a `Class` may be corrected by hand.\n"
    )


def _prd_head(title: str) -> str:
    return f"# Product requirements: {title}\n\nMade by `bmad map` and edited by people; both are kept.\n"


def _report(
    loaded: Loaded,
    plan: MapPlan,
    outcome: _Outcome,
    mapped: tuple[str, Draft],
    request: MapRequest,
    *,
    blocked: bool,
) -> MapReport:
    text, draft = mapped
    texts = {path: value for path, value in (loaded.texts | outcome.files).items() if value is not None}
    counts: dict[str, int] = {}
    for node in outcome.graph.nodes.values():
        counts[node.kind.value] = counts.get(node.kind.value, 0) + 1
    read = drafted(request.intent, text, draft)
    return MapReport(
        ok=not blocked,
        mapper=request.mapper,
        intent=request.intent,
        written=bool(outcome.files) and not blocked and not request.dry_run,
        created=plan.created,
        changed=plan.changed,
        retired=plan.retired,
        reread=plan.reread,
        coverage=draft.coverage,
        blocks=read.coverage,
        silent=read.silent,
        reads_as=draft.reads_as,
        counts=counts,
        findings=with_source(outcome.findings, texts),
        conflicts=tuple(MapConflict(**conflict._asdict()) for conflict in plan.conflicts),
        diff=diff(loaded.texts, outcome.files) if request.dry_run else "",
    )
