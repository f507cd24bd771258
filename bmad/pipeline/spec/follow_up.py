"""`bmad new story --finding F-…`: a story made from what others landed with, or what a scan found, to mend it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.graph import SpecGraph
from bmad.core.packs.files import is_test
from bmad.core.packs.texts import one_line
from bmad.core.prefixes import one_of
from bmad.core.records.followups import mends, says_mends
from bmad.core.territory import escaped, holds, territory_fault
from bmad.errors import UsageError
from bmad.model.followup import FollowUp
from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.model.record import Record
from bmad.model.reports import NewReport
from bmad.model.spec import Story, StoryKind
from bmad.pipeline.spec.new import NewItem, new
from bmad.pipeline.spec.work_tree import Loaded, load_sound
from bmad.pipeline.status.landed_records import standing_records
from bmad.pipeline.status.status import Read, status
from bmad.ports.files import Formats, Workspace

_LONGEST = 4000
"""Bytes of each text of a finding."""

_MOST_TESTS = 10


class Follow(NamedTuple):
    """What a person asks for: findings by the beginnings of their ids, and what they would have otherwise."""

    findings: tuple[str, ...]
    title: str | None = None
    implements: tuple[str, ...] = ()
    epic: str | None = None
    criteria: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    text: str = ""
    kind: StoryKind | None = None


def follow(
    workspace: Workspace,
    formats: Formats,
    read: Read,
    request: Follow,
    scanned: Mapping[str, FollowUp] = MappingProxyType({}),
) -> NewReport:
    """Add a story that is to mend findings; `scanned` are those of scans, by id.

    Raises: UsageError where one landed nowhere and no scan found it, is settled, or another story is to mend it.
    """
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    left = {one.id: one for one in status(workspace, formats, read).follow_ups}
    known = {**_mended(scanned, graph), **left}
    named = {one.id: one for one in (_named(known, name) for name in request.findings)}
    found = with_repeats(list(named.values()), left.values())
    taken = next((one for one in found if one.mended_by), None)
    if taken is not None:
        raise UsageError(f"{taken.mended_by} is to mend {taken.id} already: bmad act {taken.mended_by}")
    records = list(standing_records(workspace, formats, loaded.layout))
    return new(workspace, formats, _item(request, found, loaded, records))


def with_repeats(found: Sequence[FollowUp], left: Iterable[FollowUp]) -> list[FollowUp]:
    """Findings, and those that repeat one of them: what mends the one mends the other."""
    names = {one.id for one in found}
    return [*found, *(one for one in left if one.same_as in names and one.id not in names)]


def _named(left: Mapping[str, FollowUp], name: str) -> FollowUp:
    unknown = f"`{name}` is no finding that landed open and still is, nor a scan's. See: bmad status"
    return left[one_of(left, name, unknown)]


def _mended(scanned: Mapping[str, FollowUp], graph: SpecGraph) -> dict[str, FollowUp]:
    """What scans found, with the stories that were made from it."""
    stories = (node.item for _, node in sorted(graph.nodes.items()) if isinstance(node.item, Story))
    made = {name: story.id for story in stories for name in mends(story)}
    return {name: one.model_copy(update={"mended_by": made.get(name, "")}) for name, one in scanned.items()}


def _item(request: Follow, found: Sequence[FollowUp], loaded: Loaded, records: Sequence[Record]) -> NewItem:
    """What the findings say, what the stories that landed with them are for, and what was asked for otherwise."""
    graph = loaded.graph()
    names, landed = [one.id for one in found], list(dict.fromkeys(one.story for one in found if one.story))
    homes = [home for one in found if not one.story and (home := _home(one.path, graph, records))]
    origins = list(dict.fromkeys([*landed, *homes]))
    stories = [story for name in origins if (story := _story(graph, name)) is not None]
    up = request.implements or tuple(dict.fromkeys(ref.text for one in stories for ref in one.implements))
    epic = request.epic or next((one.epic.text for one in stories if one.epic is not None), None)
    if not up or epic is None:
        told = f"{', '.join(origins)} names" if origins else "No story has this file, so none tells"
        lacks = "no requirement or no epic" if origins else "what mending it is for"
        raise UsageError(f"{told} {lacks}: give --implements FR-… and --epic EPIC-….")
    paths = list(dict.fromkeys(one.path for one in found if one.path))
    where = " and ".join(paths) if 0 < len(paths) <= _MOST_NAMED else f"{len(found)} places"
    return NewItem(
        Kind.STORY,
        request.title or f"Mend {', '.join(names[:_MOST_NAMED])} in {where}",
        up=up,
        epic=epic,
        depends_on=request.depends_on,
        territory=request.territory or tuple(_territory(paths, stories, records, loaded.layout)),
        criteria=request.criteria
        or tuple(f"What {one.id} says{_at(one)} does not hold any more." for one in found),
        text="\n\n".join(filter(None, (says_mends(names, landed), request.text))),
        notes="\n\n".join(map(_told, found)),
        story_kind=request.kind,
    )


_MOST_NAMED = 3


def _story(graph: SpecGraph, name: str) -> Story | None:
    item = graph.nodes[name].item if name in graph.nodes else None
    return item if isinstance(item, Story) else None


def _home(path: str, graph: SpecGraph, records: Sequence[Record]) -> str:
    """The story that a file is of: of those that landed it the one with the least beside it, else by territory."""
    landed = [(len(one.change), one.story) for one in records if any(each.path == path for each in one.change)]
    if landed:
        return min(landed)[1]
    globs = [
        (-len(ref.text), node.item.id)
        for node in graph.nodes.values()
        if isinstance(node.item, Story)
        for ref in node.item.territory
        if holds((ref.text,), path)
    ]
    return min(globs, default=(0, ""))[1]


def _at(one: FollowUp) -> str:
    return f" of {one.path}" if one.path else ""


def _territory(
    paths: Sequence[str], stories: Iterable[Story], records: Iterable[Record], layout: Layout
) -> Iterable[str]:
    """The files that findings stand in, and the tests that came with them; of a claim without one, all it had."""
    known = [path for path in map(escaped, paths) if territory_fault(path, layout) is None]
    named = {one.id for one in stories}
    changed = (each.path for one in records if one.story in named for each in one.change)
    tests = [escaped(path) for path in changed if is_test(path)]
    whole = [] if known else [ref.text for one in stories for ref in one.territory]
    return dict.fromkeys([*known, *tests[:_MOST_TESTS], *whole])


def _told(one: FollowUp) -> str:
    """A finding as data, in a fence that nothing of it closes."""
    rows = [
        f"finding: {one.id} ({one.severity}, {one.lens}), which "
        + (f"{one.story} landed with" if one.story else "a scan found; nobody has confirmed it"),
        f"path: {one.path}:{one.line}" if one.line else f"path: {one.path or '(none)'}",
        *(f"{name}: {one_line(text, _LONGEST)}" for name, text in _texts(one) if text),
    ]
    body = "\n".join(rows)
    ticks = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"What a reviewer said, word for word:\n\n{fence}text\n{body}\n{fence}"


def _texts(one: FollowUp) -> Iterable[tuple[str, str]]:
    return (
        ("quote", one.quote),
        ("claim", one.claim),
        ("fix", one.fix),
        ("criterion", one.criterion),
        ("why it has no place", one.why),
    )
