"""The spec graph: nodes and links out of parsed documents, and the walks over it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.cycles import cycles
from bmad.core.fingerprint import fingerprint
from bmad.model.graph import Link, LinkKind, Node
from bmad.model.ids import Kind
from bmad.model.spec import (
    ACTIONABLE,
    KIND_OF,
    AnyItem,
    Criterion,
    Document,
    Epic,
    Ref,
    Requirement,
    Statement,
    Story,
)

TARGET: dict[tuple[Kind, LinkKind], Kind] = {
    (Kind.REQUIREMENT, LinkKind.TRACES): Kind.STATEMENT,
    (Kind.EPIC, LinkKind.COVERS): Kind.REQUIREMENT,
    (Kind.STORY, LinkKind.PART_OF): Kind.EPIC,
    (Kind.STORY, LinkKind.IMPLEMENTS): Kind.REQUIREMENT,
    (Kind.STORY, LinkKind.DEPENDS_ON): Kind.STORY,
    (Kind.CRITERION, LinkKind.PART_OF): Kind.STORY,
}
"""Which kind of node each link must end in."""


_HEIGHT = {
    kind: height
    for height, kind in enumerate((Kind.CRITERION, Kind.STORY, Kind.EPIC, Kind.REQUIREMENT, Kind.STATEMENT))
}
"""How far up each kind stands: a link that is right leads up, or from story to story."""


class Duplicate(NamedTuple):
    """A second definition of an id, and the node that defined it first."""

    item: AnyItem
    first: Node


NO_NODES: Mapping[str, Node] = MappingProxyType({})


class SpecGraph:
    """Nodes by id, links both ways. A reference that names nothing is a link too; `rules` says so.

    What is in `known` as it is here is taken from there, with its fingerprint.
    """

    def __init__(self, known: Mapping[str, Node] = NO_NODES) -> None:
        self._known = known
        self.nodes: dict[str, Node] = {}
        self.links: list[Link] = []
        self.duplicates: list[Duplicate] = []
        self.aliases: dict[str, str] = {}
        self._up: defaultdict[str, list[Link]] = defaultdict(list)
        self._down: defaultdict[str, list[Link]] = defaultdict(list)

    @cached_property
    def cycles(self) -> list[tuple[str, ...]]:
        """The cycles among the links, each as one way round.

        A way round leads up no higher than it leads down. So where no link leads down, which is a fault of its own
        (V03), only links between nodes of one kind are looked at: some thousands of stories, and not all there is.
        """
        level: dict[str, set[str]] = {}
        for link in self.links:
            target = self.nodes.get(link.target)
            rise = 1 if target is None else _HEIGHT[target.kind] - _HEIGHT[self.nodes[link.source].kind]
            if rise < 0:
                return cycles(
                    {node: {link.target for link in self.up(node)} & self.nodes.keys() for node in self.nodes}
                )
            if rise == 0:
                level.setdefault(link.target, set())
                level.setdefault(link.source, set()).add(link.target)
        return cycles(level)

    @property
    def stories(self) -> list[Story]:
        """The stories, in the order of the documents."""
        return [node.item for node in self.nodes.values() if isinstance(node.item, Story)]

    @property
    def everywhere(self) -> list[Requirement]:
        """The requirements that hold for all work, in the order of the documents."""
        items = (node.item for node in self.of_kind(Kind.REQUIREMENT))
        return [item for item in items if isinstance(item, Requirement) and item.everywhere]

    @cached_property
    def done_elsewhere(self) -> frozenset[str]:
        """The stories of which their own project says that they were done before bmad came."""
        return frozenset(story.id for story in self.stories if story.done_elsewhere)

    def up(self, node: str) -> list[Link]:
        """The links that start at node, in the order of its document."""
        return self._up.get(node, [])

    def down(self, node: str) -> list[Link]:
        """The links that end at node."""
        return self._down.get(node, [])

    def of_kind(self, kind: Kind) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind is kind)

    def resolve(self, name: str) -> str | None:
        """The id that name stands for: itself, an alias, or the one id that it is a prefix of."""
        if name in self.nodes:
            return name
        if name in self.aliases:
            return self.aliases[name]
        found = self.matches(name)
        return found[0] if len(found) == 1 else None

    def called(self, source: str, kind: Kind | None = None, part: str = "") -> list[str]:
        """The ids of what the author's document calls so, of the kind that is wanted where there is one.

        With a part, of those whose documents lie below a folder of that name, as an import writes them.

        Else a requirement is meant where all the others are its stories and statements, and a statement only where
        nothing else is called the same.
        """
        found = self._sources.get(source, [])
        if part:
            found = [node for node in found if part in self.nodes[node].path.split("/")]
        if wanted := [node for node in found if self.nodes[node].kind is kind]:
            return wanted
        rest = [node for node in found if self.nodes[node].kind is not Kind.STATEMENT]
        needs = [node for node in rest if self.nodes[node].kind is Kind.REQUIREMENT]
        below = {link.source for node in needs for link in self.down(node)}
        return needs if len(needs) == 1 and below.issuperset({*rest} - {*needs}) else rest or found

    @cached_property
    def _sources(self) -> dict[str, list[str]]:
        called: dict[str, list[str]] = {}
        for node in self.nodes.values():
            if source := source_of(node):
                called.setdefault(source, []).append(node.id)
        return called

    def matches(self, prefix: str) -> list[str]:
        """All ids that begin with prefix, criteria only where the prefix reaches into them."""
        wanted = prefix.casefold()
        return sorted(
            node
            for node in self.nodes
            if node.casefold().startswith(wanted) and ("/" in prefix or "/" not in node)
        )

    def add(self, item: AnyItem) -> bool:
        """Add an item and its criteria; whether it is the first with its id."""
        if item.id in self.nodes:
            self.duplicates.append(Duplicate(item, self.nodes[item.id]))
            return False
        self.nodes[item.id] = self._as_known(item.id, item.path, item) or _node(item)
        for alias in item.aliases:
            self.aliases.setdefault(alias, item.id)
        if isinstance(item, Story):
            below = self._down[item.id]
            for criterion in item.criteria:
                node = f"{item.id}/{criterion.id}"
                if node not in self.nodes:
                    self.nodes[node] = self._as_known(node, item.path, criterion) or _part(item, criterion)
                link = Link(node, LinkKind.PART_OF, item.id, criterion.line, criterion.column)
                self.links.append(link)
                self._up[node].append(link)
                below.append(link)
        return True

    def with_story(self, old: Story, new: Story) -> "SpecGraph | None":
        """The graph with one of its stories as it is now, as `build` makes it; None where that takes a new graph.

        It does where the story has another id, alias, criterion or path, where it referred to nothing, and where
        some id is defined twice.
        """
        same = [(one.id, one.path, one.aliases, [part.id for part in one.criteria]) for one in (old, new)]
        known = self.nodes.get(old.id)
        if same[0] != same[1] or self.duplicates or known is None or known.item is not old or not self.up(old.id):
            return None
        if len({one.id for one in new.criteria}) != len(new.criteria):
            return None
        other = copy(self)
        other._take(new)  # noqa: SLF001 - one of its own kind
        return other

    def _take(self, story: Story) -> None:
        """Have a story as it is now; nothing that a copy shares with the graph it was made of is changed."""
        for name in ("cycles", "_sources", "done_elsewhere"):
            self.__dict__.pop(name, None)
        parts = {f"{story.id}/{one.id}": one for one in story.criteria}
        self.nodes = {**self.nodes, story.id: _node(story)}
        self.nodes |= {name: _part(story, one) for name, one in parts.items()}
        fresh = {story.id: [self._link(story.id, kind, ref) for kind, ref in references(story)]}
        for name, one in parts.items():
            fresh[name] = [self._link(name, LinkKind.PART_OF, Ref(story.id, one.line, one.column))]
        self._put(fresh)

    def _put(self, fresh: Mapping[str, list[Link]]) -> None:
        """Put other links in the place of those of some nodes, which have some each and stand in a row."""
        ends = {link.target for name in fresh for link in (*fresh[name], *self.up(name))}
        left = dict(fresh)
        links = (left.pop(link.source, []) if link.source in fresh else [link] for link in self.links)
        self.links = [link for several in links for link in several]
        self._up = defaultdict(list, {**self._up, **fresh})
        self._down = defaultdict(list, {name: own for name, own in self._down.items() if name not in ends})
        for link in self.links:
            if link.target in ends:
                self._down[link.target].append(link)

    def _as_known(self, node: str, path: str, item: AnyItem | Criterion) -> Node | None:
        found = self._known.get(node)
        if found is None or found.path != path:
            return None
        return found if found.item is item or found.item == item else None

    def link_all(self, references: Iterable[tuple[str, LinkKind, Ref]]) -> None:
        """Add the links of some references, each given with its lower end."""
        nodes, links, up, down = self.nodes, self.links, self._up, self._down
        for source, kind, (target, line, column) in references:
            name = target if target in nodes else self.aliases.get(target, target)
            link = Link(source, kind, name, line, column)
            links.append(link)
            up[source].append(link)
            down[name].append(link)

    def _link(self, source: str, kind: LinkKind, ref: Ref) -> Link:
        target, line, column = ref
        if target not in self.nodes:
            target = self.aliases.get(target, target)
        return Link(source, kind, target, line, column)


def _node(item: AnyItem) -> Node:
    return Node(item.id, KIND_OF[type(item)], item.title, item.path, item.line, fingerprint(item), item)


def _part(story: Story, criterion: Criterion) -> Node:
    """The node of a story's criterion."""
    name, words = f"{story.id}/{criterion.id}", " ".join(criterion.text.split())
    return Node(name, Kind.CRITERION, words, story.path, criterion.line, fingerprint(criterion), criterion)


