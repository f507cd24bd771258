"""Reading the records that a range brings, and all that they are held against.

Below level `reviewed` only that they are records, and next in turn, is looked at. Questions are collected over all
steps and asked together, so the number of git processes depends neither on the number of commits nor on that of
records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bmad.core.gate.documents import layout_of
from bmad.core.gate.facts import Added, Landed, Recorded, Step
from bmad.core.gate.policy import asks_review
from bmad.core.gate.reverts import named
from bmad.core.paths import Classifier, classifier
from bmad.core.records.explain import edges
from bmad.core.records.numbers import Landings, landings
from bmad.core.trailers import parse, stories
from bmad.core.unions import NONE
from bmad.model.commits import ABSENT, Change
from bmad.model.layout import Layout, RecordName
from bmad.model.settings import Level
from bmad.pipeline.gate.attributes import Attributes
from bmad.pipeline.gate.joins import with_joins
from bmad.pipeline.gate.mailmap import Mailmaps
from bmad.pipeline.gate.record_reader import RecordReader
from bmad.ports.files import Formats
from bmad.ports.history import Objects

if TYPE_CHECKING:
    from bmad.model.record import Record

_REGULAR = frozenset({"100644", "100755"})


class Known(NamedTuple):
    """What the gate has read already: the trees of each step's base and result, and what reverts name."""

    trees: Sequence[tuple[str, str]]
    landed: Mapping[str, Landed]
    target: str | None
    wanted: Level | None
    alike: Mapping[str, tuple[str, ...]]
    """By commit what it takes back by its content."""


def with_records(objects: Objects, formats: Formats, steps: Sequence[Step], known: Known) -> list[Step]:
    """The steps, each that touches records or asks for a review with what its records say."""
    asking = [at for at, step in enumerate(steps) if asks_review(step.before.settings, known.wanted)]
    looking = sorted({*asking, *(at for at, step in enumerate(steps) if step.before.settings and _touches(step))})
    if not looking:
        return list(steps)
    reader, mapped, attributes = RecordReader(objects, formats), Mailmaps(objects), Attributes(objects)
    added = {at: _added(steps[at]) for at in looking}
    reverted = _reverted(steps, known)
    standing = {at: _standing(objects, steps[at], known, reverted, known.trees[at][0]) for at in asking}
    named = _Named(objects, steps, looking)
    reader.parse([one.blob for own in added.values() for one in own])
    reader.parse([blob for one in standing.values() for blob in one])
    reader.parse(named.blobs())
    removed = {at: _removed(steps[at]) for at in looking}
    reader.parse([one.blob for own in removed.values() for one in own])
    reader.look_at([one.blob for at in asking for one in added[at]], steps[-1].head)
    found = list(steps)
    for at in looking:
        classify = _classifier(steps[at]) if at in standing else None
        files = tuple(reader.file(*one, classify) for one in added[at])
        gone = tuple(reader.bare(*one) for one in removed[at])
        own = Added(files, named.landings(at, reader), gone, named.records(at, reader), known.target)
        found[at] = steps[at]._replace(added=own)
    for at in asking:
        olds = tuple(record for blob in standing[at] if (record := reader.record(blob)) is not None)
        of = found[at].added
        assert of is not None  # noqa: S101 - who asks for reviews looks at records
        base = known.trees[at][0]
        unions = attributes.unions(base, steps[at].before.layout) if of.files else NONE
        recorded = Recorded(of, {}, {}, olds, {}, mapped.people(base), unions)
        found[at] = found[at]._replace(recorded=_with_values(objects, recorded, known.trees[at]))
    return with_joins(objects, found)


class _File(NamedTuple):
    """A record's path, what it says, and the blob."""

    path: str
    name: RecordName
    blob: str


def _removed(step: Step) -> list[_File]:
    """The records that the base has and the result has no more."""
    layout = step.before.layout
    return [
        _File(path, name, change.old_blob)
        for change in step.net
        if change.old_mode in _REGULAR and change.new_mode == ABSENT
        if (name := layout.record(path := change.path.decode("utf-8", "surrogateescape"))) is not None
    ]


def _touches(step: Step) -> bool:
    """Whether the step changes anything where records are."""
    changes = (step.net, *(facts.changes for facts in step.commits))
    folder = f"{step.before.layout.records}/".encode()
    return any(one.path.startswith(folder) for own in changes for one in own)


def _classifier(step: Step) -> Classifier:
    settings = step.before.settings
    assert settings is not None  # noqa: S101 - such a step asks for no review
    return classifier(layout_of(step), settings.gate.governed)


def _added(step: Step) -> list[_File]:
    """The records that the result has and the base has not."""
    layout = step.before.layout
    return [
        _File(path, name, change.new_blob)
        for change in step.net
        if change.old_mode == ABSENT and change.new_mode in _REGULAR
        if (name := layout.record(path := change.path.decode("utf-8", "surrogateescape"))) is not None
    ]


