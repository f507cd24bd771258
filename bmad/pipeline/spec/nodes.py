"""`bmad show`, and what it shares with `bmad graph`: nodes and links of the specification as reports have them."""

from collections.abc import Iterable, Mapping

from bmad.core.graph import SpecGraph, proposed_by, source_of
from bmad.core.places import Stands, standing_quotes
from bmad.core.prefixes import find
from bmad.core.suspicion import reached, suspects
from bmad.model.graph import Link, Node
from bmad.model.layout import Layout
from bmad.model.lock import LinkKey
from bmad.model.reports import GraphLink, GraphNode, GraphReport, ShowReport
from bmad.model.spec import Criterion, Epic, Requirement, Statement, Story
from bmad.model.specification import Spec
from bmad.pipeline.spec.work_tree import load_sound
from bmad.ports.files import Formats, Workspace

Lines = Mapping[str, Stands | None]


def graph_report(spec: Spec, whole: SpecGraph) -> GraphReport:
    """All nodes and links of a graph that was built from spec, sorted: byte for byte the same for the same one."""
    lines = statement_lines(spec, whole)
    suspect = suspects(whole, spec.lock)
    nodes = sorted(whole.nodes.values(), key=lambda node: (node.kind, node.id))
    links = sorted(whole.links, key=lambda link: link.key)
    return GraphReport(
        nodes=tuple(graph_node(node, lines) for node in nodes),
        links=tuple(graph_link(link, suspect) for link in links),
    )


def statement_lines(spec: Spec, whole: SpecGraph) -> Lines:
    """Where each statement's quote stands in its intent."""
    statements = [node.item for node in whole.nodes.values() if isinstance(node.item, Statement)]
    return standing_quotes(spec.intents, statements)


def graph_node(node: Node, lines: Lines) -> GraphNode:
    item = node.item
    plain = GraphNode(
        id=node.id, kind=node.kind, title=node.title, path=node.path, line=node.line, fingerprint=node.fingerprint
    )
    if not isinstance(item, Statement):
        return plain
    at = lines.get(node.id)
    more: dict[str, object] = {"quote": item.quote, "heading": item.under, "klass": item.klass.value}
    more |= {"intent": at.path, "lines": at.lines} if at is not None else {}
    return plain.model_copy(update=more)


def graph_link(link: Link, suspect: frozenset[LinkKey]) -> GraphLink:
    return GraphLink(source=link.source, target=link.target, kind=link.kind, suspect=link.key in suspect)


def show(workspace: Workspace, formats: Formats, name: str) -> ShowReport:
    """One node with all that is linked to it. Raises: UsageError where name stands for no node."""
    loaded = load_sound(workspace, formats)
    whole = loaded.graph()
    node = whole.nodes[find(whole, name)]
    suspect = suspects(whole, loaded.spec.lock)
    return ShowReport(
        node=graph_node(node, statement_lines(loaded.spec, whole)),
        text=_text(node.item),
        up=tuple(graph_link(link, suspect) for link in whole.up(node.id)),
        down=tuple(graph_link(link, suspect) for link in sorted(whole.down(node.id), key=lambda link: link.key)),
        suspect=reached(whole, suspect).get(node.id, ()),
        titles=_titles(whole, node),
        source=source_of(node),
        proposed_by=proposed_by(node),
        everywhere=isinstance(node.item, Requirement) and node.item.everywhere,
        done_elsewhere=node.item.done_elsewhere if isinstance(node.item, Story) else "",
        no_story=node.item.no_story if isinstance(node.item, Requirement) else "",
        holding=holding(whole, loaded.layout, [node.path]) if isinstance(node.item, Story) else {},
    )


def holding(whole: SpecGraph, layout: Layout, paths: Iterable[str]) -> dict[str, str]:
    """Titles of the requirements that hold for all work on the intents of some documents, by id."""
    registers = {layout.register_of(path) for path in paths}
    return {one.id: one.title for one in whole.everywhere if layout.register_of(one.path) in registers}


def _text(item: Statement | Requirement | Epic | Story | Criterion) -> str:
    match item:
        case Statement():
            return item.quote
        case Story():
            criteria = "\n".join(f"- {criterion.id} {criterion.text}" for criterion in item.criteria)
            return f"{item.narrative}\n\n{criteria}".strip()
        case _:
            return item.text


def _titles(whole: SpecGraph, node: Node) -> dict[str, str]:
    ends = [link.target for link in whole.up(node.id)] + [link.source for link in whole.down(node.id)]
    return {end: whole.nodes[end].title for end in sorted(set(ends)) if end in whole.nodes}
