"""The lessons of `docs/knowledge/` at one commit: their index, what is stale, what is said twice."""

from bmad.core.knowledge.index import Entry, Known, Told, index, markdown
from bmad.core.knowledge.pages import INDEX
from bmad.model.knowledge import KnowledgePage, KnowledgeReport, SaidTwice
from bmad.model.spec import Epic, Story
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.commit_files import Shelves
from bmad.ports.acting import Desk
from bmad.ports.files import Workspace


def known(grounds: Grounds, shelves: Shelves, basis: Basis) -> Known:
    """What the pages of a commit are held against."""
    items = [node.item for node in basis.state.graph.nodes.values()]
    gone = grounds.taken_back(basis)
    last = {one.story: one for one in sorted(basis.records, key=lambda one: one.landing)}
    return Known(
        blobs=dict(grounds.files(shelves.commit)),
        stories={
            one.id: Told(one.title, one.epic.text if one.epic else "", basis.closed(one.id) and one.id not in gone)
            for one in items
            if isinstance(one, Story)
        },
        ids=frozenset(basis.state.graph.nodes),
        left={name: {one.path: one.new_blob for one in record.change} for name, record in last.items()},
        landings=[
            (one.story, each.path, each.old_blob, each.new_blob) for one in basis.records for each in one.change
        ],
        holds=shelves.holds,
    )


def knowledge(desk: Desk, commit: str, workspace: Workspace, *, write: bool = False) -> KnowledgeReport:
    """The index at a commit; with `write` it is laid down in the work tree as well, where it reads otherwise.

    Raises: UsageError where the commit's specification or policy cannot be read.
    """
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        basis = grounds.at(commit)
        shelves = grounds.shelves(desk.library, basis, commit)
        made = index(shelves.pages, known(grounds, shelves, basis))
        laid = shelves.read(INDEX)
    items = [node.item for node in basis.state.graph.nodes.values()]
    text = markdown(made, {one.id: one.title for one in items if isinstance(one, Epic)})
    written = write and _write(workspace, text)
    in_step = None if laid is None else laid == text
    return KnowledgeReport(
        ok=made.ok and in_step is not False,
        commit=commit,
        pages=tuple(map(_page, made.entries)),
        twice=tuple(SaidTwice(**one._asdict()) for one in made.twins),
        index=INDEX,
        in_step=in_step,
        written=written,
        text=text,
    )


def _write(workspace: Workspace, text: str) -> bool:
    with workspace.writing("bmad knowledge") as writer:
        if workspace.read(INDEX) == text:
            return False
        writer.write({INDEX: text})
        return True


def _page(one: Entry) -> KnowledgePage:
    return KnowledgePage(
        path=one.page.path,
        title=one.page.title,
        klass=one.klass.value,
        story=one.page.story,
        epic=one.aim if one.aim != one.page.story else "",
        bytes=one.size,
        long=one.is_long,
        stale=one.stale,
        changed=one.changed,
    )
