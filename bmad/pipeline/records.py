"""Reading the records that a range brings, and all that they are held against.

Below level `reviewed` only that they are records, and next in turn, is looked at. Questions are collected over all
steps and asked together, so the number of git processes depends neither on the number of commits nor on that of
records.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bmad.core.gate.facts import ABSENT, Added, Landed, Recorded, RecordFile, Step
from bmad.core.gate.judge import intent_of
from bmad.core.gate.policy import asks_review
from bmad.core.gate.reverts import named
from bmad.core.gate.shown import REVIEWS, Difference, misses
from bmad.core.gate.words import printable
from bmad.core.paths import Classifier, PathClass, classifier
from bmad.core.records.explain import edges
from bmad.core.records.numbers import Landings, landings
from bmad.core.trailers import parse, stories
from bmad.errors import UndecidableError, UsageError
from bmad.model.bounds import ALL_RECORD_VALUES, RECORD, RECORD_PATHS, RECORD_VALUES, TEXTS_BYTES, Tally
from bmad.model.commits import Change, Commit
from bmad.model.layout import RECORD_RE, RECORDS, record_path
from bmad.model.record import Record, Shown
from bmad.model.settings import Level
from bmad.pipeline.attributes import Attributes
from bmad.pipeline.joins import with_joins
from bmad.pipeline.mailmap import Mailmaps
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_REGULAR = frozenset({"100644", "100755"})
_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FOLDER = RECORDS.encode()


class Name(NamedTuple):
    """What a record's path says: its story and landing (0 where the number is spelt in another way)."""

    story: str
    number: int


def record_name(path: str) -> Name | None:
    """The story and landing of a record's path, or None where it is no record's."""
    match = RECORD_RE.fullmatch(path)
    if match is None:
        return None
    text = match[2]
    if text is None:
        return Name(match[1], 1)
    number = int(text[:6])
    return Name(match[1], number if record_path(match[1], number) == path else 0)


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
    reader, mapped, attributes = _Records(objects, formats), Mailmaps(objects), Attributes(objects)
    added = {at: _added(steps[at]) for at in looking}
    reverted = _reverted(steps, known)
    standing = {at: _standing(objects, steps[at], known, reverted, known.trees[at][0]) for at in asking}
    named = _Named(objects, steps, looking)
    reader.parse([blob for one in added.values() for _, blob in one])
    reader.parse([blob for one in standing.values() for blob in one])
    reader.parse(named.blobs())
    removed = {at: _removed(steps[at]) for at in looking}
    reader.parse([blob for one in removed.values() for _, blob in one])
    reader.look_at([blob for at in asking for _, blob in added[at]], steps[-1].head)
    found = list(steps)
    for at in looking:
        classify = _classifier(steps[at])
        files = tuple(reader.file(path, blob, classify) for path, blob in added[at])
        gone = tuple(reader.bare(path, blob) for path, blob in removed[at])
        found[at] = replace(
            steps[at], added=Added(files, named.landings(at, reader), gone, named.records(at, reader))
        )
    for at in asking:
        olds = tuple(record for blob in standing[at] if (record := reader.record(blob)) is not None)
        of = found[at].added
        assert of is not None  # noqa: S101 - who asks for reviews looks at records
        base = known.trees[at][0]
        unions = attributes.unions(base) if of.files else ()
        recorded = Recorded(of, {}, {}, olds, {}, known.target, mapped.people(base), unions)
        found[at] = replace(found[at], recorded=_with_values(objects, recorded, known.trees[at]))
    return with_joins(objects, found)


def _removed(step: Step) -> list[tuple[str, str]]:
    """Path and blob of the records that the base has and the result has no more."""
    found = []
    for change in step.net:
        path = change.path.decode("utf-8", "surrogateescape")
        if change.old_mode in _REGULAR and change.new_mode == ABSENT and record_name(path) is not None:
            found.append((path, change.old_blob))
    return found


def _touches(step: Step) -> bool:
    """Whether the step changes anything where records are."""
    changes = (change for facts in step.commits for change in facts.changes)
    return any(change.path.startswith(_FOLDER + b"/") for change in (*step.net, *changes))


def _classifier(step: Step) -> Classifier:
    settings = step.before.settings
    assert settings is not None  # noqa: S101 - such a step asks for no review
    return classifier(intent_of(step, settings), settings.gate.governed)


