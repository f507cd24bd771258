"""Which stories `bmad act` could begin: its own rule, asked of the branch that it would build on."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Self

from bmad.core.act import schedule
from bmad.core.act.run import Run
from bmad.core.gate.people import NOBODY, People
from bmad.core.graph import SpecGraph, chain
from bmad.core.places import standing_quotes
from bmad.errors import UsageError
from bmad.model.act import State
from bmad.model.lock import LinkKey
from bmad.model.spec import Statement, Story
from bmad.model.specification import Spec
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.branches import HEADS, NEXT, REF
from bmad.pipeline.status.gone_landings import Gone
from bmad.pipeline.status.lost_lines import Lost, lost_lines
from bmad.pipeline.trace.ignored_revs import ignored
from bmad.ports.history import Objects


class Ground(NamedTuple):
    """What is known where stories are built: those that have landed, those not open again, those done by hand."""

    landed: frozenset[str]
    closed: frozenset[str]
    by_hand: frozenset[str]
    begun: frozenset[str]
    """Those of the stories that were asked about on whose own branch people have commits."""
    taken_back: frozenset[str] = frozenset()
    """Those whose record stands, and whose code does not."""
    people: People = NOBODY
    """Which identities are one person."""
    gone: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """By story the paths of its last landing that are again as they were before it."""
    lost: Mapping[str, Lost] = MappingProxyType({})
    """By closed story the lines of its last landing that are gone, though no other story worked on them."""

    def without(self, gone: Mapping[str, Gone]) -> Self:
        """The same, where reverts took back what was done by hand."""
        every = frozenset(story for story, one in gone.items() if one.is_all)
        return self._replace(
            by_hand=self.by_hand - every,
            taken_back=self.taken_back | every,
            gone={**self.gone, **{story: one.paths for story, one in gone.items()}},
        )


def ground(
    objects: Objects, grounds: Grounds, target: str | None, branches: Iterable[str], anew: Collection[str]
) -> Ground | None:
    """What stands on the target, by default HEAD, and on `bmad/next` where stories land there first.

    `branches` are the stories that have one; it is looked into where a story is to be built `anew`. None where no
    specification with settings can be read: `bmad act` would begin nothing either.
    """
    name = "HEAD" if target is None else HEADS + target.removeprefix(HEADS)
    bases = [basis for basis in [_at(objects, grounds, name)] if basis is not None]
    if bases and bases[0].settings.act.accept == "end":
        bases += [basis for basis in [_at(objects, grounds, NEXT)] if basis is not None]
    if not bases:
        return None
    landed = frozenset(story for basis in bases for story in basis.landed)
    closed = frozenset(story for story in landed if any(basis.closed(story) for basis in bases))
    by_hand = frozenset(story for basis in bases for story in grounds.by_hand(basis))
    taken_back = grounds.taken_back(bases[-1])
    asked = (story for story in branches if story in anew or story in taken_back)
    begun = frozenset(story for story in asked if _is_begun(objects, grounds, bases[-1].commit, story))
    gone = {story: one.paths for story, one in grounds.gone(bases[-1]).items()}
    people = grounds.people(bases[-1].commit)
    lost = _lost(objects, bases[-1], gone)
    return Ground(landed, closed, by_hand, begun, taken_back, people, gone, lost)


def _lost(objects: Objects, basis: Basis, gone: Collection[str]) -> dict[str, Lost]:
    """What is gone of the landings of which each path stands."""
    landings = [one for one in basis.closed_landings if one.story not in gone]
    if not landings:
        return {}
    formatting = ignored(objects, objects.commits([basis.commit])[basis.commit], basis.commit).commits
    return lost_lines(objects, basis.commit, landings, basis.records, formatting)


def _is_begun(objects: Objects, grounds: Grounds, base: str, story: str) -> bool:
    """Whether a person has commits on the story's branch."""
    return bool(grounds.by_people(base, objects.tips(base, f"{REF}{story}").head))


def _at(objects: Objects, grounds: Grounds, name: str) -> Basis | None:
    try:
        return grounds.at(objects.tips(name, name).head)
    except UsageError:
        return None


def missing(story: Story, graph: SpecGraph, ground: Ground, told: Mapping[str, Run]) -> tuple[str, ...]:
    """The stories that have to stand before it; those that people did count, unless `bmad act` has begun them."""

    def by_hand(name: str) -> bool:
        return name in ground.by_hand and told.get(name, Run(name)).state is State.BACKLOG

    return schedule.missing(story, graph, ground.landed - ground.taken_back, by_hand)


def sound(stories: Iterable[str], spec: Spec, graph: SpecGraph, suspect: Collection[LinkKey]) -> list[str]:
    """Those of the stories whose chain is whole, nothing of it suspect, and its words stand in the intent."""
    ways = [(story, chain(graph, story)) for story in stories]
    above = dict.fromkeys(name for _, way in ways for name in way.statements)
    said = [item for item in (graph.nodes[name].item for name in above) if isinstance(item, Statement)]
    amiss = {name for name, at in standing_quotes(spec.intents, said).items() if at is None}
    whole = [(story, way) for story, way in ways if not way.problems and amiss.isdisjoint(way.statements)]
    return [story for story, way in whole if not any(link.key in suspect for link in way.links)]
