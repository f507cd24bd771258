"""V07: requirements that no story implements, and epics without a story.

What its own project has settled is one note a document: an epic covers it and all stories of the epic were done
before bmad came, or its documents put it off. What is left is told one by one, since somebody has to act on it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.model.findings import Finding, Severity
from bmad.model.graph import LinkKind, Node
from bmad.model.ids import Kind
from bmad.model.spec import Requirement

SAYS = " says: "
"""In the reason of an imported requirement: before the words of the document that puts it off."""

_NAMED = 5
"""Requirements that a note names before it counts the rest."""


class _Settled(NamedTuple):
    """Why nobody has to act on some requirements, and what one could do yet."""

    words: str
    fix: str


_BUILT = _Settled(
    ": all stories of the epics that cover them are done elsewhere",
    "name in a story's `Implements` what is to be built yet; nothing else has to be done",
)
_LATER = _Settled(
    ": the documents that they come from put them off",
    "take `No story` away, and add a story, once one is to be built; nothing has to be done before",
)


def unserved(graph: SpecGraph) -> Iterator[Finding]:
    """The findings, in the order of the documents."""
    settled: dict[tuple[str, _Settled], list[Node]] = defaultdict(list)
    for node in graph.of_kind(Kind.REQUIREMENT):
        item = node.item
        if not isinstance(item, Requirement) or item.everywhere or _implemented(graph, node.id):
            continue
        how = _settled(graph, item) if item.no_story else None
        if how is not None:
            settled[node.path, how].append(node)
            continue
        yield _finding(
            node,
            Severity.WARNING if item.no_story else Severity.ERROR,
            f"no story implements {node.id}{f': {item.no_story}' if item.no_story else ''}",
            f"name it in a story's `Implements`, or: bmad new story TITLE --implements {node.id}",
        )
    for (_, how), nodes in settled.items():
        yield _finding(nodes[0], Severity.INFO, f"{_listed(nodes)}{how.words}", how.fix)
    for node in graph.of_kind(Kind.EPIC):
        if not any(link.kind is LinkKind.PART_OF for link in graph.down(node.id)):
            fix = f"add one: bmad new story TITLE --epic {node.id}"
            yield _finding(node, Severity.ERROR, f"{node.id} has no story", fix)


def _implemented(graph: SpecGraph, requirement: str) -> bool:
    return any(link.kind is LinkKind.IMPLEMENTS for link in graph.down(requirement))


def _settled(graph: SpecGraph, item: Requirement) -> _Settled | None:
    if SAYS in item.no_story:
        return _LATER
    epics = [link.source for link in graph.down(item.id) if link.kind is LinkKind.COVERS]
    stories = [link.source for epic in epics for link in graph.down(epic) if link.kind is LinkKind.PART_OF]
    return _BUILT if stories and graph.done_elsewhere.issuperset(stories) else None


def _listed(nodes: Sequence[Node]) -> str:
    named = ", ".join(node.id for node in nodes[:_NAMED])
    rest = f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else ""
    return f"{len(nodes)} requirement{'s' * (len(nodes) > 1)} that no story names ({named}{rest})"


def _finding(node: Node, severity: Severity, message: str, fix: str) -> Finding:
    return Finding(
        code="V07", severity=severity, path=node.path, line=node.line, column=1, message=message, fix=fix
    )
