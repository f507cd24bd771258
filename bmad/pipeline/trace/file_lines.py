"""The lines of many files at a revision as git blames them: by what is kept, else by one pass over history."""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.lines.hunks import lines
from bmad.core.lines.lineage import Asked, Run
from bmad.model.history import BlameLine
from bmad.pipeline.trace.blame_cache import NOTHING_KNOWN, Known, Place, usable
from bmad.pipeline.trace.comparisons import Compared, TwinRow
from bmad.pipeline.trace.history_blame import HistoryBlame, Spans, part, rows
from bmad.pipeline.trace.revision import Reading
from bmad.ports.cache import Cache

_AT_ONCE = 500


class FileLines:
    """Those of files at the revision, and of files at commits that lines are handed on to."""

    def __init__(self, reading: Reading, files: Mapping[bytes, str], history: HistoryBlame, known: Known) -> None:
        """`files` are those to look at, path and blob."""
        self._reading = reading
        self._files = files
        self._history = history
        self._known = known
        self._runs = usable(reading, known, files)
        self._others: dict[Asked, Sequence[Run]] = {}
        left = [path for path in files if path not in self._runs]
        self._runs |= _later(reading, known, left)
        whole = [Asked(reading.head.id, path) for path in left if path not in self._runs]
        if whole:
            self._runs |= {one.path: runs for one, runs in history.runs(whole).items()}
        self._is_new = bool(left) or known.head != reading.head.id

    def of(self, path: bytes, length: int) -> list[BlameLine]:
        """The lines of a file, which has so many."""
        return list(rows(self._runs[path], [(1, length)]))

    def at(self, asked: Mapping[tuple[str, bytes], Spans]) -> dict[tuple[str, bytes], list[BlameLine]]:
        """Some lines of files at other commits."""
        every = [Asked(*group) for group in asked]
        self._others |= {one: self._known.others[one] for one in every if one in self._known.others}
        left = [one for one in every if one not in self._others]
        if left:
            self._is_new = True
            self._others |= self._history.runs(left)
        return {one: list(rows(self._others[one], asked[one])) for one in every}

    def learned(self, compared: Mapping[Compared, Sequence[TwinRow]]) -> Known | None:
        """What to keep; None where nothing came to what was known."""
        if not self._is_new and compared.keys() <= self._known.compared.keys():
            return None
        files = {path: (blob, self._runs[path]) for path, blob in self._files.items()}
        return Known(self._reading.head.id, files, self._others, compared)


def _later(reading: Reading, known: Known, paths: Sequence[bytes]) -> dict[bytes, Sequence[Run]]:
    """The lines of files that changed since, by what is known and the commits since; none where that does not do.

    The commits have to begin at the known one alone, and the files that they change or take away have to be known.
    """
    objects, head = reading.objects, reading.head.id
    if (
        not paths
        or not known.files
        or objects.commit(known.head) is None
        or not objects.reached([known.head], head)
    ):
        return {}
    commits = objects.walk(head, known.head)
    own = {known.head, *(commit.id for commit in commits)}
    changes = (
        reading.changes(commits) if all(own.issuperset(one.parents) and one.parents for one in commits) else {}
    )
    wanted, every = frozenset(paths), [one for done in changes.values() for one in done]
    was = {one.path for one in every if int(one.old_mode, 8) and (one.path in wanted or not int(one.new_mode, 8))}
    if not was or not was <= known.files.keys():
        return {}
    start = {path: blob for path, (blob, _) in known.files.items() if path in was}
    history = HistoryBlame(objects, known.head, commits, changes, start)
    found = history.runs(Asked(head, path) for path in paths).items()
    return {one.path: [each for run in runs for each in _known(run, known)] for one, runs in found}


def _known(run: Run, known: Known) -> Iterable[Run]:
    """What is known of lines that were there before."""
    return [run] if run.commit != known.head else part(known.files[run.path][1], run.at, run.length)


def kept(reading: Reading, cache: Cache, path: bytes, blob: str, spans: Spans) -> list[BlameLine] | None:
    """The lines of a file at the revision, all or those of some spans, as far as what coverage kept tells them.

    None where it does not, the file is no text, or there are not so many lines.
    """
    known = Place(cache, reading.since, "").load(path) if reading.since is not None else NOTHING_KNOWN
    runs = usable(reading, known, {path: blob}).get(path)
    content = reading.objects.blobs([blob])[blob] if runs is not None else b""
    length = _count(content)
    if runs is None or not length or any(last > length for _, last in spans):
        return None
    texts = lines(content)
    told = rows(runs, spans or [(1, length)])
    return [one._replace(text=texts[one.line - 1].decode("utf-8", "replace")) for one in told]


def counted(reading: Reading, files: Mapping[bytes, str]) -> dict[bytes, int]:
    """How many lines each file has, path and blob; none where it is no text, as git tells it."""
    found: dict[bytes, int] = {}
    every = list(files.items())
    for at in range(0, len(every), _AT_ONCE):
        part = every[at : at + _AT_ONCE]
        contents = reading.objects.blobs([blob for _, blob in part])
        found |= {path: _count(contents[blob]) for path, blob in part}
    return found


def _count(content: bytes) -> int:
    return 0 if b"\0" in content[:8000] else len(lines(content))