def references(item: AnyItem) -> Iterator[tuple[LinkKind, Ref]]:
    """The references that an item makes to the nodes above it or beside it."""
    match item:
        case Requirement():
            yield from ((LinkKind.TRACES, ref) for ref in item.traces)
        case Epic():
            yield from ((LinkKind.COVERS, ref) for ref in item.covers)
        case Story():
            if item.epic is not None:
                yield LinkKind.PART_OF, item.epic
            yield from ((LinkKind.IMPLEMENTS, ref) for ref in item.implements)
            yield from ((LinkKind.DEPENDS_ON, ref) for ref in item.depends_on)
        case Statement():
            pass


def build(documents: Iterable[Document], before: SpecGraph | None = None) -> SpecGraph:
    """The graph of the documents' items, in their order; the first definition of an id holds.

    `before` is the graph of what they were, whose nodes serve again where nothing has changed.
    """
    graph = SpecGraph(before.nodes) if before is not None else SpecGraph()
    items = [item for document in documents for item in document.items if graph.add(item)]
    graph.link_all((item.id, kind, ref) for item in items for kind, ref in references(item))
    return graph


def source_of(node: Node) -> str:
    """The id that the author's document has for a node; empty where it has none."""
    return node.item.source if isinstance(node.item, Statement | Requirement | Story) else ""


