"""Cycles of a directed graph, all of them in one linear pass."""

from collections.abc import Iterable, Mapping


def cycles(out: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The cycles of a directed graph, given as targets by node.

    Each strongly connected part is one way round, from its least id.
    Tarjan's algorithm (SIAM J. Comput. 1, 1972) without recursion, over the nodes that are left when all that
    has no way in or no way out is peeled off.
    """
    knot = _knot(out)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[tuple[str, ...]] = []
    for root in sorted(knot):
        if root in index:
            continue
        work = [(root, iter(knot[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    work.append((target, iter(knot[target])))
                    break
                if target in stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    part = stack[at:]
                    del stack[at:]
                    if len(part) > 1 or node in knot[node]:
                        found.append(_way_round(knot, min(part), set(part)))
    return sorted(found)


def _knot(targets_of: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The nodes that may lie on a cycle, each with its targets among them."""
    out = {node: set(targets) for node, targets in targets_of.items()}
    into: dict[str, set[str]] = {node: set() for node in out}
    for node, targets in out.items():
        for target in targets:
            into[target].add(node)
    loose = [node for node in out if not out[node] or not into[node]]
    while loose:
        node = loose.pop()
        for other in out.pop(node, set()):
            into[other].discard(node)
            if not into[other] and other in out:
                loose.append(other)
        for other in into.pop(node, set()):
            if other in out:
                out[other].discard(node)
                if not out[other]:
                    loose.append(other)
    return {node: sorted(targets) for node, targets in out.items()}


def _way_round(knot: dict[str, list[str]], start: str, part: set[str]) -> tuple[str, ...]:
    """The shortest way from start back to itself within its part, start at both ends."""
    came: dict[str, str] = {}
    queue = [start]
    for node in queue:
        for target in knot[node]:
            if target == start:
                way = [node]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return (*reversed(way), start)
            if target in part and target not in came:
                came[target] = node
                queue.append(target)
    return (start, start)
