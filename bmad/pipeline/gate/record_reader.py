"""Records by blob, and all that can be computed again of what they say of commits that are at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bmad.core.act.diffs import hunks_hash
from bmad.core.gate.facts import RecordFile
from bmad.core.gate.shown import REVIEWS, Difference, misses, wholes
from bmad.core.gate.words import printable
from bmad.core.lines.hunks import leads, marks
from bmad.core.lines.words import come_from_nowhere, words
from bmad.core.paths import Classifier, PathClass
from bmad.errors import UndecidableError, UsageError
from bmad.model.bounds import ALL_RECORD_VALUES, RECORD, RECORD_PATHS, RECORD_VALUES, TEXTS_BYTES, Tally
from bmad.model.commits import Change, Commit
from bmad.model.layout import RecordName
from bmad.model.quoting import quoted
from bmad.ports.files import Formats
from bmad.ports.history import Objects

if TYPE_CHECKING:
    from bmad.model.record import Record, Shown

_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

Trees = tuple[str, str]
"""Two trees by id, before and after."""
_NONE: Trees = ("", "")


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


class RecordReader:
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
        self._reads: dict[Trees, str] = {}
        """The hash of how a difference reads, where a record says that it reads as on another base."""
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

    def is_of(self, blob: str, name: RecordName) -> bool:
        """Whether a blob reads as the record of a story's landing."""
        record = self.record(blob)
        return record is not None and (record.story, record.landing) == name

    def record(self, blob: str) -> Record | None:
        found = self._known[blob]
        return None if isinstance(found, str) else found

    def look_at(self, blobs: Iterable[str], tip: str) -> None:
        """Find base and head of records, in what their trees differ, and whether they are of the tip's history."""
        records = [record for blob in blobs if (record := self.record(blob)) is not None]
        for name in dict.fromkeys(name for one in records for name in (one.base, one.head)):
            self._at(name)
        self._read_again(records)
        told: list[Record | Shown] = [*records]
        told += (one for record in records for one in (*record.shown[:REVIEWS], *wholes(record)))
        pairs = dict.fromkeys(pair for one in told if (pair := self._trees(one)) is not None)
        self._changes = dict(zip(pairs, self._objects.changes(list(pairs)), strict=True)) if pairs else {}
        ends = dict.fromkeys(end for one in records if (end := self._ends(one)) is not None)
        self._kin = self._objects.kin(list(ends), tip) if ends else frozenset()

    def _read_again(self, records: Sequence[Record]) -> None:
        """Compute what reviewers were shown, where its ends are at hand, and hold it against what records say."""
        named: dict[Trees, dict[Shown, None]] = {}
        for one in (one for record in records for one in record.shown[:REVIEWS]):
            for name in (one.base, one.head):
                self._at(name)
            if (trees := self._trees(one)) is not None:
                named.setdefault(trees, {})[one] = None
        moved = (one for record in records for whole in wholes(record, moved=True) for one in (whole, record))
        reading = dict.fromkeys(trees for one in moved if (trees := self._trees(one)) is not None)
        pairs = list(dict.fromkeys([*named, *reading]))
        for trees, text in zip(pairs, self._objects.texts(pairs), strict=True):
            if trees in reading:
                self._hashed.add(len(text))
                self._reads[trees] = hunks_hash(text.decode("utf-8", "surrogateescape"), trees[1])
            difference = Difference(text)
            for one in named.get(trees, ()):
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

    def bare(self, path: str, name: RecordName, blob: str) -> RecordFile:
        """A record of the base, as far as it is one of its own name."""
        return RecordFile(path, *name, self.record(blob) if self.is_of(blob, name) else None)

    def file(self, path: str, name: RecordName, blob: str, classify: Classifier | None) -> RecordFile:
        """A record as the range adds it; without a classifier nobody asks what it says."""
        found = self._known[blob]
        if isinstance(found, str):
            return RecordFile(path, *name, None, found)
        if classify is None:
            return RecordFile(path, *name, found)
        trees = self._trees(found)
        mismatch = self._mismatch(found, classify) or self._misshown(found) or self._misread_lines(found)
        again = all(self._trees(one) is not None for one in found.shown[:REVIEWS])
        return RecordFile(path, *name, found, "", trees is not None and not mismatch, mismatch, again)

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
        wrong = next(
            (one for one in (*record.shown[:REVIEWS], *wholes(record)) if self._misses(one, record)), None
        )
        if wrong:
            return f"what {printable(wrong.step)} showed is between commits that differ otherwise"
        reading = [one for whole in wholes(record, moved=True) for one in (whole, record)]
        belied = any(self._reads.get(self._trees(one) or _NONE, one.hunks) != one.hunks for one in reading)
        return "what was reviewed on another base reads otherwise there" if belied else ""

    def _misread_lines(self, record: Record) -> str:
        """What a record says of lines, held against the contents that it names, as far as they are at hand."""
        self._looked.add(len(record.change))
        for path in come_from_nowhere(record):
            return f"{printable(path)} is said to have moved, and not from a file that its change takes away"
        for word in words(record):
            if word.hunks is None:
                continue
            old = self._marks(word.start.blob) if word.start is not None else []
            new = self._marks(word.end.blob)
            if old is not None and new is not None and not leads(old, word.hunks, new):
                return f"the lines that it says were added to {printable(quoted(word.end.path))} are not those"
        return ""

    def _marks(self, blob: str) -> list[str] | None:
        """The marks of a content's lines; None where it is not at hand, or no file of a size that is read."""
        if not self._objects.at_hand(blob):
            return None
        try:
            content = self._objects.blobs([blob])[blob]
        except UndecidableError:
            return None
        self._hashed.add(len(content))
        return marks(content)

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
