"""Which requirements a range gives commits that had none, and the other way about, read from little of history."""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.graph import SpecGraph
from bmad.core.trace import Claim
from bmad.model.graph import LinkKind
from bmad.model.ids import Kind
from bmad.model.range_report import CoverageDelta
from bmad.pipeline.status.landed_records import committed_records
from bmad.pipeline.trace.recorded_commits import adopted
from bmad.pipeline.trace.revision import Reading

_MOST = 200
"""Commits that name so many stories are looked for by name; of more all commits are read."""


def coverage_delta(before: Reading, after: Reading, found: Sequence[Claim]) -> CoverageDelta:
    """`found` are the commits of the range, with what they claim."""
    built = frozenset(after.worked(found))
    had, has = _stories(before.explainer.graph), _stories(after.explainer.graph)
    asked = {name for name, own in has.items() if own & built or own != had.get(name)}
    asked |= {name for name, own in had.items() if own != has.get(name)}
    stories = frozenset(story for name in asked for own in (had, has) for story in own.get(name, ()))
    earlier = _built(before, stories) if stories else frozenset[str]()
    covered = {name for name in asked if had.get(name, frozenset()) & earlier}
    covers = {name for name in asked if has.get(name, frozenset()) & (earlier | built)}
    return CoverageDelta(gained=tuple(sorted(covers - covered)), lost=tuple(sorted(covered - covers)))


def _stories(graph: SpecGraph) -> Mapping[str, frozenset[str]]:
    """The stories that implement each requirement."""
    return {
        node.id: frozenset(link.source for link in graph.down(node.id) if link.kind is LinkKind.IMPLEMENTS)
        for node in graph.of_kind(Kind.REQUIREMENT)
    }


def _built(reading: Reading, stories: frozenset[str]) -> frozenset[str]:
    """Those of the stories that have commits which built something, or a record that stands."""
    landed = committed_records(reading.objects, reading.formats, reading.head.tree, reading.layout)
    known = stories & {record.story for record in landed if record.change}
    return known | _named(reading, stories - known)


def _named(reading: Reading, stories: Iterable[str]) -> frozenset[str]:
    wanted = sorted(stories)
    if not wanted:
        return frozenset()
    if len(wanted) > _MOST:
        return frozenset(reading.worked(adopted(reading))).intersection(wanted)
    names = reading.objects.mentioning(wanted, reading.head.id, reading.since)
    found = reading.claimed(reading.objects.commits(names).values())
    return frozenset(reading.worked(found)).intersection(wanted)
