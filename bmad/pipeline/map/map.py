"""`bmad map`: an intent becomes statements, requirements, epics and stories, or an edited one updates them."""

import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from bmad.core.governed import names
from bmad.core.graph import SpecGraph, build
from bmad.core.lock import renew
from bmad.core.mapping.files import Stood
from bmad.core.mapping.plan import Planner
from bmad.core.mapping.sound import Mapped, unsound
from bmad.core.margin import drafted
from bmad.core.rules import validate as run_rules
from bmad.core.shards import index_of
from bmad.core.sorting.facts import renewed
from bmad.errors import UsageError
from bmad.model.bounds import CRITERIA
from bmad.model.draft import Draft
from bmad.model.edits import AddItem
from bmad.model.findings import Finding
from bmad.model.layout import POLICY, Layout, Place, is_markdown
from bmad.model.map_reports import MapConflict, MapReport
from bmad.model.mapping import MapPlan
from bmad.model.placing import listed
from bmad.model.spec import way_in
from bmad.model.specification import IntentText, Spec
from bmad.model.unmerged import first_mark
from bmad.pipeline.map.diffs import diff
from bmad.pipeline.spec.misplaced import refuse_lost
from bmad.pipeline.spec.work_tree import (
    Loaded,
    intent_of,
    layout_here,
    load,
    origin_of,
    read_intent,
    refuse_broken,
    refuse_foreign,
    registered,
    with_source,
)
from bmad.pipeline.status.landed_records import closed_stories
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
    own: IntentText
    """The intent that was mapped."""


def _refuse_too_long(draft: Draft, path: str) -> None:
    """Raises: UsageError where a story would have more criteria than the gate holds."""
    for story in draft.stories:
        if len(story.criteria) > CRITERIA:
            raise UsageError(
                f"“{story.title}” of {path} would be one story of {len(story.criteria)} criteria, of which it may "
                f"have {CRITERIA}: part what stands below it with headings, then map again."
            )


def map_intent(workspace: Workspace, formats: Formats, mapper: Mapper, request: MapRequest) -> MapReport:
    """Map the intent; write all of the result, or nothing.

    Conflicts are in the report, whose `ok` is then false. What would make the specification worse than it is
    is one too, and `keep` does not settle it.
    Raises: UsageError where the intent cannot be read or says nothing, or another intent is mapped already.
    """
    if request.dry_run:
        return map_held(workspace, formats, mapper, None, request)
    with workspace.writing("bmad map") as writer:
        return map_held(workspace, formats, mapper, writer, request)


def map_held(
    workspace: Workspace,
    formats: Formats,
    mapper: Mapper,
    writer: Writer | None,
    request: MapRequest,
    imported: str = "",
) -> MapReport:
    """Map the intent, and write the result where there is a writer; `imported` says where an import is from.

    Raises: as `map_intent`.
    """
    loaded = load(workspace, formats)
    refuse_foreign(loaded)
    refuse_broken(loaded)
    intent = intent_text(workspace, place_to_map(workspace, loaded, request.intent))
    place, text = intent.place, intent.text or ""
    draft = mapper(text)
    _refuse_too_long(draft, intent.path)
    if not draft.statements:
        raise UsageError(
            f"{request.intent} holds no goal, requirement or constraint that could be mapped. "
            "Write what the thing must do, for instance as bullets under `## Requirements`."
        )
    refuse_imported(loaded, place, imported)
    graph = loaded.graph()
    landed = closed_stories(workspace, formats, loaded.layout, loaded.spec.lock)
    layout = loaded.layout.naming(place.intent).with_place(place)
    plan = Planner(draft, text, Stood(graph, loaded.spec.lock, landed, layout, place)).plan()
    refuse_lost(workspace, loaded, plan.created)
    outcome = _apply(formats, loaded, plan, _Mapped(draft, intent, layout, imported))
    mapped = Mapped(plan, graph, outcome.graph, landed, request.intent)
    worse = unsound(mapped, outcome.findings, lambda: run_rules(loaded.spec, graph))
    if worse:
        plan = replace(plan, conflicts=(*plan.conflicts, *worse))
    blocked = bool(worse) or (bool(plan.conflicts) and not request.keep)
    if outcome.files and not blocked and writer is not None:
        writer.write(outcome.files)
    return _report(loaded, plan, outcome, draft, request, blocked=blocked)


def was_sorted(workspace: Workspace, formats: Formats) -> bool:
    """Whether the lock holds what a model said of blocks; seen in its text, which is read whole where it is."""
    return "\nblock " in (workspace.read(layout_here(workspace, formats).lock) or "")


