"""Whose part of the work a story is: its epic's `Owner`, where that is somebody else than who asks."""

from collections.abc import Iterable

from bmad.core.gate.people import People
from bmad.core.graph import SpecGraph
from bmad.model.spec import Epic, Story


def owned(graph: SpecGraph, stories: Iterable[str]) -> dict[str, str]:
    """Those of the stories whose epic has an owner -> that, as it is written."""
    told = ((story, _owner(graph, story)) for story in stories)
    return {story: owner for story, owner in told if owner}


def _owner(graph: SpecGraph, story: str) -> str:
    node = graph.nodes.get(story)
    item = node.item if node is not None else None
    above = graph.nodes.get(item.epic.text) if isinstance(item, Story) and item.epic is not None else None
    return ((above.item.owner or "") if above is not None and isinstance(above.item, Epic) else "").strip()


def is_of(owner: str, person: str, people: People) -> bool:
    """Whether an epic is a person's (`Name <address>`): by name or address, of one or of several behind commas."""
    return people.among(person, (owner, *owner.split(",")))
