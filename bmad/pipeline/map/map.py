"""`bmad map`: an intent becomes statements, requirements, epics and stories, or an edited one updates them."""

import shlex
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from bmad.core.governed import names
from bmad.core.mapping.files import Stood
from bmad.core.mapping.heeding import heeded
from bmad.core.mapping.plan import Planner
from bmad.core.mapping.sound import Mapped, unsound
from bmad.core.rules import validate as run_rules
from bmad.core.shards import index_of
from bmad.errors import UsageError
from bmad.model.bounds import CRITERIA, LONG
from bmad.model.draft import Draft
from bmad.model.layout import POLICY, Layout, Place, is_markdown
from bmad.model.map_reports import MapReport
from bmad.model.mapping import MapPlan
from bmad.model.placing import listed
from bmad.model.spec import way_in
from bmad.model.specification import IntentText
from bmad.model.unmerged import first_mark
from bmad.pipeline.map.again import Here, again
from bmad.pipeline.map.last_map import last_map, remembered, state
from bmad.pipeline.map.outcome import Asked, Change, Mapper, MapRequest, applied, reported
from bmad.pipeline.spec.misplaced import refuse_lost
from bmad.pipeline.spec.work_tree import (
    Loaded,
    Texts,
    intent_of,
    layout_here,
    load,
    origin_of,
    read_intent,
    refuse_broken,
    refuse_foreign,
    registered,
    texts_here,
)
from bmad.pipeline.status.landed_records import closed_stories
from bmad.ports.cache import Kept
from bmad.ports.files import Formats, Workspace, Writer


def _refuse_too_long(draft: Draft, path: str) -> None:
    """Raises: UsageError where a story would have more criteria than the gate holds."""
    for story in draft.stories:
        if len(story.criteria) > CRITERIA:
            raise UsageError(
                f"“{story.title}” of {path} would be one story of {len(story.criteria)} criteria, of which it may "
                f"have {CRITERIA}: part what stands below it with headings, then map again."
            )


def map_intent(
    workspace: Workspace, formats: Formats, mapper: Mapper, request: MapRequest, known: Kept | None = None
) -> MapReport:
    """Map the intent; write all of the result, or nothing.

    Conflicts are in the report, whose `ok` is then false. What would make the specification worse than it is
    is one too, and `keep` does not settle it. `known` is what is kept of the last map: it makes it quicker alone.
    Raises: UsageError where the intent cannot be read or says nothing, or another intent is mapped already.
    """
    if request.dry_run:
        return map_held(workspace, formats, mapper, None, request, known)
    with workspace.writing("bmad map") as writer:
        return map_held(workspace, formats, mapper, writer, request, known)


def map_held(
    workspace: Workspace,
    formats: Formats,
    mapper: Mapper,
    writer: Writer | None,
    request: MapRequest,
    known: Kept | None = None,
) -> MapReport:
    """Map the intent, and write the result where there is a writer.

    Raises: as `map_intent`.
    """
    here, mapper = texts_here(workspace, formats), lru_cache(maxsize=1)(mapper)
    case = _Case(workspace, formats, mapper, writer, request, known or Kept(lambda: None), here)
    made = _again(case) or _anew(case)
    return reported(made.change, made.plan, made.draft, made.intent, request, blocked=made.blocked)


class _Case(NamedTuple):
    """A map that is asked for, and all that it is made by."""

    workspace: Workspace
    formats: Formats
    mapper: Mapper
    writer: Writer | None
    request: MapRequest
    known: Kept
    here: Texts


class _Made(NamedTuple):
    """A map that is carried out: what it plans, and what becomes of the texts. All else of it is let go."""

    plan: MapPlan
    change: Change
    draft: Draft
    intent: IntentText
    blocked: bool = False