class _Named:
    """Under which names records of the stories that steps are about ever stood, in the base of each step."""

    def __init__(self, objects: Objects, steps: Sequence[Step], looking: Sequence[int]) -> None:
        self._steps = steps
        first, layout = steps[0].base, steps[-1].before.layout
        ever = objects.ever(first, layout.records.encode()) if first else {}
        self._about = {at: _about(steps[at]) for at in looking}
        every = frozenset[str]().union(*self._about.values())
        self._before: dict[int, dict[str, dict[int, frozenset[str]]]] = {}
        known: dict[str, dict[int, frozenset[str]]] = {}
        _join(known, ever.items(), every, layout)
        for at, step in enumerate(steps):
            self._before[at] = {story: dict(known.get(story, {})) for story in self._about.get(at, ())}
            changes = (change for facts in step.commits for change in facts.changes)
            plain = ((one.path, {one.new_blob} if one.new_mode in _REGULAR else ()) for one in changes)
            _join(known, plain, every, layout)

    def blobs(self) -> set[str]:
        return {
            blob for at in self._before.values() for one in at.values() for blobs in one.values() for blob in blobs
        }

    def landings(self, at: int, reader: RecordReader) -> dict[str, Landings]:
        """How often the stories that a step is about have landed in its base's history."""
        before, found = self._steps[at].before, {}
        for story, numbers in self._before[at].items():
            real = {
                number: any(reader.is_of(blob, RecordName(story, number)) for blob in blobs)
                for number, blobs in numbers.items()
            }
            standing = [one for one in numbers if before.layout.record_path(story, one) in before.records]
            found[story] = landings(real, standing)
        return found

    def records(self, at: int, reader: RecordReader) -> dict[str, tuple[Record, ...]]:
        """What stood in the history of a step's base as records of the stories that it is about."""
        found: dict[str, list[Record]] = {}
        for story, numbers in self._before[at].items():
            for number, blobs in numbers.items():
                own = (reader.record(blob) for blob in blobs if reader.is_of(blob, RecordName(story, number)))
                found.setdefault(story, []).extend(filter(None, own))
        return {story: tuple(records) for story, records in found.items()}


def _join(
    known: dict[str, dict[int, frozenset[str]]],
    files: Iterable[tuple[bytes, Collection[str]]],
    stories: Collection[str],
    layout: Layout,
) -> None:
    """Put the blobs of record files to those that are known, by story and number."""
    for path, blobs in files:
        name = layout.record(path.decode("utf-8", "surrogateescape"))
        if name is not None and name.number and name.story in stories and blobs:
            numbers = known.setdefault(name.story, {})
            numbers[name.number] = numbers.get(name.number, frozenset()).union(blobs)


def next_landing(objects: Objects, formats: Formats, commit: str, story: str, layout: Layout) -> int:
    """The number of the landing that would come next in a commit's history."""
    known: dict[str, dict[int, frozenset[str]]] = {}
    _join(known, objects.ever(commit, layout.records.encode()).items(), {story}, layout)
    reader = RecordReader(objects, formats)
    numbers = known.get(story, {})
    reader.parse(blob for blobs in numbers.values() for blob in blobs)
    real = {
        number: any(reader.is_of(blob, RecordName(story, number)) for blob in blobs)
        for number, blobs in numbers.items()
    }
    return landings(real, ()).next


def _about(step: Step) -> frozenset[str]:
    """The stories that a step names or touches records of."""
    found = {story for facts in step.commits for story in stories(parse(facts.commit.message)).ids}
    changes = (facts.changes for facts in step.commits)
    return frozenset(found | stories_of_records((step.net, *changes), step.before.layout))


def _reverted(steps: Sequence[Step], known: Known) -> frozenset[str]:
    """The stories that reverts of the range may speak of: by trailer, or by the record that came with them."""
    commits = [(facts.commit, facts.changes) for step in steps for facts in step.commits]
    commits += [(one.commit, one.changes) for one in known.landed.values()]
    commits += [(commit, ()) for one in known.landed.values() for commit in one.brought]
    found = {story for commit, _ in commits for story in stories(parse(commit.message)).ids}
    every = (changes for _, changes in commits)
    return frozenset(found | stories_of_records(every, steps[-1].before.layout))


def stories_of_records(changes: Iterable[Sequence[Change]], layout: Layout) -> frozenset[str]:
    """The stories whose records the changes of some commits touch."""
    folder = f"{layout.records}/".encode()
    paths = [one.path for own in changes for one in own if one.path.startswith(folder)]
    names = (layout.record(path.decode("utf-8", "surrogateescape")) for path in paths)
    return frozenset(name.story for name in names if name is not None)


def _standing(objects: Objects, step: Step, known: Known, reverted: frozenset[str], tree: str) -> list[str]:
    """The blobs of the base's records that reverts of the range may take back."""
    if not any(named(facts.commit.message) or facts.id in known.alike for facts in step.commits):
        return []
    layout = step.before.layout
    files = objects.files(tree, [layout.records.encode()]) if tree else {}
    found = []
    for path, at in sorted(files.items()):
        name = layout.record(path.decode("utf-8", "surrogateescape"))
        if name is not None and name.story in reverted and at.mode in _REGULAR:
            found.append(at.id)
    return found


def _with_values(objects: Objects, recorded: Recorded, trees: tuple[str, str]) -> Recorded:
    """With what base and result hold at the paths of the records, and of those that reverts may take back."""
    paths = {*recorded.edges, *edges(recorded.standing)}
    folders = sorted({path.rpartition(b"/")[0] for path in paths})
    before, after = (
        {path: at for path, at in objects.files(tree, folders).items() if path in paths} if tree else {}
        for tree in trees
    )
    return replace(recorded, before=before, after=after)
