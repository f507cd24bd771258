"""Where what a map makes is written: the place of the intent that is mapped, and what stands there."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.mapping.parts import LISTS, derived, encode, last_written, listed, parts
from bmad.model.layout import Layout, Place
from bmad.model.lock import Lock, NodeLock
from bmad.model.mapping import Derived
from bmad.model.normal import normal
from bmad.model.spec import AnyItem, Criterion, Epic, Requirement, Statement, Story

FUNCTIONAL, NON_FUNCTIONAL = "Functional Requirements", "Non-Functional Requirements"
_NAMING = (*sorted(LISTS), "epic")
"""The parts that name other items."""
_CRITERION = "AC-1"
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
            bare = item.title.casefold()
            bare = bare if bare.isascii() else _ACCENTS.sub("", normal("NFKD", bare))
            words = _SLUG.sub("-", bare).strip("-")
            slug = words[:48].rsplit("-", 1)[0] if len(words) > 48 else words  # noqa: PLR2004 - a readable name
            folder = place.epics if isinstance(item, Epic) else place.stories
            return f"{folder}/{item.id}-{slug}.md" if slug else f"{folder}/{item.id}.md"


def section_of(item: AnyItem) -> str | None:
    """The section of its document that a new item stands in; None where the document has none."""
    if not isinstance(item, Requirement):
        return None
    return FUNCTIONAL if item.functional else NON_FUNCTIONAL


class _ByPart(Mapping[str, Mapping[str, str]]):
    """What was written by id and part; of most items nobody asks for a part."""

    def __init__(self, written: Mapping[str, Derived]) -> None:
        self._written = written

    def __getitem__(self, node: str) -> Mapping[str, str]:
        return dict(self._written[node])

    def __contains__(self, node: object) -> bool:
        return node in self._written

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


class Carried(NamedTuple):
    """Where a criterion stands that a hand took out of another story as it was mapped."""

    story: str
    criterion: str
    text: str


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
        return _ByPart(self.written)

    @cached_property
    def written(self) -> Mapping[str, Derived]:
        """The same as the lock keeps it."""
        found: dict[str, Derived] = {}
        nodes, paths = self.graph.nodes, self._paths
        for name, entries in self.lock.nodes.items():
            if "/" in name or (node := nodes.get(name)) is None or node.path not in paths:
                continue
            written = entries[0].derived if len(entries) == 1 else self._last(name, entries)
            if written:
                found[name] = written
        return found

    @cached_property
    def _untouched(self) -> Collection[str]:
        """The items of the intent that stand as a mapper last wrote them."""
        return {name for name, written in self.written.items() if derived(parts(self.item(name))) == written}

    def is_settled(self, item: AnyItem) -> bool:
        """Whether an item that is asked for is the very one that stands, as a mapper last wrote it."""
        node = self.graph.nodes.get(item.id)
        return node is not None and node.item is item and item.id in self._untouched

    @cached_property
    def lost(self) -> Mapping[str, Mapping[str, str]]:
        """The criteria that a hand took out of stories which have not landed, as the lock has them."""
        found: dict[str, dict[str, str]] = {}
        for story, base in self._touched:
            own = {one.id for one in story.criteria}
            gone = {part: said for part, said in base.items() if part.startswith("AC-") and part not in own}
            found |= {story.id: gone} if gone else {}
        return found

    @cached_property
    def carried(self) -> Mapping[str, Mapping[str, Carried]]:
        """Those of them that now stand in another story, by the story that lost them."""
        gained: dict[str, list[Carried]] = {}
        for story, base in self._touched if self.lost else ():
            for one in story.criteria:
                if one.id not in base:
                    there = Carried(story.id, one.id, one.text)
                    gained.setdefault(encode(_CRITERION, one.text), []).append(there)
        sole = {said: there[0] for said, there in gained.items() if len(there) == 1}
        found = {
            name: {part: sole[said] for part, said in gone.items() if said in sole}
            for name, gone in self.lost.items()
        }
        return {name: there for name, there in found.items() if there}

    @cached_property
    def _touched(self) -> list[tuple[Story, Mapping[str, str]]]:
        """The mapped stories that a hand is on and that have not landed, with what a mapper last wrote of them."""
        away = {*self.landed, *self._untouched}
        items = ((self.item(name), dict(base)) for name, base in self.written.items() if name not in away)
        return [(item, base) for item, base in items if isinstance(item, Story)]

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
