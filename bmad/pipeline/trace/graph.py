"""`bmad graph`: the graph of the work tree or of a revision, with the work on it where that is asked for."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.paths import PathClass
from bmad.core.prefixes import ambiguous, bare, find, keyed
from bmad.core.trace import WORK, Claim
from bmad.core.trace_graph import Recorded, Worked, around, with_work
from bmad.errors import UsageError
from bmad.model.commits import Change
from bmad.model.quoting import quoted
from bmad.model.reports import GraphReport
from bmad.pipeline.spec.nodes import graph_report
from bmad.pipeline.spec.work_tree import load_sound
from bmad.pipeline.status.landed_records import committed_records
from bmad.pipeline.trace.named_tests import named_tests
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.revision import Reading, read_at
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import History, Objects

DEPTH = 2
_SHORTEST = 7


class GraphRequest(NamedTuple):
    """What to write. Without a revision the specification is that of the work tree, which has no history."""

    rev: str | None = None
    history: bool = False
    """Also the commits since the adoption, files that they change, tests that name criteria, records, findings."""
    around: str | None = None
    depth: int = DEPTH
    """Links to go from the node that `around` names."""


def graph(
    workspace: Workspace, formats: Formats, history: Callable[[], History], request: GraphRequest
) -> GraphReport:
    """All nodes and links, sorted: byte for byte the same for the same specification or revision.

    Raises: UsageError where `around` names nothing, or the specification does not parse.
    """
    tip = None
    if request.rev is None and not request.history:
        loaded = load_sound(workspace, formats)
        whole = loaded.graph()
        report = graph_report(loaded.spec, whole)
    else:
        with history().read() as objects:
            reading = read_at(objects, formats, request.rev)
            whole = reading.explainer.graph
            report = graph_report(reading.explainer.spec, whole)
            if request.history:
                report = with_work(report, _commits(reading), _records(reading), named_tests(reading))
                tip = _tip(objects, request.around)
    if request.around is None:
        return report
    return around(report, _named(report, whole, request.around, tip), request.depth)


def _commits(reading: Reading) -> Iterator[Worked]:
    found = adopted(reading)
    changes = reading.changes([claim.commit for claim in found])
    for claim in found:
        own = changes[claim.commit.id]
        yield Worked(claim, reading.kind(claim, own), _files(reading, claim, own))


def _files(reading: Reading, claim: Claim, changes: tuple[Change, ...]) -> list[str]:
    """What a commit itself worked on; a merge brings the work of others."""
    if len(claim.commit.parents) > 1:
        return []
    return [quoted(one.path) for one in changes if reading.classify.of(one).klass in WORK | {PathClass.GOVERNED}]


def _records(reading: Reading) -> Iterator[Recorded]:
    found = committed_records(reading.objects, reading.formats, reading.head.tree, reading.layout)
    return (Recorded(reading.layout.record_path(one.story, one.landing), one) for one in found)


def _tip(objects: Objects, name: str | None) -> str | None:
    """The commit that a name stands for as a branch, a tag or such as HEAD~1; empty where it is none."""
    try:
        return objects.tips(name, name).head if name else ""
    except UsageError:
        return ""


def _named(report: GraphReport, whole: SpecGraph, name: str, tip: str | None) -> str:
    """The node that a name stands for: as `find`, or a commit by its hash or as `tip`, a file by its path.

    `tip` is None where the graph is that of the specification alone.
    """
    ids = {node.id for node in report.nodes}
    for own in (name, f"file:{name}"):
        if own in ids:
            return own
    if len(name) >= _SHORTEST:
        commits = [node.id for node in report.nodes if node.kind == "commit" and node.id.startswith(name)]
        if len(commits) > 1:
            raise ambiguous(name, commits)
        if commits:
            return commits[0]
    known = (
        whole.resolve(name)
        or whole.called(name)
        or (name and (whole.matches(name) or bare(whole.nodes, name) or keyed(whole, name)))
    )
    if not known and tip in ids:
        return tip or ""
    if not known and tip is None:
        raise UsageError(f"`{name}` names nothing in the specification. Commits and files need --history.")
    return find(whole, name)
