"""What would be wrong with a specification once a map is written: errors that it has not now."""

import shlex
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.rules import placeless
from bmad.model.findings import Finding, Severity
from bmad.model.graph import Node
from bmad.model.mapping import UNSOUND, Conflict, MapPlan

_NO_QUOTE = "V10"


class Mapped(NamedTuple):
    """What a map comes to: its plan, the graph as it is and would be, the landed stories, the intent's path."""

    plan: MapPlan
    before: SpecGraph
    graph: SpecGraph
    landed: Collection[str]
    intent: str


def unsound(
    mapped: Mapped, findings: Iterable[Finding], before: Callable[[], Iterable[Finding]]
) -> list[Conflict]:
    """A conflict for each error among the findings that the map would bring, or keep where it keeps a node.

    `before` gives the findings without the map; it is called only where there are errors.
    """
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if not errors:
        return []
    known = Counter(placeless(one) for one in before())
    items = _items(mapped.graph)
    found: list[Conflict] = []
    for one in errors:
        node = _at(items, one)
        stays = node is not None and node.id in mapped.plan.kept
        if stays or known[placeless(one)] == 0:
            found.append(_conflict(mapped, one, node))
        else:
            known[placeless(one)] -= 1
    return found


def _items(graph: SpecGraph) -> dict[str, list[Node]]:
    """The items of each document, in its order."""
    items: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        if "/" not in node.id:
            items.setdefault(node.path, []).append(node)
    return {path: sorted(nodes, key=_line) for path, nodes in items.items()}


def _line(node: Node) -> int:
    return node.line


def _at(items: Mapping[str, list[Node]], finding: Finding) -> Node | None:
    """The item that a finding stands in."""
    nodes = items.get(finding.path, [])
    above = bisect_right(nodes, finding.line, key=_line)
    return nodes[above - 1] if above else None


def _conflict(mapped: Mapped, finding: Finding, node: Node | None) -> Conflict:
    name = node.id if node is not None else finding.path
    root = mapped.plan.kept.get(name, name)
    reason = f"would not be sound ({finding.code}): {finding.message}"
    if finding.code == _NO_QUOTE:
        who = f" for {root}" if root != name else ""
        reason = f"cannot stay{who}: its sentence no longer stands in {mapped.intent}"
    if root != name:
        reason += f". Put back what is gone, or {_way_out(mapped, root)}"
    stood = mapped.before.nodes.get(name)
    return Conflict(name, UNSOUND, finding.path, stood.line if stood is not None else finding.line, reason)


def _way_out(mapped: Mapped, root: str) -> str:
    """How a person lets go of what a node keeps that hangs on nothing any more."""
    again = f"bmad map {shlex.quote(mapped.intent)}"
    node, kept = mapped.before.nodes[root], mapped.plan.kept
    if kept.get(root) == root and node.kind.has_file:
        return f"drop {root}: rm {shlex.quote(node.path)} && {again}"
    if kept.get(root) == root:
        return f"take {root} out of {node.path}, then: {again}"
    if root in mapped.landed:
        return f"take {root} up again: bmad reopen {root} --why REASON && {again}"
    named = [link.target for link in mapped.before.up(root) if kept.get(link.target) == root]
    return f"take {', '.join(named)} out of {node.path}, then: {again}"
