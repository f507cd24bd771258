"""`bmad trace`: a commit, a range, a line, a file or an id, followed to the intent and down to commits."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.paths import Classifier
from bmad.core.territory import holds
from bmad.core.trace import Claim, Explainer, by_story, kind_of
from bmad.errors import UsageError
from bmad.model.commits import Change, Commit
from bmad.model.graph import LinkKind
from bmad.model.history import BlameLine, Tips
from bmad.model.ids import CRITERION_ID_RE, ID_RE, Kind
from bmad.model.layout import Layout
from bmad.model.quoting import quoted, shown, unquoted
from bmad.model.spec import Story
from bmad.model.trace import TraceChain, TracedLine, TraceReport
from bmad.pipeline.claimed import claimed
from bmad.pipeline.evidence import Specs
from bmad.pipeline.graph import find
from bmad.pipeline.worked import changes_of, worked
from bmad.ports.files import Formats
from bmad.ports.history import History, Objects

_LINES = re.compile(r"(.+?):(\d{1,9})(?:-(\d{1,9}))?")
_HASH = re.compile(r"[0-9a-f]{7,64}")
MAX_LINES = 100_000


class Reading(NamedTuple):
    """A repository at one revision: its specification, and how to explain commits with it."""

    objects: Objects
    formats: Formats
    head: Commit
    explainer: Explainer
    classify: Classifier
    since: str | None
    """The adoption commit, where the policy names one that the head reaches."""
    layout: Layout

    def adopted(self) -> list[Claim]:
        """All commits since the adoption, oldest first, with what they claim."""
        return self.claimed(self.objects.walk(self.head.id, self.since))

    def claimed(self, commits: Iterable[Commit]) -> list[Claim]:
        """Commits with the stories that they name, or their records."""
        return claimed(self.objects, self.formats, commits, self.layout)

    def changes(self, commits: Sequence[Commit]) -> dict[str, tuple[Change, ...]]:
        """What each commit changes against its first parent, by id."""
        return changes_of(self.objects, commits)

    def worked(self, found: Iterable[Claim]) -> dict[str, list[str]]:
        """Those of the commits that built something, by story."""
        return by_story(worked(self.objects, found, self.classify))

    def kinds(self, found: Sequence[Claim]) -> list[TraceChain]:
        """A chain for every story of every commit; one without story for a commit that names none."""
        changes = self.changes([claim.commit for claim in found])
        chains: list[TraceChain] = []
        for claim in found:
            kind = kind_of(claim, changes[claim.commit.id], self.classify)
            files = tuple(paths(changes[claim.commit.id]))
            chains += [self.explainer.explain(claim, story, kind, files) for story in claim.stories or (None,)]
        return chains


def paths(changes: Iterable[Change]) -> list[str]:
    """The changed paths as documents spell them (`model.quoting`), each once."""
    return list(dict.fromkeys(quoted(change.path) for change in changes))


def read_at(objects: Objects, formats: Formats, rev: str | None) -> Reading:
    """The repository at a revision, by default HEAD. Raises: UsageError where its specification does not parse."""
    name = rev or "HEAD"
    head = objects.commits([objects.tips(name, name).head]).popitem()[1]
    state = Specs(objects, formats).state(head.tree)
    if state.faults:
        path, fault = state.faults[0]
        raise UsageError(f"{path} at {head.id[:12]}: {fault}. See: bmad validate")
    settings = state.settings
    since = settings.gate.since if settings else None
    known = since is not None and since != "root" and objects.commit(since) is not None
    base = since if since and known and since in objects.reached([since], head.id) else None
    classify = Classifier(state.layout, settings.gate.governed if settings else ())
    return Reading(objects, formats, head, Explainer(state.spec(), state.graph), classify, base, state.layout)


def trace(history: History, formats: Formats, query: str, rev: str | None = None) -> TraceReport:
    """Answer the query at a revision.

    Raises: UsageError where it names nothing; CannotAnswerError where there is no repository or no commit.
    """
    with history.read() as objects:
        reading = read_at(objects, formats, rev)
        graph = reading.explainer.graph
        lines: list[TracedLine] = []
        notes: list[str] = []
        if node := _node(graph, query):
            chains = _of_node(reading, node)
        elif (tips := _range(objects, query)) is not None:
            chains = reading.kinds(reading.claimed(objects.walk(tips.head, tips.base)))
        elif (commit := _commit(objects, query)) is not None:
            chains = reading.kinds(reading.claimed([commit]))
        elif graph.called(query):
            chains = _of_node(reading, find(graph, query))
        else:
            lines, chains = _of_lines(reading, query, notes)
        titles = {name: graph.nodes[name].title for chain in chains for name in chain.requirements}
        return TraceReport(
            query=shown(query),
            rev=reading.head.id,
            chains=tuple(chains),
            lines=tuple(lines),
            titles=titles,
            notes=tuple(notes),
        )


def _node(graph: SpecGraph, query: str) -> str | None:
    """The node that the query names; a file of that name would be written with a folder or an ending."""
    if not (ID_RE.fullmatch(query) or CRITERION_ID_RE.fullmatch(query)):
        return None
    if query in graph.nodes or query in graph.aliases:
        return graph.resolve(query)
    prefixed = re.match(r"(?:INT|FR|NFR|EPIC|STORY)-", query, re.IGNORECASE)
    return find(graph, query) if prefixed else None


def _range(objects: Objects, query: str) -> Tips | None:
    """The ends of the range that the query names. What has a slash before its dots may be a file's path."""
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
    if _LINES.fullmatch(query) or ("." in query and "/" in query):
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
    found = reading.adopted()
    index = by_story(found)
    claim_of = {claim.commit.id: claim for claim in found}
    commits = [claim_of[name] for story in wanted for name in index.get(story, ())]
    changes = reading.changes([claim.commit for claim in commits])
    chains: list[TraceChain] = []
    for story in wanted:
        if story not in index:
            chains.append(reading.explainer.explain(None, story, None))
        for name in index.get(story, ()):
            kind = kind_of(claim_of[name], changes[name], reading.classify)
            chains.append(reading.explainer.explain(claim_of[name], story, kind, tuple(paths(changes[name]))))
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


