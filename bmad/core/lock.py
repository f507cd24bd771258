"""The lock brought up to date with the graph, without losing what it knew."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bmad.core.graph import LOCKED, SpecGraph, is_locked, upward
from bmad.core.mapping.parts import last_written
from bmad.model.graph import Node
from bmad.model.lock import LinkKey, LinkLock, Lock, NodeLock, Reopened
from bmad.model.mapping import Derived
from bmad.model.spec import Criterion


def renew(graph: SpecGraph, old: Lock, derived: Mapping[str, Derived] | None = None) -> Lock:
    """The lock for graph: nodes as they are, new links confirmed at their birth, known links as they were.

    A node that is gone is retired with the fingerprint it had, or as what it was retired as before. A link's line
    outlives the link itself while both its ends live, so that dropping a link and adding it again settles nothing.
    """
    written = derived or {}
    known = old.nodes
    nodes = {
        name: entries
        if len(entries := known.get(name, ())) == 1 and _stands(entries[0], node, written.get(name))
        else (NodeLock(node.fingerprint, written.get(name) or (_derived(entries, node) if entries else ())),)
        for name, node in graph.nodes.items()
    }
    gone = {node: entries[-1].fingerprint for node, entries in old.nodes.items() if node not in graph.nodes}
    retired = {
        node: fingerprint
        for node, fingerprint in (gone | old.retired).items()
        if node not in graph.nodes or graph.nodes[node].fingerprint != fingerprint
    }
    links: dict[LinkKey, tuple[LinkLock, ...]] = {
        key: entries if len(entries) == 1 else _settle(graph, key, entries)
        for key, entries in old.links.items()
        if key[0] in graph.nodes and key[2] in graph.nodes
    }
    for source, kind, target, _, _ in graph.links:
        if kind in LOCKED and (key := (source, kind, target)) not in links and (node := graph.nodes.get(target)):
            links[key] = (LinkLock(node.fingerprint),)
    return Lock(nodes=nodes, links=links, retired=retired, reopened=old.reopened, blocks=old.blocks)


def _stands(known: NodeLock, node: Node, written: Derived | None) -> bool:
    """Whether the line of a node says what it is, and what a mapper wrote now, if one did."""
    fingerprint, derived = known
    return fingerprint == node.fingerprint and (written is None or written == derived)


def _derived(known: Iterable[NodeLock], node: Node) -> Derived:
    """What a mapper last wrote of a node; a criterion is a part of its story."""
    entries = [entry.derived for entry in known if entry.derived]
    if len(entries) < 2 or isinstance(node.item, Criterion):  # noqa: PLR2004 - nothing to join
        return entries[0] if entries else ()
    return last_written(entries, node.item)


def _settle(graph: SpecGraph, key: LinkKey, entries: tuple[LinkLock, ...]) -> tuple[LinkLock, ...]:
    """Of lines that a union merge has doubled, one that confirms the upper end as it is, or all signed ones."""
    now = graph.nodes[key[2]].fingerprint
    fit = [entry for entry in entries if entry.fingerprint == now]
    signed = tuple(dict.fromkeys(entry for entry in fit if entry.by or entry.why))
    return signed or tuple(fit[:1]) or entries


def confirm(graph: SpecGraph, lock: Lock, starts: Iterable[str], by: str, why: str) -> tuple[Lock, list[LinkKey]]:
    """The lock with every suspect link from the starts up to the intent confirmed, and the links it settled."""
    links = dict(lock.links)
    settled: list[LinkKey] = []
    for start in starts:
        for link in upward(graph, start):
            if not is_locked(link) or link.target not in graph.nodes or link.key not in links:
                continue
            now = graph.nodes[link.target].fingerprint
            if all(entry.fingerprint != now for entry in links[link.key]):
                links[link.key] = (LinkLock(now, by, why),)
                settled.append(link.key)
    return replace(lock, links=links), settled


def agree(graph: SpecGraph, lock: Lock, nodes: Iterable[str], by: str, why: str) -> Lock:
    """The lock in which somebody signs the nodes' own links up, as they are: what a model worded, they have read.

    A signature that stands there stays beside theirs.
    """
    links = dict(lock.links)
    for link in (link for node in nodes for link in graph.up(node)):
        entries = links.get(link.key)
        if is_locked(link) and link.target in graph.nodes and entries:
            mine = LinkLock(graph.nodes[link.target].fingerprint, by, why)
            others = (one for one in entries if one.by or one.why or one.fingerprint != mine.fingerprint)
            links[link.key] = tuple(dict.fromkeys((*others, mine)))
    return replace(lock, links=links)


def reopen(lock: Lock, story: str, landing: int, by: str, why: str) -> Lock:
    """The lock with a landing of a story reopened."""
    return replace(lock, reopened=lock.reopened | {(story, landing): (Reopened(by, why),)})