def _anew(case: _Case) -> _Made:
    """The map of all of an intent. Raises: as `map_intent`."""
    workspace, formats, mapper, writer, request, known, here = case
    loaded = load(workspace, formats, here)
    refuse_foreign(loaded)
    refuse_broken(loaded)
    intent = intent_text(workspace, place_to_map(workspace, loaded, request.intent))
    place, text = intent.place, intent.text or ""
    draft = mapper(text)
    _refuse_too_long(draft, intent.path)
    if not draft.statements:
        kind = f"It reads as {draft.reads_as}. " if draft.reads_as else ""
        raise UsageError(
            f"{request.intent} holds no goal, requirement or constraint that could be mapped. {kind}"
            "Write what the thing must do, for instance as bullets under `## Requirements`."
        )
    refuse_imported(loaded, place, request.imported)
    graph = loaded.graph()
    landed = closed_stories(workspace, formats, loaded.layout, loaded.spec.lock)
    layout = loaded.layout.naming(place.intent).with_place(place)
    stood = Stood(graph, loaded.spec.lock, landed, layout, place)
    draft = heeded(draft, text, stood)
    plan = Planner(draft, text, stood).plan()
    refuse_lost(workspace, loaded, plan.created)
    outcome = applied(formats, loaded, plan, Asked(draft, intent, layout, request.imported))
    mapped = Mapped(plan, graph, outcome.graph, landed, request.intent)
    worse = unsound(mapped, outcome.findings, lambda: run_rules(loaded.spec, graph))
    if worse:
        plan = replace(plan, conflicts=(*plan.conflicts, *worse))
    blocked = bool(worse) or (bool(plan.conflicts) and not request.keep)
    if outcome.files and not blocked and writer is not None:
        writer.write(outcome.files)
    if known.keep is not None and not blocked and len(text) >= LONG:
        last = remembered(draft, text, outcome, landed, here.with_files(outcome.files))
        if last is not None:
            known.keep(last.content())
    of_it = [one for one in outcome.findings if layout.register_of(one.path) in ("", place.register)]
    change = Change(loaded.texts, outcome.files, of_it, outcome.counts(place.register))
    return _Made(plan, change, draft, intent, blocked)


def _again(case: _Case) -> _Made | None:
    """The map by what an edit reaches; None where nothing that fits is known of the last one."""
    workspace, formats, mapper, writer, request, known, here = case
    places = here.settings.layout.places
    if len(places) > 1 or sum(map(len, here.documents.values())) < LONG:
        return None
    last = last_map(known.load())
    if last is None or last.intent != request.intent or workspace.standing().unmerged:
        return None
    layout = here.settings.layout.naming(last.intent)
    intent = read_intent(workspace, layout.places[0])
    if intent.missing or first_mark(intent.text or "") is not None or state(here) != last.state:
        return None
    layout = layout.with_place(intent.place)
    lock = formats.lock(formats.lock_excerpt(here.lock or "", (), {}).text)
    landed = closed_stories(workspace, formats, layout, lock)
    draft = mapper(intent.text or "")
    _refuse_too_long(draft, intent.path)
    made = again(formats, last, Here(here, layout, intent, landed), draft)
    if made is None:
        return None
    if made.change.files and writer is not None:
        writer.write(made.change.files)
    if known.keep is not None and made.last is not None:
        known.keep(made.last.content())
    return _Made(made.plan, made.change, draft, intent)


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
    if not there and len(intents) == 1:  # it may have moved to where the settings say
        said = layout_here(workspace, formats).places[0]
        if read_intent(workspace, said).text is not None:
            there, missing = [said.intent], []
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
    elsewhere = path not in known and not _moves_to(loaded, path)
    if elsewhere and path.endswith("/"):
        raise UsageError(
            f"{path.removesuffix('/')} is a folder; name a file. Where all Markdown files in it are the intent, "
            f"say so in {POLICY}: intent: {path}"
        )
    if elsewhere and (len(known) > 1 or intent_of(loaded.spec.documents, layout) is not None):
        whole = f": intent: [{listed(layout.places[0])}, {path}]" if len(known) == 1 else ", beside the others"
        if of := next((place.intent for place in layout.places if path in place.files), ""):
            raise UsageError(f"{path} is a part of {of} and mapped with it: bmad map {shlex.quote(of)}")
        raise UsageError(
            f"This repository maps {' and '.join(known)}; {path} is not mapped beside that. "
            f"List it, too, under `intent` of {POLICY}{whole}"
        )
    return next((one for one in layout.places if one.intent == path), layout.naming(path).places[0])


def _moves_to(loaded: Loaded, path: str) -> bool:
    """Whether the one intent that is mapped is not there any more, so that it may have moved to path."""
    only = loaded.spec.intents
    said = not path.endswith("/") or loaded.settings.layout.places[0].intent == path
    return len(only) == 1 and only[0].text is None and said


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


def refuse_imported(loaded: Loaded, place: Place, now: str) -> None:
    """Raises: UsageError where the documents of an intent come of an import, and a map would make others of it."""
    origin = origin_of(loaded.spec.documents, place)
    if origin and not now:
        raise UsageError(
            f"{place.intent} was imported ({origin}). What changed in it comes in by: {way_in(origin)}"
        )
    if now and not origin and any(one.path == place.register for one in loaded.spec.documents):
        raise UsageError(f"{place.intent} is mapped already, and was not imported: bmad map {place.intent}")