def proposed_by(node: Node) -> str:
    """The model that worded a node and that no person has confirmed; empty where there is none."""
    return node.item.proposed_by if isinstance(node.item, Requirement | Epic | Story) else ""


def meaning_passes(graph: SpecGraph, link: Link) -> bool:
    """Whether what changes above the link makes what is below it suspect.

    All links but `depends-on` and story -> epic: an epic groups, it does not mean.
    """
    if link.kind is LinkKind.DEPENDS_ON:
        return False
    source = graph.nodes.get(link.source)
    return not (link.kind is LinkKind.PART_OF and source is not None and source.kind is Kind.STORY)


def is_locked(link: Link) -> bool:
    """Whether the lock keeps the link: those that meaning passes along from one document to another.

    A criterion stands in its story's own file and is edited with it; suspicion reaches it through the story.
    """
    return link.kind in LOCKED


LOCKED = frozenset({LinkKind.TRACES, LinkKind.COVERS, LinkKind.IMPLEMENTS})


def upward(graph: SpecGraph, start: str) -> list[Link]:
    """Every link that meaning passes along from start up to the intent, each once, nearest first."""
    links: list[Link] = []
    seen = {start}
    queue = [start]
    for node in queue:
        for link in graph.up(node):
            if meaning_passes(graph, link):
                links.append(link)
                if link.target not in seen:
                    seen.add(link.target)
                    queue.append(link.target)
    return links