def intents_to_map(workspace: Workspace, formats: Formats) -> tuple[list[str], list[str]]:
    """The intents that the settings list, or the register names: those that are there, and those that are not.

    Raises: UsageError where there is none.
    """
    intents, registers = registered(workspace, formats)
    origins = {one.path: origin_of(registers, one.place) for one in intents}
    there = [one.path for one in intents if one.text is not None and not origins[one.path]]
    if not there and (origin := next(filter(None, origins.values()), "")):
        raise UsageError(
            f"What is mapped here was imported ({origin}). What changed comes in by: {way_in(origin)}"
        )
    missing = [one.path for one in intents if one.text is None]
    if not there:
        raise UsageError(f"{missing[0]} does not exist. Write it: bmad brainstorm {missing[0]}")
    return there, missing


def place_to_map(workspace: Workspace, loaded: Loaded, path: str) -> Place:
    """As `place_of`, of an intent that is there. Raises: UsageError where it is not."""
    known = [place.intent for place in loaded.layout.places]
    if path not in known and not path.endswith("/") and workspace.read(path) is None:
        told = f" This repository maps {' and '.join(known)}." if loaded.spec.documents or len(known) > 1 else ""
        raise UsageError(f"{path} does not exist.{told}")
    return place_of(loaded, path)


_PROSE = frozenset({"", ".md", ".markdown", ".mdx", ".mkd", ".txt", ".text", ".rst", ".adoc", ".asciidoc", ".org"})


def _is_prose(name: str) -> bool:
    """Whether a file is a text by its name, and no code, settings or data."""
    return not name.startswith(".") and PurePosixPath(name).suffix.lower() in _PROSE


def _no_intent(layout: Layout, path: str) -> str:
    """Why the file at path can be no intent; empty where it may be one."""
    if layout.is_state(path) or layout.record(path) is not None:
        return "bmad writes it itself"
    folder, _, name = path.rpartition("/")
    if not path.endswith("/") and not _is_prose(name):
        return "it is no text for people"
    if any(folder in {place.stories, place.epics} for place in layout.places):
        return "its folder holds what bmad writes"
    governed = names(folded=True)
    why = governed.why(path.casefold())
    return "" if is_markdown(path) and governed.why(f"{folder}/_.md".casefold()) else why


def place_of(loaded: Loaded, path: str) -> Place:
    """Where the documents of the intent at path stand. Raises: UsageError where it is none of the repository's."""
    layout = loaded.layout
    if why := _no_intent(layout, path):
        raise UsageError(f"{path} is no intent: {why}. Name a document that says what is wanted.")
    known = [place.intent for place in layout.places]
    if path == "./":
        raise UsageError("The whole repository is no intent; name a file, or a folder that the settings name.")
    if path not in known and path.endswith("/"):
        raise UsageError(
            f"{path.removesuffix('/')} is a folder; name a file. Where all Markdown files in it are the intent, "
            f"say so in {POLICY}: intent: {path}"
        )
    if path not in known and (len(known) > 1 or intent_of(loaded.spec.documents, layout) is not None):
        whole = f": intent: [{listed(layout.places[0])}, {path}]" if len(known) == 1 else ", beside the others"
        if of := next((place.intent for place in layout.places if path in place.files), ""):
            raise UsageError(f"{path} is a part of {of} and mapped with it: bmad map {shlex.quote(of)}")
        raise UsageError(
            f"This repository maps {' and '.join(known)}; {path} is not mapped beside that. "
            f"List it, too, under `intent` of {POLICY}{whole}"
        )
    return next((one for one in layout.places if one.intent == path), layout.naming(path).places[0])


def intent_text(workspace: Workspace, place: Place) -> IntentText:
    """An intent with its text. Raises: UsageError where it cannot be mapped."""
    intent = read_intent(workspace, place)
    path, text = intent.path, intent.text
    if intent.missing:
        raise UsageError(
            f"{index_of(path)} links to {intent.missing[0]}, which is not there. Write it, or unlink it."
        )
    if text is None:
        raise UsageError(f"{path} does not exist.")
    mark = first_mark(text)
    unmerged = next((one for one in intent.place.files if one in workspace.standing().unmerged), None)
    if mark is not None or unmerged is not None:
        where, line = intent.at(mark[0]) if mark is not None else (unmerged, 1)
        raise UsageError(
            f"{where}:{line}: a merge is not finished here. Settle the conflict, then: git add {where}"
        )
    if not text.strip():
        raise UsageError(f"{path} is empty; write down what is wanted and why.")
    return intent


