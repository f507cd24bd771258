"""Of which commit each line of many files is, as git's blame has it, in one pass over a history. Pure.

First newest first and by paths alone: through which versions a file that is asked for came to be (`Lineage`).
Then oldest first and by lines (`told`): a version takes over what its parents have, and adds its own. So each pair
of contents is compared once for all files and branches, where a blame a file walks all of history again.

The rules are git's: a version that equals that of a parent is that parent's, the first one's if several do; else
each parent in turn gives what it has of what is left. Where a parent has no file of that path, the one that it was
renamed from counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bmad.model.commits import ABSENT, Change
from bmad.model.history import NOTHING, Pair, Region

_OLDER = -1
_LINES = 32
"""Bits of a number that tell a line of a version; those above tell the version."""


class Step(NamedTuple):
    """A commit, and what it does to each of its parents (or to nothing), by path."""

    commit: str
    parents: tuple[str, ...]
    changes: Sequence[Mapping[bytes, Change]]


class Run(NamedTuple):
    """Lines in a row, of one commit's file, where the first one is number `at` (from 1).

    `older`: they are from before the history that was looked at, and nothing else of them is known.
    """

    length: int
    commit: str
    path: bytes
    at: int
    older: bool


class Asked(NamedTuple):
    """A file at a commit."""

    commit: str
    path: bytes


Renamed = Callable[[Step, int, bytes, Sequence[bytes]], bytes | None]
"""Which of the files that a step takes away from a parent (by its number) git says that a new one was made of."""


class _Version:
    """A file as a commit left it, with the versions that it has lines of: their numbers, and their contents."""

    __slots__ = ("blob", "commit", "olds", "path", "sources", "users")

    def __init__(self, commit: str, path: bytes, blob: str, olds: Sequence[str]) -> None:
        self.commit = commit
        self.path = path
        self.blob = blob
        self.olds = olds
        self.sources = [_OLDER] * len(olds)
        self.users = 0


_Slot = tuple[int, int]
"""A version that waits for one that it has lines of, and which of them."""


class Lineage:
    """The versions that files came to be through; `steps` are a history, parents first."""

    def __init__(self, steps: Sequence[Step], asked: Iterable[Asked], renamed: Renamed) -> None:
        self._renamed = renamed
        self._asked = list(dict.fromkeys(asked))
        self._versions: list[_Version] = []
        self._waiting: dict[str, dict[bytes, list[_Slot]]] = {}
        for commit, path in self._asked:
            self._wait(commit, path, [(self._version(commit, path, NOTHING, [NOTHING]), 0)])
        for step in reversed(steps):
            waiting = self._waiting.pop(step.commit, None)
            if waiting:
                self._pass(step, waiting)
        self._waiting.clear()

    def pairs(self) -> list[Pair]:
        """The contents to be compared, file by file."""
        found = {(old, one.blob): one.path for one in self._versions for old in one.olds if old != one.blob}
        return sorted(found, key=found.__getitem__)

    def told(self, regions: Mapping[Pair, Sequence[Region]]) -> Iterator[tuple[Asked, list[Run]]]:
        """The lines of each file that is asked for; such as are left out at its end are `older`."""
        known: dict[int, list[int]] = {_OLDER: []}
        for number in reversed(range(len(self._versions))):
            known[number] = self._lines(number, regions, known)
            for source in self._versions[number].sources:
                if source != _OLDER:
                    self._versions[source].users -= 1
                    if not self._versions[source].users:
                        del known[source]
        for number, one in enumerate(self._asked):
            yield one, self._runs(known[number])

    def _version(self, commit: str, path: bytes, blob: str, olds: Sequence[str]) -> int:
        self._versions.append(_Version(commit, path, blob, olds))
        return len(self._versions) - 1

    def _wait(self, commit: str, path: bytes, slots: list[_Slot]) -> None:
        known = self._waiting.setdefault(commit, {})
        known[path] = known[path] + slots if path in known else slots

    def _pass(self, step: Step, waiting: dict[bytes, list[_Slot]]) -> None:
        """What waits for files of a commit: for a version of its own, or for what a parent has."""
        first = step.changes[0]
        few, many = (waiting, first) if len(waiting) < len(first) else (first, waiting)
        for path in [one for one in few if one in many]:
            self._touched(step, path, waiting.pop(path))
        if step.parents and waiting:
            known = self._waiting.setdefault(step.parents[0], waiting)
            for path, slots in waiting.items() if known is not waiting else ():
                known[path] = known[path] + slots if path in known else slots

    def _touched(self, step: Step, path: bytes, slots: list[_Slot]) -> None:
        """A path that is not as in the first parent: it is another parent's, or a version of its own."""
        blob = step.changes[0][path].new_blob
        origins: dict[int, tuple[bytes, str]] = {}
        for find in (_same_path, self._other_path):
            for number, parent in enumerate(step.parents):
                found = find(step, number, path) if number not in origins else None
                if found is not None and found[1] == blob:
                    self._wait(parent, found[0], slots)
                    return
                before = [old for other, (_, old) in origins.items() if other < number]
                if found is not None and found[1] not in before:
                    origins[number] = found
        parts = sorted(origins.items())
        version = self._version(step.commit, path, blob, [old for _, (_, old) in parts] or [NOTHING])
        for waits, place in slots:
            self._versions[waits].sources[place] = version
        self._versions[version].users = len(slots)
        for place, (number, (source, _)) in enumerate(parts):
            self._wait(step.parents[number], source, [(version, place)])

    def _other_path(self, step: Step, number: int, path: bytes) -> tuple[bytes, str] | None:
        """The file of a parent that this one was renamed from, and its blob."""
        return made_of(step.changes[number], path, lambda gone: self._renamed(step, number, path, gone))

    def _lines(
        self, number: int, regions: Mapping[Pair, Sequence[Region]], known: Mapping[int, list[int]]
    ) -> list[int]:
        """The lines of a version: the last parent's first, and over them those of each before it."""
        version, own = self._versions[number], number << _LINES
        found: list[int] | None = None
        for old, source in zip(reversed(version.olds), reversed(version.sources), strict=True):
            if old == version.blob:
                return known[source]
            every = regions[old, version.blob]
            made = _applied(known[source], every, own)
            if found is not None and every:
                found += [_OLDER] * (every[-1].new + every[-1].came - len(found))
                for one in every:
                    made[one.new : one.new + one.came] = found[one.new : one.new + one.came]
            found = made
        return found or []

    def _runs(self, lines: Sequence[int]) -> list[Run]:
        found: list[Run] = []
        begun = 0
        for at in range(1, len(lines) + 1):
            first, last = lines[begun], lines[at - 1]
            following = first if first == _OLDER else last + 1
            if at == len(lines) or lines[at] != following:
                found.append(self._run(first, at - begun))
                begun = at
        return found

    def _run(self, first: int, length: int) -> Run:
        if first == _OLDER:
            return Run(length, "", b"", 1, older=True)
        version = self._versions[first >> _LINES]
        return Run(length, version.commit, version.path, (first & ((1 << _LINES) - 1)) + 1, older=False)


