"""Versions of the lock: each is read once, and kept as the lines that it has otherwise than the one before.

A lock is the set of its lines. So a long history holds each line once, and one version costs what it changes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from bmad.errors import UsageError
from bmad.model.bounds import LOCK as BOUND
from bmad.model.bounds import LOCK_LINES, Tally
from bmad.model.lock import Lock
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_NO_LOCK = Lock()
_MOST_MADE = 3
"""Whole locks that are kept: those before and after a step, and one for luck."""


class _Version(NamedTuple):
    """What a version has otherwise than the one before it in the row."""

    added: frozenset[bytes]
    removed: frozenset[bytes]


class Locks:
    """The versions in the order in which they were read first; any of them is made again from its neighbour."""

    def __init__(self, objects: Objects, formats: Formats) -> None:
        self._objects = objects
        self._formats = formats
        self._row: list[_Version] = []
        self._places: dict[str, int] = {}
        self._faults: dict[str, str] = {}
        self._last: tuple[int, set[bytes]] = 0, set()
        """How long the row is, and the lines of its last version: both at once, should a reading be ended."""
        self._tables = _Tables()
        self._at = -1
        """The version that the tables stand for; -1 is the empty lock."""
        self._made: dict[int, Lock] = {}
        self._newest: tuple[frozenset[bytes], Lock] = frozenset(), _NO_LOCK
        """The lines that were parsed last, as what is read is looked through at once and often asked for next."""

    def begin(self) -> None:
        """Count anew what is read, as for each range that is judged."""
        self._lines = Tally("lines that versions of the lock have otherwise than one another", LOCK_LINES)
        self._bytes = Tally(f"bytes in {BOUND.what}", BOUND.every)

    def fault(self, blob: str) -> str:
        """Why a version cannot be read; empty where it can."""
        self._place(blob)
        return self._faults.get(blob, "")

    def found(self, blob: str) -> Callable[[], Lock]:
        """How to come by a version; what is made is made when it is asked for."""
        self._place(blob)
        return partial(self.lock, blob)

    def lock(self, blob: str) -> Lock:
        """A version of the lock; an empty one where there is none (no blob, or zeros), or it cannot be read."""
        place = self._place(blob)
        if place < 0:
            return _NO_LOCK
        known = self._made.pop(place, None) or self._make(place)
        self._made[place] = known
        if len(self._made) > _MOST_MADE:
            del self._made[next(iter(self._made))]
        return known

    def new_lines(self, old: str, new: str) -> Lock:
        """The lines of a version that an earlier one has not; nothing where one of them cannot be read."""
        start, end = self._place(old), self._place(new)
        if old in self._faults or new in self._faults:
            return _NO_LOCK
        added: set[bytes] = set()
        gone: set[bytes] = set()
        for more, less in self._between(start, end):
            gone |= less - added
            added -= less
            added |= more - gone
            gone -= more
        return self._parsed(frozenset(added))

    def _between(self, start: int, end: int) -> Iterable[_Version]:
        """The differences on the way along the row."""
        yield from self._row[start + 1 : end + 1]
        for one in reversed(self._row[end + 1 : start + 1]):
            yield _Version(one.removed, one.added)

    def _make(self, place: int) -> Lock:
        tables, at = self._tables, self._at
        self._tables, self._at = _Tables(), -1  # should the reading be ended in the middle
        for more, less in self._between(at, place):
            tables.remove(self._parsed(less), less)
            tables.add(self._parsed(more), more)
        self._tables, self._at = tables, place
        return tables.lock()

    def _parsed(self, lines: frozenset[bytes]) -> Lock:
        if lines != self._newest[0]:
            self._newest = lines, self._formats.lock(b"\n".join(sorted(lines)).decode())
        return self._newest[1]

    def _place(self, blob: str) -> int:
        """Where in the row a version stands; it is read where it was not yet."""
        if not blob.strip("0") or blob in self._faults:
            return -1
        if blob not in self._places:
            content = self._objects.blobs([blob], BOUND)[blob]
            self._bytes.add(len(content))
            return self._read(blob, content)
        return self._places[blob]

    def _read(self, blob: str, content: bytes) -> int:
        lines = set(content.replace(b"\r\n", b"\n").split(b"\n"))
        lines.discard(b"")
        place, last = self._last
        version = _Version(frozenset(lines - last), frozenset(last - lines))
        self._lines.add(len(version.added) + len(version.removed))
        fault = self._fault_of(version.added, content)
        if fault:
            self._faults[blob] = fault
            return -1
        self._row[place:] = [version]
        self._last = place + 1, lines
        self._places[blob] = place
        return place

    def _fault_of(self, new: frozenset[bytes], content: bytes) -> str:
        """What is wrong with new lines; told with the number of the line as it stands there."""
        try:
            if b"\0" in content:
                return "it is not UTF-8"
            if not any(line.endswith(b"\r") for line in new):
                self._parsed(new)
                return ""
            self._formats.lock(content.decode())
        except UnicodeDecodeError:
            return "it is not UTF-8"
        except UsageError:
            return self._told(content)
        return "a line of it cannot be read"

    def _told(self, content: bytes) -> str:
        try:
            self._formats.lock(content.decode())
        except UsageError as error:
            return str(error)
        return "a line of it cannot be read"


class _Table:
    """The entries of one kind by what they speak of, of all lines that stand.

    Lines may spell one entry in several ways (a signature of nobody, escapes in a text), so it goes with the last.
    """

    def __init__(self) -> None:
        self.entries: dict[Any, tuple[Any, ...]] = {}
        self._again: Counter[tuple[Any, Any]] = Counter()
        """How many lines more than one say an entry."""

    def add(self, more: Mapping[Any, tuple[Any, ...]]) -> None:
        for key, entries in more.items():
            known = self.entries.get(key, ())
            if not known and len(entries) == 1:
                self.entries[key] = entries
                continue
            held = set(known)
            for entry in entries:
                self._again.update([(key, entry)] if entry in held else ())
                held.add(entry)
            self.entries[key] = tuple(sorted(held))

    def remove(self, less: Mapping[Any, tuple[Any, ...]]) -> None:
        for key, entries in less.items():
            gone = set()
            for entry in entries:
                if self._again[key, entry]:
                    self._again[key, entry] -= 1
                else:
                    gone.add(entry)
            left = tuple(entry for entry in self.entries[key] if entry not in gone)
            if left:
                self.entries[key] = left
            else:
                del self.entries[key]


class _Tables:
    """The entries of one version, to be changed line by line."""

    def __init__(self) -> None:
        self._nodes, self._links, self._retired, self._reopened = _Table(), _Table(), _Table(), _Table()

    def lock(self) -> Lock:
        return Lock(
            nodes=dict(self._nodes.entries),
            links=dict(self._links.entries),
            retired={name: digests[-1] for name, digests in self._retired.entries.items()},
            reopened=dict(self._reopened.entries),
        )

    def add(self, more: Lock, lines: Iterable[bytes]) -> None:
        self._nodes.add(more.nodes)
        self._links.add(more.links)
        self._reopened.add(more.reopened)
        self._retired.add(_retired(lines))

    def remove(self, less: Lock, lines: Iterable[bytes]) -> None:
        self._nodes.remove(less.nodes)
        self._links.remove(less.links)
        self._reopened.remove(less.reopened)
        self._retired.remove(_retired(lines))


def _retired(lines: Iterable[bytes]) -> dict[str, tuple[str, ...]]:
    """The digests that lines give each retired id, of which a lock shows the last."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line.startswith(b"retired "):
            _, name, digest = line.decode().split(" ")
            found[name] = (*found.get(name, ()), digest)
    return found
