"""Suspect links: the upper end has changed since the link was confirmed."""

from collections.abc import Iterable, Iterator

from bmad.core.graph import LOCKED, SpecGraph, downward
from bmad.model.graph import Link
from bmad.model.lock import LinkKey, LinkLock, Lock


def suspects(graph: SpecGraph, lock: Lock) -> frozenset[LinkKey]:
    """The links whose lock lines all hold another fingerprint than the upper end has now.

    A link without a line was never confirmed and is not born suspect.
    """
    return frozenset([link.key for link, entries in unsettled(graph, lock, graph.links) if entries])


def is_suspect(graph: SpecGraph, lock: Lock, link: Link) -> bool:
    return any(entries for _, entries in unsettled(graph, lock, [link]))


def unsettled(
    graph: SpecGraph, lock: Lock, links: Iterable[Link]
) -> Iterator[tuple[Link, tuple[LinkLock, ...] | None]]:
    """Those of the links, with their lock lines, that none confirms as the upper end is now; None has no line."""
    nodes, known = graph.nodes, lock.links
    for link in links:
        source, kind, target, _, _ = link
        if kind in LOCKED and target in nodes:
            entries = known.get((source, kind, target))
            now = nodes[target].fingerprint
            if entries is None or (
                now != entries[0].fingerprint and now not in [one.fingerprint for one in entries]
            ):
                yield link, entries


def reached(graph: SpecGraph, suspect: frozenset[LinkKey]) -> dict[str, tuple[str, ...]]:
    """Every node that suspicion reaches, with the ids of a shortest way from the changed node down to it."""
    ways: dict[str, tuple[str, ...]] = {}
    for link in graph.links if suspect else ():
        if link.key in suspect:
            ways.setdefault(link.source, (link.target, link.source))
    return downward(graph, ways)
