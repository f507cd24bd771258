"""Where a scan looks that is asked for by the specification: territories of a story, or of an epic's stories."""

from collections.abc import Iterable, Iterator, Sequence

from bmad.core.graph import SpecGraph
from bmad.core.prefixes import find
from bmad.core.territory import compiled
from bmad.errors import UsageError
from bmad.model.ids import PREFIX, Kind
from bmad.model.spec import Story
from bmad.pipeline.act.baseline import Basis, Grounds

_NAMES = tuple(f"{PREFIX[kind]}-" for kind in (Kind.STORY, Kind.EPIC))


def is_of_specification(named: str) -> bool:
    """Whether an argument names a story or an epic, and no path."""
    return named.startswith(_NAMES)


def places(grounds: Grounds, basis: Basis, named: Sequence[str]) -> tuple[str, ...]:
    """Paths and globs as they are, stories and epics as the globs of their territories that hold a file.

    Raises: UsageError where an id names nothing, or no file lies in its territory.
    """
    found = (_of(grounds, basis, one) if is_of_specification(one) else (one,) for one in named)
    return tuple(dict.fromkeys(place for each in found for place in each))


def _of(grounds: Grounds, basis: Basis, named: str) -> tuple[str, ...]:
    node = find(basis.state.graph, named, at=basis.commit)
    globs = dict.fromkeys(ref.text for story in _stories(basis.state.graph, node) for ref in story.territory)
    held = tuple(one for one in globs if _holds(one, grounds.paths(basis.commit)))
    if not held:
        why = "no file of the commit lies in its territory" if globs else "it has no territory"
        raise UsageError(f"{node} cannot be looked through: {why}.")
    return held


def _stories(graph: SpecGraph, node: str) -> Iterator[Story]:
    """The story itself, or those of the epic."""
    for one in graph.stories:
        if one.id == node or (one.epic is not None and one.epic.text == node):
            yield one


def _holds(glob: str, paths: Iterable[str]) -> bool:
    held = compiled((glob,))
    return any(held.holds(path) for path in paths)
