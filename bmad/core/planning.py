"""V14-V16: stories too large for one run, stories that get in each other's way, musts that wait for less."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from bmad.core.graph import SpecGraph
from bmad.model.findings import Finding, Severity
from bmad.model.graph import Link, LinkKind, Node
from bmad.model.ids import Kind
from bmad.model.settings import SpecSettings
from bmad.model.spec import Priority, Ref, Requirement, Statement, Story

_NAMED = 3
"""Stories that a finding names before it counts the rest."""
_MOST = 10_000
"""Stories whose order is worked out; the rows of bits take an eighth of a byte for each two of them."""
_RANK = {priority: rank for rank, priority in enumerate(Priority)}


def planning(
    graph: SpecGraph, limits: SpecSettings, sizes: Mapping[str, int], landed: Collection[str]
) -> Iterator[Finding]:
    """V14-V16 on the stories that have not landed; `sizes` are the characters of their documents, by path."""
    landed = {*landed, *graph.done_elsewhere}
    stories = [node for node in graph.of_kind(Kind.STORY) if node.id not in landed]
    above = _Above(graph)
    for node in stories:
        yield from _too_large(node, limits, sizes.get(node.path, 0) + above.of(node.id))
    yield from _shared(graph, stories)
    for node in stories:
        yield from _waiting(graph, node, landed)


def _too_large(node: Node, limits: SpecSettings, context: int) -> Iterator[Finding]:
    story = node.item
    if not isinstance(story, Story):
        return
    counted = (
        (len(story.criteria), limits.criteria, "criteria", "criteria"),
        (len(story.territory), limits.territory, "territory", "globs in its territory"),
        (context, limits.context, "context", "characters to read, with what it serves"),
    )
    over = [(f"{count:,} {what} (at most {most:,})", key) for count, most, key, what in counted if count > most]
    if over:
        yield Finding(
            code="V14",
            severity=Severity.WARNING,
            path=node.path,
            line=node.line,
            column=1,
            message=f"{node.id} is too large for one run: {', '.join(told for told, _ in over)}",
            fix="part it into stories that are reviewed one by one, or raise "
            f"{', '.join(f'`spec.{key}`' for _, key in over)} in bmad.yaml",
        )


class _Above:
    """How much there is to read above a story: its requirements, and the statements that they trace to."""

    def __init__(self, graph: SpecGraph) -> None:
        self._graph = graph
        self._known: dict[str, int] = {}

    def of(self, story: str) -> int:
        links = self._graph.up(story)
        return sum(self._requirement(link.target) for link in links if link.kind is LinkKind.IMPLEMENTS)

    def _requirement(self, name: str) -> int:
        if name not in self._known:
            traced = (link.target for link in self._graph.up(name) if link.kind is LinkKind.TRACES)
            self._known[name] = sum(map(self._text, (name, *traced)))
        return self._known[name]

    def _text(self, name: str) -> int:
        node = self._graph.nodes.get(name)
        match node.item if node is not None else None:
            case Requirement() as item:
                return len(item.text)
            case Statement() as item:
                return len(item.quote)
        return 0


def _waiting(graph: SpecGraph, node: Node, landed: Collection[str]) -> Iterator[Finding]:
    """V16: a story of a must that waits for one that serves nothing but less."""
    waits = [one for one in graph.up(node.id) if one.kind is LinkKind.DEPENDS_ON and one.target not in landed]
    if not waits or _priority(graph, node.id) is not Priority.MUST:
        return
    for link in waits:
        lower = _priority(graph, link.target)
        if lower is not None and lower is not Priority.MUST:
            yield _at(
                node,
                link,
                "V16",
                Severity.WARNING,
                f"{node.id} is a must and waits for {link.target}, a {lower}",
                "raise the priority of what it waits for, lower its own, or part from it what it needs",
            )


def _priority(graph: SpecGraph, story: str) -> Priority | None:
    """The highest priority that a story serves; None where it serves no requirement."""
    found = (graph.nodes.get(link.target) for link in graph.up(story) if link.kind is LinkKind.IMPLEMENTS)
    priorities = [one.item.priority for one in found if one is not None and isinstance(one.item, Requirement)]
    return min(priorities, key=_RANK.__getitem__, default=None)


def _at(node: Node, place: Link | Ref, code: str, severity: Severity, message: str, fix: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        path=node.path,
        line=place.line,
        column=place.column,
        message=message,
        fix=fix,
    )


def _shared(graph: SpecGraph, stories: Sequence[Node]) -> Iterator[Finding]:
    """V15: for each folder or glob that several stories claim, the first of them that others could run beside.

    Nothing where the order has a cycle, which V04 tells.

    What lies in a folder is told apart only where the folder's own finding does not tell of all who claim it.
    """
    contested = list(_contested(stories))
    order = _Order(graph, stories)
    if not contested or len(stories) > _MOST or order.is_knotted:
        return
    told: dict[str, int] = {}
    of_story: dict[int, int] = {}
    for root, owners, claimants in contested:
        bits = sum(1 << at for at in claimants)
        first = next(((at, ref, free) for at, ref in owners.items() if (free := bits & order.free(at))), None)
        if first is None or any(not bits & ~told.get(above, 0) for above in _folders(root)):
            continue
        at, ref, free = first
        known = of_story.get(at, 0)
        if not free & ~known:
            continue
        of_story[at] = known | free
        told[root] = free | 1 << at
        names = [stories[other].id for other in islice(_places(free), _NAMED)]
        more = free.bit_count() - len(names)
        yield _at(
            stories[at],
            ref,
            "V15",
            Severity.INFO,
            f"{stories[at].id} could run at once with {', '.join(names)}{f' and {more} more' if more else ''}, "
            f"which {'claims' if free.bit_count() == 1 else 'claim'} paths of `{ref.text}`, too",
            "let one depend on the other, or part their territories; else what lands last is joined with the rest",
        )


def _contested(stories: Sequence[Node]) -> Iterator[tuple[str, dict[int, Ref], set[int]]]:
    """Each folder, file or glob that one story claims and another, too, or something in it: folders first.

    What is given are its path, the places of its owners with their globs, and of all who claim something in it.
    """
    owners: dict[str, dict[int, Ref]] = {}
    for at, node in enumerate(stories):
        for ref in node.item.territory if isinstance(node.item, Story) else ():
            owners.setdefault(_root(ref.text), {}).setdefault(at, ref)
    inside: dict[str, set[int]] = {root: set(there) for root, there in owners.items()}
    for root, there in owners.items():
        for folder in _folders(root):
            if folder in inside:
                inside[folder].update(there)
    for root in sorted(owners, key=lambda one: (one.count("/"), one)):
        if len(inside[root]) > 1:
            yield root, owners[root], inside[root]


def _folders(path: str) -> Iterator[str]:
    """The folders that a path lies in, the nearest first."""
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def _places(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _root(glob: str) -> str:
    """The folder or file that a glob stands for, without its stars; of another glob its text."""
    return glob.removesuffix("/**").removesuffix("/")


class _Order:
    """Which stories come before or after one another, along `Depends on`, as rows of bits."""

    def __init__(self, graph: SpecGraph, stories: Sequence[Node]) -> None:
        self._graph = graph
        self._stories = stories
        self._places = {node.id: at for at, node in enumerate(stories)}
        self._all = (1 << len(stories)) - 1

    def free(self, at: int) -> int:
        """The stories that are neither before nor after the one at this place."""
        return self._all & ~(self._before[at] | self._after[at] | 1 << at)

    @cached_property
    def _waits(self) -> list[list[int]]:
        """What each story depends on, by places; what has landed or is no story is left out."""
        return [
            [
                self._places[link.target]
                for link in self._graph.up(node.id)
                if link.kind is LinkKind.DEPENDS_ON and link.target in self._places
            ]
            for node in self._stories
        ]

    @property
    def is_knotted(self) -> bool:
        """Whether stories wait for each other in a circle, so that there is no order."""
        return len(self._rows) < len(self._stories)

    @cached_property
    def _rows(self) -> list[int]:
        """The places so that what a story waits for stands before it, but for those that wait in a circle."""
        waiting = [len(set(targets)) for targets in self._waits]
        into: list[list[int]] = [[] for _ in self._stories]
        for at, targets in enumerate(self._waits):
            for target in set(targets):
                into[target].append(at)
        order = [at for at, count in enumerate(waiting) if not count]
        for at in order:
            for other in into[at]:
                waiting[other] -= 1
                if not waiting[other]:
                    order.append(other)
        return order

    @cached_property
    def _before(self) -> list[int]:
        found = [0] * len(self._stories)
        for at in self._rows:
            for target in self._waits[at]:
                found[at] |= found[target] | 1 << target
        return found

    @cached_property
    def _after(self) -> list[int]:
        found = [0] * len(self._stories)
        for at in reversed(self._rows):
            for target in self._waits[at]:
                found[target] |= found[at] | 1 << at
        return found
