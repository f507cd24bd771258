"""The commits that lost their trailers to a rebase or a squash, and whose work records tell of.

A record speaks for a commit that goes over to it where the commit does to a file what the record says, or where
most of the lines that it added there are of the record's story, as `line_origins` tells lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from bmad.core.trace import Claim
from bmad.model.commits import Change, Commit
from bmad.model.history import NOTHING, Pair, Region
from bmad.pipeline.trace.line_origins import Ownership
from bmad.pipeline.trace.revision import Reading

if TYPE_CHECKING:
    from bmad.model.record import Record

_MANY = 64
"""git holds each entry of each tree against each of so many paths; of more, all changes are read."""


def adopted(reading: Reading) -> list[Claim]:
    """All commits since the adoption, oldest first, with the stories that they or records name."""
    return recorded(reading, reading.claimed(reading.objects.walk(reading.head.id, reading.since)))


def recorded(
    reading: Reading, found: Sequence[Claim], changes: Mapping[str, Sequence[Change]] | None = None
) -> list[Claim]:
    """The claims in order; one that names nothing has the stories of the records that tell of its work.

    `changes`, where they are known, are all that the commits change against their first parents.
    """
    bare = [one.commit for one in found if not one.stories and len(one.commit.parents) == 1]
    if not bare:
        return list(found)
    ownership = Ownership(reading, known=[one.commit for one in found])
    paths = ownership.records.paths()
    if not paths:
        return list(found)
    known = _changes(reading, bare, paths) if changes is None else changes
    touched = {one.id: [each for each in known[one.id] if each.path in paths] for one in bare}
    told = _told(reading, ownership, {name: own for name, own in touched.items() if own})
    return [_with(one, told.get(one.commit.id, {})) for one in found]


def _with(claim: Claim, told: Mapping[bytes, tuple[str, ...]]) -> Claim:
    every = dict.fromkeys(story for stories in told.values() for story in stories)
    return claim._replace(stories=tuple(every), recorded=told) if told else claim


def _changes(reading: Reading, bare: Sequence[Commit], paths: Collection[bytes]) -> dict[str, tuple[Change, ...]]:
    """What commits that have one parent each do to it, at some paths at least."""
    if len(paths) > _MANY:
        return reading.changes(bare)
    trees = reading.objects.commits([one.parents[0] for one in bare])
    pairs = [(trees[one.parents[0]].tree, one.tree) for one in bare]
    every = reading.objects.changes_within(pairs, sorted(paths))
    return {one.id: own for one, own in zip(bare, every, strict=True)}


def _told(
    reading: Reading, ownership: Ownership, touched: Mapping[str, Sequence[Change]]
) -> dict[str, dict[bytes, tuple[str, ...]]]:
    """By commit and path the stories whose records tell of what it did there."""
    ownership.learn(touched)
    over = [(name, one) for name, own in touched.items() for one in own if ownership.records.over(name, one.path)]
    pairs = {_pair(one) for _, one in over if int(one.new_mode, 8)}
    regions = reading.objects.regions(sorted(pairs)) if pairs else {}
    told: dict[str, dict[bytes, tuple[str, ...]]] = {}
    for name, one in over:
        stories = _stories(ownership, name, one, regions.get(_pair(one), ()))
        if stories:
            told.setdefault(name, {})[one.path] = stories
    return told


def _pair(change: Change) -> Pair:
    return (change.old_blob if int(change.old_mode, 8) else NOTHING), change.new_blob


def _stories(ownership: Ownership, name: str, change: Change, regions: Sequence[Region]) -> tuple[str, ...]:
    """Those whose record holds the very change, else the one that most of the lines are of."""
    same = [one.story for one in ownership.records.over(name, change.path) if _says(one, change)]
    if same:
        return tuple(dict.fromkeys(same))
    lines = [at for one in regions for at in range(one.new, one.new + one.came)]
    count = Counter(ownership.stories_of(name, change.path, lines))
    return tuple(story for story, number in count.items() if 2 * number > len(lines))


def _says(record: Record, change: Change) -> bool:
    own = (change.old_mode, change.new_mode, change.old_blob, change.new_blob)
    every = (one for one in record.change if one.raw == change.path)
    return any((one.old_mode, one.new_mode, one.old_blob, one.new_blob) == own for one in every)
