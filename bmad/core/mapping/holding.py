"""What of a draft's stories stays with stories that stand: those that have landed, and those a hand is on.

A landed story is never rewritten. What the intent says otherwise since, or beside it, is a story of its own that
amends it. Where a draft joins what several such stories do, each keeps its own, and the rest is a new story.
Stories that are their author's own, as an import brings them, are each kept by the one of its key alone.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from bmad.core.mapping.files import Stood
from bmad.core.mapping.leaving import by_hand
from bmad.core.mapping.match import likeness, words
from bmad.core.mapping.merge import ALIKE
from bmad.core.mapping.parts import hand_set, listed
from bmad.model.draft import Draft, DraftStory
from bmad.model.normal import fold

_SEVERAL = 2


class Holders(NamedTuple):
    """The stories that stand: by requirement, which are held, and which of those have landed."""

    of: Mapping[str, Sequence[str]]
    """Requirement -> the stories that implement it, in the order of the documents."""
    held: Collection[str]
    landed: AbstractSet[str]
    criteria: Mapping[str, Collection[str]]
    """Held story -> its criteria, folded, with those that a hand carried into another one."""
    foreign: Collection[str] = ()
    """The stories that no mapper made."""
    keyed: Mapping[str, str] = {}
    """The author's key of a story -> the one that a mapper made of it."""
    was: Mapping[str, Collection[str]] = {}
    """Held story that a mapper made -> the requirements that it implemented by that."""
    mapped: AbstractSet[str] = frozenset()
    """The requirements of which a mapper made a story that stands."""

    def holding(self, requirement: str) -> list[str]:
        """The held stories that implement a requirement."""
        return [story for story in self.of.get(requirement, ()) if story in self.held]


def holders(stood: Stood) -> Holders:
    """The stories that a draft takes nothing from."""
    graph, base, landed = stood.graph, stood.base, stood.landed
    of: dict[str, list[str]] = {}
    criteria: dict[str, frozenset[str]] = {}
    for story in graph.stories:
        for ref in story.implements:
            of.setdefault(graph.aliases.get(ref.text, ref.text), []).append(story.id)
        if story.id in landed or (
            hand_set(story) if stood.is_settled(story) else by_hand(story, base.get(story.id, {}))
        ):
            own = [one.text for one in story.criteria]
            away = [one.text for one in stood.carried.get(story.id, {}).values()]
            criteria[story.id] = frozenset(map(fold, own + away))
    made = [story for story in graph.stories if story.id in base]
    count = Counter(story.source for story in made)
    keyed = {story.source: story.id for story in made if story.source and count[story.source] == 1}
    foreign = {story.id for story in graph.stories} - base.keys()
    was = {name: frozenset(listed(base[name].get("implements", ""))) for name in criteria if name in base}
    mapped = {name for story in made for name in listed(base[story.id].get("implements", ""))}
    return Holders(of, criteria.keys(), landed, criteria, foreign, keyed, was, mapped)


class Fate(NamedTuple):
    """What becomes of a story of the draft: what is left of it for a story, and those that keep the rest."""

    story: DraftStory | None
    stay: tuple[str, ...] = ()
    home: str = ""
    """The one story that a hand is on and that it goes on as, or without a story of its own is a part of; it stays
    in the epic where it stands."""


