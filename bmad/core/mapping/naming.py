"""The items that a draft asks for, each with its id: the one it had, an equal retired one's, or a new one."""

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import NamedTuple, TypeVar, cast

from bmad.core.fingerprint import fingerprint, mint
from bmad.core.mapping.files import Stood
from bmad.core.mapping.holding import Fate, fates, holders
from bmad.core.mapping.match import Hung, Placed, match_hung, match_statements, renumbered
from bmad.core.mapping.merge import criterion_numbers, number_criteria, retired_criteria
from bmad.core.mapping.minting import Taken
from bmad.core.mapping.moving import Moved
from bmad.core.mapping.parts import NOTES, TASKS, derived, encode, listed, parts, shielded
from bmad.model.draft import Draft, DraftEpic, DraftRequirement, DraftStory
from bmad.model.ids import PREFIX, Kind
from bmad.model.normal import fold
from bmad.model.spec import AnyItem, Criterion, Epic, Item, Ref, Requirement, Section, Statement, Story

_Item = TypeVar("_Item", bound=Item)
_LABELS = frozenset({"source", "proposed-by", "no-story", "done-elsewhere"})
"""Parts that do not say what a thing is, only what it is called elsewhere, who worded it or did it: for them alone
nothing is taken up again."""
_NOTHING = Hung(frozenset(), "")


def _hung(above: tuple[Ref, ...], entry: DraftRequirement | DraftEpic | DraftStory) -> Hung:
    source = "" if isinstance(entry, DraftEpic) else _one_line(entry.source)
    return Hung(frozenset(_names(above)), entry.title, source, encode("title", entry.title))


def _one_line(text: str) -> str:
    return " ".join(text.split()) if text else ""


def _names(refs: Sequence[Ref]) -> list[str]:
    return [ref.text for ref in refs]


def _bare(value: object) -> object:
    """A value without the places of references."""
    return _names(value) if isinstance(value, tuple) else value


def _source(item: AnyItem) -> str:
    return "" if isinstance(item, Epic) else item.source


def _meaning(base: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in base.items() if name not in _LABELS}


def placed(draft: Draft, text: str) -> list[Placed]:
    """The statements of a draft in the words of the intent, whose text it is."""
    quotes = [text[entry.span.start : entry.span.end] for entry in draft.statements]
    if "\r" in text:
        quotes = [quote.replace("\r\n", "\n").replace("\r", "\n") for quote in quotes]
    paths = {path: " > ".join(map(_one_line, path)) for path in {entry.under for entry in draft.statements}}
    return [
        Placed(quote, paths[entry.under], _one_line(entry.source))
        for quote, entry in zip(quotes, draft.statements, strict=True)
    ]


class Ids(NamedTuple):
    """The ids of a draft's pieces, by index."""

    statements: list[str]
    requirements: list[str]
    epics: list[str]
    stories: list[tuple[str, ...]]
    """Of each story of the draft those that do it: the ones that stay, and what is left for one of its own."""


