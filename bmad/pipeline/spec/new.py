"""`bmad new`: a story, requirement or epic that a person adds, with its id and its links in the lock."""

from typing import NamedTuple

from bmad.core.fingerprint import mint
from bmad.core.graph import SpecGraph, build, references
from bmad.core.lock import renew
from bmad.core.mapping.files import file_of, section_of
from bmad.core.prefixes import find
from bmad.errors import UsageError
from bmad.model.edits import AddItem, Edit, SetField
from bmad.model.ids import PREFIX, Kind
from bmad.model.layout import Place
from bmad.model.reports import NewReport
from bmad.model.spec import AnyItem, Criterion, Epic, Item, Ref, Requirement, Section, Story, StoryKind
from bmad.pipeline.spec.work_tree import Loaded, load_sound
from bmad.ports.files import Formats, Workspace, Writer


class NewItem(NamedTuple):
    """What a person asks for; ids may be prefixes. `up` is traces, covers or implements by kind."""

    kind: Kind
    title: str
    up: tuple[str, ...] = ()
    epic: str | None = None
    depends_on: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    text: str = ""
    functional: bool = True
    notes: str = ""
    """Of a story: its Dev Notes."""
    story_kind: StoryKind | None = None


_UPPER = {Kind.REQUIREMENT: Kind.STATEMENT, Kind.EPIC: Kind.REQUIREMENT, Kind.STORY: Kind.REQUIREMENT}


def new(workspace: Workspace, formats: Formats, request: NewItem) -> NewReport:
    """Add the item to its document. Raises: UsageError where a reference is unknown or of the wrong kind."""
    if not request.title.strip() or "\n" in request.title:
        raise UsageError("The title should be one line of words.")
    with workspace.writing("bmad new") as writer:
        return _new(workspace, formats, writer, request)


def _new(workspace: Workspace, formats: Formats, writer: Writer, request: NewItem) -> NewReport:
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    item = _item(request, graph, loaded)
    path = file_of(item, _place(item, graph, loaded))
    edits: dict[str, list[Edit]] = {path: [AddItem(item, under=section_of(item))]}
    if isinstance(item, Story) and item.epic is not None:
        _cover(edits, graph, item.epic.text, [ref.text for ref in item.implements])
    files: dict[str, str | None] = {
        where: formats.edit(where, loaded.texts.get(where, ""), changes, loaded.layout.kind(where))
        for where, changes in edits.items()
    }
    documents = loaded.documents_with(formats, files, loaded.layout)
    lock = renew(build(documents, loaded.graph()), loaded.spec.lock)
    writer.write({**files, loaded.layout.lock: loaded.lock_text(formats, lock)})
    return NewReport(id=item.id, kind=request.kind, path=path)


def _place(item: AnyItem, graph: SpecGraph, loaded: Loaded) -> Place:
    """Where it stands: beside what it hangs from."""
    above = (graph.nodes[ref.text].path for _, ref in references(item) if ref.text in graph.nodes)
    owners = (loaded.layout.owner(path) for path in above)
    return next((owner[1] for owner in owners if owner is not None), loaded.layout.places[0])


def _cover(edits: dict[str, list[Edit]], graph: SpecGraph, epic: str, requirements: list[str]) -> None:
    """An epic covers what its stories implement."""
    node = graph.nodes[epic]
    if isinstance(node.item, Epic):
        covered = [ref.text for ref in node.item.covers]
        more = [requirement for requirement in requirements if requirement not in covered]
        if more:
            edits.setdefault(node.path, []).append(SetField(epic, "Covers", ", ".join([*covered, *more])))


def _item(request: NewItem, graph: SpecGraph, loaded: Loaded) -> AnyItem:
    taken = {**dict.fromkeys(graph.nodes, ""), **loaded.spec.lock.retired}
    prefix = PREFIX[request.kind] if request.functional else "NFR"
    name = mint(prefix, taken, request.kind.value, request.title)
    title = " ".join(request.title.split())
    up = tuple(_ref(graph, name, _UPPER[request.kind]) for name in request.up)
    if request.kind is Kind.REQUIREMENT:
        return Requirement(id=name, title=title, traces=up, text=request.text or f"{title}.")
    if request.kind is Kind.EPIC:
        return Epic(id=name, title=title, covers=up, text=request.text)
    return Story(
        id=name,
        title=title,
        epic=_ref(graph, request.epic, Kind.EPIC) if request.epic else None,
        implements=up,
        depends_on=tuple(_ref(graph, name, Kind.STORY) for name in request.depends_on),
        territory=tuple(Ref(glob) for glob in request.territory),
        kind=request.story_kind,
        narrative=request.text or f"{title}.",
        criteria=tuple(Criterion(id=f"AC-{n}", text=text) for n, text in enumerate(request.criteria, 1)),
        sections=(Section("Tasks / Subtasks", "", 0), Section("Dev Notes", request.notes, 0)),
    )


def _ref(graph: SpecGraph, name: str, wanted: Kind) -> Ref:
    node = graph.nodes[find(graph, name, wanted)]
    if node.kind is not wanted or not isinstance(node.item, Item):
        raise UsageError(f"{node.id} is no {wanted} ({node.kind}), which is wanted here.")
    return Ref(node.id)
