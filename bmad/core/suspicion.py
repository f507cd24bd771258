"""Suspect links: the upper end has changed since the link was confirmed."""

from bmad.core.graph import SpecGraph, downward, is_locked
from bmad.model.graph import Link
from bmad.model.lock import LinkKey, Lock


def suspects(graph: SpecGraph, lock: Lock) -> frozenset[LinkKey]:
    """The links whose lock lines all hold another fingerprint than the upper end has now.

    A link without a line was never confirmed and is not born suspect.
    """
    return frozenset(link.key for link in graph.links if is_suspect(graph, lock, link))


def is_suspect(graph: SpecGraph, lock: Lock, link: Link) -> bool:
    if not is_locked(link) or (target := graph.nodes.get(link.target)) is None:
        return False
    entries = lock.links.get(link.key)
    return entries is not None and target.fingerprint not in [entry.fingerprint for entry in entries]


def reached(graph: SpecGraph, suspect: frozenset[LinkKey]) -> dict[str, tuple[str, ...]]:
    """Every node that suspicion reaches, with the ids of a shortest way from the changed node down to it."""
    ways: dict[str, tuple[str, ...]] = {}
    for link in graph.links if suspect else ():
        if link.key in suspect:
            ways.setdefault(link.source, (link.target, link.source))
    return downward(graph, ways)
