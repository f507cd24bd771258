"""Where what a map makes is written: the place of the intent that is mapped, and what stands there."""

import re
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.model.layout import Layout, Place
from bmad.model.lock import Lock
from bmad.model.spec import AnyItem, Epic, Requirement, Statement

_SLUG = re.compile(r"[^a-z0-9]+")


def file_of(item: AnyItem, place: Place) -> str:
    """The path that a new item's document gets in an intent's place (register and PRD hold many)."""
    match item:
        case Statement():
            return place.register
        case Requirement():
            return place.prd
        case _:
            words = _SLUG.sub("-", item.title.lower()).strip("-")
            slug = words[:48].rsplit("-", 1)[0] if len(words) > 48 else words  # noqa: PLR2004 - a readable name
            folder = place.epics if isinstance(item, Epic) else place.stories
            return f"{folder}/{item.id}-{slug}.md" if slug else f"{folder}/{item.id}.md"


class Stood(NamedTuple):
    """The specification as it stands, and the place of the intent that is mapped; other places are not touched."""

    graph: SpecGraph
    lock: Lock
    landed: frozenset[str]
    layout: Layout
    place: Place

    def is_here(self, node: str) -> bool:
        """Whether a node stands in a document of the intent."""
        found = self.graph.nodes.get(node)
        return found is not None and self.layout.register_of(found.path) == self.place.register