def made_of(
    changes: Mapping[bytes, Change], path: bytes, renamed: Callable[[Sequence[bytes]], bytes | None]
) -> tuple[bytes, str] | None:
    """The file that changes take away and a new one was made of, and its blob; `renamed` as git says it."""
    change = changes.get(path)
    if change is None or change.old_mode != ABSENT:
        return None
    gone = [one for one in changes.values() if one.new_mode == ABSENT]
    alike = [one for one in gone if one.old_mode[:2] == change.new_mode[:2]]
    twins = [one for one in alike if one.old_blob == change.new_blob]
    if len(twins) == 1:
        return twins[0].path, twins[0].old_blob
    name = renamed([one.path for one in alike]) if alike else None
    return (name, changes[name].old_blob) if name is not None else None


def _same_path(step: Step, number: int, path: bytes) -> tuple[bytes, str] | None:
    """The path in a parent, and its blob; None where that has no such file."""
    change = step.changes[number].get(path)
    if change is None:
        return path, step.changes[0][path].new_blob
    return (path, change.old_blob) if change.old_mode[:2] == change.new_mode[:2] else None


def _applied(old: Sequence[int], regions: Sequence[Region], own: int) -> list[int]:
    """The lines of a content by those of the one before it; `own` is the number of its own first line."""
    found = list(old)
    if regions:
        found += [_OLDER] * (regions[-1].old + regions[-1].gone - len(found))
    for one in reversed(regions):
        found[one.old : one.old + one.gone] = range(own + one.new, own + one.new + one.came)
    return found
