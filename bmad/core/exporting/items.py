"""The items of a graph with their links, in the order of the intents and of what hangs below each story."""

from collections.abc import Iterator, Mapping

from bmad.core.graph import SpecGraph, places, source_of, story_places
from bmad.model.exporting import Exported
from bmad.model.graph import LinkKind, Node
from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.model.spec import Criterion, Epic, Requirement, Statement, Story

_KINDS = (Kind.STATEMENT, Kind.REQUIREMENT, Kind.EPIC, Kind.STORY)


def items(graph: SpecGraph, layout: Layout, states: Mapping[str, str]) -> list[Exported]:
    """All items, those of one intent together: statements, requirements, epics, stories with their criteria."""
    found: list[Exported] = []
    for place in layout.places:
        here = [node for node in graph.nodes.values() if layout.register_of(node.path) == place.register]
        for kind in _KINDS:
            for node in in_order(graph, [one for one in here if one.kind is kind]):
                found.append(_item(graph, node, place.intent, states))
                if isinstance(node.item, Story):
                    found += _criteria(node, node.item, place.intent)
    return found


def in_order(graph: SpecGraph, nodes: list[Node]) -> list[Node]:
    """Nodes of one kind as the intent asks for them; an epic by the first of its stories."""
    needs, stories = places(graph), story_places(graph)
    epics: dict[str, int] = {}
    for name, at in stories.items():
        item = graph.nodes[name].item
        if isinstance(item, Story) and item.epic is not None:
            epic = graph.aliases.get(item.epic.text, item.epic.text)
            epics[epic] = min(epics.get(epic, at), at)
    rank = {**needs, **stories, **epics}
    return sorted(nodes, key=lambda node: rank.get(node.id, len(rank)) if node.kind is not Kind.STATEMENT else 0)


def _item(graph: SpecGraph, node: Node, part: str, states: Mapping[str, str]) -> Exported:
    item = node.item
    links = tuple((link.kind.value, link.target) for link in graph.up(node.id))
    return Exported(
        node.id,
        node.kind.value,
        node.title,
        _text(item),
        source=source_of(node),
        state=states.get(node.id, item.klass.value if isinstance(item, Statement) else ""),
        priority=item.priority.value if isinstance(item, Requirement) else "",
        part=part,
        path=node.path,
        line=node.line,
        links=links,
    )


def _text(item: object) -> str:
    match item:
        case Statement():
            return item.quote
        case Requirement() | Epic():
            return item.text
        case Story():
            return item.narrative
    return ""


def _criteria(node: Node, story: Story, part: str) -> Iterator[Exported]:
    for one in story.criteria:
        if isinstance(one, Criterion):
            name = f"{node.id}/{one.id}"
            link = (LinkKind.PART_OF.value, node.id)
            yield Exported(
                name,
                Kind.CRITERION.value,
                one.id,
                one.text,
                part=part,
                path=node.path,
                line=one.line,
                links=(link,),
            )
