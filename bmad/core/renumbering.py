"""One id, one thing: what has to change where two branches have left an id that is defined twice.

The first definition, in the order of the documents, keeps the id and all that refers to it. One that says the same
byte for byte is dropped, and a criterion where one of another number says the same; any other gets an id minted
from what it says and never one that was used before. So does what bears an id that was retired as something else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from bmad.core.fingerprint import fingerprint, mint
from bmad.core.graph import SpecGraph
from bmad.core.mapping.files import file_of
from bmad.core.mapping.merge import criterion_numbers
from bmad.errors import UsageError
from bmad.model.graph import LinkKind
from bmad.model.ids import PREFIX
from bmad.model.layout import Layout, Place, may_be_named, names_item
from bmad.model.lock import LinkLock, Lock
from bmad.model.renumbering import Definition, KeptReference, Renamed, Renumbered
from bmad.model.spec import KIND_OF, AnyItem, Criterion, Document, Epic, Requirement, Statement, Story

_HIGHEST = 9999
"""The highest number of a criterion."""


@dataclass
class Plan:
    """What changes: by path the new ids by line (None drops), the files that go elsewhere, and what was done."""

    changes: dict[str, dict[int, str | None]] = field(default_factory=dict)
    moves: dict[str, str | None] = field(default_factory=dict)
    done: list[Renumbered] = field(default_factory=list)
    moved: dict[str, tuple[str, AnyItem]] = field(default_factory=dict)
    """New id -> the one it had, and the item as it was."""

    @property
    def renamed(self) -> tuple[Renamed, ...]:
        return tuple(Renamed(path=path, to=to) for path, to in self.moves.items())


class Renumberer:
    """Plans for documents, in their order, whose definitions are given by path."""

    def __init__(
        self, documents: Sequence[Document], found: Mapping[str, Sequence[Definition]], lock: Lock, layout: Layout
    ) -> None:
        self.documents = documents
        self.layout = layout
        self.found = {(path, one.line): one for path, defined in found.items() for one in defined}
        items = [item for document in documents for item in document.items]
        self.lock = lock
        self.taken = {*lock.nodes, *lock.retired, *(name for item in items for name in (item.id, *item.aliases))}
        self.numbers: dict[str, set[int]] = {}
        for node in (*lock.nodes, *lock.retired):
            story, _, criterion = node.partition("/")
            self.numbers.setdefault(story, set()).update(criterion_numbers([criterion]))
        self.known: dict[str, list[tuple[type[AnyItem], str]]] = {}
        self.plan = Plan()

    def planned(self) -> Plan:
        homeless: list[AnyItem] = []
        for document in self.documents:
            for item in document.items:
                kept = self._item(item)
                if kept is not None and isinstance(kept, Epic | Story) and _is_misnamed(kept):
                    homeless.append(kept)
        away = {*self.plan.moves, *(item.path for item in homeless)}
        occupied = {document.path for document in self.documents} - away
        for item in homeless:
            self.plan.moves[item.path] = path = _free_path(item, self._place(item), occupied)
            occupied.add(path)
        return self.plan

    def _item(self, item: AnyItem) -> AnyItem | None:
        """The item with the id that it has from now on; None where it is dropped."""
        here = self.found[item.path, item.line]
        said = (type(item), here.words)
        earlier = self.known.setdefault(item.id, [])
        if said in earlier:
            self._change(item.path, Renumbered(id=item.id, new=None, path=item.path, line=item.line))
            if isinstance(item, Epic | Story):
                self.plan.moves[item.path] = None
            return None
        earlier.append(said)
        kept = item
        if len(earlier) > 1 or self._is_reused(item.id, item):
            new = self._mint(item)
            self.taken.add(new)
            self.plan.moved[new] = (item.id, item)
            self._change(item.path, Renumbered(id=item.id, new=new, path=item.path, line=item.line))
            kept = replace(item, id=new)
        self._criteria(kept, here.criteria)
        return kept

    def _is_reused(self, name: str, item: AnyItem | Criterion) -> bool:
        """Whether an id was retired as something else than what it names."""
        return self.lock.retired.get(name) not in (None, fingerprint(item))

    def _place(self, item: AnyItem) -> Place:
        owner = self.layout.owner(item.path)
        return owner[1] if owner is not None else self.layout.places[0]

    def _change(self, path: str, done: Renumbered) -> None:
        self.plan.done.append(done)
        new = done.new.rpartition("/")[2] if done.new else None
        self.plan.changes.setdefault(path, {})[done.line] = new

    def _mint(self, item: AnyItem) -> str:
        kind = KIND_OF[type(item)]
        prefix = "NFR" if isinstance(item, Requirement) and not item.functional else PREFIX[kind]
        return mint(prefix, self.taken, kind.value, *_said(item))

    def _criteria(self, story: AnyItem, criteria: Sequence[Definition]) -> None:
        used = {*self.numbers.get(story.id, ()), *criterion_numbers(one.id for one in criteria)}
        known: dict[str, set[str]] = {}
        own = {one.id: one for one in reversed(story.criteria)} if isinstance(story, Story) else {}
        firsts = {_bare(one) for one in {one.id: one for one in reversed(criteria)}.values()}
        for one in criteria:
            earlier = known.setdefault(one.id, set())
            reused = one.id in own and self._is_reused(f"{story.id}/{one.id}", own[one.id])
            again = bool(earlier) and _bare(one) in firsts
            if one.words not in earlier and (earlier or reused) and not again:
                number = _free_number(story, used)
                used.add(number)
                self._criterion(story, one, f"{story.id}/AC-{number}")
            elif earlier:
                self._criterion(story, one, None)
            earlier.add(one.words)

    def _criterion(self, story: AnyItem, one: Definition, new: str | None) -> None:
        self._change(story.path, Renumbered(id=f"{story.id}/{one.id}", new=new, path=story.path, line=one.line))


def _bare(criterion: Definition) -> str:
    """What a criterion says, without its number."""
    return criterion.words.replace(criterion.id, "", 1).strip()


def _free_number(story: AnyItem, used: set[int]) -> int:
    """The number after the highest that a criterion ever had, or one before it. Raises: UsageError without one."""
    free = (n for n in chain(range(max(used) + 1, _HIGHEST + 1), range(1, _HIGHEST)) if n not in used)
    number = next(free, None)
    if number is None:
        raise UsageError(f"{story.path}: {story.id} has used up the numbers of its criteria. Split the story.")
    return number


def _said(item: AnyItem) -> tuple[str, ...]:
    """What an item says, for its id to be minted from."""
    match item:
        case Statement():
            return item.under, item.quote
        case Requirement() | Epic():
            return item.title, item.text
        case Story():
            return item.title, *(ref.text for ref in item.implements)


def _is_misnamed(item: Epic | Story) -> bool:
    """Whether its file's name is another's, and can be its own: a name that no such file may have helps nobody."""
    return not names_item(item.path, item.id) and may_be_named(item.id, KIND_OF[type(item)])


def _free_path(item: AnyItem, place: Place, occupied: set[str]) -> str:
    wanted = file_of(item, place)
    stem = wanted.removesuffix(".md")
    ways = chain([wanted], (f"{stem}-{number}.md" for number in range(2, len(occupied) + 3)))
    return next(path for path in ways if path not in occupied)


def carried(lock: Lock, plan: Plan) -> Lock:
    """The lock in which new ids know what the old ones did: what a mapper wrote, which words their links hold.

    So nothing that was suspect is settled by its new id; and nobody has confirmed anything under that one yet.
    """
    nodes, links = dict(lock.nodes), dict(lock.links)
    for new, (old, item) in plan.moved.items():
        entries = lock.nodes.get(old, ())
        own = tuple(entry for entry in entries if entry.fingerprint == fingerprint(item))
        others = tuple(entry for entry in nodes.get(old, ()) if entry not in own)
        if own and (others or old in lock.retired):
            nodes[new] = own
            nodes[old] = others or entries
        links |= {
            (new, *key[1:]): tuple(dict.fromkeys(LinkLock(one.fingerprint) for one in entries))
            for key, entries in lock.links.items()
            if key[0] == old
        }
    return replace(lock, nodes=nodes, links=links)


def kept_references(graph: SpecGraph, texts: Mapping[str, str], plan: Plan) -> Iterator[KeptReference]:
    """What names an id that a further definition had, in the graph and texts as they are now."""
    for id_ in dict.fromkeys(one.id for one in plan.done if one.new):
        node = graph.nodes.get(id_)
        for link in graph.down(id_):
            source = graph.nodes[link.source]
            if not (link.kind is LinkKind.PART_OF and link.source.startswith(f"{id_}/")):
                yield KeptReference(id=id_, path=source.path, line=link.line, retired=node is None)
        _, slash, criterion = id_.partition("/")
        if slash and node is not None:
            yield from _mentions(id_, criterion, node.path, texts[node.path])


def _mentions(id_: str, criterion: str, path: str, text: str) -> Iterator[KeptReference]:
    """The lines of a story that name a criterion and do not define it."""
    story = re.escape(id_.removesuffix(criterion))
    named = re.compile(rf"(?:(?<![\w*/-])|(?<={story})){criterion}(?!\w)")
    for number, row in enumerate(text.split("\n"), 1):
        if named.search(row):
            yield KeptReference(id=id_, path=path, line=number)