def _of_lines(reading: Reading, query: str, notes: list[str]) -> tuple[list[TracedLine], list[TraceChain]]:
    """A file's lines, each with its commit and story, and one chain for each commit and story among them."""
    match = _LINES.fullmatch(query)
    path, span = (match[1], (int(match[2]), int(match[3] or match[2]))) if match else (query, None)
    if span and (span[0] < 1 or span[1] < span[0]):
        raise UsageError(f"`{query}`: lines count from 1, the first before the last.")
    objects = reading.objects
    try:
        blamed = objects.blame(reading.head.id, typed(path).removeprefix("./"), span)
    except UsageError as error:
        if match or "/" in path or "." in path:
            raise
        raise UsageError(f"`{query}` is no id, no commit, and no file at {reading.head.id[:12]}.") from error
    if len(blamed) > MAX_LINES:
        raise UsageError(f"{path} has {len(blamed)} lines; name some of them: {path}:1-200")
    commits = objects.commits(list(dict.fromkeys(entry.commit for entry in blamed)))
    since = reading.since
    older = objects.reached(list(commits), since) if since else frozenset()
    if since and older:
        notes.append(f"{_count(blamed, older)} of these lines are older than the adoption ({since[:12]})")
    found = {claim.commit.id: claim for claim in reading.claimed(commits.values())}
    named = typed(path).removeprefix("./")
    traced = [_line(reading, entry, found[entry.commit], named) for entry in blamed]
    return traced, _chains_of(reading, list(found.values()), older)


def typed(path: str) -> str:
    """A path as it was typed, out of git's quotes where it stands in them."""
    try:
        return unquoted(path).decode("utf-8", "surrogateescape")
    except ValueError:
        return path


def _count(blamed: Sequence[BlameLine], older: frozenset[str]) -> int:
    return sum(entry.commit in older for entry in blamed)


def _line(reading: Reading, entry: BlameLine, claim: Claim, path: str) -> TracedLine:
    own = claim.recorded.get(path.encode("utf-8", "surrogateescape"), ()) if claim.recorded else claim.stories
    if len(own) > 1:
        own = tuple(story for story in own if lies_in(reading, story, path)) or own
    ways = [way for story in own if (way := reading.explainer.chain(story)) is not None]
    statements = dict.fromkeys(statement for way in ways for statement in way.statements)
    return TracedLine(
        line=entry.line,
        commit=entry.commit,
        story=own[0] if len(own) == 1 else None,
        statements=tuple(statements),
        text=entry.text,
        stories=own,
    )


def lies_in(reading: Reading, story: str, path: str) -> bool:
    """Whether a path lies in the territory of a story, as that stands at the revision."""
    node = reading.explainer.graph.nodes.get(story)
    item = node.item if node is not None else None
    return isinstance(item, Story) and holds(tuple(ref.text for ref in item.territory), path)


def _chains_of(reading: Reading, found: Sequence[Claim], older: frozenset[str]) -> list[TraceChain]:
    changes = reading.changes([claim.commit for claim in found if claim.commit.id not in older])
    chains: list[TraceChain] = []
    for claim in found:
        if claim.commit.id in older:
            chains.append(reading.explainer.explain(claim, None, "before-adoption"))
            continue
        kind = kind_of(claim, changes[claim.commit.id], reading.classify)
        chains += [reading.explainer.explain(claim, story, kind) for story in claim.stories or (None,)]
    return chains
