"""A specification as it stands in one tree, and the chains of its stories."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import NamedTuple, Self

from bmad.core.graph import Chain, SpecGraph, build, chain, references
from bmad.core.places import Stands, quotes_searched, standing_quotes
from bmad.core.rules import Validated, validated
from bmad.model.bounds import CHAINED, Tally
from bmad.model.graph import LinkKind
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import AnyItem, Document, Epic, Statement, Story
from bmad.model.specification import IntentText, Spec


class Parsed(NamedTuple):
    """One version of a document, its items by id and alias; parsed once however many states hold it."""

    document: Document
    items: Mapping[str, AnyItem]
    faults: tuple[str, ...]
    """Why it cannot be read as a specification (V01, V02); empty where it can."""


class Policy(NamedTuple):
    """`bmad.yaml` of a tree: its settings, or why they cannot be read."""

    settings: Settings | None
    fault: str = ""


class Where(NamedTuple):
    """Where everything stands in a tree, the intents as their registers name them, and their texts."""

    layout: Layout = Layout()
    intents: tuple[IntentText, ...] = ()


class Way(NamedTuple):
    """A story's chain, the part of the graph that it lies in, and the items that both were made of."""

    items: tuple[AnyItem, ...]
    part: SpecGraph
    chain: Chain


class Ways:
    """Chains by the identities of their items, which each keeps alive: states with the same items share them.

    Where it is said how many are held at `most`, none is held for ever.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._forget()

    def _forget(self) -> None:
        self._known: dict[tuple[str, tuple[int, ...]], Way] = {}
        self._held = Tally("links in the chains of its stories, as they come to stand", CHAINED)

    def find(self, story: str, above: Sequence[tuple[AnyItem, frozenset[LinkKind]]]) -> Way:
        """The chain of a story through some items, along some kinds of link from each.

        Raises: UndecidableError where all chains have more links than are held.
        """
        key = (story, tuple(id(item) for item, _ in above))
        known = self._known.get(key)
        if known is None:
            part = SpecGraph()
            for item, _ in above:
                part.add(item)
            part.link_all(
                (item.id, kind, ref) for item, kinds in above for kind, ref in references(item) if kind in kinds
            )
            if self._most is not None and len(self._known) >= self._most:
                self._forget()
            self._held.add(1 + len(part.links))
            known = self._known[key] = Way(tuple(item for item, _ in above), part, chain(part, story))
        return known


class Graphs:
    """Graphs of specifications that come one after another: one is made of the last where only a story differs."""

    def __init__(self) -> None:
        self._last: tuple[Mapping[str, Parsed], SpecGraph] | None = None

    def of(self, documents: Mapping[str, Parsed]) -> SpecGraph:
        """The graph of some documents, each with its path."""
        graph = self._from_last(documents) or build(parsed.document for parsed in documents.values())
        self._last = (documents, graph)
        return graph

    def _from_last(self, documents: Mapping[str, Parsed]) -> SpecGraph | None:
        if self._last is None:
            return None
        last, graph = self._last
        path = differing(last, documents)
        if path is None:
            return None
        if path == "":
            return graph
        old, new = story_of(last[path]), story_of(documents[path])
        return graph.with_story(old, new) if old is not None and new is not None else None


def differing(old: Mapping[str, Parsed], new: Mapping[str, Parsed]) -> str | None:
    """The path of the only document that differs; empty where none does, None where several do."""
    paths = [path for path, parsed in new.items() if old.get(path) is not parsed]
    if len(old) != len(new) or len(paths) > 1 or any(path not in old for path in paths):
        return None
    return paths[0] if paths else ""


def story_of(parsed: Parsed) -> Story | None:
    """The story that is all that a document holds; None where it holds more, or something else."""
    items = parsed.document.items
    return items[0] if len(items) == 1 and isinstance(items[0], Story) else None


class State:
    """The specification of one tree. `settings` is None where the tree has no policy."""

    def __init__(
        self,
        documents: Mapping[str, Parsed],
        lock: Lock | Callable[[], Lock],
        policy: Policy,
        where: Where = Where(),  # noqa: B008 - frozen
        records: frozenset[str] = frozenset(),
        faults: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.documents = documents
        self._lock = lock if callable(lock) else _given(lock)
        self.policy = policy
        self.layout = where.layout
        self.intents = where.intents
        self.records = records
        self._faults = faults
        self._ways = Ways()
        self._graphs = Graphs()
        self._searched = quotes_searched()

    def beside(self, policy: Policy, records: frozenset[str]) -> Self:
        """The same specification with another policy and other records; what was found out of it stays known.

        Its places and faults are, since each of a long row of states is asked for them.
        """
        _ = self._places, self.faults
        other = copy(self)
        other.policy, other.records = policy, records
        return other

    def sharing(self, ways: Ways, graphs: Graphs | None = None) -> Self:
        """The same specification, its chains looked for among those of other states, its graph made of theirs."""
        other = copy(self)
        other._ways, other._graphs = ways, graphs or Graphs()  # noqa: SLF001 - one of its own kind
        return other

    def with_lock(self, lock: Lock) -> Self:
        """The same specification with another lock."""
        other = copy(self)
        other._lock = _given(lock)  # noqa: SLF001 - one of its own kind
        return other

    @property
    def lock(self) -> Lock:
        """Made when it is asked for, so that a long row of states does not hold one each."""
        return self._lock()

    def named(self, register: str) -> str | None:
        """The path of the intent as a register names it; None without one."""
        parsed = self.documents.get(register)
        return parsed.document.intent if parsed is not None else None

    @property
    def settings(self) -> Settings | None:
        return self.policy.settings

    @property
    def has_policy(self) -> bool:
        """Whether there is a policy at all, readable or not."""
        return self.policy.settings is not None or bool(self.policy.fault)

    @cached_property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Documents, and the lock, that cannot be read, and why."""
        own = ((path, fault) for path, parsed in self.documents.items() for fault in parsed.faults)
        return (*self._faults, *own)

    @cached_property
    def graph(self) -> SpecGraph:
        """The whole graph; the chains do without it."""
        return self._graphs.of(self.documents)

    @cached_property
    def validated(self) -> Validated:
        """The graph, with what `bmad validate` finds."""
        return validated(self.spec(), self.graph)

    @cached_property
    def _places(self) -> dict[str, AnyItem]:
        """Items by id and, where no id says otherwise, by alias."""
        places: dict[str, AnyItem] = {}
        aliases: dict[str, AnyItem] = {}
        for parsed in self.documents.values():
            for name, item in parsed.items.items():
                (places if name == item.id else aliases).setdefault(name, item)
        return aliases | places

    def places(self) -> Mapping[str, AnyItem]:
        """All items by id and alias, for hints."""
        return self._places

    def item(self, name: str) -> AnyItem | None:
        """The item of an id; an alias names nothing here."""
        item = self._places.get(name)
        return item if item is not None and item.id == name else None

    def story(self, name: str) -> Story | None:
        item = self.item(name)
        return item if isinstance(item, Story) else None

    @property
    def stories(self) -> frozenset[str]:
        """The ids of its stories."""
        return frozenset(item.id for item in self._places.values() if isinstance(item, Story))

    @cached_property
    def territories(self) -> tuple[str, ...]:
        """The globs of all of its stories' territories."""
        own = (item for item in self._places.values() if isinstance(item, Story))
        return tuple(dict.fromkeys(ref.text for item in own for ref in item.territory))

    def spec(self) -> Spec:
        return Spec(
            documents=tuple(parsed.document for parsed in self.documents.values()),
            intents=self.intents,
            lock=self.lock,
            layout=self.layout,
        )

    def chain(self, story: str) -> tuple[SpecGraph, Chain]:
        """The story's chain and the part of the graph that it lies in."""
        known = self._ways.find(story, tuple(self._above(story)))
        return known.part, known.chain

    def unsaid(self, story: str) -> tuple[Statement, ...]:
        """The statements of a story's chain whose words no longer stand in their intent.

        Raises: TooLargeError where too much was looked through for those of all stories asked about.
        """
        part, way = self.chain(story)
        found = (part.nodes[name].item for name in way.statements)
        said = [one for one in found if isinstance(one, Statement)]
        texts = {one.place.register: one.text or "" for one in self.intents}
        said = [one for one in said if not one.quote.strip() or one.quote not in texts.get(one.path, "")]
        stands = standing_quotes(self.intents, said, self._searched)
        return tuple(one for one in said if stands.get(one.id, _ANYWHERE) is None)

    def _above(self, start: str) -> Iterator[tuple[AnyItem, frozenset[LinkKind]]]:
        """The items that the chain runs through, each with the kinds of link that it runs along.

        An epic groups and does not mean, and of a story that the first one waits for only what it waits for in
        turn matters (a cycle); their other references are no part of the chain.
        """
        queue = [start]
        seen: set[str] = set()
        for name in queue:
            item = self._places.get(name)
            if item is None or item.id in seen:
                continue
            seen.add(item.id)
            kinds = _ALL
            if name != start:
                kinds = _WAITS if isinstance(item, Story) else _NONE if isinstance(item, Epic) else _ALL
            yield item, kinds
            queue.extend(ref.text for kind, ref in references(item) if kind in kinds)


def _given(lock: Lock) -> Callable[[], Lock]:
    return lambda: lock


_ANYWHERE = Stands("", (0, 0))
"""A register that no intent is known of is not held against any."""
_ALL = frozenset(LinkKind)
_WAITS = frozenset({LinkKind.DEPENDS_ON})
_NONE = frozenset[LinkKind]()

EMPTY = State({}, Lock(), Policy(None))
"""The specification of a tree that has none."""
