"""What the `commit-msg` hook says: the gate's first questions, asked before the commit exists.

A comfort for the person who commits; the gate decides.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.paths import Classified, PathClass
from bmad.core.territory import holds
from bmad.core.trailers import POLICY, Block, other_words
from bmad.core.trailers import stories as stories_named
from bmad.model.settings import Level
from bmad.model.spec import Story


class Staged(NamedTuple):
    """What is about to be committed: classified paths and the message's trailers."""

    paths: Sequence[Classified]
    block: Block
    recorded: bool = False
    """Whether a new record comes with it: it says whose work this is, and the gate compares it with the files."""


_GOVERNED = (PathClass.GOVERNED, PathClass.TWIN, PathClass.OWN)


def complaints(staged: Staged, graph: SpecGraph, level: Level) -> list[str]:
    """Why the gate would refuse the commit, each one or two sentences; empty where it would not."""
    governed = [path for path in staged.paths if path.klass in _GOVERNED]
    if governed:
        return _governed(governed, staged)
    code = [path.path for path in staged.paths if path.klass in (PathClass.CODE, PathClass.KNOWLEDGE)]
    if not code:
        return []
    found = stories_named(staged.block)
    if found.faults:
        return list(found.faults)
    if not found.ids:
        return _unnamed(code, staged, level)
    stories = {name: graph.nodes[name].item for name in found.ids if name in graph.nodes}
    unknown = [name for name in found.ids if not isinstance(stories.get(name), Story)]
    wrong = [f"{name} is no story of this specification. See: bmad status" for name in unknown]
    wrong += _uncounted(staged.block, graph)
    if wrong:
        return wrong
    if level is Level.TRACED:
        return []
    globs = tuple(ref.text for story in stories.values() if isinstance(story, Story) for ref in story.territory)
    outside = [path for path in code if not holds(globs, path)]
    if not outside:
        return []
    named, ground = ", ".join(found.ids), ", ".join(globs) or "it has none"
    mend = "Name the story it belongs to, or widen the territory in a commit of its own first."
    return [f"{_some(outside)} lies outside the territory of {named} ({ground}). {mend}"]


def _uncounted(block: Block, graph: SpecGraph) -> list[str]:
    """Lines that name another story and do not count."""
    mend = "Name it in the last paragraph, a `Story:` line for each story, or take the line out."
    other = [(word, line) for word, line in other_words(block).items() if word in graph.nodes]
    return [f"Line {line} names {word}, outside of the trailer block. {mend}" for word, line in other[:5]]


def _unnamed(code: Iterable[str], staged: Staged, level: Level) -> list[str]:
    """From level `reviewed` up a new record names the story, as it does for the gate."""
    if staged.recorded and level.rank >= Level.REVIEWED.rank:
        return []
    why = f" ({staged.block.reason})" if staged.block.reason else ""
    mend = "End the message with a paragraph `Story: STORY-…`, or work on the branch of `bmad start STORY`."
    return [f"{_some(code)} needs a story{why}. {mend}"]


def _governed(governed: Sequence[Classified], staged: Staged) -> list[str]:
    if len(governed) < len(staged.paths):
        return [f"{_some([path.path for path in governed])} is governed: commit it alone, with `Policy: REASON`."]
    if not staged.block.values(POLICY):
        return [f"{_some([path.path for path in governed])} is governed: add a last paragraph `Policy: REASON`."]
    return []


def _some(paths: Iterable[str]) -> str:
    first, *rest = sorted(paths)
    return f"{first} (and {len(rest)} more)" if rest else first
