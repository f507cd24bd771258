"""The records that stand at a revision: which of them speak of a path, and which commits each goes over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from bmad.model.commits import FULL
from bmad.pipeline.status.landed_records import committed_records
from bmad.pipeline.trace.commit_records import brought
from bmad.pipeline.trace.revision import Reading

if TYPE_CHECKING:
    from bmad.model.record import Record

_Landing = tuple[str, int]


class StandingRecords:
    """Each question of git is asked once; `reaches` says whether a commit reaches another one."""

    def __init__(self, reading: Reading, reaches: Callable[[str, str], bool]) -> None:
        self._reading = reading
        self._reaches = reaches
        self._standing: Mapping[bytes, Sequence[Record]] | None = None
        self._landed: dict[_Landing, str] = {}
        self._windows: dict[_Landing, dict[str, bool]] = {}

    def paths(self) -> Collection[bytes]:
        """Those that records speak of."""
        return self._by_path().keys()

    def of(self, path: bytes) -> Sequence[Record]:
        """The records that speak of a path."""
        return self._by_path().get(path, ())

    def over(self, commit: str, path: bytes) -> list[Record]:
        """Those of them that go over a commit."""
        return [one for one in self.of(path) if self._goes_over(one, commit)]

    def _by_path(self) -> Mapping[bytes, Sequence[Record]]:
        if self._standing is None:
            reading = self._reading
            found: dict[bytes, list[Record]] = {}
            for record in committed_records(reading.objects, reading.formats, reading.head.tree, reading.layout):
                for entry in record.change:
                    found.setdefault(entry.raw, []).append(record)
            self._standing = found
        return self._standing

    def _goes_over(self, record: Record, commit: str) -> bool:
        """Whether a commit lies between what a record's story began from and what brought the record."""
        key = (record.story, record.landing)
        known = self._windows.setdefault(key, {})
        if commit not in known:
            landed = self._landing(key)
            after = landed is not None and self._reaches(landed, commit)
            begun = self._reading.objects.commit(record.base) if after and len(record.base) in FULL else None
            known[commit] = after and (begun is None or not self._reaches(begun.id, commit))
        return known[commit]

    def _landing(self, key: _Landing) -> str | None:
        """The commit that brought a record into the revision's history."""
        if not self._landed:
            reading = self._reading
            commits = reading.objects.walk(reading.head.id, reading.since)
            for name, own in brought(reading.objects, reading.formats, commits, reading.layout).items():
                for record in own:
                    self._landed.setdefault((record.story, record.landing), name)
        return self._landed.get(key)
