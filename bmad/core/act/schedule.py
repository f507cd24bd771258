"""Which story is next: those under way first, then those that are ready, the longest remaining path first.

What stories share is such a path, too: they are worked on one after another. Pure, and of one machine: who has
several workers asks again whenever one of them is free (list scheduling; Graham, Bounds on Multiprocessing Timing
Anomalies, 1969).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from bmad.core.act.overlap import overlap
from bmad.core.graph import SpecGraph, story_places
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.spec import Story


def dependencies(story: Story, graph: SpecGraph) -> tuple[str, ...]:
    """The stories that must have landed before; what stands in no specification any more holds nothing up."""
    return tuple(ref.text for ref in story.depends_on if ref.text in graph.nodes)


Weigh = Callable[[SpecGraph, str], int]
"""How much work a story of a graph is."""


def size(graph: SpecGraph, story: str) -> int:
    """How much work a story is, guessed: its criteria, each of which takes tests, code and a look."""
    node = graph.nodes.get(story)
    return max(len(node.item.criteria), 1) if node is not None and isinstance(node.item, Story) else 1


def order(graph: SpecGraph, stories: Iterable[str], weigh: Weigh | None = None) -> list[str]:
    """The stories by the length of the path that waits for them, then as the intent asks for them.

    A path is as long as its stories are many, or as what they `weigh`.
    """
    lengths = _lengths(graph, weigh)
    asked = story_places(graph)
    return sorted(stories, key=lambda name: (-lengths.get(name, 1), asked.get(name, len(asked)), name))


class Ranks:
    """The stories of a graph by what is left behind each: the path that waits for it, or all who claim its paths.

    Of those who claim one path, each has to wait for the others: what is left of them, with the shortest way that
    leads on from one, is as sure to come one after another as a path is. `hubs` are claimed by nobody.
    """

    def __init__(self, graph: SpecGraph, hubs: Collection[str] = ()) -> None:
        self._lengths = _lengths(graph, size)
        stories = [node.item for node in graph.of_kind(Kind.STORY) if isinstance(node.item, Story)]
        self._sizes = {one.id: size(graph, one.id) for one in stories}
        claims = {one.id: {ref.text for ref in one.territory if ref.text not in hubs} for one in stories}
        often = Counter(glob for globs in claims.values() for glob in globs)
        self._shared = {story: [one for one in globs if often[one] > 1] for story, globs in claims.items()}
        self._first = {name: at for at, name in enumerate(order(graph, self._sizes, size))}

    def sorted(self, left: Iterable[str]) -> list[str]:
        """The stories that are left, the most pressing first; what is equally so, as `order` has it."""
        names = list(left)
        rows = self._rows(names)

        def key(story: str) -> tuple[int, int, str]:
            behind = self._lengths.get(story, 1)
            for glob in self._shared.get(story, ()):
                behind = max(behind, rows[glob])
            return -behind, self._first.get(story, len(self._first)), story

        return sorted(names, key=key)

    def _rows(self, left: Sequence[str]) -> dict[str, int]:
        """By glob that several claim how long those who are left take in turn, with the shortest way on.

        What one alone claims is as long as the path that waits for that story.
        """
        claims: dict[str, list[str]] = {}
        for story in left:
            for glob in self._shared.get(story, ()):
                claims.setdefault(glob, []).append(story)
        return {
            glob: sum(self._sizes[one] for one in own) + min(self._lengths[one] - self._sizes[one] for one in own)
            for glob, own in claims.items()
        }


def path_left(graph: SpecGraph, over: Collection[str]) -> tuple[str, ...]:
    """The longest path of stories that wait for each other, by their `size`, without those that are over."""
    lengths = _lengths(graph, size, over)
    path: list[str] = []
    ahead = [name for name in lengths if name not in over]
    while ahead:
        path.append(min(ahead, key=lambda name: (-lengths[name], name)))
        ahead = [name for name in _waiting(graph, path[-1]) if name not in over and name not in path]
    return tuple(path)


def _lengths(graph: SpecGraph, weigh: Weigh | None, over: Collection[str] = ()) -> dict[str, int]:
    """Of each story that is not over the length of the path that begins with it."""
    lengths: dict[str, int] = {}
    for name in (name for name in _from_the_end(graph) if name not in over):
        below = (lengths.get(other, 0) for other in _waiting(graph, name))
        lengths[name] = (weigh(graph, name) if weigh is not None else 1) + max(below, default=0)
    return lengths


def _waiting(graph: SpecGraph, story: str) -> list[str]:
    """The stories that wait for this one."""
    return [link.source for link in graph.down(story) if link.kind is LinkKind.DEPENDS_ON]


def _from_the_end(graph: SpecGraph) -> list[str]:
    """All stories, each after those that wait for it; what waits in a circle comes last."""
    names = [node.id for node in graph.of_kind(Kind.STORY)]
    left = {name: len(_waiting(graph, name)) for name in names}
    queue = [name for name in names if not left[name]]
    for name in queue:
        for link in graph.up(name):
            if link.kind is LinkKind.DEPENDS_ON and link.target in left:
                left[link.target] -= 1
                if not left[link.target]:
                    queue.append(link.target)
    return [*queue, *(name for name in names if left[name])]


def missing(
    story: Story, graph: SpecGraph, landed: Collection[str], by_hand: Callable[[str], bool]
) -> tuple[str, ...]:
    """The stories that have to land before it; `by_hand` says of one whether people did it."""
    over = graph.done_elsewhere
    unmet = (name for name in dependencies(story, graph) if name not in landed and name not in over)
    return tuple(name for name in unmet if not by_hand(name))


class Work(NamedTuple):
    """A story as far as its place beside others goes; `territory` is empty as long as nobody has prepared it.

    `lands` is whether it is about to land, or is checked once more for that.
    """

    story: str
    territory: tuple[str, ...] = ()
    lands: bool = False


def free(work: Work, busy: Collection[Work], hubs: tuple[str, ...] = ()) -> bool:
    """Whether a story can be worked on beside others: none shares its territory, and one lands at a time.

    `hubs` are globs of files that any number of stories may append to at once.
    """
    return not any(
        (work.lands and other.lands) or overlap(work.territory, other.territory, hubs)
        for other in busy
        if other.story != work.story
    )


def first_free(
    waiting: Iterable[Work],
    busy: Collection[Work],
    hubs: tuple[str, ...] = (),
    begins: Callable[[str], bool] = lambda _: True,
) -> str | None:
    """The first of the stories, best first, that can be worked on beside those that are worked on.

    Only of one that is free it is asked whether it `begins`, which takes a look at git.
    """
    return next((one.story for one in waiting if free(one, busy, hubs) and begins(one.story)), None)
