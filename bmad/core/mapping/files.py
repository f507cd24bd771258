"""Where what a map makes is written: the place of the intent that is mapped, and what stands there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bmad.core.graph import SpecGraph
from bmad.core.mapping.parts import LISTS, last_written, listed
from bmad.model.layout import Layout, Place
from bmad.model.lock import Lock, NodeLock
from bmad.model.mapping import Derived
from bmad.model.normal import normal
from bmad.model.spec import AnyItem, Criterion, Epic, Requirement, Statement

FUNCTIONAL, NON_FUNCTIONAL = "Functional Requirements", "Non-Functional Requirements"
_NAMING = (*sorted(LISTS), "epic")
"""The parts that name other items."""
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_SLUG = re.compile(r"[^a-z0-9]+")


def file_of(item: AnyItem, place: Place) -> str:
    """The path that a new item's document gets in an intent's place (register and PRD hold many)."""
    match item:
        case Statement():
            return place.register
        case Requirement():
            return place.prd
        case _:
            bare = _ACCENTS.sub("", normal("NFKD", item.title.casefold()))
            words = _SLUG.sub("-", bare).strip("-")
            slug = words[:48].rsplit("-", 1)[0] if len(words) > 48 else words  # noqa: PLR2004 - a readable name
            folder = place.epics if isinstance(item, Epic) else place.stories
            return f"{folder}/{item.id}-{slug}.md" if slug else f"{folder}/{item.id}.md"


def section_of(item: AnyItem) -> str | None:
    """The section of its document that a new item stands in; None where the document has none."""
    if not isinstance(item, Requirement):
        return None
    return FUNCTIONAL if item.functional else NON_FUNCTIONAL


@dataclass(frozen=True)
class Stood:
    """The specification as it stands, and the place of the intent that is mapped; other places are not touched."""

    graph: SpecGraph
    lock: Lock
    landed: frozenset[str]
    layout: Layout
    place: Place

    def is_here(self, node: str) -> bool:
        """Whether a node stands in a document of the intent."""
        found = self.graph.nodes.get(node)
        return found is not None and found.path in self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        """The documents of the intent."""
        paths = {node.path for node in self.graph.nodes.values()}
        return frozenset(path for path in paths if self.layout.register_of(path) == self.place.register)

    @cached_property
    def base(self) -> Mapping[str, Mapping[str, str]]:
        """What a mapper last wrote of each item of the intent, by id and part."""
        found: dict[str, dict[str, str]] = {}
        for node, entries in self.lock.nodes.items():
            if "/" in node or not self.is_here(node):
                continue
            written = entries[0].derived if len(entries) == 1 else self._last(node, entries)
            if written:
                found[node] = dict(written)
        return found

    def _last(self, node: str, entries: tuple[NodeLock, ...]) -> Derived:
        return last_written([entry.derived for entry in entries], self.item(node))

    def item(self, node: str) -> AnyItem:
        item = self.graph.nodes[node].item
        if isinstance(item, Criterion):
            raise TypeError(node)
        return item

    def names(self, written: Mapping[str, str | None]) -> list[str]:
        """The ids that an item names, by the written form of its parts."""
        names = [name for part in _NAMING if (value := written.get(part)) for name in listed(value)]
        return [self.graph.aliases.get(name, name) for name in names]