def fates(draft: Draft, requirements: Sequence[str], changed: Collection[str], holders: Holders) -> list[Fate]:
    """The fate of each story of the draft, in order.

    `requirements` are the ids of the draft's requirements, `changed` those that say something else than before.
    """
    cases = [_Case(draft, story, requirements, changed, holders) for story in draft.stories]
    owners = [_owners(draft, story, requirements, holders) for story in draft.stories]
    aside = [_aside(case, own) for case, own in zip(cases, owners, strict=True)]
    takers = [_takers(case, own) for case, own in zip(cases, owners, strict=True)]
    main = [
        tuple(one for one in own if one not in {*taken, *more})
        for own, taken, more in zip(owners, aside, takers, strict=True)
    ]
    stays = {*holders.landed, *holders.foreign}
    pinned = {one for own in main for one in own if len(own) > 1 or one in stays}
    parts: dict[str, list[int]] = {}
    for index, own in enumerate(main):
        if own and not pinned.intersection(own):
            parts.setdefault(own[0], []).append(index)
    sizes = Counter(story.epic for story in draft.stories)
    rests = [_rest(*one) for one in zip(cases, main, aside, takers, strict=True)]
    found: list[Fate] = []
    for index, (case, own, taken) in enumerate(zip(cases, main, aside, strict=True)):
        if pinned.intersection(own):
            found.append(_fate(case, owners[index]))
        elif not own:
            home = takers[index][0] if takers[index] and rests[index] is None else ""
            found.append(Fate(rests[index], taken, home))
        else:
            whole = _whole(draft, rests, parts[own[0]], sizes) if index == parts[own[0]][0] else None
            found.append(Fate(whole, taken, own[0]))
    return found


def _whole(
    draft: Draft, rests: Sequence[DraftStory | None], parts: Sequence[int], sizes: Mapping[int, int]
) -> DraftStory | None:
    """The one story that several of a draft are parts of; where it is all of their epic, it goes by its name.

    `rests` are the stories of the draft without what others took, `sizes` the numbers of stories in each epic.
    """
    both = [story for index in parts if (story := rests[index])]
    if len(both) < _SEVERAL:
        return both[0] if both else None
    first, *_ = both
    joined = replace(
        first,
        requirements=tuple(dict.fromkeys(one for story in both for one in story.requirements)),
        depends_on=tuple({one: 0 for story in both for one in story.depends_on if one not in parts}),
        criteria=tuple(dict.fromkeys(one for story in both for one in story.criteria)),
        source="",
    )
    if sizes[first.epic] != len(both) or {story.epic for story in both} != {first.epic}:
        return joined
    origin = first.notes.partition("\n")[0]
    return replace(joined, title=draft.epics[first.epic].title, narrative=origin, notes=origin)


class _Case(NamedTuple):
    draft: Draft
    story: DraftStory
    requirements: Sequence[str]
    changed: Collection[str]
    holders: Holders

    def is_left(self, index: int, stay: Collection[str]) -> bool:
        """Whether a requirement is not, or no longer, all in those of the stories that stay which hold it."""
        node = self.requirements[index]
        there = [one for one in self.holders.of.get(node, ()) if one in stay or not self.draft.authored]
        held = [one for one in self.holders.holding(node) if one in stay]
        if not held:
            return True
        if any(story not in self.holders.landed for story in held):
            return False
        return node in self.changed or len(held) < len(there)


def _owners(draft: Draft, story: DraftStory, requirements: Sequence[str], holders: Holders) -> tuple[str, ...]:
    """The held stories that do what one of the draft does."""
    if draft.authored and (own := holders.keyed.get(_key(story))):
        return (own,) if own in holders.held else ()
    found = dict.fromkeys(one for index in story.requirements for one in holders.holding(requirements[index]))
    if not draft.authored:
        return tuple(found)
    others = {*holders.foreign, *(holders.keyed.get(_key(one), "") for one in draft.stories)}
    return tuple(one for one in found if one not in others)


def _key(story: DraftStory) -> str:
    return " ".join(story.source.split())


def _takers(case: _Case, own: Iterable[str]) -> tuple[str, ...]:
    """Those of the owners that a mapper made of other stories, and that a hand gave parts of this one."""
    holders = case.holders
    names = {case.requirements[one] for one in case.story.requirements}
    made = (one for one in own if one in holders.was and one not in holders.landed)
    return () if case.draft.authored else tuple(one for one in made if names.isdisjoint(holders.was[one]))


