"""What hangs below a change: every node that meaning reaches from it, and the way there."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bmad.core.graph import SpecGraph, downward


class Differences(NamedTuple):
    """The ids of two states of a specification that differ, each sorted."""

    changed: tuple[str, ...]
    """In both, with another fingerprint."""
    added: tuple[str, ...]
    gone: tuple[str, ...]


def differences(before: SpecGraph, after: SpecGraph) -> Differences:
    """What `after` says otherwise than `before`, by fingerprint: moving or re-wrapping is no difference."""
    both = before.nodes.keys() & after.nodes.keys()
    changed = (node for node in both if before.nodes[node].fingerprint != after.nodes[node].fingerprint)
    return Differences(
        tuple(sorted(changed)),
        tuple(sorted(after.nodes.keys() - both)),
        tuple(sorted(before.nodes.keys() - both)),
    )


def below(
    graph: SpecGraph, starts: Iterable[str], orphans: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, tuple[str, ...]]:
    """Every node that hangs below one of `starts`, with the ids of a shortest way down to it, start first.

    `orphans` are nodes that hang below as well, though nothing in the graph leads to them, with their ways.
    """
    own = {start: (start,) for start in starts}
    held = {node: way for node, way in (orphans or {}).items() if node in graph.nodes and node not in own}
    ways = downward(graph, {**own, **held})
    return {node: way for node, way in ways.items() if node not in own}
