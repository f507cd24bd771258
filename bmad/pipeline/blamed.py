"""Git's blame of many files at once, kept between runs.

What is kept is of one commit, by file: the runs of lines with the commit, path and place that each came from. A
later commit takes over what it did not touch: it has to come after the kept one on its own first-parent line, no
commit in between may change the path, and the content has to be the very one. The cache stands where only the user
writes; what in it does not fit is computed again.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bmad.core.lines.hunks import lines as split
from bmad.model.commits import Commit
from bmad.model.history import BlameLine
from bmad.pipeline.reading import Reading
from bmad.ports.history import Cache

_FORM = 1
_FEW = 20
"""So many files are blamed as they are; for more of them it is worth while to prepare."""


class _Kept(NamedTuple):
    """The blame of files at a commit: by path the blob, and its runs of lines."""

    head: str
    files: Mapping[bytes, tuple[str, "_Runs"]]


_Runs = list[tuple[int, str, bytes, int, bool]]
"""Length, commit, path, first line there, whether older."""


class Place(NamedTuple):
    """Where blame is kept: under the oldest commit that is looked at; only what is of all files is written."""

    cache: Cache
    oldest: str
    whole: bool


def blamed(reading: Reading, wanted: Mapping[bytes, str], place: Place) -> dict[bytes, list[BlameLine]]:
    """The lines of files (path and blob) at the revision."""
    key = f"{reading.since or 'root'}\0{place.oldest}\0{_FORM}"
    kept = _read(place.cache.load(key))
    usable = _usable(reading, kept, wanted) if kept is not None else {}
    fresh = [path for path in wanted if path not in usable]
    if len(fresh) > _FEW:
        reading.objects.hasten(reading.head.id)
    runs = dict(usable)
    for path in fresh:
        runs[path] = _runs(reading.objects.blame(reading.head.id, path, since=reading.since))
    if place.whole and (fresh or kept is None or kept.head != reading.head.id):
        every = {path: (wanted[path], runs[path]) for path in wanted}
        place.cache.keep(key, _written(_Kept(reading.head.id, every)))
    return {path: _lines(runs[path]) for path in wanted}


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
        found.extend(
            BlameLine(len(found) + 1 + step, commit, "", path, first + step, older) for step in range(length)
        )
    return found


def _written(kept: _Kept) -> bytes:
    """Commits and paths once each, and numbers in their place."""
    commits: dict[str, int] = {}
    paths: dict[str, int] = {}

    def at(table: dict[str, int], name: str) -> int:
        return table.setdefault(name, len(table))

    files = {
        path.decode("utf-8", "surrogateescape"): [
            blob,
            [
                [
                    length,
                    at(commits, commit),
                    at(paths, where.decode("utf-8", "surrogateescape")),
                    first,
                    int(older),
                ]
                for length, commit, where, first, older in runs
            ],
        ]
        for path, (blob, runs) in kept.files.items()
    }
    told = {"head": kept.head, "commits": list(commits), "paths": list(paths), "files": files}
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 1)


def _read(content: bytes | None) -> _Kept | None:
    """What was kept; None where it is not what this bmad writes."""
    if content is None:
        return None
    try:
        told: Any = json.loads(zlib.decompressobj().decompress(content, 1 << 29))
        commits, paths = told["commits"], [_raw(path) for path in told["paths"]]
        files: dict[bytes, tuple[str, _Runs]] = {}
        for path, (blob, rows) in told["files"].items():
            runs = [(int(n), str(commits[c]), paths[p], int(first), bool(older)) for n, c, p, first, older in rows]
            files[_raw(path)] = (str(blob), runs)
        return _Kept(str(told["head"]), files)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, zlib.error):
        return None


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def count(content: bytes) -> int:
    """How many lines a content has; none where it is no text, as git tells it."""
    return 0 if b"\0" in content[:8000] else len(split(content))