def _added(step: Step) -> list[tuple[str, str]]:
    """Path and blob of the records that the result has and the base has not."""
    found = []
    for change in step.net:
        if change.old_mode == ABSENT and change.new_mode in _REGULAR and change.path.startswith(_FOLDER + b"/"):
            path = change.path.decode("utf-8", "surrogateescape")
            if record_name(path) is not None:
                found.append((path, change.new_blob))
    return found


class _Named:
    """Under which names records of the stories that steps are about ever stood, in the base of each step."""

    def __init__(self, objects: Objects, steps: Sequence[Step], looking: Sequence[int]) -> None:
        self._steps = steps
        first = steps[0].base
        ever = objects.ever(first, _FOLDER) if first else {}
        self._about = {at: _about(steps[at]) for at in looking}
        every = frozenset[str]().union(*self._about.values())
        self._before: dict[int, dict[str, dict[int, frozenset[str]]]] = {}
        known: dict[str, dict[int, frozenset[str]]] = {}
        _join(known, ever.items(), every)
        for at, step in enumerate(steps):
            self._before[at] = {story: dict(known.get(story, {})) for story in self._about.get(at, ())}
            changes = (change for facts in step.commits for change in facts.changes)
            plain = ((one.path, {one.new_blob} if one.new_mode in _REGULAR else ()) for one in changes)
            _join(known, plain, every)

    def blobs(self) -> set[str]:
        return {
            blob for at in self._before.values() for one in at.values() for blobs in one.values() for blob in blobs
        }

    def landings(self, at: int, reader: "_Records") -> dict[str, Landings]:
        """How often the stories that a step is about have landed in its base's history."""
        standing, found = self._steps[at].before.records, {}
        for story, numbers in self._before[at].items():
            real = {
                number: any(reader.is_of(blob, Name(story, number)) for blob in blobs)
                for number, blobs in numbers.items()
            }
            found[story] = landings(real, [one for one in numbers if record_path(story, one) in standing])
        return found

    def records(self, at: int, reader: "_Records") -> dict[str, tuple[Record, ...]]:
        """What stood in the history of a step's base as records of the stories that it is about."""
        found: dict[str, list[Record]] = {}
        for story, numbers in self._before[at].items():
            for number, blobs in numbers.items():
                own = (reader.record(blob) for blob in blobs if reader.is_of(blob, Name(story, number)))
                found.setdefault(story, []).extend(filter(None, own))
        return {story: tuple(records) for story, records in found.items()}


def _join(
    known: dict[str, dict[int, frozenset[str]]],
    files: Iterable[tuple[bytes, Collection[str]]],
    stories: Collection[str],
) -> None:
    """Put the blobs of record files to those that are known, by story and number."""
    for path, blobs in files:
        if path.startswith(_FOLDER + b"/"):
            name = record_name(path.decode("utf-8", "surrogateescape"))
            if name is not None and name.number and name.story in stories and blobs:
                numbers = known.setdefault(name.story, {})
                numbers[name.number] = numbers.get(name.number, frozenset()).union(blobs)


def next_landing(objects: Objects, formats: Formats, commit: str, story: str) -> int:
    """The number of the landing that would come next in a commit's history."""
    known: dict[str, dict[int, frozenset[str]]] = {}
    _join(known, objects.ever(commit, _FOLDER).items(), {story})
    reader = _Records(objects, formats)
    numbers = known.get(story, {})
    reader.parse(blob for blobs in numbers.values() for blob in blobs)
    real = {
        number: any(reader.is_of(blob, Name(story, number)) for blob in blobs) for number, blobs in numbers.items()
    }
    return landings(real, ()).next


def _about(step: Step) -> frozenset[str]:
    """The stories that a step names or touches records of."""
    found = {story for facts in step.commits for story in stories(parse(facts.commit.message)).ids}
    changes = (change for facts in step.commits for change in facts.changes)
    return frozenset(found | stories_of_records((*step.net, *changes)))


