"""What is known of lines, kept between runs in the user's own cache folder; see `store.cache`.

Kept is what git's blame said of files at one commit, what it said of those that lines were handed on to, and which
lines of two contents are the same. The last two never change. Of the first a later commit takes over what it did
not touch: it has to come after the kept one on its own first-parent line, no commit in between may change it,
and the content has to be the very one. For what it did touch `file_lines` goes on from
there. What does not fit is computed again.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bmad.core.lines.lineage import Asked, Run
from bmad.model.commits import Commit
from bmad.pipeline.trace.comparisons import Compared, TwinRow
from bmad.pipeline.trace.revision import Reading
from bmad.ports.cache import Cache

_FORM = 4
_MOST_BYTES = 1 << 29


class Known(NamedTuple):
    """The runs of files at a commit, by path with the blob; those of files at others; what was compared."""

    head: str
    files: Mapping[bytes, tuple[str, Sequence[Run]]]
    others: Mapping[Asked, Sequence[Run]]
    compared: Mapping[Compared, Sequence[TwinRow]]


NOTHING_KNOWN = Known("", {}, {}, {})


class Place(NamedTuple):
    """Where it is kept: under the adoption; without one, under the oldest commit that is looked at."""

    cache: Cache
    since: str | None
    oldest: str

    @property
    def _key(self) -> str:
        return f"{self.since or f'root {self.oldest}'}\0{_FORM}"

    def load(self, only: bytes | None = None) -> Known:
        """What is kept; of the revision's file `only` no more than its own lines, which is told much sooner."""
        return _read(self.cache.load(self._key), only) or NOTHING_KNOWN

    def keep(self, known: Known) -> None:
        self.cache.keep(self._key, _written(known))


def usable(reading: Reading, known: Known, wanted: Mapping[bytes, str]) -> dict[bytes, Sequence[Run]]:
    """What still holds of the files that are wanted, path and blob, at the revision."""
    same = {path: runs for path, (blob, runs) in known.files.items() if wanted.get(path) == blob}
    if known.head == reading.head.id or not same:
        return same
    if reading.objects.commit(known.head) is None or not reading.objects.reached([known.head], reading.head.id):
        return {}
    between = reading.objects.walk(reading.head.id, known.head)
    if not _is_on_line(between, reading.head.id, known.head):
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


class _Names:
    """Names once each, and numbers in their place."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}

    def at(self, name: str) -> int:
        return self._at.setdefault(name, len(self._at))

    def every(self) -> list[str]:
        return list(self._at)


def _written(known: Known) -> bytes:
    ids, paths = _Names(), _Names()

    def packed(runs: Iterable[Run]) -> str:
        return _json(
            [[one.length, ids.at(one.commit), paths.at(_text(one.path)), one.at, one.older] for one in runs]
        )

    files = [[paths.at(_text(path)), ids.at(blob), packed(runs)] for path, (blob, runs) in known.files.items()]
    others = [[ids.at(one.commit), paths.at(_text(one.path)), packed(runs)] for one, runs in known.others.items()]
    compared = [[ids.at(one.old), ids.at(one.new), one.loosely, _json(own)] for one, own in known.compared.items()]
    told = {"head": known.head, "files": files, "others": others, "compared": compared}
    told |= {"ids": ids.every(), "paths": paths.every()}
    return zlib.compress(_json(told).encode(), 1)


def _json(told: object) -> str:
    """In one another, so that what nobody asks for is passed over as one word."""
    return json.dumps(told, separators=(",", ":"))


def _read(content: bytes | None, only: bytes | None) -> Known | None:
    """What was kept, all or that of one file; None where it is not what this bmad writes."""
    if content is None:
        return None
    try:
        told: Any = json.loads(zlib.decompressobj().decompress(content, _MOST_BYTES))
        ids, paths = [str(one) for one in told["ids"]], [_raw(path) for path in told["paths"]]

        def runs(rows: Any) -> list[Run]:
            every = json.loads(rows)
            return [Run(int(n), ids[c], paths[p], int(first), bool(older)) for n, c, p, first, older in every]

        wanted = [(paths[p], ids[b], rows) for p, b, rows in told["files"] if only in (None, paths[p])]
        files = {path: (blob, runs(rows)) for path, blob, rows in wanted}
        if only is not None:
            return Known(str(told["head"]), files, {}, {})
        others = {Asked(ids[c], paths[p]): runs(rows) for c, p, rows in told["others"]}
        compared = {Compared(ids[o], ids[n], bool(how)): _rows(rows) for o, n, how, rows in told["compared"]}
        return Known(str(told["head"]), files, others, compared)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, zlib.error):
        return None


def _rows(told: Any) -> list[TwinRow]:
    return [(int(first), int(length), tuple(map(int, of))) for first, length, of in json.loads(told)]


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
