"""`bmad territory`: paths for the open stories that have no territory, each with what it follows from."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.core.graph import SpecGraph, story_places
from bmad.core.paths import Classifier, PathClass
from bmad.core.prefixes import find_story
from bmad.core.proposing.beside import KnownTests
from bmad.core.proposing.known import Known, Plan
from bmad.core.proposing.mentions import Said, mentions
from bmad.core.proposing.pages import said, said_in
from bmad.core.proposing.propose import Changed, Proposed, Proposer, Sources
from bmad.core.proposing.sharing import shared
from bmad.core.proposing.trees import Planned, drawn
from bmad.core.source_keys import page_of
from bmad.core.territory import shape_fault
from bmad.core.unmatched import landed
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.edits import SetField, globs_text
from bmad.model.ids import Kind
from bmad.model.layout import Place, folder_of, is_markdown, is_sharded
from bmad.model.spec import Requirement, Story, source_of_import
from bmad.model.territories import StoryTerritory, TerritoryReport
from bmad.pipeline.spec.touched_paths import NOTHING, Touched, touched
from bmad.pipeline.spec.work_tree import Loaded, load_sound
from bmad.pipeline.trace.revision import read_at
from bmad.ports.cache import Cache
from bmad.ports.files import Formats, Workspace, Writer
from bmad.ports.history import History

_NOTHING = "no word names a path of code that stands here, or that has a folder here"


class TerritoryRequest(NamedTuple):
    """`stories` are those asked for, all open ones without any; `tracked` are the paths that git tracks."""

    stories: Sequence[str] = ()
    write: bool = False
    tracked: Sequence[str] = ()
    history: History | None = None
    cache: Cache | None = None
    """What `bmad backfill` has kept."""


def territory(workspace: Workspace, formats: Formats, request: TerritoryRequest) -> TerritoryReport:
    """Propose, and with `write` write what is proposed into the stories' documents.

    Raises: UsageError where there is no specification, or a name stands for no open story.
    """
    if not request.write:
        return _territory(workspace, formats, request, None)
    with workspace.writing("bmad territory") as writer:
        return _territory(workspace, formats, request, writer)


def _territory(
    workspace: Workspace, formats: Formats, request: TerritoryRequest, writer: Writer | None
) -> TerritoryReport:
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    over = landed(loaded.spec, request.tracked) | graph.done_elsewhere
    order = story_places(graph)
    every = sorted((one for one in graph.stories if one.id not in over), key=lambda one: (order[one.id], one.id))
    wanted = _wanted(graph, request.stories, over)
    asked = [one for one in every if not one.territory and (not wanted or one.id in wanted)]
    proposer = Proposer(graph, loaded.layout, _sources(workspace, formats, request, loaded))
    most = loaded.settings.spec.territory
    found = [_told(one, proposer.propose(one), most) for one in asked]
    files = _written(formats, loaded, found) if writer is not None else {}
    if writer is not None and files:
        writer.write(files)
        found = [one.model_copy(update={"written": bool(one.proposed) and not one.why}) for one in found]
    territories = {one.id: [ref.text for ref in one.territory] for one in every if one.territory}
    territories |= {one.id: [each.glob for each in one.proposed] for one in found if one.proposed}
    return TerritoryReport(
        stories=tuple(found),
        stated=tuple(one.id for one in every if one.territory and (not wanted or one.id in wanted)),
        shared=tuple(shared(graph, territories, loaded.settings.act.hubs)),
        files=tuple(sorted(files)),
        notes=tuple(_notes(found, written=bool(files))),
    )


def _wanted(graph: SpecGraph, names: Sequence[str], over: Iterable[str]) -> frozenset[str]:
    found = frozenset(find_story(graph, name).id for name in names)
    for name in sorted(found):
        if name in over:
            raise UsageError(f"{name} is done, so nothing is proposed to it.")
    return found


def _told(story: Story, proposed: Proposed, most: int) -> StoryTerritory:
    paths = proposed.paths
    why = "" if paths else _NOTHING
    if len(paths) > most:
        why = f"{len(paths)} paths are more than one run takes (`spec.territory`: {most}): part it, or write fewer"
    return StoryTerritory(
        id=story.id,
        title=story.title,
        source=story.source,
        path=story.path,
        proposed=paths,
        left=proposed.left,
        why=why,
        written=False,
    )


def _written(formats: Formats, loaded: Loaded, found: Iterable[StoryTerritory]) -> dict[str, str | None]:
    """The documents with what is proposed; the lock knows no territory, so it stays as it is."""
    return {
        one.path: formats.edit(
            one.path,
            loaded.texts[one.path],
            [SetField(one.id, "Territory", globs_text([each.glob for each in one.proposed]))],
            Kind.STORY,
        )
        for one in found
        if one.proposed and not one.why
    }


def _notes(found: Sequence[StoryTerritory], *, written: bool) -> Iterator[str]:
    if written:
        yield "next: look through it with git diff, and commit it; what it says binds whoever builds the story"
    elif any(one.proposed and not one.why for one in found):
        yield "next: bmad territory --write"
    if any(not one.proposed for one in found):
        yield "where nothing is proposed, write it, or let the creator of `bmad act` name it"


# -- what is read ----------------------------------------------------------------------------------------------


def _sources(workspace: Workspace, formats: Formats, request: TerritoryRequest, loaded: Loaded) -> Sources:
    graph = loaded.graph()
    taken = _Taken(loaded)
    own = [path for path in request.tracked if not taken(path) and not shape_fault(path) and "`" not in path]
    pages = _Pages(workspace, frozenset(request.tracked), graph)
    known = Known(own)
    plans = _plans(pages, loaded, request.tracked, known)
    told = _history(formats, request, graph.stories)
    return Sources(
        known=known,
        plan=lambda story: plans[loaded.layout.register_of(story.path)],
        tests=KnownTests(known.files, (path for plan in plans.values() for path in plan.files)),
        said=lambda story: [*said(story, _needs(graph, story)), *pages.said(story)],
        taken=taken,
        done=_done(known, told, pages, graph),
        older=told.older,
    )


def _needs(graph: SpecGraph, story: Story) -> Iterator[Requirement]:
    for ref in story.implements:
        node = graph.nodes.get(ref.text)
        if node is not None and isinstance(node.item, Requirement):
            yield node.item


def _history(formats: Formats, request: TerritoryRequest, stories: Sequence[Story]) -> Touched:
    if request.history is None or request.cache is None:
        return NOTHING
    try:
        with request.history.read() as objects:
            return touched(read_at(objects, formats, None), request.cache, stories)
    except CannotAnswerError:
        return NOTHING


def _done(known: Known, told: Touched, pages: "_Pages", graph: SpecGraph) -> dict[str, list[Changed]]:
    """What stories changed that are begun or done: by commits, older history, or their own lists of files."""
    found: dict[str, list[Changed]] = {story: list(own) for story, own in told.done.items()}
    for story in graph.stories:
        if story.id not in graph.done_elsewhere:
            continue
        listed = (one.name for each in pages.said(story, files_only=True) for one in mentions(each))
        paths = frozenset(name for name in listed if name in known.files)
        own = [
            *told.older.get(story.id, ()),
            *([Changed(paths, "its own list of files names it")] if paths else []),
        ]
        if own:
            found.setdefault(story.id, []).extend(own)
    return found


class _Taken:
    """Why a path is no story's to change."""

    def __init__(self, loaded: Loaded) -> None:
        self._classify = Classifier(loaded.layout, loaded.settings.gate.governed)
        imported = (source_of_import(one.imported) for one in loaded.spec.documents if one.imported)
        self._plans = frozenset(one for one in imported if one not in ("", "."))

    def __call__(self, path: str) -> str:
        klass = self._classify(path.encode("utf-8", "surrogateescape")).klass
        if klass in (PathClass.GOVERNED, PathClass.TWIN):
            return "it is governed, and no story changes it"
        if klass is not PathClass.CODE:
            return "it is no code: the specification's own, a record or a lesson"
        above = (path[: found.start()] for found in _SLASH.finditer(path))
        return "it is what was imported" if not self._plans.isdisjoint((path, *above)) else ""


