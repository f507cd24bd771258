"""Git's blame of many files at once, kept between runs.

What is kept is of one commit, by file: the runs of lines with the commit, path and place that each came from. A
later commit takes over what it did not touch: it has to come after the kept one on its own first-parent line, no
commit in between may change the path, and the content has to be the very one. The cache stands where only the user
writes; what in it does not fit is computed again.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bmad.core.lines.hunks import lines as split
from bmad.model.commits import Commit
from bmad.model.history import BlameLine
from bmad.pipeline.trace.revision import Reading
from bmad.ports.cache import Cache

_FORM = 2
_FEW = 20
"""So many files are blamed as they are; for more of them it is worth while to prepare."""


_Runs = list[tuple[int, str, bytes, int, bool]]
"""Length, commit, path, first line there, whether older."""


class _Kept(NamedTuple):
    """The blame of files at a commit: by path the blob, and its runs of lines; and that of files at others.

    `others` are those that lines were handed on to, by commit and path: what git says of them never changes.
    """

    head: str
    files: Mapping[bytes, tuple[str, _Runs]]
    others: Mapping[tuple[str, bytes], _Runs]


class Place(NamedTuple):
    """Where blame is kept: under the oldest commit that is looked at; only what is of all files is written."""

    cache: Cache
    oldest: str
    whole: bool


class Blames:
    """Git's blame of files at the revision, and at commits that lines are handed on to, as far as it is kept."""

    def __init__(self, reading: Reading, wanted: Mapping[bytes, str], place: Place) -> None:
        """`wanted` are the files to look at, path and blob."""
        self._reading = reading
        self._wanted = wanted
        self._place = place
        self._key = f"{reading.since or 'root'}\0{place.oldest}\0{_FORM}"
        self._kept = _read(place.cache.load(self._key))
        self._asked = 0
        self._others: dict[tuple[str, bytes], _Runs] = {}
        kept = self._kept
        self._runs = _usable(reading, kept, wanted) if kept is not None else {}
        if len(wanted) - len(self._runs) > _FEW:
            self._asked = _FEW
            reading.objects.hasten(reading.head.id)

    def files(self) -> Iterator[tuple[bytes, list[BlameLine]]]:
        """The lines of each file."""
        for path in self._wanted:
            if path not in self._runs:
                self._runs[path] = self._blame(self._reading.head.id, path)
            yield path, _lines(self._runs[path])

    def at(self, commit: str, path: bytes, _spans: Sequence[tuple[int, int]]) -> list[BlameLine]:
        """The lines of a file at another commit, all of them: they are kept."""
        key = (commit, path)
        if key not in self._others:
            known = self._kept.others.get(key) if self._kept is not None else None
            self._others[key] = known if known is not None else self._blame(commit, path)
        return _lines(self._others[key])

    def keep(self) -> None:
        """Keep what was learned."""
        if self._place.whole and (self._asked or self._kept is None or self._kept.head != self._reading.head.id):
            files = {path: (blob, self._runs[path]) for path, blob in self._wanted.items()}
            self._place.cache.keep(self._key, _written(_Kept(self._reading.head.id, files, self._others)))

    def _blame(self, commit: str, path: bytes) -> _Runs:
        self._asked += 1
        if self._asked == _FEW:
            self._reading.objects.hasten(self._reading.head.id)
        return _runs(self._reading.objects.blame(commit, path, since=self._reading.since))


def _usable(reading: Reading, kept: _Kept, wanted: Mapping[bytes, str]) -> dict[bytes, _Runs]:
    """What still holds of what is kept."""
    same = {path: runs for path, (blob, runs) in kept.files.items() if wanted.get(path) == blob}
    if kept.head == reading.head.id or not same:
        return same
    if reading.objects.commit(kept.head) is None or not reading.objects.reached([kept.head], reading.head.id):
        return {}
    between = reading.objects.walk(reading.head.id, kept.head)
    if not _is_on_line(between, reading.head.id, kept.head):
        return {}
    changed = {change.path for own in reading.changes(between).values() for change in own}
    return {path: runs for path, runs in same.items() if path not in changed}


def _is_on_line(between: Sequence[Commit], head: str, start: str) -> bool:
    """Whether the first parents of the head lead to the start."""
    commits = {commit.id: commit for commit in between}
    at = head
    while at in commits and commits[at].parents:
        at = commits[at].parents[0]
    return at == start


def _runs(rows: Iterable[BlameLine]) -> _Runs:
    found: _Runs = []
    for _, run in groupby(rows, key=lambda row: (row.at - row.line, row.commit, row.path, row.older)):
        own = list(run)
        found.append((len(own), own[0].commit, own[0].path, own[0].at, own[0].older))
    return found


def _lines(runs: _Runs) -> list[BlameLine]:
    found: list[BlameLine] = []
    for length, commit, path, first, older in runs:
        begun = len(found) + 1
        found += [BlameLine(begun + step, commit, "", path, first + step, older) for step in range(length)]
    return found


def _written(kept: _Kept) -> bytes:
    """Commits and paths once each, and numbers in their place."""
    commits: dict[str, int] = {}
    paths: dict[str, int] = {}

    def at(table: dict[str, int], name: str) -> int:
        return table.setdefault(name, len(table))

    def packed(runs: _Runs) -> list[list[int]]:
        return [
            [length, at(commits, commit), at(paths, _text(where)), first, int(older)]
            for length, commit, where, first, older in runs
        ]

    files = {_text(path): [blob, packed(runs)] for path, (blob, runs) in kept.files.items()}
    others = [
        [at(commits, commit), at(paths, _text(path)), packed(runs)] for (commit, path), runs in kept.others.items()
    ]
    told = {"head": kept.head, "commits": list(commits), "paths": list(paths), "files": files, "others": others}
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 1)


def _read(content: bytes | None) -> _Kept | None:
    """What was kept; None where it is not what this bmad writes."""
    if content is None:
        return None
    try:
        told: Any = json.loads(zlib.decompressobj().decompress(content, 1 << 29))
        commits, paths = told["commits"], [_raw(path) for path in told["paths"]]

        def runs(rows: Any) -> _Runs:
            return [(int(n), str(commits[c]), paths[p], int(first), bool(older)) for n, c, p, first, older in rows]

        files = {_raw(path): (str(blob), runs(rows)) for path, (blob, rows) in told["files"].items()}
        others = {(str(commits[c]), paths[p]): runs(rows) for c, p, rows in told["others"]}
        return _Kept(str(told["head"]), files, others)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, zlib.error):
        return None


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def count(content: bytes) -> int:
    """How many lines a content has; none where it is no text, as git tells it."""
    return 0 if b"\0" in content[:8000] else len(split(content))
