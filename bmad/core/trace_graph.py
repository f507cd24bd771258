"""The trace graph: the specification's graph, the work that hangs below it, and the part around one node.

Nodes of work are commits (`id` is the full hash), files (`file:PATH`), tests (`test:PATH::NAME`), records
(`record:STORY/LANDING`) and findings (`finding:STORY/LANDING/ID`); links lead from the lower end to the upper one,
as in the specification. A commit's link is its claim, by trailer or record, and a test's what it names; whether
that is true is for gate and records to say.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.evidence.sources import SourceTest
from bmad.core.trace import Claim, title_of
from bmad.model.record import Record
from bmad.model.reports import GraphLink, GraphNode, GraphReport
from bmad.model.trace import CommitClass


class Worked(NamedTuple):
    """A commit with its kind, and the paths of its own work as documents spell them."""

    claim: Claim
    kind: CommitClass
    files: Sequence[str]


class Recorded(NamedTuple):
    """A record and the path that it stands at."""

    path: str
    record: Record


def with_work(
    spec: GraphReport, commits: Iterable[Worked], records: Iterable[Recorded], tests: Iterable[SourceTest] = ()
) -> GraphReport:
    """The graph with the work on it; the same for the same work, in whatever order it comes."""
    nodes = {node.id: node for node in spec.nodes}
    links = {_key(link): link for link in spec.links}
    work = [part for one in commits for part in _of_commit(one)]
    work += [part for one in records for part in _of_record(one)]
    work += [part for one in tests for part in _of_test(one)]
    for part in work:
        if isinstance(part, GraphNode):
            nodes.setdefault(part.id, part)
        elif part.kind != "concerns" or part.target in nodes:
            links.setdefault(_key(part), part)
    return GraphReport(
        nodes=tuple(sorted(nodes.values(), key=lambda node: (node.kind, node.id))),
        links=tuple(sorted(links.values(), key=_key)),
    )


def around(graph: GraphReport, node: str, depth: int) -> GraphReport:
    """The nodes that are at most `depth` links away, up or down, and the links between them."""
    beside: dict[str, set[str]] = {}
    for link in graph.links:
        beside.setdefault(link.source, set()).add(link.target)
        beside.setdefault(link.target, set()).add(link.source)
    near = edge = {node}
    for _ in range(depth):
        edge = {other for one in edge for other in beside.get(one, ())} - near
        if not edge:
            break
        near = near | edge
    return GraphReport(
        nodes=tuple(one for one in graph.nodes if one.id in near),
        links=tuple(link for link in graph.links if link.source in near and link.target in near),
    )


def _of_commit(one: Worked) -> list[GraphNode | GraphLink]:
    commit = one.claim.commit
    found: list[GraphNode | GraphLink] = [
        GraphNode.model_validate({"id": commit.id, "kind": "commit", "title": title_of(commit), "class": one.kind})
    ]
    found += [_link(commit.id, story, "belongs-to") for story in one.claim.stories]
    for path in one.files:
        found += [
            GraphNode(id=f"file:{path}", kind="file", title=path, path=path),
            _link(f"file:{path}", commit.id, "changed-by"),
        ]
    return found


def _of_test(test: SourceTest) -> list[GraphNode | GraphLink]:
    """A test that names criteria, and the file that holds it."""
    own = f"test:{test.id}"
    file = f"file:{test.path}"
    return [
        GraphNode(id=own, kind="test", title=test.name, path=test.path, line=test.line),
        *(_link(own, name, "verifies") for name in test.criteria),
        GraphNode(id=file, kind="file", title=test.path, path=test.path),
        _link(own, file, "stands-in"),
    ]


def _of_record(one: Recorded) -> list[GraphNode | GraphLink]:
    record = one.record
    name = f"{record.story}/{record.landing}"
    own = f"record:{name}"
    title = f"landing {record.landing} of {record.story}, {record.rounds} round{'s'[: record.rounds > 1]}"
    found: list[GraphNode | GraphLink] = [
        GraphNode(id=own, kind="record", title=title, path=one.path),
        _link(own, record.story, "evidences"),
    ]
    for finding in record.findings:
        raised = f"finding:{name}/{finding.id}"
        told = f"{finding.severity} {finding.disposition} {finding.path}:{finding.line}"
        fields = {"id": raised, "kind": "finding", "title": told, "path": finding.path, "line": finding.line}
        found += [
            GraphNode.model_validate(fields | {"class": finding.severity}),
            _link(raised, own, "found-in"),
        ]
        if finding.criterion:
            criterion = finding.criterion.rpartition("/")[2]
            found.append(_link(raised, f"{record.story}/{criterion}", "concerns"))
    return found


def _link(source: str, target: str, kind: str) -> GraphLink:
    return GraphLink(source=source, target=target, kind=kind, suspect=False)


def _key(link: GraphLink) -> tuple[str, str, str]:
    return (link.source, link.kind, link.target)