_SLASH = re.compile("/")


class _Pages:
    """The pages of stories in their own project, and what they say; each is read once."""

    def __init__(self, workspace: Workspace, tracked: frozenset[str], graph: SpecGraph) -> None:
        self._workspace, self._tracked = workspace, tracked
        self._used = Counter(filter(None, map(page_of, graph.stories)))
        self._texts: dict[str, str] = {}

    def text(self, path: str) -> str:
        if path not in self._texts:
            try:
                text = self._workspace.read(path) if path in self._tracked else None
            except UsageError:
                text = None
            self._texts[path] = text or ""
        return self._texts[path]

    def said(self, story: Story, *, files_only: bool = False) -> list[Said]:
        """What its page says; one that several stories share is about none of them alone."""
        page = page_of(story)
        if page is None or self._used[page] > 1:
            return []
        return list(said_in(page, self.text(page), files_only=files_only))

    def is_one(self, path: str) -> bool:
        return path in self._used

    @property
    def shared(self) -> list[str]:
        return [page for page, count in self._used.items() if count > 1]


_DRAWS = re.compile(r"architecture|structure|source-tree|plan\.md", re.IGNORECASE)
"""Documents whose trees are the project's own; others draw examples, too."""


def _plans(pages: _Pages, loaded: Loaded, tracked: Sequence[str], known: Known) -> dict[str, Plan]:
    """By register what the source trees of an intent plan; where it draws none, what those of the others do."""
    trees = {place.register: dict(_trees(pages, loaded, place, tracked)) for place in loaded.layout.places}
    shared = {page: found for page in pages.shared if (found := list(drawn(pages.text(page))))}
    every = {path: found for own in (*trees.values(), shared) for path, found in own.items()}
    standing = known.files | known.folders
    return {register: Plan({**own, **shared} or every, standing) for register, own in trees.items()}


def _trees(
    pages: _Pages, loaded: Loaded, place: Place, tracked: Sequence[str]
) -> Iterator[tuple[str, list[Planned]]]:
    """The source trees of an intent: its own, or those of an architecture beside what was imported."""
    imported = any(one.imported for one in loaded.spec.documents if one.path == place.register)
    folder = folder_of(place.intent) if is_sharded(place.intent) else None
    beside = (path for path in tracked if is_markdown(path) and folder is not None and folder_of(path) == folder)
    named = [path for path in beside if _DRAWS.search(path.removeprefix(folder or "")) and not pages.is_one(path)]
    for path in dict.fromkeys([*(() if imported else place.files), *named]):
        found = list(drawn(pages.text(path)))
        if found:
            yield path, found
