"""Which story is next: those under way first, then those that are ready, the longest remaining path first."""

from collections.abc import Callable, Collection, Iterable

from bmad.core.graph import SpecGraph, places
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.spec import Story


def dependencies(story: Story, graph: SpecGraph) -> tuple[str, ...]:
    """The stories that must have landed before; what stands in no specification any more holds nothing up."""
    return tuple(ref.text for ref in story.depends_on if ref.text in graph.nodes)


def order(graph: SpecGraph, stories: Iterable[str]) -> list[str]:
    """The stories by the length of the path that waits for them, then as the intent asks for them."""
    lengths: dict[str, int] = {}
    asked = places(graph)

    def place(story: str) -> int:
        uppers = (link.target for link in graph.up(story) if link.kind is LinkKind.IMPLEMENTS)
        return min((asked[name] for name in uppers if name in asked), default=len(asked))

    for name in _from_the_end(graph):
        below = (lengths.get(other, 0) for other in _waiting(graph, name))
        lengths[name] = 1 + max(below, default=0)
    return sorted(stories, key=lambda name: (-lengths.get(name, 1), place(name), name))


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
    unmet = (name for name in dependencies(story, graph) if name not in landed)
    return tuple(name for name in unmet if not by_hand(name))