def _reverted(steps: Sequence[Step], known: Known) -> frozenset[str]:
    """The stories that reverts of the range may speak of: by trailer, or by the record that came with them."""
    commits = [(facts.commit, facts.changes) for step in steps for facts in step.commits]
    commits += [(one.commit, one.changes) for one in known.landed.values()]
    commits += [(commit, ()) for one in known.landed.values() for commit in one.brought]
    found = {story for commit, _ in commits for story in stories(parse(commit.message)).ids}
    return frozenset(found | stories_of_records(change for _, changes in commits for change in changes))


def stories_of_records(changes: Iterable[Change]) -> frozenset[str]:
    """The stories whose records changes touch."""
    paths = (one.path for one in changes if one.path.startswith(_FOLDER + b"/"))
    names = (record_name(path.decode("utf-8", "surrogateescape")) for path in paths)
    return frozenset(name.story for name in names if name is not None)


def _standing(objects: Objects, step: Step, known: Known, reverted: frozenset[str], tree: str) -> list[str]:
    """The blobs of the base's records that reverts of the range may take back."""
    if not any(named(facts.commit.message) or facts.id in known.alike for facts in step.commits):
        return []
    files = objects.files(tree, [_FOLDER]) if tree else {}
    found = []
    for path, at in sorted(files.items()):
        name = record_name(path.decode("utf-8", "surrogateescape"))
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


class Weight:
    """Counts what records hold, before they are parsed."""

    def __init__(self) -> None:
        self._bytes = Tally(f"bytes in {RECORD.what}", RECORD.every)
        self._values = Tally("values in records", ALL_RECORD_VALUES)

    def add(self, blob: str, content: bytes) -> None:
        """Raises: UndecidableError where one record has too many values, or all that were added have."""
        values = sum(map(content.count, (b",", b"[", b"{")))
        if values > RECORD_VALUES:
            raise UndecidableError(
                f"Record {blob} holds {values} values, and the gate reads at most {RECORD_VALUES} of one. "
                "Land the story in smaller parts."
            )
        self._bytes.add(len(content))
        self._values.add(values)


