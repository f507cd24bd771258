"""`bmad start`: a person begins a story on a branch whose commits carry its trailer."""

from typing import NamedTuple

from bmad.core.graph import chain
from bmad.core.suspicion import suspects
from bmad.errors import UsageError
from bmad.model.ids import Kind
from bmad.model.reports import StartReport
from bmad.model.spec import Story
from bmad.pipeline.graph import find
from bmad.pipeline.hooks import BRANCH, HOOKS
from bmad.pipeline.spec import load_sound
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import Checkout


class StartRequest(NamedTuple):
    """`story` may be a prefix; `here` binds the present branch instead of making one."""

    story: str
    here: bool = False


def start(workspace: Workspace, formats: Formats, checkout: Checkout, request: StartRequest) -> StartReport:
    """Switch to the story's branch, making it from here where it is new.

    Raises: UsageError where the name stands for no story, its chain is broken, or git does not switch.
    """
    checkout.require()
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    node = graph.nodes[find(graph, request.story)]
    if not isinstance(node.item, Story):
        raise UsageError(f"{node.id} is a {node.kind}; a {Kind.STORY} can be started.")
    way = chain(graph, node.id)
    if way.problems:
        raise UsageError(f"{node.id} has no whole chain to the intent: {'; '.join(way.problems)}.")
    notes: list[str] = []
    suspect = suspects(graph, loaded.spec.lock)
    if any(link.key in suspect for link in way.links):
        notes.append(f"its chain is suspect: the gate asks for: bmad confirm {node.id} --why REASON")
    if not node.item.territory:
        notes.append("it has no territory; at level `scoped` it covers no code: add `- Territory: …` to its file")
    if not all((checkout.hooks() / hook).exists() for hook in HOOKS):
        notes.append("no hooks here, so write the trailer yourself, or run: bmad hooks install")
    if not checkout.tracked(node.path):
        notes.append(f"{node.path} is not committed yet: a story must stand in the history with its code")
    return StartReport(
        story=node.id,
        title=node.title,
        branch=_switch(checkout, node.id, here=request.here),
        trailer=f"Story: {node.id}",
        territory=tuple(ref.text for ref in node.item.territory),
        path=node.path,
        notes=tuple(notes),
    )


def _switch(checkout: Checkout, story: str, *, here: bool) -> str:
    present = checkout.branch()
    if here:
        if present is None:
            raise UsageError("The head is detached; switch to a branch, or leave out --here.")
        checkout.bind(present, story)
        return present
    branch = f"{BRANCH}{story}"
    if present != branch:
        checkout.switch(branch, create=not checkout.branches(branch))
    return branch