def _rest(case: _Case, own: tuple[str, ...], aside: tuple[str, ...], takers: tuple[str, ...]) -> DraftStory | None:
    """A story of the draft without what others took, unless what the lock keeps of it tells that already."""
    if aside:
        return _without(case, (*aside, *takers))
    if takers and not own:
        stands = not case.holders.mapped.isdisjoint(case.requirements[one] for one in case.story.requirements)
        return _without(case, takers) or (case.story if stands else None)
    return _moved(case, own[0]) if takers and len(own) == 1 else case.story


def _moved(case: _Case, home: str) -> DraftStory:
    """A story of the draft without the criteria of what a hand moved elsewhere, where it took those, too."""
    story, holders = case.story, case.holders
    left = [one for one in story.requirements if home in holders.of.get(case.requirements[one], (home,))]
    own = frozenset(_criteria(case, left, ()))
    said = {fold(one) for one in own}
    beside = [words(text) for text in holders.criteria[home] if text not in said]
    there = [
        one for one in story.criteria if one in own or any(likeness(words(one), text) >= ALIKE for text in beside)
    ]
    return replace(story, criteria=tuple(there))


def _aside(case: _Case, own: Iterable[str]) -> tuple[str, ...]:
    """Those of the owners that no mapper made, and that do all of what they took out of a story of the draft."""
    holders = case.holders

    def does(owner: str) -> bool:
        took = (one for one in case.story.requirements if owner in holders.of.get(case.requirements[one], ()))
        return owner not in holders.landed or not any(case.is_left(one, (owner,)) for one in took)

    return tuple(one for one in own if one in holders.foreign and does(one))


def _without(case: _Case, taken: Collection[str]) -> DraftStory | None:
    """A story of the draft without what others took out of it; None where that is all of it."""
    story = case.story
    if all(case.is_left(one, taken) for one in story.requirements):
        return story
    left, criteria = _left(case, taken)
    if not left or not criteria:
        return None
    texts = {one: case.draft.requirements[one].text for one in story.requirements}
    told = any(fold(text) in fold(story.narrative) for one, text in texts.items() if one not in left)
    narrative = " ".join(texts[one] for one in left) if told else story.narrative
    return replace(story, requirements=left, criteria=criteria, narrative=narrative)


def _fate(case: _Case, stay: tuple[str, ...]) -> Fate:
    left, criteria = _left(case, stay)
    if not left or not criteria:
        return Fate(None, stay)
    only = case.draft.requirements[left[0]]
    rest = replace(
        case.story,
        title=only.title if len(left) == 1 else case.story.title,
        source=only.source if len(left) == 1 else "",
        requirements=left,
        narrative=" ".join(case.draft.requirements[index].text for index in left),
        criteria=criteria,
        tasks=(),
        notes="\n\n".join(part for part in (f"Amends {', '.join(stay)}.", case.story.notes) if part),
    )
    return Fate(rest, stay)


def _left(case: _Case, stay: Collection[str]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The requirements that those which stay do not, or no longer, do, and the criteria of these.

    Where those have all criteria, but not all requirements, what no story would do is told by its own words.
    """
    left = tuple(one for one in case.story.requirements if case.is_left(one, stay))
    known = {text for story in stay for text in case.holders.criteria.get(story, ())}
    if criteria := _criteria(case, left, known):
        return left, criteria
    held = {one: case.holders.of.get(case.requirements[one], ()) for one in left}
    alone = tuple(one for one in left if not any(story in stay for story in held[one]))
    return alone, tuple(dict.fromkeys(case.draft.requirements[one].text for one in alone))


def _criteria(case: _Case, left: Iterable[int], known: Collection[str]) -> tuple[str, ...]:
    """The criteria of what is left: those that no story has which stays, and that are of no other requirement."""
    texts = {index: fold(case.draft.requirements[index].text) for index in case.story.requirements}
    own, found = set(left), []
    for criterion in case.story.criteria:
        said = fold(criterion)
        of = {index for index, text in texts.items() if said in text}
        if said not in known and (not of or of & own):
            found.append(criterion)
    return tuple(found)
