"""Which open stories share paths: they take turns where they could run at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from bmad.core.act.overlap import overlap
from bmad.core.graph import SpecGraph
from bmad.core.territory import is_plain
from bmad.model.graph import LinkKind
from bmad.model.territories import SharedTerritory

_MOST_WILD = 400
"""Globs with wildcards that are held against all others."""


def shared(
    graph: SpecGraph, territories: Mapping[str, Sequence[str]], hubs: Sequence[str]
) -> Iterator[SharedTerritory]:
    """By glob the stories that claim it or something in it, but for those that wait for each other anyway."""
    claims: dict[str, list[str]] = defaultdict(list)
    for story, globs in territories.items():
        for glob in globs:
            claims[glob].append(story)
    wild = [glob for glob in claims if not is_plain(glob)][:_MOST_WILD]
    within = {glob: [one for one in claims if one != glob and overlap((glob,), (one,))] for glob in wild}
    waits = _Waits(graph)
    for glob, stories in sorted(claims.items()):
        if not overlap((glob,), (glob,), tuple(hubs)):
            continue
        every = dict.fromkeys([*stories, *(story for one in within.get(glob, ()) for story in claims[one])])
        beside = [one for one in every if any(waits.free(one, other) for other in every if other != one)]
        if len(beside) > 1:
            yield SharedTerritory(glob=glob, stories=tuple(beside))


class _Waits:
    """Which stories wait for which, by way of others, too."""

    def __init__(self, graph: SpecGraph) -> None:
        self._graph = graph
        self._before: dict[str, Collection[str]] = {}

    def free(self, one: str, other: str) -> bool:
        """Whether neither waits for the other."""
        return other not in self._all(one) and one not in self._all(other)

    def _all(self, story: str) -> Collection[str]:
        if story not in self._before:
            found = {story: None}
            queue = [story]
            for name in queue:
                for link in self._graph.up(name):
                    if link.kind is LinkKind.DEPENDS_ON and link.target not in found:
                        found[link.target] = None
                        queue.append(link.target)
            del found[story]
            self._before[story] = found.keys()
        return self._before[story]