class _Records:
    """Records by blob, and what is at hand of their base and head."""

    def __init__(self, objects: Objects, formats: Formats) -> None:
        self._objects = objects
        self._formats = formats
        self._known: dict[str, Record | str] = {}
        self._commits: dict[str, Commit | None] = {}
        self._kin: frozenset[tuple[str, str]] = frozenset()
        self._changes: dict[tuple[str, str], tuple[Change, ...]] = {}
        self._real: dict[tuple[tuple[str, str], Classifier], frozenset[Change]] = {}
        self._misread: set[Shown] = set()
        self._hashed = Tally("bytes of parts that its records say were shown", 4 * TEXTS_BYTES)
        self._weight = Weight()
        self._looked = Tally("changed paths that its records are held against", RECORD_PATHS)

    def parse(self, blobs: Iterable[str]) -> None:
        new = [blob for blob in dict.fromkeys(blobs) if blob not in self._known]
        for blob, content in (self._objects.blobs(new, RECORD) if new else {}).items():
            self._weight.add(blob, content)
            try:
                self._known[blob] = self._formats.record(content.decode())
            except UnicodeDecodeError:
                self._known[blob] = "it is not UTF-8."
            except UsageError as error:
                self._known[blob] = str(error)

    def is_of(self, blob: str, name: Name) -> bool:
        """Whether a blob reads as the record of a story's landing."""
        record = self.record(blob)
        return record is not None and (record.story, record.landing) == name

    def record(self, blob: str) -> Record | None:
        found = self._known[blob]
        return found if isinstance(found, Record) else None

    def look_at(self, blobs: Iterable[str], tip: str) -> None:
        """Find base and head of records, in what their trees differ, and whether they are of the tip's history."""
        records = [record for blob in blobs if (record := self.record(blob)) is not None]
        for name in dict.fromkeys(name for one in records for name in (one.base, one.head)):
            self._at(name)
        self._read_again(records)
        told: list[Record | Shown] = [*records, *(one for record in records for one in record.shown[:REVIEWS])]
        pairs = dict.fromkeys(pair for one in told if (pair := self._trees(one)) is not None)
        self._changes = dict(zip(pairs, self._objects.changes(list(pairs)), strict=True)) if pairs else {}
        ends = dict.fromkeys(end for one in records if (end := self._ends(one)) is not None)
        self._kin = self._objects.kin(list(ends), tip) if ends else frozenset()

    def _read_again(self, records: Sequence[Record]) -> None:
        """Compute what reviewers were shown, where its ends are at hand, and hold it against what records say."""
        named: dict[tuple[str, str], dict[Shown, None]] = {}
        for one in (one for record in records for one in record.shown[:REVIEWS]):
            for name in (one.base, one.head):
                self._at(name)
            if (trees := self._trees(one)) is not None:
                named.setdefault(trees, {})[one] = None
        for every, text in zip(named.values(), self._objects.texts(list(named)), strict=True):
            difference = Difference(text)
            for one in every:
                self._hashed.add(difference.costs(one))
                if not difference.is_shown_by(one):
                    self._misread.add(one)

    def _at(self, name: str) -> Commit | None:
        if name not in self._commits:
            self._commits[name] = self._objects.commit(name) if _FULL.fullmatch(name) else None
        return self._commits[name]

    def _ends(self, record: Record) -> tuple[str, str] | None:
        """Base and head, where both are at hand; where one is, that one twice."""
        there = [name for name in (record.base, record.head) if self._commits.get(name) is not None]
        return (there[0], there[-1]) if there else None

    def _trees(self, told: Record | Shown) -> tuple[str, str] | None:
        base, head = self._commits.get(told.base), self._commits.get(told.head)
        return None if base is None or head is None else (base.tree, head.tree)

    def bare(self, path: str, blob: str) -> RecordFile:
        """A record of the base, as far as it is one of its own name."""
        name = record_name(path)
        assert name is not None  # noqa: S101 - only records are asked for
        return RecordFile(path, *name, self.record(blob) if self.is_of(blob, name) else None)

    def file(self, path: str, blob: str, classify: Classifier) -> RecordFile:
        name, found = record_name(path), self._known[blob]
        assert name is not None  # noqa: S101 - only records are asked for
        if not isinstance(found, Record):
            return RecordFile(path, *name, None, found)
        trees = self._trees(found)
        mismatch = self._mismatch(found, classify) or self._misshown(found)
        return RecordFile(path, *name, found, "", trees is not None and not mismatch, mismatch)

    def _mismatch(self, record: Record, classify: Classifier) -> str:
        for what, name in (("base", record.base), ("head", record.head)):
            if not _FULL.fullmatch(name):
                return f"its {what} is no full id of a commit"
            if name not in self._commits:
                continue  # nobody asked for what it was made of
            commit = self._commits[name]
            stray = self._objects.at_hand(name) if commit is None else commit.id != name
            if stray:
                return f"its {what} is no commit"
        ends = self._ends(record)
        if ends is not None and ends not in self._kin:
            return "its base and head are no commits of this history, or the head does not come from the base"
        trees = self._trees(record)
        if trees is None:
            return ""
        told = {Change(one.raw, one.old_mode, one.new_mode, one.old_blob, one.new_blob) for one in record.change}
        return "" if self._kept(trees, classify) == told else "its change is not what its base and head differ in"

    def _misshown(self, record: Record) -> str:
        for one in record.shown[:REVIEWS]:
            if not all(_FULL.fullmatch(name) for name in (one.base, one.head)):
                return f"what {printable(one.step)} showed is between no full ids of commits"
        wrong = next((one for one in record.shown[:REVIEWS] if one in self._misread), None)
        if wrong:
            return f"what it says that {printable(wrong.step)} showed is not how its ends differ"
        wrong = next((one for one in record.shown[:REVIEWS] if self._misses(one, record)), None)
        return f"what {printable(wrong.step)} showed is between commits that differ otherwise" if wrong else ""

    def _misses(self, one: Shown, record: Record) -> bool:
        trees = self._trees(one)
        if trees is None:
            return False
        self._looked.add(len(self._changes[trees]) + len(record.change))
        return misses(one, record, self._changes[trees])

    def _kept(self, trees: tuple[str, str], classify: Classifier) -> frozenset[Change]:
        """In what two trees differ, as far as a record speaks of it; many records may name the same two."""
        found = self._real.get((trees, classify))
        if found is None:
            changes = self._changes[trees]
            self._looked.add(len(changes))
            kept = (PathClass.CODE, PathClass.KNOWLEDGE)
            found = frozenset(change for change in changes if classify.of(change).klass in kept)
            self._real[trees, classify] = found
        return found
