"""What would be wrong with a specification once a map is written: errors that it has not now."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.rules import placeless
from bmad.model.findings import Finding, Severity
from bmad.model.graph import Node
from bmad.model.mapping import UNSOUND, Conflict, MapPlan

_NO_QUOTE = "V10"


class Mapped(NamedTuple):
    """What a map comes to: its plan, the graph as it is and as it would be, and where the intent stands."""

    plan: MapPlan
    before: SpecGraph
    graph: SpecGraph
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
    found: list[Conflict] = []
    for one in errors:
        node = _at(mapped.graph, one)
        stays = node is not None and node.id in mapped.plan.kept
        if stays or known[placeless(one)] == 0:
            found.append(_conflict(mapped, one, node))
        else:
            known[placeless(one)] -= 1
    return found


def _at(graph: SpecGraph, finding: Finding) -> Node | None:
    """The item that a finding stands in."""
    above = (
        node
        for node in graph.nodes.values()
        if node.path == finding.path and node.line <= finding.line and "/" not in node.id
    )
    return max(above, key=lambda node: node.line, default=None)


def _conflict(mapped: Mapped, finding: Finding, node: Node | None) -> Conflict:
    name = node.id if node is not None else finding.path
    root = mapped.plan.kept.get(name, name)
    reason = f"would not be sound ({finding.code}): {finding.message}"
    if finding.code == _NO_QUOTE:
        who = f" for {root}" if root != name else ""
        reason = f"cannot stay{who}: its sentence no longer stands in {mapped.intent}"
    if root != name:
        reason += f". Settle {root} first, or put back what is gone, and map again"
    stood = mapped.before.nodes.get(name)
    return Conflict(name, UNSOUND, finding.path, stood.line if stood is not None else finding.line, reason)
