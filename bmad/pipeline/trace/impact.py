"""`bmad impact`: what hangs below a node, or below all that changed since a revision, down to lines."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.impact import Differences, below, differences
from bmad.core.paths import PathClass
from bmad.core.prefixes import find
from bmad.core.trace import Claim, title_of
from bmad.errors import UsageError
from bmad.model.history import BlameLine
from bmad.model.ids import Kind
from bmad.model.impact import ImpactCommit, ImpactLines, ImpactNode, ImpactReport
from bmad.model.quoting import quoted, unquoted
from bmad.pipeline.gate.evidence import Specs
from bmad.pipeline.spec.work_tree import Loaded, load_sound
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.revision import Reading, read_at
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import History


class ImpactRequest(NamedTuple):
    """Of ids and `since` one is given; with `lines` each file is asked for the lines that hang there."""

    ids: Sequence[str] = ()
    since: str | None = None
    lines: bool = False


class _Code(NamedTuple):
    """What the history has of the stories that are reached."""

    commits: tuple[ImpactCommit, ...] | None = None
    files: tuple[str, ...] | None = None
    lines: tuple[ImpactLines, ...] | None = None


def impact(
    workspace: Workspace, formats: Formats, history: History | None, request: ImpactRequest
) -> ImpactReport:
    """What hangs below what was asked for, in the specification as it stands in the work tree.

    Commits are those of the commit that is checked out, as their trailers say.

    Raises: UsageError where an id or the revision names nothing, or one of them is missing.
    """
    if bool(request.ids) == bool(request.since):
        raise UsageError("Name what changes, or since when: bmad impact ID..., or bmad impact --since REV")
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    if request.since:
        if history is None:
            raise UsageError("There is no commit here yet, and so nothing that could have changed since.")
        before = _before(history, formats, request.since, loaded)
        found = differences(before, graph)
        ways = below(graph, [*found.changed, *found.added], below(before, found.gone))
    else:
        before = graph
        found = Differences(tuple(dict.fromkeys(find(graph, name) for name in request.ids)), (), ())
        ways = below(graph, found.changed)
    reached = (*found.changed, *found.added, *ways)
    stories = {node for node in reached if graph.nodes[node].kind is Kind.STORY}
    stories |= {node.rpartition("/")[0] for node in reached if graph.nodes[node].kind is Kind.CRITERION}
    code = _Code()
    if history is not None:
        with history.read() as objects:
            reading = read_at(objects, formats, None, Specs(objects, formats, beside=loaded.beside))
            code = _code(reading, frozenset(stories), lines=request.lines)
    known = {**before.nodes, **graph.nodes}
    unknown = () if code.commits is not None else ("there is no commit here yet that could hang below",)
    return ImpactReport(
        changed=found.changed,
        added=found.added,
        gone=found.gone,
        suspect=tuple(_node(graph, node, way) for node, way in ways.items()),
        titles={node: known[node].title for ids in found for node in ids},
        commits=code.commits,
        files=code.files,
        lines=code.lines,
        notes=unknown,
    )


def _node(graph: SpecGraph, node: str, way: tuple[str, ...]) -> ImpactNode:
    return ImpactNode(id=node, kind=graph.nodes[node].kind, title=graph.nodes[node].title, path=way)


def _before(history: History, formats: Formats, since: str, loaded: Loaded) -> SpecGraph:
    with history.read() as objects:
        return read_at(objects, formats, since, Specs(objects, formats, beside=loaded.beside)).explainer.graph


def _code(reading: Reading, stories: frozenset[str], *, lines: bool) -> _Code:
    claims = [claim for claim in adopted(reading) if not stories.isdisjoint(claim.stories)]
    commits = tuple(_commit(claim, stories) for claim in claims)
    files = _files(reading, claims)
    return _Code(commits, files, tuple(_lines(reading, files, claims)) if lines else None)


def _commit(claim: Claim, stories: frozenset[str]) -> ImpactCommit:
    own = tuple(story for story in claim.stories if story in stories)
    return ImpactCommit(commit=claim.commit.id, title=title_of(claim.commit), stories=own)


def _files(reading: Reading, claims: Sequence[Claim]) -> tuple[str, ...]:
    """What the commits changed beside documents and records; a merge brings the work of others."""
    changes = reading.changes([claim.commit for claim in claims if len(claim.commit.parents) <= 1])
    every = dict.fromkeys(change for one in changes.values() for change in one)
    apart = (PathClass.SPEC, PathClass.RECORD)
    return tuple(sorted({quoted(one.path) for one in every if reading.classify.of(one).klass not in apart}))


def _lines(reading: Reading, files: Iterable[str], claims: Sequence[Claim]) -> Iterator[ImpactLines]:
    """The runs of lines whose last change is one of the commits, in each file that still stands."""
    wanted = {claim.commit.id for claim in claims}
    for path in files:
        for commit, run in groupby(_blamed(reading, path), key=lambda entry: entry.commit):
            numbers = [entry.line for entry in run]
            if commit in wanted:
                yield ImpactLines(path=path, first=numbers[0], last=numbers[-1], commit=commit)


def _blamed(reading: Reading, path: str) -> list[BlameLine]:
    """The lines of a file; none where it is gone, or no file."""
    try:
        return reading.objects.blame(reading.head.id, unquoted(path), since=reading.since)
    except UsageError:
        return []
