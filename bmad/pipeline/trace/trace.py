"""`bmad trace`: a commit, a range, a line, a file or an id, followed to the intent and down to commits."""

import re

from bmad.core.graph import SpecGraph
from bmad.core.prefixes import bare, find, keyed, near
from bmad.core.trace import by_story
from bmad.errors import UsageError
from bmad.model.commits import Commit
from bmad.model.graph import LinkKind
from bmad.model.history import Tips
from bmad.model.ids import CRITERION_ID_RE, ID_RE, Kind
from bmad.model.quoting import shown
from bmad.model.trace import TraceChain, TraceReport
from bmad.pipeline.trace.blame import LINES, NOWHERE, Here, Lines, asked_of, lines_of, meant
from bmad.pipeline.trace.proposals import proposals
from bmad.pipeline.trace.recorded_commits import adopted, recorded
from bmad.pipeline.trace.revision import Reading, files_of, read_at
from bmad.ports.cache import NO_CACHES, Cache, Caches
from bmad.ports.files import Formats
from bmad.ports.history import History, Objects

_HASH = re.compile(r"[0-9a-f]{7,64}")


def trace(
    history: History,
    formats: Formats,
    query: str,
    rev: str | None = None,
    here: Here = NOWHERE,
    caches: Caches = NO_CACHES,
) -> TraceReport:
    """Answer the query at a revision; without one a file is answered for as it stands in the work tree.

    Raises: UsageError where it names nothing; CannotAnswerError where there is no repository or no commit.
    """
    with history.read() as objects:
        reading = read_at(objects, formats, rev)
        graph = reading.explainer.graph
        lines = Lines((), (), ())
        if node := _node(graph, query, reading.head.id):
            chains = _of_node(reading, node)
        elif (tips := _range(objects, query)) is not None:
            chains = reading.kinds(recorded(reading, reading.claimed(objects.walk(tips.head, tips.base))))
        elif (commit := _commit(objects, query)) is not None:
            chains = reading.kinds(recorded(reading, reading.claimed([commit])))
        elif graph.called(query):
            chains = _of_node(reading, find(graph, query, at=reading.head.id))
        else:
            told = _of_lines(reading, query, here if rev is None else here._replace(edited=None), caches.lines)
            lines = told or lines
            chains = list(told.chains) if told else _of_node(reading, find(graph, query, at=reading.head.id))
        titles = {name: graph.nodes[name].title for chain in chains for name in chain.requirements}
        report = TraceReport(
            query=shown(query),
            rev=reading.head.id,
            chains=tuple(chains),
            lines=lines.lines,
            titles=titles,
            notes=lines.notes or tuple(reading.unadopted(bare=any(chain.story is None for chain in chains))),
        )
        return report.replaced(notes=(*report.notes, *proposals(reading, caches.proposed, report)))


def _node(graph: SpecGraph, query: str, at: str) -> str | None:
    """The node that the query names; a file of that name would be written with a folder or an ending."""
    if not (ID_RE.fullmatch(query) or CRITERION_ID_RE.fullmatch(query)):
        return None
    if query in graph.nodes or query in graph.aliases:
        return graph.resolve(query)
    prefixed = re.match(r"(?:INT|FR|NFR|EPIC|STORY)-", query, re.IGNORECASE)
    return find(graph, query, at=at) if prefixed else None


def _range(objects: Objects, query: str) -> Tips | None:
    """The ends of the range that the query names. What has a slash before its dots may be a file's path."""
    if query.startswith("../"):
        return None  # a path
    base, dots, head = query.partition("..")
    if not dots:
        return None
    try:
        return objects.tips(base or "HEAD", head or "HEAD")
    except UsageError:
        if "/" in base:
            return None
        raise


def _commit(objects: Objects, query: str) -> Commit | None:
    """The commit that the query names: a full or short hash, a ref, HEAD."""
    if LINES.fullmatch(query) or ("." in query and "/" in query):
        return None
    try:
        return objects.commits([objects.tips(query, query).head]).popitem()[1]
    except UsageError:
        if _HASH.fullmatch(query):
            raise
        return None


def _of_node(reading: Reading, node: str) -> list[TraceChain]:
    """The chains through a node: its stories with their commits, or without where there are none yet."""
    graph = reading.explainer.graph
    wanted = _stories_below(graph, node)
    found = adopted(reading)
    index = by_story(found)
    claim_of = {claim.commit.id: claim for claim in found}
    commits = [claim_of[name] for story in wanted for name in index.get(story, ())]
    changes = reading.changes([claim.commit for claim in commits])
    chains: list[TraceChain] = []
    for story in wanted:
        if story not in index:
            chains.append(reading.explainer.explain(None, story, None))
        for name in index.get(story, ()):
            kind = reading.kind(claim_of[name], changes[name])
            chains.append(
                reading.explainer.explain(
                    claim_of[name], story, kind, files_of(claim_of[name], story, changes[name])
                )
            )
    return chains


def _stories_below(graph: SpecGraph, node: str) -> list[str]:
    """The story itself, that of a criterion, or all stories that hang from the node."""
    kind = graph.nodes[node].kind
    if kind is Kind.CRITERION:
        return [node.rpartition("/")[0]]
    found: dict[str, None] = {}
    queue = [node]
    seen = {node}
    for name in queue:
        if graph.nodes[name].kind is Kind.STORY:
            found[name] = None
            continue
        for link in graph.down(name):
            # An epic covers requirements, but its other stories do not serve them.
            if link.kind is not LinkKind.COVERS and link.source not in seen and "/" not in link.source:
                seen.add(link.source)
                queue.append(link.source)
    return list(found)


def _of_lines(reading: Reading, query: str, here: Here, cache: Cache | None) -> Lines | None:
    """A file's lines, each with its commit and story, and one chain for each commit and story among them.

    None where it is no file, and an id without its prefix. Raises: UsageError where it is neither.
    """
    asked = asked_of(query, here.places)
    try:
        return lines_of(reading, asked, here, cache)
    except UsageError as error:
        if asked.span or "." in query or ("/" in query and not CRITERION_ID_RE.fullmatch(query)):
            raise
        graph = reading.explainer.graph
        if bare(graph.nodes, query) or keyed(graph, query):
            return None
        hint = near(graph, query) or meant(reading, asked.path)
        told = f"`{query}` is no id, no commit, and no file at {reading.head.id[:12]}.{hint}"
        raise UsageError(told) from error
