"""The fingerprint of a story's chain: what a review was held against, as 64 hex digits.

`bmad act` writes it into the record, `bmad gate` compares it. What groups (the epic) or orders (`Depends on`)
is no part of it, nor are Territory, Tasks and Dev Notes: only what the story means.
"""

from hashlib import sha256

from bmad.core.graph import SpecGraph, upward


def chain_fingerprint(graph: SpecGraph, story: str) -> str:
    """SHA-256 over the sorted lines `ID FINGERPRINT` of the story, its criteria, requirements and statements.

    What a reference names and the graph does not hold gives no line; an unknown story gives that of no lines.
    """
    nodes = {story, *(link.target for link in upward(graph, story))}
    nodes |= {link.source for link in graph.down(story) if link.source.startswith(f"{story}/")}
    lines = sorted(f"{node} {graph.nodes[node].fingerprint}\n" for node in nodes if node in graph.nodes)
    return sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def is_reworded(graph: SpecGraph, story: str, spec: str) -> bool:
    """Whether a story, or what it comes from, reads otherwise than when `spec` of a record was written.

    A record without one tells nothing of it.
    """
    return bool(spec) and spec != chain_fingerprint(graph, story)