def downward(graph: SpecGraph, ways: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """`ways`, and a shortest way on to every node that meaning passes down to from their ends, nearest first."""
    found = dict(ways)
    queue = list(ways)
    for node in queue:
        for link in graph.down(node):
            if link.source not in found and meaning_passes(graph, link):
                found[link.source] = (*found[node], link.source)
                queue.append(link.source)
    return found


def places(graph: SpecGraph) -> dict[str, int]:
    """Where each requirement comes in the intent, counted from 0: by the first of its statements in the register.

    One that traces to none comes last, as it stands in its document.
    """
    requirements = list(graph.of_kind(Kind.REQUIREMENT))
    statements = {node.id: at for at, node in enumerate(graph.of_kind(Kind.STATEMENT))}
    first = {
        node.id: min(
            (statements[link.target] for link in graph.up(node.id) if link.target in statements),
            default=len(statements),
        )
        for node in requirements
    }
    return {node: at for at, node in enumerate(sorted(first, key=first.__getitem__))}


def story_places(graph: SpecGraph) -> dict[str, int]:
    """Where each story comes in the intent: by the requirement that its author calls the same, else by its first.

    So a story that serves what stands far above keeps its author's place among the others.
    """
    order = places(graph)
    found: dict[str, int] = {}
    for story in graph.stories:
        needs = [name for ref in story.implements if (name := graph.aliases.get(ref.text, ref.text)) in order]
        own = [name for name in needs if story.source and source_of(graph.nodes[name]) == story.source]
        found[story.id] = min((order[name] for name in own or needs), default=len(order))
    return {name: at for at, name in enumerate(sorted(found, key=lambda one: (found[one], one)))}


class Chain(NamedTuple):
    """A story's way up to the intent; `problems` is empty where it is whole."""

    story: str
    requirements: tuple[str, ...]
    statements: tuple[str, ...]
    links: tuple[Link, ...]
    problems: tuple[str, ...]


def chain(graph: SpecGraph, story: str) -> Chain:
    """The story's chain; it is whole where every reference holds and every requirement reaches an intent.

    Suspicion is not judged here: it is a matter of the lock.
    """
    links = tuple(upward(graph, story))
    requirements = _targets(graph, links, LinkKind.IMPLEMENTS)
    statements = _targets(graph, links, LinkKind.TRACES)
    problems = [*_broken(graph, [*graph.up(story), *links])]
    if not any(link.kind is LinkKind.PART_OF for link in graph.up(story)):
        problems.append(f"{story} has no epic")
    if not requirements:
        problems.append(f"{story} implements no requirement")
    problems += [
        f"{requirement} traces to no goal, requirement or constraint of the intent"
        for requirement in requirements
        if not any(_actionable(graph, link.target) for link in graph.up(requirement))
    ]
    problems += [f"{' -> '.join(cycle)} is a cycle" for cycle in graph.cycles if story in cycle]
    return Chain(story, requirements, statements, links, tuple(dict.fromkeys(problems)))


def _targets(graph: SpecGraph, links: Iterable[Link], kind: LinkKind) -> tuple[str, ...]:
    found = (link.target for link in links if link.kind is kind and link.target in graph.nodes)
    return tuple(dict.fromkeys(found))


def _actionable(graph: SpecGraph, node: str) -> bool:
    item = graph.nodes[node].item if node in graph.nodes else None
    return isinstance(item, Statement) and item.klass in ACTIONABLE


def _broken(graph: SpecGraph, links: Iterable[Link]) -> Iterator[str]:
    for link in links:
        target = graph.nodes.get(link.target)
        wanted = TARGET[graph.nodes[link.source].kind, link.kind]
        if target is None:
            yield f"{link.source} {link.kind} {link.target}, which is not there"
        elif target.kind is not wanted:
            yield f"{link.source} {link.kind} {link.target}, which is a {target.kind} and no {wanted}"
