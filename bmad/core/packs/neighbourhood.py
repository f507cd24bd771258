"""The other stories: what those before this one have built, and one line on each of the rest."""

from collections.abc import Iterator
from heapq import nsmallest

from bmad.core.packs.pack import Item
from bmad.core.packs.source import Other, Source
from bmad.core.packs.texts import one_line
from bmad.model.spec import Story

MOST = 60
"""Other stories that are told of."""

_FILES = 20
_TITLE, _GLOBS = 90, 60


def before(source: Source) -> Iterator[Item]:
    """The stories that this one depends on, in its own order."""
    known = {one.story.id: one for one in source.others}
    for ref in source.story.depends_on:
        one = known.get(ref.text)
        if one is None:
            continue
        files = ", ".join(one.files[:_FILES])
        more = f" and {len(one.files) - _FILES} more" if len(one.files) > _FILES else ""
        told = f"\nIt left: {files}{more}" if files else ""
        yield Item(f"{_line(one)}{told}", _line(one))


def others(source: Source) -> Iterator[Item]:
    """The rest, a line each: those that are near by their epic or their territory first, then by id."""
    depends = {ref.text for ref in source.story.depends_on}
    rest = [one for one in source.others if one.story.id not in depends]
    own = frozenset(_folder(ref.text) for ref in source.story.territory)
    for one in nsmallest(MOST, rest, key=lambda each: (-_near(source.story, own, each.story), each.story.id)):
        yield Item(_line(one))


def _near(story: Story, folders: frozenset[str], other: Story) -> int:
    """How much another story has to do with one that works in some folders."""
    shared = not folders.isdisjoint([_folder(ref.text) for ref in other.territory])
    waits = story.id in [ref.text for ref in other.depends_on]
    kin = story.epic is not None and other.epic is not None and story.epic.text == other.epic.text
    return 2 * shared + 2 * waits + kin


def _folder(glob: str) -> str:
    return glob.rpartition("/")[0] or glob


def _line(one: Other) -> str:
    globs = one_line(", ".join(ref.text for ref in one.story.territory), _GLOBS)
    return f"{one.story.id} ({one.status}) {one_line(one.story.title, _TITLE)}{f': {globs}' if globs else ''}"