class _Mapped(NamedTuple):
    """What was mapped, and where it goes."""

    draft: Draft
    intent: IntentText
    layout: Layout
    imported: str = ""


def refuse_imported(loaded: Loaded, place: Place, now: str) -> None:
    """Raises: UsageError where the documents of an intent come of an import, and a map would make others of it."""
    origin = origin_of(loaded.spec.documents, place)
    if origin and not now:
        raise UsageError(
            f"{place.intent} was imported ({origin}). What changed in it comes in by: {way_in(origin)}"
        )
    if now and not origin and any(one.path == place.register for one in loaded.spec.documents):
        raise UsageError(f"{place.intent} is mapped already, and was not imported: bmad map {place.intent}")


def _apply(formats: Formats, loaded: Loaded, plan: MapPlan, mapped: _Mapped) -> _Outcome:
    layout, own, place = mapped.layout, mapped.intent, mapped.intent.place
    kind = layout.kind
    starts = {place.register: _register_head(place.intent, mapped.imported), place.prd: _prd_head(mapped)}
    changed: dict[str, str | None] = {}
    for path, edits in plan.edits.items():
        changed[path] = formats.edit(path, loaded.texts.get(path, starts.get(path, "")), edits, kind(path))
    for path, item in plan.new_files.items():
        changed[path] = formats.edit(path, "", [AddItem(item)], kind(path))
    for path in plan.removed_files:
        changed[path] = None
    documents = loaded.documents_with(formats, changed, layout)
    graph = build(documents, loaded.graph())
    held = renew(graph, loaded.spec.lock, plan.derived)
    said = loaded.spec.lock.blocks if len(layout.places) > 1 else {}
    lock = replace(held, blocks=renewed(said, own.text or "", mapped.draft))
    changed[layout.lock] = loaded.lock_text(formats, lock)
    before = loaded.texts
    files = {path: value for path, value in changed.items() if value != before.get(path)}
    others = {one.place.register: one for one in loaded.spec.intents}
    intents = tuple((others | {place.register: own})[one.register] for one in layout.places)
    spec = Spec(documents=documents, intents=intents, lock=lock, layout=layout)
    return _Outcome(files, graph, spec, run_rules(spec, graph), own)


def _of_it(outcome: _Outcome) -> list[Finding]:
    """The findings that are not about another intent's documents."""
    register_of, own = outcome.spec.layout.register_of, outcome.own.place.register
    return [one for one in outcome.findings if register_of(one.path) in ("", own)]


def _register_head(intent: str, imported: str) -> str:
    origin = f"- Imported: {imported}\n" if imported else ""
    command = "import" if imported else "map"
    return (
        "# Intent register\n\n"
        f"- Intent: `{intent}`\n{origin}\n"
        f"The statements of the intent, in its own words. Made by `bmad {command}`; a `Class` may be "
        "corrected by hand.\n"
    )


def _prd_head(mapped: _Mapped) -> str:
    command = "import" if mapped.imported else "map"
    title = mapped.draft.title
    return f"# Product requirements: {title}\n\nMade by `bmad {command}` and edited by people; both are kept.\n"


def _report(
    loaded: Loaded,
    plan: MapPlan,
    outcome: _Outcome,
    draft: Draft,
    request: MapRequest,
    *,
    blocked: bool,
) -> MapReport:
    texts = {path: value for path, value in (loaded.texts | outcome.files).items() if value is not None}
    register_of, own = outcome.spec.layout.register_of, outcome.own.place.register
    here = {one.path for one in outcome.spec.documents if register_of(one.path) == own}
    counts = Counter([node.kind for node in outcome.graph.nodes.values() if node.path in here])
    read = drafted(outcome.own, draft)
    return MapReport(
        ok=not blocked,
        mapper=request.mapper,
        intent=request.intent,
        written=bool(outcome.files) and not blocked and not request.dry_run,
        created=plan.created,
        changed=plan.changed,
        retired=plan.retired,
        reread=plan.reread,
        steady=plan.steady,
        coverage=draft.coverage,
        blocks=read.coverage,
        silent=read.silent,
        reads_as=draft.reads_as,
        counts={kind.value: count for kind, count in counts.items()},
        findings=with_source(_of_it(outcome), texts),
        conflicts=tuple(MapConflict(**conflict._asdict()) for conflict in plan.conflicts),
        diff=diff(loaded.texts, outcome.files) if request.dry_run else "",
    )