class Naming:
    """Names the items of one draft; `moved` notes those whose statements say something else than before."""

    def __init__(self, draft: Draft, text: str, stood: Stood) -> None:
        self.draft = draft
        self.text = text
        self.stood = stood
        self.moved = Moved(stood)
        self.named: dict[str, list[str]] = {}
        """What each story that stays as it is names."""
        self.settled: set[str] = set()
        """The epics in which all stories stay."""
        self.partial: set[str] = set()
        """The epics that hold a part of what the draft has under one title; the rest stays in others."""
        self.holders = holders(stood)
        self.fates: list[Fate] = []
        self.homes: list[str] = []
        """Of each of them the epic that holds what is left of it, where that is not the draft's; else empty."""
        self.taken = set(stood.graph.nodes)
        self.seed = (stood.place.intent,) if len(stood.layout.places) > 1 else ()
        """So that two branches that map two intents mint no id twice."""
        self._criteria_gone = retired_criteria(stood.lock.retired)

    def items(self) -> list[AnyItem]:
        """The draft as items with their ids, in the order of the documents."""
        statements = self._statements()
        requirements = self._requirements([item.id for item in statements])
        self.moved.note_all(statements)
        self.moved.note_all(requirements)
        named = [item.id for item in requirements]
        self.fates = fates(self.draft, named, self._changed(requirements), self.holders)
        self._name_stays(named)
        implements = [
            tuple(Ref(named[one]) for one in fate.story.requirements) if fate.story else () for fate in self.fates
        ]
        known = self._known_stories(implements)
        self.homes = [self._home(fate, known.get(index, "")) for index, fate in enumerate(self.fates)]
        epics = self._epics(named)
        self.ids = Ids([item.id for item in statements], named, [item.id if item else "" for item in epics], [])
        stories = self._stories(self.ids, implements, known)
        grouping: list[AnyItem] = [*filter(None, epics), *stories]
        self.moved.note_all(grouping)
        return [*statements, *sorted(requirements, key=lambda item: not item.functional), *grouping]

    def _changed(self, requirements: Iterable[Requirement]) -> frozenset[str]:
        """Those of the requirements that the mapper now writes otherwise than it did, since the intent does."""
        moved = [item for item in requirements if item.id in self.moved.ids and item.id in self.stood.base]
        return frozenset(
            item.id for item in moved if _meaning(self.stood.base[item.id]) != _meaning(dict(derived(parts(item))))
        )

    def _old(self, kind: Kind) -> dict[str, AnyItem]:
        """The nodes of a kind that a mapper made, in document order."""
        nodes = (
            node for node in self.stood.graph.nodes.values() if node.kind is kind and node.id in self.stood.base
        )
        return {node.id: node.item for node in nodes if not isinstance(node.item, Criterion)}

    def _kept(self, make: partial[_Item], known: str) -> _Item:
        """A piece with the id that it had: the very item that stands, where that says the same."""
        now = self.stood.item(known)
        for name, value in make.keywords.items():
            stands = getattr(now, name)
            if stands != value and _bare(stands) != _bare(value):
                return make(id=known)
        return cast("_Item", now)

    def _minted(self, make: Callable[..., _Item], kind: Kind, *words: str, prefix: str = "") -> _Item:
        """A piece with an equal retired one's id, or a new one."""
        gone, start = self._gone, prefix or PREFIX[kind]
        meaning = fingerprint(make(id="")) if gone else ""
        taken = Taken(self.taken, gone, meaning) if gone else self.taken
        named = mint(start, taken, kind, *words, *self.seed)
        if gone and gone.get(named) != meaning and not (self.seed and kind is Kind.STATEMENT):
            named = next((one for one in self._meant.get(meaning, ()) if self._is_free(one, start)), named)
        self.taken.add(named)
        return make(id=named)

    def _is_free(self, node: str, prefix: str) -> bool:
        return node.startswith(f"{prefix}-") and node not in self.taken and node not in self.stood.graph.aliases

    @cached_property
    def _gone(self) -> Mapping[str, str]:
        """What the lock knows and no document has: id -> what it meant last."""
        lock, nodes = self.stood.lock, self.stood.graph.nodes
        names = lock.nodes.keys() - nodes.keys() if lock.nodes else ()
        return {name: lock.nodes[name][-1].fingerprint for name in sorted(names)} | lock.retired

    @cached_property
    def _meant(self) -> Mapping[str, list[str]]:
        """The ids of what is gone by what they meant last: words that were changed since have named others."""
        found: dict[str, list[str]] = {}
        for name, meaning in self._gone.items():
            found.setdefault(meaning, []).append(name)
        return found

    def _statements(self) -> list[Statement]:
        draft, new = self.draft.statements, placed(self.draft, self.text)
        quotes = [one.text for one in new]
        old = {
            key: Placed(item.quote, item.under, item.source)
            for key, item in self._old(Kind.STATEMENT).items()
            if isinstance(item, Statement)
        }
        known = match_statements(old, new)
        for index, node in known.items():
            if (quote := old[node].text) != quotes[index] and fold(quote) == fold(quotes[index]):
                quotes[index] = quote
        self.moved.renumbered = renumbered(old, new, known)
        count: Counter[Hashable] = Counter()
        items: list[Statement] = []
        for index, entry in enumerate(draft):
            make = partial(
                Statement,
                title=entry.title,
                klass=entry.klass,
                under=new[index].under,
                quote=quotes[index],
                source=new[index].source,
            )
            place = (new[index].under, _one_line(quotes[index]))
            count[place] += 1
            items.append(
                self._kept(make, known[index])
                if index in known
                else self._minted(make, Kind.STATEMENT, *place, str(count[place]))
            )
        return items

    def _requirements(self, statements: list[str]) -> list[Requirement]:
        draft = self.draft.requirements
        traces = [tuple(Ref(statements[index]) for index in entry.statements) for entry in draft]
        known = self._match(
            Kind.REQUIREMENT, "traces", (_hung(*entry) for entry in zip(traces, draft, strict=True))
        )
        count: Counter[Hashable] = Counter()
        items: list[Requirement] = []
        for index, entry in enumerate(draft):
            make = partial(
                Requirement,
                title=entry.title,
                priority=entry.priority,
                traces=traces[index],
                verify=entry.verify,
                text=shielded(entry.text),
                source=_one_line(entry.source),
                everywhere=entry.everywhere and not self.holders.holding(known.get(index, "")),
                no_story=_one_line(entry.no_story),
                proposed_by=entry.proposed_by,
            )
            prefix = "FR" if entry.functional and not entry.everywhere else "NFR"
            words = (self.draft.statements[entry.statements[0]].under[-1:] or ("",)) if entry.statements else ("",)
            said = (prefix, *words, entry.text)
            count[said] += 1
            again = (str(count[said]),) if count[said] > 1 else ()
            items.append(
                self._kept(make, known[index])
                if index in known
                else self._minted(make, Kind.REQUIREMENT, *said[1:], *again, prefix=prefix)
            )
        return items

    def _epics(self, requirements: list[str]) -> list[Epic | None]:
        """The draft's epics; None for one whose stories all stay, and stay in other epics."""
        draft = self.draft.epics
        covers = [tuple(Ref(requirements[index]) for index in entry.requirements) for entry in draft]
        known = self._match(Kind.EPIC, "covers", (_hung(*entry) for entry in zip(covers, draft, strict=True)))
        made = {
            fate.story.epic for fate, home in zip(self.fates, self.homes, strict=True) if fate.story and not home
        }
        elsewhere, brought = self._elsewhere(known, requirements)
        items: list[Epic | None] = []
        for index, entry in enumerate(draft):
            kept = tuple(ref for ref in covers[index] if ref.text not in elsewhere[index])
            own = {ref.text for ref in kept}
            kept += tuple(Ref(name) for name in brought.get(known.get(index, ""), ()) if name not in own)
            if index not in made and not kept:
                items.append(None)
                continue
            make = partial(
                Epic, title=entry.title, covers=kept, text=shielded(entry.text), proposed_by=entry.proposed_by
            )
            item = self._kept(make, known[index]) if index in known else self._minted(make, Kind.EPIC, entry.title)
            if index not in made:
                self.settled.add(item.id)
            if elsewhere[index]:
                self.partial.add(item.id)
            items.append(item)
        return items

    def _elsewhere(
        self, known: Mapping[int, str], requirements: list[str]
    ) -> tuple[list[set[str]], dict[str, dict[str, None]]]:
        """Of each epic of the draft the requirements that are all in stories which stay in another one.

        And by the id of that one the requirements which are so brought to it.
        """
        here: list[set[str]] = [set() for _ in self.draft.epics]
        away: list[set[str]] = [set() for _ in self.draft.epics]
        brought: dict[str, dict[str, None]] = {}
        for story, fate, home in zip(self.draft.stories, self.fates, self.homes, strict=True):
            epic = known.get(story.epic)
            own = [requirements[one] for one in (fate.story.requirements if fate.story else ())]
            stands = [(home or epic, own)]
            for name in fate.stay:
                names = self.stood.names({"implements": parts(self.stood.item(name))["implements"]})
                stands.append((self._epic_of(name), names))
            for there, names in stands:
                (here if there == epic else away)[story.epic].update(names)
                if there is not None and there != epic:
                    brought.setdefault(there, {}).update(dict.fromkeys(names))
        return [there - at_home for there, at_home in zip(away, here, strict=True)], brought

    def _home(self, fate: Fate, known: str) -> str:
        """The epic that holds what is left of a story of the draft, where it is not the draft's; else empty.

        What a hand was on stays where it stands. So does what amends stories that stay; it is made where they are.
        """
        if fate.home:
            return self._epic_of(fate.home)
        if fate.story is None or not fate.stay or any(one in self.holders.foreign for one in fate.stay):
            return ""
        stand = {self._epic_of(name) for name in ((known,) if known else fate.stay)}
        epic = stand.pop() if len(stand) == 1 else ""
        return epic if epic in self.stood.graph.nodes else ""

    def _epic_of(self, story: str) -> str:
        """The epic that a story stands in; empty where it names none."""
        item = self.stood.item(story)
        own = item.epic.text if isinstance(item, Story) and item.epic else ""
        return self.stood.graph.aliases.get(own, own)

    def _name_stays(self, requirements: Sequence[str]) -> None:
        """The stories that stay as they are count as asked for."""
        stay = dict.fromkeys(name for fate in self.fates for name in fate.stay)
        apart = (requirements[index] for index, entry in enumerate(self.draft.requirements) if entry.everywhere)
        stay |= dict.fromkeys(name for node in apart for name in self.holders.holding(node))
        self.named |= {name: self.stood.names(parts(self.stood.item(name))) for name in stay}

    def _known_stories(self, implements: Sequence[tuple[Ref, ...]]) -> dict[int, str]:
        """Of the stories to write those that stand already."""
        hung = (
            _hung(above, fate.story) if fate.story else _NOTHING
            for above, fate in zip(implements, self.fates, strict=True)
        )
        return self._match(Kind.STORY, "implements", hung, without=self.named)

    def _stories(self, ids: Ids, implements: Sequence[tuple[Ref, ...]], known: Mapping[int, str]) -> list[Story]:
        draft = [fate.story for fate in self.fates]
        items: list[Story] = []
        for index, entry in enumerate(draft):
            names, home = self.fates[index].stay, self.fates[index].home
            if entry is None and home:
                names = (home,)
            if entry is not None:
                epic = self.homes[index] or ids.epics[entry.epic]
                make = partial(self._story, entry, implements[index], epic)
                words = (entry.title, *(ref.text for ref in implements[index]))
                item = make(known[index]) if index in known else self._minted(make, Kind.STORY, *words)
                items.append(item)
                names = (*names, item.id)
            ids.stories.append(names)
        waits = [
            tuple(Ref(name) for index in entry.depends_on for name in ids.stories[index])
            for entry in draft
            if entry
        ]
        return [
            item if _names(item.depends_on) == _names(refs) else replace(item, depends_on=refs)
            for item, refs in zip(items, waits, strict=True)
        ]

    def _story(self, entry: DraftStory, implements: tuple[Ref, ...], epic: str, id: str) -> Story:  # noqa: A002
        """A story with an id: the very item that stands by it, where that says the same."""
        item = self.stood.item(id) if id in self.stood.graph.nodes else None
        now = parts(item) if item else {}
        base = self.stood.base.get(id, {}) if item else {}
        carried = {part: one.text for part, one in self.stood.carried.get(id, {}).items()}
        criteria = number_criteria(entry.criteria, base, carried | now, self._used(id if item else "", base, now))
        tasks = "\n".join(f"- {task}" for task in entry.tasks)
        story = Story(
            id=id,
            title=entry.title,
            epic=Ref(epic),
            implements=implements,
            depends_on=item.depends_on if isinstance(item, Story) else (),
            source=_one_line(entry.source),
            done_elsewhere=_one_line(entry.done_elsewhere),
            proposed_by=entry.proposed_by,
            narrative=shielded(entry.narrative),
            criteria=criteria,
            sections=(Section(TASKS, tasks, 0), Section(NOTES, shielded(entry.notes), 0)),
        )
        return item if isinstance(item, Story) and parts(story) == now else story

    def _used(self, story: str, base: Mapping[str, str], now: Mapping[str, str]) -> int:
        """The highest criterion number that the story ever had."""
        return max(self._criteria_gone.get(story, 0), *criterion_numbers([*base, *now]))

    def _match(
        self, kind: Kind, part: str, new: Iterable[Hung], without: Container[str] = frozenset()
    ) -> dict[int, str]:
        old = {
            key: Hung(frozenset(listed(base.get(part, ""))), item.title, _source(item), base.get("title", ""))
            for key, item in self._old(kind).items()
            for base in [self.stood.base[key]]
            if key not in without
        }
        return match_hung(old, [*new]) if old else {}
