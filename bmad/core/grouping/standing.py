"""What the specification holds of an intent's blocks: the grouping that stands, and is not asked about again."""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.outline.read.block import Reading
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.normal import fold
from bmad.model.spec import Epic, Requirement, Statement, Story

_NO_STORIES: Mapping[int, Story] = MappingProxyType({})
_NO_EPICS: Mapping[str, Epic] = MappingProxyType({})


class Standing(NamedTuple):
    """By block the story that does what it says, and the blocks that hold for all work; epics by id."""

    stories: Mapping[int, Story] = _NO_STORIES
    everywhere: frozenset[int] = frozenset()
    epics: Mapping[str, Epic] = _NO_EPICS

    def epic(self, block: int) -> Epic | None:
        """The epic of the story that a block is in."""
        story = self.stories.get(block)
        return self.epics.get(story.epic.text) if story is not None and story.epic is not None else None


def standing(reading: Reading, graph: SpecGraph) -> Standing:
    """What the graph holds of the blocks that say what they said, where they said it."""
    waiting: dict[tuple[str, str], deque[str]] = {}
    for node in graph.of_kind(Kind.STATEMENT):
        if isinstance(node.item, Statement):
            waiting.setdefault((fold(node.item.under), fold(node.item.quote)), deque()).append(node.id)
    stories: dict[int, Story] = {}
    everywhere: set[int] = set()
    for block in reading.blocks:
        under = " > ".join(part for part in reading.sections[block.section].path if part)
        found = waiting.get((fold(under), fold(reading.text[block.span.start : block.span.end])))
        if found:
            _look_up(graph, found.popleft(), block.index, stories, everywhere)
    epics = {node.id: node.item for node in graph.of_kind(Kind.EPIC) if isinstance(node.item, Epic)}
    return Standing(stories, frozenset(everywhere), epics)


def _look_up(
    graph: SpecGraph, statement: str, block: int, stories: dict[int, Story], everywhere: set[int]
) -> None:
    for link in graph.down(statement):
        need = graph.nodes[link.source].item
        if isinstance(need, Requirement) and need.everywhere:
            everywhere.add(block)
        for below in graph.down(link.source):
            item = graph.nodes[below.source].item
            if below.kind is LinkKind.IMPLEMENTS and isinstance(item, Story):
                stories.setdefault(block, item)
